"""The password doctor: what a typed text looks like, before it is sent to Apple. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

#: What word processors and phones make of a hyphen.
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
#: Invisible characters that come along with a copied text.
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s-]+")
#: In groups, however they are parted, or in one piece: words of other lengths are a phrase, not Apple's groups.
_FOUR_BY_FOUR = re.compile(r"[a-z]{4}(-[a-z]{4}){3}|[a-z]{16}", re.IGNORECASE)
_PART_OF_ONE = re.compile(r"([a-z]{1,4}-)+[a-z]{0,4}", re.IGNORECASE)
_CODE = re.compile(r"[0-9]{6}")


class Looks(StrEnum):
    """What a text looks like."""

    APP_SPECIFIC = "app_specific"  # four groups of four letters (docs/icloud.md A15)
    INCOMPLETE = "incomplete"  # groups of letters, but not four of four
    CODE = "code"  # the six digits of two-factor authentication
    NORMAL = "normal"  # anything else: most likely the Apple Account's own password
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis:
    """What was typed, ready to be sent, and what it looks like. Its repr does not show the password."""

    password: str
    looks: Looks

    def __repr__(self) -> str:
        """Return a mask."""
        return f"Diagnosis(***, {self.looks})"


def examine(typed: str) -> Diagnosis:
    """Return the diagnosis. An app-specific password comes back as Apple prints it, all else only trimmed."""
    seen = _INVISIBLE.sub("", _DASHES.sub("-", typed)).strip()
    grouped, bare = _BETWEEN.sub("-", seen), _BLANKS.sub("", seen)
    if _FOUR_BY_FOUR.fullmatch(grouped):
        return Diagnosis(_as_printed(grouped), Looks.APP_SPECIFIC)
    return Diagnosis(typed.strip(), _guess(bare))


def _as_printed(bare: str) -> str:
    """Return it in small letters with hyphens: a phone's keyboard likes to begin with a capital."""
    letters = bare.replace("-", "").lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _guess(bare: str) -> Looks:
    if not bare:
        return Looks.EMPTY
    if _CODE.fullmatch(bare):
        return Looks.CODE
    return Looks.INCOMPLETE if _PART_OF_ONE.fullmatch(bare) else Looks.NORMAL
