"""Who may see whose agenda. Everything that shows an agenda, or availability, asks here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Team, User


def visible_owners(viewer: User) -> QuerySet[User]:
    """Return the active users whose agenda `viewer` may see: himself first, then by name."""
    if not viewer.is_active or viewer.company_id is None:
        return User.objects.none()
    return (
        User.objects.filter(_allowed(viewer), company_id=viewer.company_id, is_active=True)
        .annotate(
            order=Case(When(pk=viewer.pk, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )
        .order_by("order", "name", "email")
    )


def may_see_agenda(viewer: User, owner: User) -> bool:
    """Return whether `viewer` may see the agenda of `owner`."""
    return visible_owners(viewer).filter(pk=owner.pk).exists()


def _allowed(viewer: User) -> Q:
    if viewer.is_admin:
        return Q()
    own = Q(pk=viewer.pk)
    if viewer.calendar_access == User.CalendarAccess.ALL:
        return own | ~_hidden_leader(viewer)
    if viewer.calendar_access == User.CalendarAccess.TEAM:
        return own | (_in_team(viewer) & ~_hidden_leader(viewer))
    return own


def _in_team(viewer: User) -> Q:
    if viewer.team_id is None:
        return Q(pk=viewer.pk)
    return Q(team_id=viewer.team_id) | Q(pk__in=_leaders(viewer.team_id))


def _hidden_leader(viewer: User) -> Q:
    """Match the leader of the viewer's own team while "team members can see my agenda" is off."""
    if viewer.team_id is None:
        return Q(pk__in=[])
    return Q(leader_agenda_visible=False, pk__in=_leaders(viewer.team_id))


def _leaders(team_id: UUID) -> QuerySet[Team, Any]:
    return Team.objects.filter(pk=team_id, leader__isnull=False).values("leader")
