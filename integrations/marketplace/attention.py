"""What waits for its owner: held plans, changes that would mail guests, conflicts, events that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.selectors import trash_of
from agenda.services.refusals import Refused
from agenda.titles import title_of
from agenda.views.answer import done, in_dialog, refused
from agenda.views.back import wanted
from agenda.views.member import member
from integrations.models import Conflict, HeldPlan, Link
from integrations.receivers import ring_soon
from integrations.selectors import attention
from integrations.services import answers, conflicts, held

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Reason = HeldPlan.Reason
#: what each answer to a brake does
EXPLAINS: dict[str, StrOrPromise] = {
    Reason.DELETIONS: gettext_lazy("Apply removes them here too. Put back writes them into your calendar again."),
    Reason.SHRUNKEN: gettext_lazy(
        "This may be a hiccup of the server. Apply removes them here. Put back writes them into your calendar again."
    ),
    Reason.MOVES: gettext_lazy(
        "This happens when a calendar changes its time zone. Apply takes the new times over. Put back gives them their "
        "old times again, in your calendar too."
    ),
    Reason.CREATIONS: gettext_lazy(
        "They equal events that are here already. Apply brings them in all the same. Leave out keeps them away from "
        "your agenda; nothing is deleted."
    ),
}
#: how much of the trash is shown here; the rest has its own page
TRASH_SHOWN = 5
_ANSWERS = {"apply": held.apply, "put_back": held.put_back}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show everything that waits for the viewer."""
    user = member(request)
    context = {
        "plans": [(one, EXPLAINS[one.plan.reason]) for one in attention.held_plans(user)],
        "waiting": attention.waiting(user),
        "conflicts": attention.conflicts(user),
        "quarantined": attention.quarantined(user),
        "trashed": [(one, title_of(one)) for one in trash_of(user)[:TRASH_SHOWN]],
    }
    return render(request, "integrations/attention.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def held_plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one held plan whole, and take the answer."""
    user = member(request)
    try:
        found = attention.held_plan(user, key)
    except HeldPlan.DoesNotExist:
        raise Http404 from None
    if request.method == "POST" and _answered(request, found.plan):
        return redirect("attention")
    context = {"held": found, "explains": EXPLAINS[found.plan.reason]}
    return render(request, "integrations/held_plan.html", context)


def _answered(request: HttpRequest, plan: HeldPlan) -> bool:
    """Write the answer down and let the sync act on it; False for what is no answer."""
    answer = _ANSWERS.get(request.POST.get("answer", ""))
    if answer is None:
        return False
    count = answer(plan, member(request))
    ring_soon([plan.connection_id])
    said = ngettext("Your answer for %(n)d item is on its way.", "Your answer for %(n)d items is on its way.", count)
    messages.success(request, said % {"n": count})
    return True


@require_POST
def sending(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let one change go out although guests will get mail."""
    user = member(request)
    link = _own_link(request, key)
    if answers.send(link, user):
        ring_soon([link.connection_id])
        messages.success(request, _("It goes out now, and the guests are told by your calendar's server."))
    return redirect(f"{reverse('attention')}#waiting")


@require_POST
def dropping(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one change back that guests would be mailed of."""
    user = member(request)
    link = _own_link(request, key)
    if answers.drop(link, user):
        ring_soon([link.connection_id])
        messages.success(request, _("Nothing is sent: in a moment it is here again as your calendar says."))
    else:
        messages.error(
            request, _("There is nothing here that you could take back: it was sent already, or is not yours.")
        )
    return redirect(f"{reverse('attention')}#waiting")


@require_POST
def retry(request: HttpRequest, key: UUID) -> HttpResponse:
    """Read an event once more that could not be read."""
    link = _own_link(request, key)
    if answers.read_again(link):
        ring_soon([link.connection_id])
        messages.success(request, _("It is read once more now."))
    return redirect(f"{reverse('attention')}#unreadable")


@require_POST
def again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Try an item that stands still once more, from its own card or from the list."""
    link = _own_link(request, key)
    said = _("It is tried once more now.")
    if not answers.try_again(link, member(request)):
        return refused(request, _("There is nothing to try: it is in step, or waits for your answer."))
    ring_soon([link.connection_id])
    if in_dialog(request) or wanted(request):
        return done(request, said)
    messages.success(request, said)
    return redirect(f"{reverse('attention')}#waiting")


def _own_link(request: HttpRequest, key: UUID) -> Link:
    try:
        return attention.own_link(member(request), key)
    except Link.DoesNotExist:
        raise Http404 from None


@require_POST
def restoration(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a version that lost hold again."""
    try:
        conflicts.restore(_own_conflict(request, key), member(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Restored. The version that it replaced is kept here instead."))
    return redirect(f"{reverse('attention')}#conflicts")


@require_POST
def dismissal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Drop a version that lost."""
    conflicts.dismiss(_own_conflict(request, key), member(request))
    messages.info(request, _("The other version is dropped."))
    return redirect(f"{reverse('attention')}#conflicts")


def _own_conflict(request: HttpRequest, key: UUID) -> Conflict:
    try:
        return attention.own_conflict(member(request), key)
    except Conflict.DoesNotExist:
        raise Http404 from None
