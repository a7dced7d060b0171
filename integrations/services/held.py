"""The owner's answers to a held plan: apply it, or put back what it would take away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from integrations.models import Answer, HeldPlan


def apply(plan: HeldPlan, actor: User) -> int:
    """Let the next run do what was held; only items that are still held and still planned are touched."""
    return _answer(plan, actor, Answer.APPLY)


def put_back(plan: HeldPlan, actor: User) -> int:
    """Let the next run make the events again in the calendar, under new names."""
    return _answer(plan, actor, Answer.PUT_BACK)


def _answer(plan: HeldPlan, actor: User, answer: Answer) -> int:
    with transaction.atomic():
        count = plan.items.update(answer=answer, needs_plan=True, version=F("version") + 1)
        audit.record(actor, f"held.{answer.value}", target=str(plan.pk), details={"items": count})
    return count
