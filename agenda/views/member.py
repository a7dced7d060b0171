"""Who is looking: every page of the agenda is for members of a company."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest

from accounts.models import User
from agenda import selectors
from agenda.models import Activity, Block


def member(request: HttpRequest) -> User:
    """Return the signed-in member of a company; 404 for an operator, who has no agenda."""
    if not isinstance(request.user, User) or request.user.company_id is None:
        raise Http404
    return request.user


def activity_or_404(viewer: User, key: object, *, trashed: bool = False) -> Activity:
    """Return an activity that `viewer` may see, else 404."""
    try:
        return selectors.activity_for(viewer, str(key), trashed=trashed)
    except ObjectDoesNotExist:
        raise Http404 from None


def block_or_404(viewer: User, key: object) -> Block:
    """Return one of the viewer's own blocks, else 404."""
    try:
        return selectors.block_for(viewer, str(key))
    except ObjectDoesNotExist:
        raise Http404 from None
