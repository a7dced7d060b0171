"""One thing of an agenda, by its id; whatever the viewer may not see does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.selectors import visible_owners
from agenda.models import Activity, Block
from agenda.selectors.rows import BLOCK
from agenda.services.rights import is_admin_of


def activities_for(viewer: User) -> QuerySet[Activity]:
    """Return the activities that `viewer` may see, in the trash or not: his own, and those on agendas he may see."""
    if viewer.company_id is None or not viewer.is_active:
        return Activity.objects.none()
    ours = Activity.objects.filter(company_id=viewer.company_id)
    if viewer.is_admin:
        return ours
    shown = Q(attendances__user__in=visible_owners(viewer).values("pk"), attendances__ended_at=None)
    return ours.filter(shown | Q(organiser=viewer) | Q(assignee=viewer)).distinct()


def activity_for(viewer: User, key: UUID | str, *, trashed: bool = False) -> Activity:
    """Return one activity; Activity.DoesNotExist when `viewer` may not see it. From the trash only if `trashed`."""
    parsed = _uuid(key)
    if parsed is None:
        raise Activity.DoesNotExist
    found = activities_for(viewer).select_related("customer", "organiser", "assignee").get(pk=parsed)
    if found.deleted_at and not (trashed and _may_restore(viewer, found)):
        raise Activity.DoesNotExist
    return found


def _may_restore(viewer: User, activity: Activity) -> bool:
    return viewer.pk == activity.responsible_id or is_admin_of(viewer, activity.company_id)


def block_for(owner: User, key: UUID | str) -> Block:
    """Return one of the owner's own blocks; Block.DoesNotExist for anybody else's."""
    parsed = _uuid(key)
    if parsed is None:
        raise Block.DoesNotExist
    return Block.objects.select_related("owner", "hidden_by").get(pk=parsed, owner=owner)


def find(actor: User, row_id: str) -> Activity | Block:
    """Return what a row's id names, as far as `actor` may see it; DoesNotExist otherwise."""
    kind, key, _occurrence = _parts(row_id)
    if kind == BLOCK:
        return block_for(actor, key)
    found = activity_for(actor, key)
    if found.kind != kind:
        raise Activity.DoesNotExist
    return found


@dataclass(frozen=True, slots=True)
class Located:
    """What a row's id names and in whose name it is changed; `later`: a later time of a series made on a phone."""

    thing: Activity | Block
    owner: User
    later: bool = False


def locate(row_id: str) -> Located:
    """Return what a row's id names, whoever asks: for the operator alone. DoesNotExist when it names nothing."""
    kind, key, occurrence = _parts(row_id)
    parsed = _uuid(key)
    if parsed is None:
        raise Activity.DoesNotExist
    if kind == BLOCK:
        block = Block.objects.select_related("owner", "hidden_by").get(pk=parsed)
        return Located(block, block.owner)
    found = Activity.objects.select_related("customer", "organiser", "assignee").get(
        pk=parsed, kind=kind, deleted_at=None
    )
    owner = found.organiser or found.assignee
    if owner is None:
        raise Activity.DoesNotExist
    return Located(found, owner, later=bool(occurrence))


def _parts(row_id: str) -> tuple[str, str, str]:
    kind, key, occurrence, *_ = [*row_id.split("-", 2), "", ""]
    return kind, key, occurrence


def _uuid(key: UUID | str) -> UUID | None:
    try:
        return key if isinstance(key, UUID) else UUID(key)
    except ValueError:
        return None
