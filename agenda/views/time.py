"""Moving in the grid, an activity or a private event of one's own: dragged, stretched, or put back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from agenda.models import Activity, Block
from agenda.services import activities, block_edits
from agenda.services.refusals import Refused
from agenda.services.times import Times
from agenda.views.asked import moment
from agenda.views.member import activity_or_404, block_or_404, member


@require_POST
def time(request: HttpRequest, key: str) -> JsonResponse:
    """Give an activity another time: start, end (dates for whole days, or both empty), and the revision looked at.

    The answer is 200 either way, with `refused` when nothing was done, so that a refusal is no fault in the console.
    """
    viewer = member(request)
    found = activity_or_404(viewer, key)
    before = _times(found)
    try:
        changes = _said(request, viewer)
        moved = activities.edit(viewer, found, changes, expected_revision=_revision(request, found))
    except ValidationError as refusal:
        return JsonResponse({"refused": " ".join(refusal.messages)})
    except Refused as refusal:
        return JsonResponse({"refused": str(refusal)})
    undo = {"url": reverse("activity_time", args=[moved.pk]), "fields": {**before, "revision": moved.revision}}
    sentence = _("Moved.") if moved.start or moved.start_date else _("To be planned.")
    return JsonResponse({"revision": moved.revision, "sentence": sentence, "undo": undo})


@require_POST
def block_time(request: HttpRequest, key: str) -> JsonResponse:
    """Give the viewer's own private event another time, in his calendar too; asked and answered as `time`."""
    viewer = member(request)
    found = block_or_404(viewer, key)
    try:
        if reason := block_edits.refusal(found):
            raise Refused(reason)
        before = _written(block_edits.times_of(found.spans.get(), viewer.zone))
        changes = _said(request, viewer)
        moved = block_edits.edit(viewer, found, changes, expected_revision=_revision(request, found))
    except ValidationError as refusal:
        return JsonResponse({"refused": " ".join(refusal.messages)})
    except Refused as refusal:
        return JsonResponse({"refused": str(refusal)})
    undo = {"url": reverse("block_time", args=[moved.pk]), "fields": {**before, "revision": moved.revision}}
    return JsonResponse({"revision": moved.revision, "sentence": moved_sentence(moved), "undo": undo})


def moved_sentence(block: Block) -> str:
    """Return what is said of a private event that was moved: guests are asked about first."""
    if block.guests:
        return _("Moved here. It waits for your word whether its guests may be told: see what needs your attention.")
    return _("Moved. Your calendar follows.")


def _revision(request: HttpRequest, found: Activity | Block) -> int:
    """Return the revision that was looked at; without one the change is refused as overtaken."""
    said = request.POST.get("revision", "")
    return int(said) if said.isdecimal() and len(said) < 10 else found.revision - 1


def _said(request: HttpRequest, viewer: User) -> dict[str, Any]:
    """Return the times as agenda.services takes them. ValidationError for what is none."""
    start, end = request.POST.get("start", ""), request.POST.get("end", "")
    if not start and not end:
        return {"start": None, "end": None, "start_date": None, "end_date": None}
    begins, ends = moment(start, viewer), moment(end, viewer)
    if begins and ends:
        return {"start": begins, "end": ends, "start_date": None, "end_date": None}
    try:
        return {"start_date": date.fromisoformat(start), "end_date": date.fromisoformat(end)}
    except ValueError:
        raise ValidationError(_("This time could not be understood.")) from None


def _times(activity: Activity) -> dict[str, str]:
    """Return when an activity is, as this address takes it."""
    return _written(Times.of(activity))


def _written(times: Times) -> dict[str, str]:
    first, last = times.first, times.last
    return {"start": first.isoformat() if first else "", "end": last.isoformat() if last else ""}
