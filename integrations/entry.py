"""What one integration is to the marketplace: a frozen value in its folder, with dotted paths to what needs loading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from integrations.advice import Advice
from integrations.gateway.base import Profile
from integrations.models.grant import Scope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from integrations.credentials import CredentialsForm


class Category(Enum):
    """Where the shelf shows an entry."""

    CALENDARS = "calendars"

    @property
    def label(self) -> StrOrPromise:
        """Return the category's heading."""
        return _CATEGORIES[self]


_CATEGORIES: dict[Category, StrOrPromise] = {Category.CALENDARS: _("Calendars")}


@dataclass(frozen=True, slots=True)
class Help:
    """One piece of help: why, and what to do, step by step."""

    title: StrOrPromise
    text: StrOrPromise = ""
    steps: tuple[StrOrPromise, ...] = ()
    link: str = ""  # the provider's own page


_DOES: tuple[StrOrPromise, ...] = (
    _("Your private events come in as grey blocks. Only you can read them."),
    _("Your meetings go out to the calendar on your phone; tasks and calls too, if you like."),
    _("What changes in either place reaches the other, within half an hour or with Sync now."),
)
_STAGES: tuple[StrOrPromise, ...] = (_("Reaching the server…"), _("Signing in…"), _("Reading your calendars…"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the marketplace."""

    key: str  # what rows and commands call it; never changes
    name: StrOrPromise
    pitch: StrOrPromise  # one sentence
    category: Category
    icon: str  # a name in the list of scripts/vendor.py
    scopes: tuple[Scope, ...]  # what it asks for, one line of the authorize page each
    help: tuple[Help, ...]
    profile_path: str  # dotted path of the gateway's Profile
    form_path: str  # dotted path of the credentials form
    server: str = ""  # the entry address; empty where the user types it
    stand_in: str = ""  # name of the setting that replaces `server` outside production
    step: StrOrPromise = _("Sign-in")  # what the wizard calls the step that asks for the account
    by_address: bool = False  # an address is all there is of an account, and the secret: no sign-in, no password
    does: tuple[StrOrPromise, ...] = _DOES  # what the card promises, a sentence each
    means: Mapping[Scope, StrOrPromise] = field(default_factory=dict)  # what a scope means here, where that differs
    stages: tuple[StrOrPromise, ...] = _STAGES  # what is said while the account is tried: three of them
    advice: Mapping[str, Advice] = field(default_factory=dict)  # by services.connect.Cause: its own words for a refusal
    farewell: StrOrPromise = ""  # what is left to do at the provider after the connection was removed

    @property
    def profile(self) -> Profile:
        """Return the server's habits and limits."""
        profile: Profile = import_string(self.profile_path)
        return profile

    @property
    def pushes(self) -> bool:
        """Return whether activities go out to it at all."""
        return Scope.WRITE_CALENDAR in self.scopes

    @property
    def form(self) -> type[CredentialsForm]:
        """Return the form that asks for the account."""
        form: type[CredentialsForm] = import_string(self.form_path)
        return form

    def address(self, typed: str = "") -> str:
        """Return the URL to start discovery at: the entry's own, or what the user typed where it has none."""
        if not self.server:
            return typed
        return self.substitute or self.server

    @property
    def substitute(self) -> str:
        """Return the address that stands in for the entry's own server outside production, or ""."""
        return str(getattr(settings, self.stand_in, "")) if self.stand_in else ""

    def matches(self, words: str) -> bool:
        """Return whether every one of the searched words is in the name or the pitch."""
        said = f"{self.name} {self.pitch}".casefold()
        return all(word in said for word in words.casefold().split())
