"""Pages of one's own blocks. Nobody else's exist here."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agenda import selectors
from agenda.models import Activity, Block
from agenda.services import block_edits, convert, deletion
from agenda.services.refusals import Refused
from agenda.views.answer import Undo, done, refused, show
from agenda.views.block_form import BlockForm
from agenda.views.forms import ConversionForm
from agenda.views.member import block_or_404, member
from agenda.views.time import moved_sentence
from agenda.visibility import open_block

KINDS = {Activity.Kind.MEETING.value: Activity.Kind.MEETING, Activity.Kind.TASK.value: Activity.Kind.TASK}


@require_safe
def block(request: HttpRequest, key: str) -> HttpResponse:
    """Show a private event to its owner, and what can be done with it."""
    viewer = member(request)
    found = block_or_404(viewer, key)
    context = {"event": found, "row": selectors.row_of(viewer, found), "refusal": convert.refusal(found)}
    return show(request, "agenda/block.html", {**context, "changeable": not block_edits.refusal(found)})


@require_http_methods(["GET", "POST"])
def conversion(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Show what colleagues will see, then make a meeting or a task of the event."""
    viewer = member(request)
    found = block_or_404(viewer, key)
    if kind not in KINDS:
        raise Http404
    view = open_block(viewer, found)
    form = ConversionForm(request.POST or None, initial={"title": view.title})
    if request.method == "POST" and form.is_valid():
        try:
            made = convert.convert(viewer, found, kind, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            undo = Undo(reverse("activity_privacy", args=[made.pk]))
            return done(request, _("Converted: colleagues now see it."), undo)
    context = {"form": form, "event": found, "view": view, "kind": KINDS[kind]}
    more = {"row": selectors.row_of(viewer, found), "refusal": convert.refusal(found)}
    return show(request, "agenda/conversion.html", {**context, **more})


@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """Ask what the event shall say, then change it here; its calendar follows with the next sync."""
    viewer = member(request)
    found = block_or_404(viewer, key)
    refusal = block_edits.refusal(found)
    if refusal:
        return refused(request, refusal)
    form = BlockForm(viewer, request.POST or None, block=found)
    if request.method == "POST" and form.is_valid() and _changed(form, found):
        return done(request, moved_sentence(found) if found.guests else _("Changed. Your calendar follows."))
    return show(request, "agenda/block_form.html", {"form": form, "event": found})


def _changed(form: BlockForm, block: Block) -> bool:
    """Change the event; show in the form what was refused."""
    revision = form.cleaned_data["revision"]
    try:
        block_edits.edit(form.viewer, block, form.said(), expected_revision=revision)
    except ValidationError as refusal:
        form.show(refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


@require_http_methods(["GET", "POST"])
def removal(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then delete the event in its owner's calendar."""
    viewer = member(request)
    found = block_or_404(viewer, key)
    if request.method != "POST":
        return show(request, "agenda/block_removal.html", {"event": found, "view": open_block(viewer, found)})
    try:
        deletion.delete_block(viewer, found)
    except Refused as refusal:
        return refused(request, str(refusal))
    return done(request, _("Deleted. It goes from your calendar with the next sync."))
