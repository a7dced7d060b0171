"""The rows of an agenda as JSON, for the calendar in the page. What a viewer may see is agenda.selectors' answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import visible_owners
from agenda import ports, selectors
from agenda.selectors import Row
from agenda.selectors.rows import BLOCK
from agenda.views import asked
from agenda.views.member import member

LONGEST = timedelta(days=62)  # more than any view shows


@never_cache
@require_safe
def feed(request: HttpRequest) -> JsonResponse:
    """Return the rows between ?start= and ?end= on the agenda of ?of=."""
    viewer = member(request)
    start, end = (asked.moment(request.GET.get(name, ""), viewer) for name in ("start", "end"))
    if start is None or end is None or not timedelta(0) < end - start <= LONGEST:
        return JsonResponse({"error": _("Ask for a stretch of time of two months at most.")}, status=400)
    others = list(visible_owners(viewer)) if request.GET.get("of") else []
    return JsonResponse({"rows": rows(viewer, asked.owner(request, viewer, others), start, end)})


def rows(viewer: User, owner: User, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Return what the page draws of an agenda between two instants.

    A day more on both sides is asked for: all-day rows mean the owner's day, another stretch of time elsewhere.
    """
    found = selectors.window(viewer, [owner], start - asked.ONE_DAY, end + asked.ONE_DAY)
    return drawn(found, selectors.private_again(viewer, found) if viewer == owner else (), _own_movable(viewer, found))


def _own_movable(viewer: User, found: Sequence[Row]) -> set[UUID]:
    """Return which of the viewer's own blocks can be moved: a single event, in a calendar that can be written to."""
    single = {row.thing_id for row in found if row.changeable and row.thing_id}
    return ports.calendar_writer().writable(viewer, single) if single else set()


def drawn(
    found: Sequence[Row], private_again: Collection[UUID] = (), own_movable: Collection[UUID] = ()
) -> list[dict[str, Any]]:
    """Return rows as static/js/agenda-rows.js takes them."""
    return [_drawn(row, row.thing_id in private_again, row.thing_id in own_movable) for row in found]


def _drawn(row: Row, private_again: bool, own_movable: bool) -> dict[str, Any]:
    """Return one row; what is false, empty or unknown is left out. A colleague's block has no id and no address."""
    said = {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "start": row.start.isoformat() if row.start else None,
        "end": row.end.isoformat() if row.end else None,
        "allDay": row.all_day,
        "busy": row.busy,
        "href": _address(row),
        "link": row.link_state if row.link_state in ("waiting", "stuck", "held") else None,
        "mine": row.mine,
        "place": row.place,
        "customer": row.customer,
        "calendar": row.calendar,
        "done": row.done,
        "editable": row.editable,
        "leavable": row.leavable,
        "movable": row.editable and not row.repeats or own_movable,
        "repeats": row.repeats,
        "refusal": row.refusal,
        "privateAgain": private_again,
        "revision": row.revision,
    }
    return {name: value for name, value in said.items() if value}


def _address(row: Row) -> str:
    """Return the page of what a row is of; "" where there is none for this viewer."""
    if row.thing_id is None:
        return ""
    return reverse("block" if row.kind == BLOCK else "activity", args=[row.thing_id])
