"""Pages of one's own notices, and where no mail server is set, of the mails that would have been sent."""

from __future__ import annotations

from uuid import UUID

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from notices import selectors
from notices.models import Notice, OutgoingMail
from notices.services import mark_read

A_PAGE = 50
#: a mail has its styles inside, as mail programs want it, and nothing else
_AS_MAIL = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [NONE], "sandbox": ["allow-popups"]}


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the viewer's own notices, newest first."""
    user = _reader(request)
    page = Paginator(selectors.notices_of(user), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": selectors.unread(user), "mails_kept": settings.MAIL_IS_KEPT}
    return render(request, "notices/notices.html", context)


@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Return the bell anew."""
    return render(request, "notices/bell.html", {"unread": selectors.unread(_reader(request))})


@require_safe
def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """Go where a notice leads; who does so has read it."""
    user = _reader(request)
    try:
        found = selectors.own_notice(user, key)
    except Notice.DoesNotExist:
        raise Http404 from None
    mark_read(user, found.pk)
    return redirect(found.link or "notices")


@require_POST
def reading(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """Mark one notice as read, or all."""
    mark_read(_reader(request), key)
    return redirect("notices")


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails to the viewer himself, where none leaves this machine."""
    page = Paginator(selectors.mails_of(_reader_of_mails(request)), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notices/mails.html", {"page": page})


@csp(_AS_MAIL)  # type: ignore[arg-type]  # takes views with a key too
@require_safe
def mail(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one of them as a mail program would."""
    try:
        found = selectors.mails_of(_reader_of_mails(request)).get(pk=key)
    except OutgoingMail.DoesNotExist:
        raise Http404 from None
    return HttpResponse(found.opened.html)


def _reader_of_mails(request: HttpRequest) -> User:
    if not settings.MAIL_IS_KEPT:
        raise Http404
    return _reader(request)


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
