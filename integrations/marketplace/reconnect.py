"""Reconnect: ask the owner for a new password, try it, and let the sync catch up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.address import client_address
from agenda.views.member import member
from integrations import catalog
from integrations.advice import Advice
from integrations.credentials import CredentialsForm
from integrations.marketplace.acts import owned_or_404
from integrations.models import Connection
from integrations.receivers import ring_soon
from integrations.services.connect import ConnectRefused
from integrations.services.reconnect import may_reconnect, reconnect
from integrations.wizard.advice import advice


@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
def reconnection(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for a new password of the same account."""
    connection = owned_or_404(member(request), key)
    if not may_reconnect(connection):
        raise Http404
    form = _form(request, connection)
    if request.method != "POST" or not form.is_valid():
        return _page(request, connection, form)
    try:
        _renew(request, connection, form)
    except ConnectRefused as refusal:
        entry = catalog.entry(connection.entry)
        return _page(request, connection, form, advice(entry, refusal, form.confirmed_hosts))
    ring_soon([connection.pk])
    messages.success(request, _("Reconnected. It catches up now: nothing was lost meanwhile."))
    return redirect("connections")


def _form(request: HttpRequest, connection: Connection) -> CredentialsForm:
    """Return the entry's form; the server stays the one that is connected."""
    form_class = catalog.entry(connection.entry).form
    form = form_class(request.POST or None, initial={"username": connection.username.reveal()})
    form.fields.pop("server", None)
    return form


@sensitive_variables("form")
def _renew(request: HttpRequest, connection: Connection, form: CredentialsForm) -> None:
    confirmed = tuple(form.confirmed_hosts)
    reconnect(connection, form.credentials, address=client_address(request), confirmed=confirmed)


@sensitive_variables("form")
def _page(
    request: HttpRequest, connection: Connection, form: CredentialsForm, refused: Advice | None = None
) -> HttpResponse:
    context = {
        "entry": catalog.entry(connection.entry),
        "form": form,
        "refused": refused,
        "doubtful": getattr(form, "doubtful", False),
    }
    return render(request, "integrations/reconnection.html", context)
