"""What can be told: each kind is a value, declared by the app that tells it, with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django.utils import timezone, translation
from django.utils.formats import date_format

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from accounts.models import User

Level = Literal["info", "success", "warn", "danger"]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of news. `heading` and `sentence` may hold %(name)s of the facts; `action` is what its link is called.

    `remind`: the days after which it is told again as long as it is open. Never a secret, and nothing of a private
    event: neither words nor facts name one.
    """

    key: str
    heading: StrOrPromise
    sentence: StrOrPromise
    action: StrOrPromise = ""
    level: Level = "info"
    remind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What one person reads, in his language and zone: the same in the page and in the mail."""

    heading: str
    sentence: str
    action: str = ""


def words(recipient: User, kind: Kind, facts: Facts) -> Words:
    """Return the words of `kind` as `recipient` reads them; dates among the facts are told in his zone."""
    with speaking_to(recipient):
        said = {name: _told(fact) for name, fact in facts.items()}
        return Words(_line(str(kind.heading) % said), str(kind.sentence) % said, str(kind.action))


@contextmanager
def speaking_to(recipient: User) -> Iterator[None]:
    """Use the recipient's language and zone."""
    with translation.override(recipient.language), timezone.override(recipient.zone):
        yield


def _told(fact: Any) -> Any:
    if isinstance(fact, datetime):
        return date_format(timezone.localtime(fact), "D j M Y, H:i")
    return date_format(fact, "D j M Y") if isinstance(fact, date) else fact


def _line(text: str) -> str:
    """Return one line without control characters: a heading becomes a mail's subject."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
