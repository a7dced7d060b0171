"""What to do when an account could not be connected, as a value that an entry may bring along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Advice:
    """What happened, and what to do: one thing, or a list to go through in this order."""

    what: StrOrPromise
    next: StrOrPromise = ""
    checks: Sequence[StrOrPromise] = ()
    host: str = ""  # where the password would go, if the user confirms it
    confirms: str = ""  # what the button that confirms it says
