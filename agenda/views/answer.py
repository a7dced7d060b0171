"""Answers in two forms: pages for everybody, fragments and events for the agenda's dialog (asked for by htmx)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from agenda.views.back import back_to_agenda, wanted


@dataclass(frozen=True, slots=True)
class Undo:
    """The POST that takes an act back."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


def in_dialog(request: HttpRequest) -> bool:
    """Return whether the answer goes into the agenda's dialog."""
    return request.headers.get("HX-Request") == "true"


def show(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render a template that extends `layout`: a page, or what a dialog holds."""
    layout = "agenda/as_dialog.html" if in_dialog(request) else "agenda/as_page.html"
    answer = render(request, template, {**context, "layout": layout, "back": wanted(request)})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def done(request: HttpRequest, sentence: str, undo: Undo | None = None) -> HttpResponse:
    """Say what was done; the dialog closes, and the agenda is drawn anew."""
    if in_dialog(request):
        return _event(sentence, "success", undo)
    messages.success(request, sentence)
    return back_to_agenda(request)


def refused(request: HttpRequest, sentence: str) -> HttpResponse:
    """Say why nothing was done."""
    if in_dialog(request):
        return _event(sentence, "danger", None)
    messages.error(request, sentence)
    return back_to_agenda(request)


def _event(sentence: str, level: str, undo: Undo | None) -> HttpResponse:
    """Return nothing to show, and an event for static/js/agenda.js."""
    told = {"sentence": sentence, "level": level, "undo": asdict(undo) if undo else None}
    answer = HttpResponse(status=204)
    answer.headers["HX-Trigger"] = json.dumps({"agenda:done": told})
    return answer
