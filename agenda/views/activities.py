"""Pages of one activity."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from agenda import selectors
from agenda.models import Activity, Attendance
from agenda.services import activities, convert, deletion
from agenda.services.refusals import Refused
from agenda.services.rights import may_edit
from agenda.views.answer import Undo, done, refused, show
from agenda.views.asked import slot
from agenda.views.forms import FORMS, ActivityForm, contacts_of
from agenda.views.member import activity_or_404, member


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Plan a meeting, a call or a task, for oneself or with ?of= for a colleague; ?start= and ?end= say when."""
    viewer = member(request)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](viewer, request.POST or None, initial=slot(request, viewer, kind))
    if request.method == "POST" and form.is_valid() and (made := _saved(form)):
        return done(request, _("Planned."), Undo(reverse("activity_removal", args=[made.pk])))
    return _form_page(request, viewer, form)


def _saved(form: ActivityForm, activity: Activity | None = None) -> Activity | None:
    """Create or change; show in the form what was refused, and return None then."""
    try:
        if activity is None:
            return activities.create(form.viewer, form.kind, **form.fields_said())
        revision = form.cleaned_data["revision"]
        return activities.edit(form.viewer, activity, form.fields_said(), expected_revision=revision)
    except ValidationError as refusal:
        form.show(refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _form_page(
    request: HttpRequest, viewer: User, form: ActivityForm, activity: Activity | None = None
) -> HttpResponse:
    private = activity is not None and convert.may_be_private_again(viewer, activity)
    context = {
        "form": form,
        "kind": form.kind,
        "activity": activity,
        "private_again": private,
        "customers": contacts_of(viewer),
    }
    return show(request, "agenda/activity_form.html", context)


@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest, key: str) -> HttpResponse:
    """Show an activity; who may edit it gets a form."""
    viewer = member(request)
    found = activity_or_404(viewer, key)
    if not may_edit(viewer, found):
        return _facts_page(request, viewer, found)
    form = FORMS[found.kind](viewer, request.POST or None, activity=found)
    if request.method == "POST" and form.is_valid() and _saved(form, found):
        return done(request, _("Saved."))
    return _form_page(request, viewer, form, found)


def _facts_page(request: HttpRequest, viewer: User, found: Activity) -> HttpResponse:
    """Show what a colleague may see; POST is refused by not existing."""
    if request.method == "POST":
        raise Http404
    attending = Attendance.objects.filter(activity=found, ended_at=None).select_related("user").order_by("user__name")
    people = [one.user for one in attending]
    row = selectors.row_of(found.organiser or found.assignee or viewer, found)
    context = {"activity": found, "row": row, "people": people, "attends": viewer in people}
    return show(request, "agenda/activity.html", context)


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
        return show(request, "agenda/activity_removal.html", context)
    try:
        block = deletion.delete_activity(viewer, found, also_remote=bool(request.POST.get("also_remote")))
    except Refused as refusal:
        return refused(request, str(refusal))
    if block:
        return done(request, _("Private again."))
    undo = Undo(reverse("restoration", args=[found.pk]))
    return done(request, _("Deleted. It is in the trash for 30 days."), undo)


@require_POST
def privacy(request: HttpRequest, key: str) -> HttpResponse:
    """Make what was an event private again."""
    viewer = member(request)
    try:
        convert.make_private(viewer, activity_or_404(viewer, key))
    except Refused as refusal:
        return refused(request, str(refusal))
    return done(request, _("Private again: colleagues see that you are busy, and nothing else."))


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
        return refused(request, " ".join(refusal.messages))
    if request.POST.get("done"):
        return done(request, _("Done."), Undo(reverse("activity_completion", args=[found.pk])))
    return done(request, _("Open again."))


@require_http_methods(["GET", "POST"])
def departure(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then no longer take part in somebody's activity."""
    viewer = member(request)
    found = activity_or_404(viewer, key)
    if request.method != "POST":
        return show(request, "agenda/departure.html", {"activity": found, "row": selectors.row_of(viewer, found)})
    try:
        activities.end_attendance(viewer, found, viewer)
    except Refused as refusal:
        return refused(request, str(refusal))
    return done(request, _("You no longer take part."))
