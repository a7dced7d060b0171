"""Who takes part in an activity: rows that begin and end, never vanish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import User
from agenda.models import Activity, Attendance, Block, BlockSpan


def standing(activity: Activity) -> set[UUID]:
    """Return the ids of the users who take part now."""
    return set(Attendance.objects.filter(activity=activity, ended_at=None).values_list("user_id", flat=True))


def begin(activity: Activity, people: Iterable[User]) -> bool:
    """Let `people` take part (again); return whether that was new for any of them."""
    already = standing(activity)
    newcomers = {person.pk: person for person in people if person.pk not in already}
    for person in newcomers.values():
        Attendance.objects.update_or_create(
            activity=activity, user=person, defaults={"ended_at": None, "ended_by": None}
        )
    return bool(newcomers)


def end(activity: Activity, user_ids: Iterable[UUID], *, at: datetime, by: User | None) -> bool:
    """End these attendances; return whether any stood. `by` is None when the user's own calendar said so.

    What the activity drew or hid in their agendas goes with it: read-only spans of a series, a block behind a copy.
    """
    gone = list(user_ids)
    ended = Attendance.objects.filter(activity=activity, user__in=gone, ended_at=None).update(ended_at=at, ended_by=by)
    BlockSpan.objects.filter(activity=activity, owner__in=gone).delete()
    Block.objects.filter(hidden_by=activity, owner__in=gone).update(hidden_by=None)
    return ended > 0
