"""Pages of one's own blocks. Nobody else's exist here."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda import selectors
from agenda.models import Activity
from agenda.services import convert, deletion
from agenda.services.refusals import Refused
from agenda.views.back import back_to_agenda, wanted
from agenda.views.forms import ConversionForm
from agenda.views.member import block_or_404, member
from agenda.visibility import open_block

KINDS = {Activity.Kind.MEETING.value: Activity.Kind.MEETING, Activity.Kind.TASK.value: Activity.Kind.TASK}


@require_http_methods(["GET", "POST"])
def conversion(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Show what colleagues will see, then make a meeting or a task of the event."""
    viewer = member(request)
    block = block_or_404(viewer, key)
    if kind not in KINDS:
        raise Http404
    view = open_block(viewer, block)
    form = ConversionForm(request.POST or None, initial={"title": view.title})
    if request.method == "POST" and form.is_valid():
        try:
            convert.convert(viewer, block, kind, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Converted: colleagues now see it."))
            return back_to_agenda(request)
    context = {"form": form, "block": block, "view": view, "kind": KINDS[kind], "row": selectors.row_of(viewer, block)}
    refusal_sentence = convert.refusal(block)
    return render(request, "agenda/conversion.html", {**context, "refusal": refusal_sentence, "back": wanted(request)})


@require_http_methods(["GET", "POST"])
def removal(request: HttpRequest, key: str) -> HttpResponse:
    """Ask, then delete the event in its owner's calendar."""
    viewer = member(request)
    block = block_or_404(viewer, key)
    if request.method != "POST":
        context = {"block": block, "view": open_block(viewer, block), "back": wanted(request)}
        return render(request, "agenda/block_removal.html", context)
    try:
        deletion.delete_block(viewer, block)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Deleted. It goes from your calendar with the next sync."))
    return back_to_agenda(request)
