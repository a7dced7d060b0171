"""What can be done with a connection: sync now, pause, resume, revoke; its owner alone removes it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.address import client_address
from accounts.models import User
from agenda.views.member import member
from integrations import catalog, grants
from integrations.models import Connection, Link
from integrations.receivers import ring_soon
from integrations.selectors import health
from integrations.services.disconnect import DisconnectRefused, disconnect, pushed_copies
from integrations.services.pause import pause, resume


def _mine_or_my_companys(viewer: User, key: UUID) -> Connection:
    try:
        return health.may_act_on(viewer, key)
    except Connection.DoesNotExist:
        raise Http404 from None


def owned_or_404(viewer: User, key: UUID) -> Connection:
    """Return one of the viewer's own connections, else 404."""
    try:
        return health.owned(viewer, key)
    except Connection.DoesNotExist:
        raise Http404 from None


def _back(viewer: User, connection: Connection) -> HttpResponse:
    """Go back to the list that the button stood in."""
    return redirect("connections" if connection.user_id == viewer.pk else "colleagues")


@require_POST
def sync(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ring the connection."""
    viewer = member(request)
    connection = _mine_or_my_companys(viewer, key)
    if ring_soon([connection.pk]):
        messages.info(request, _("The sync is on its way."))
    else:
        messages.warning(request, _("Nothing to sync: this connection is paused, revoked, or needs its owner."))
    return _back(viewer, connection)


@require_POST
def pausing(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the connection stand still."""
    viewer = member(request)
    connection = _mine_or_my_companys(viewer, key)
    if pause(connection, viewer, address=client_address(request)):
        messages.success(request, _("Paused. Nothing is lost: it catches up when it is resumed."))
    return _back(viewer, connection)


@require_POST
def resumption(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the connection go on, and catch up at once."""
    viewer = member(request)
    connection = _mine_or_my_companys(viewer, key)
    if resume(connection, viewer, address=client_address(request)):
        ring_soon([connection.pk])
        messages.success(request, _("Resumed. It catches up now."))
    return _back(viewer, connection)


@require_http_methods(["GET", "HEAD", "POST"])
def revocation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask, then take the consent back: everything stops at once, and nothing is deleted."""
    viewer = member(request)
    connection = _mine_or_my_companys(viewer, key)
    if request.method == "POST":
        if grants.revoke(connection.grant, viewer, address=client_address(request)):
            messages.success(request, _("The access is revoked. Nothing is read or written any more."))
        return _back(viewer, connection)
    context = {"health": health.health(connection, timezone.now()), "own": connection.user_id == viewer.pk}
    return render(request, "integrations/revocation.html", context)


class RemovalForm(forms.Form):
    """What happens to the events that Halfpast wrote."""

    copies = forms.ChoiceField(
        label=gettext_lazy("Events that were pushed to your calendar"),
        choices=[("keep", gettext_lazy("Keep them")), ("delete", gettext_lazy("Delete them"))],
        initial="keep",
        widget=forms.RadioSelect,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask what happens to the pushed events, then remove the connection."""
    connection = owned_or_404(member(request), key)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _removed(request, connection, form):
        return redirect("connections")
    context = {
        "form": form,
        "health": health.health(connection, timezone.now()),
        "copies": pushed_copies(connection),
        "blocks": Link.objects.filter(connection=connection, block__isnull=False).count(),
    }
    return render(request, "integrations/removal.html", context)


def _removed(request: HttpRequest, connection: Connection, form: RemovalForm) -> bool:
    """Remove it and say what is left to do; show in the form why it could not be done."""
    entry = catalog.entry(connection.entry)
    try:
        deleted = disconnect(connection, actor=member(request), remove_remote=form.cleaned_data["copies"] == "delete")
    except DisconnectRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    gone = ngettext("%(n)d event was deleted there.", "%(n)d events were deleted there.", deleted) % {"n": deleted}
    erased = _("%(entry)s is removed and its password erased.")
    if entry.by_address:
        erased = _("%(entry)s is removed and its address erased.")
    said = [erased % {"entry": entry.name}, gone if deleted else ""]
    messages.success(request, " ".join(filter(None, [*said, str(entry.farewell)])))
    return True
