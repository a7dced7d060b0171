"""Whose set-up this is, and where it goes on."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agenda.views.member import member
from integrations.models import Grant
from integrations.selectors import setups
from integrations.selectors.setups import SetUp
from integrations.wizard.steps import page_of


class Elsewhere(Exception):
    """This step is not the one that the set-up stands at; `answer` leads there."""

    def __init__(self, answer: HttpResponse) -> None:
        """Keep the way."""
        super().__init__()
        self.answer = answer


def own_setup(request: HttpRequest, key: UUID) -> SetUp:
    """Return the viewer's own set-up. 404 for anybody else's; Elsewhere when it was cancelled or ran out."""
    try:
        setup = setups.set_up(member(request), key)
    except Grant.DoesNotExist:
        raise Http404 from None
    if setup.grant.revoked_at:
        messages.warning(
            request, _("This set-up is over: it was cancelled, taken back, or ran out after a day. Start again here.")
        )
        raise Elsewhere(redirect("entry", setup.entry.key))
    return setup


def goes_on(setup: SetUp) -> HttpResponse:
    """Return the way to where the set-up stands."""
    return redirect(page_of(setup), setup.grant.pk)
