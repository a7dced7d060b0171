"""The owner's answers to a held plan: apply it, or put back what it would take away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from integrations.models import Answer, HeldPlan, Link
from integrations.news import settling


def apply(plan: HeldPlan, actor: User) -> int:
    """Let the next run do what was held; only items that are still held and still planned are touched."""
    return _answer(plan, actor, Answer.APPLY)


def put_back(plan: HeldPlan, actor: User) -> int:
    """Undo what was held: deleted events are made again under new names, moved ones get their old time back.

    Events that appeared and look like duplicates are left out of the agenda; nothing of them is deleted.
    """
    if plan.reason == HeldPlan.Reason.CREATIONS:
        return _leave_out(plan, actor)
    return _answer(plan, actor, Answer.PUT_BACK)


def _leave_out(plan: HeldPlan, actor: User) -> int:
    with transaction.atomic():
        settling.answered(plan)
        audit.record(actor, "held.left_out", target=str(plan.pk), details={"items": plan.items.count()})
        return plan.items.update(
            state=Link.State.IGNORED,
            reason=_("You left this out: it looked like another event."),
            needs_plan=False,
            held=None,
            version=F("version") + 1,
        )


def _answer(plan: HeldPlan, actor: User, answer: Answer) -> int:
    with transaction.atomic():
        count = plan.items.update(answer=answer, needs_plan=True, version=F("version") + 1)
        settling.answered(plan)
        audit.record(actor, f"held.{answer.value}", target=str(plan.pk), details={"items": count})
    return count
