"""Pages of one activity."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from agenda import selectors
from agenda.models import Activity, Attendance
from agenda.services import activities, convert, deletion
from agenda.services.refusals import Refused
from agenda.services.rights import may_edit
from agenda.views.back import back_to_agenda, wanted
from agenda.views.forms import FORMS, ActivityForm, contacts_of, slot
from agenda.views.member import activity_or_404, member


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Plan a meeting, a call or a task, for oneself or with ?of= for a colleague."""
    viewer = member(request)
    if kind not in FORMS:
        raise Http404
    initial = slot(kind, request.GET.get("of") or viewer.pk, _day(request, viewer))
    form = FORMS[kind](viewer, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        return back_to_agenda(request)
    return _form_page(request, viewer, form)


def _day(request: HttpRequest, viewer: User) -> date:
    try:
        return date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return timezone.now().astimezone(viewer.zone).date()


def _saved(request: HttpRequest, form: ActivityForm, activity: Activity | None = None) -> bool:
    """Create or change, and say so; show in the form what was refused."""
    try:
        if activity is None:
            activities.create(form.viewer, form.kind, **form.fields_said())
        else:
            revision = form.cleaned_data["revision"]
            activities.edit(form.viewer, activity, form.fields_said(), expected_revision=revision)
    except ValidationError as refusal:
        form.show(refusal)
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved.") if activity else _("Planned."))
    return True


def _form_page(
    request: HttpRequest, viewer: User, form: ActivityForm, activity: Activity | None = None
) -> HttpResponse:
    context = {"form": form, "kind": form.kind, "label": form.kind.label, "activity": activity}
    private = activity is not None and convert.may_be_private_again(viewer, activity)
    return render(
        request,
        "agenda/activity_form.html",
        {**context, "private_again": private, "customers": contacts_of(viewer), "back": wanted(request)},
    )


@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest, key: str) -> HttpResponse:
    """Show an activity; who may edit it gets a form."""
    viewer = member(request)
    found = activity_or_404(viewer, key)
    if not may_edit(viewer, found):
        return _facts_page(request, viewer, found)
    form = FORMS[found.kind](viewer, request.POST or None, activity=found)
    if request.method == "POST" and form.is_valid() and _saved(request, form, found):
        return back_to_agenda(request)
    return _form_page(request, viewer, form, found)


def _facts_page(request: HttpRequest, viewer: User, found: Activity) -> HttpResponse:
    """Show what a colleague may see; POST is refused by not existing."""
    if request.method == "POST":
        raise Http404
    attending = Attendance.objects.filter(activity=found, ended_at=None).select_related("user").order_by("user__name")
    people = [one.user for one in attending]
    row = selectors.row_of(found.organiser or found.assignee or viewer, found)
    context = {"activity": found, "row": row, "people": people, "attends": viewer in people, "back": wanted(request)}
    return render(request, "agenda/activity.html", context)


@require_http_methods(["GET", "POST"])
def removal(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then delete; of a converted event it is asked whether it goes from the calendar too."""
    viewer = member(request)
    found = activity_or_404(viewer, key)
    if not may_edit(viewer, found):
        raise Http404
    if request.method != "POST":
        private = convert.may_be_private_again(viewer, found)
        context = {"activity": found, "title": selectors.row_of(viewer, found).title, "converted": private}
        return render(request, "agenda/activity_removal.html", {**context, "back": wanted(request)})
    try:
        block = deletion.delete_activity(viewer, found, also_remote=bool(request.POST.get("also_remote")))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Private again.") if block else _("Deleted. It is in the trash for 30 days."))
    return back_to_agenda(request)


@require_POST
def privacy(request: HttpRequest, key: str) -> HttpResponse:
    """Make what was an event private again."""
    viewer = member(request)
    try:
        convert.make_private(viewer, activity_or_404(viewer, key))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Private again: colleagues see that you are busy, and nothing else."))
    return back_to_agenda(request)


@require_POST
def completion(request: HttpRequest, key: str) -> HttpResponse:
    """Mark as done with an outcome for calls, or open again."""
    viewer = member(request)
    found = activity_or_404(viewer, key)
    if not may_edit(viewer, found):
        raise Http404
    try:
        if request.POST.get("done"):
            activities.complete(viewer, found, outcome=request.POST.get("outcome", ""))
        else:
            activities.reopen(viewer, found)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return back_to_agenda(request)


@require_POST
def departure(request: HttpRequest, key: str) -> HttpResponse:
    """No longer take part in somebody's activity."""
    viewer = member(request)
    try:
        activities.end_attendance(viewer, activity_or_404(viewer, key), viewer)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You no longer take part."))
    return back_to_agenda(request)
