"""Who may write what (product rules: docs/architecture.md). Reading is decided by agenda.visibility and selectors."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Company, User
from accounts.selectors import may_see_agenda
from agenda.models import Activity
from agenda.services.refusals import Refused


def is_admin_of(actor: User, company_id: object) -> bool:
    """Return whether `actor` is an admin of that very company."""
    return actor.role == User.Role.ADMIN and actor.company_id == company_id


def may_edit(actor: User, activity: Activity) -> bool:
    """Return whether `actor` may edit or delete the activity: its organiser or assignee, or an admin."""
    if not actor.is_active or actor.company_id != activity.company_id:
        return False
    return actor.pk == activity.responsible_id or is_admin_of(actor, activity.company_id)


def require_edit(actor: User, activity: Activity) -> None:
    """Raise Refused unless `actor` may edit or delete the activity."""
    if not may_edit(actor, activity):
        raise Refused(_("Only the organiser, the assignee or an admin can change this."))


def require_planning(actor: User, people: Iterable[User]) -> None:
    """Raise Refused unless `actor` sees the agendas of all `people`: who may see one may plan for its owner."""
    if not all(person.pk == actor.pk or may_see_agenda(actor, person) for person in people):
        raise Refused(_("You can only plan for colleagues whose agenda you can see."))


def company_of(actor: User) -> Company:
    """Return the actor's company; Refused for an operator, who has no agenda, and for a deactivated user."""
    if actor.company is None or not actor.is_active:
        raise Refused(_("Only members of a company have an agenda."))
    return actor.company
