"""The steps of the wizard, and at which of them a set-up stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from integrations.entry import Entry
from integrations.selectors.setups import SetUp

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Step(IntEnum):
    """The four steps that the page names on top."""

    AUTHORIZE = 1
    ACCOUNT = 2
    TEST = 3
    CHOOSE = 4


_NAMES: dict[Step, StrOrPromise] = {
    Step.AUTHORIZE: _("Authorize"),
    Step.TEST: _("Test credentials"),
    Step.CHOOSE: _("Choose calendars"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One step as the page shows it: `state` is passed, current or ahead."""

    number: int
    name: StrOrPromise
    state: str


def marks(entry: Entry, current: Step | None) -> list[Mark]:
    """Return the steps of an entry's wizard; all of them are done when none is current."""
    return [Mark(step, _NAMES.get(step, entry.step), _state(step, current)) for step in Step]


def _state(step: Step, current: Step | None) -> str:
    if current is None or step < current:
        return "passed"
    return "current" if step == current else "ahead"


def page_of(setup: SetUp) -> str:
    """Return the name of the page at which this set-up goes on; once the sync has begun, that of the first sync."""
    if setup.connection is None:
        return "wizard_account"
    return "wizard_first_sync" if setup.finished else "wizard_calendars"
