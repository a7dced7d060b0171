"""Change calendars: the choices of a living connection, and what becomes of what is there already."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agenda.models import Activity
from agenda.views.member import member
from integrations import catalog
from integrations.marketplace.acts import owned_or_404
from integrations.marketplace.choice_form import ChangeForm
from integrations.models import Connection, RemoteCalendar
from integrations.receivers import ring_soon
from integrations.services import calendar_list, choices, copies
from integrations.services.choices import Consequence
from integrations.services.connect import ConnectRefused
from integrations.services.new_calendar import make_calendar

#: the only thing posted that is no choice
UNSAID = "csrfmiddlewaretoken"


@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask which calendars are used; then what becomes of what is there, when there is something; then change them."""
    connection = owned_or_404(member(request), key)
    if connection.grant.revoked_at or connection.state == Connection.State.SETUP:
        raise Http404
    known = request.method == "POST" or calendar_list.refresh(connection)
    form = ChangeForm(request.POST or None, connection=connection)
    if request.method == "POST" and form.is_valid():
        asked = _consequence(connection, form)
        if asked.asks and "confirmed" not in request.POST:
            return _questions(request, connection, asked)
        if _changed(request, connection, form):
            return redirect("connections")
    context = {"form": form, "connection": connection, "entry": catalog.entry(connection.entry), "known": known}
    return render(request, "integrations/calendars.html", {**context, "moving": copies.moving(connection)})


def _consequence(connection: Connection, form: ChangeForm) -> Consequence:
    target = RemoteCalendar(pk=uuid.uuid4(), connection=connection) if form.wants_new else form.target
    return choices.consequence(connection, form.wish(target, {}), timezone.now())


def _questions(request: HttpRequest, connection: Connection, asked: Consequence) -> HttpResponse:
    """Ask what becomes of what is there, and carry the choices along."""
    said = [(name, value) for name, values in request.POST.lists() for value in values if name != UNSAID]
    kinds = [(kind, Activity.Kind(kind).label, number) for kind, number in asked.dropped.items()]
    context = {"asked": asked, "kinds": kinds, "said": said, "entry": catalog.entry(connection.entry)}
    return render(request, "integrations/calendars_questions.html", {**context, "connection": connection})


def _changed(request: HttpRequest, connection: Connection, form: ChangeForm) -> bool:
    """Change the calendars and let the sync act on it; show in the form what was refused."""
    try:
        target = _new_calendar(connection) if form.wants_new else form.target
        moved = choices.change(connection, form.wish(target, request.POST), actor=member(request), now=timezone.now())
    except ConnectRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    ring_soon([connection.pk])
    moving = ngettext("%(n)d item moves along.", "%(n)d items move along.", moved) % {"n": moved} if moved else ""
    messages.success(request, " ".join(filter(None, [_("Your calendars are changed."), moving])))
    return True


def _new_calendar(connection: Connection) -> RemoteCalendar:
    """Make a calendar in the account; ConnectRefused while nothing may be sent to it."""
    if not calendar_list.may_ask(connection, timezone.now()):
        raise ConnectRefused(
            _("Nothing is sent to your account now: resume or reconnect it first, or choose another calendar.")
        )
    return make_calendar(connection, settings.PRODUCT_NAME)
