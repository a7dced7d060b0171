"""Somebody with an Apple Account: passwords, addresses, and the calendars of the home."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass, field

from integrations.icloud.simulator.collection import Collection


@dataclass(slots=True)
class AppPassword:
    """One app-specific password (A15)."""

    text: str = field(repr=False)
    label: str = "Halfpast"
    revoked: bool = False


@dataclass(slots=True)
class Account:
    """One account. `dsid` is its number; `shard` the number of the host that serves it (A1, A2)."""

    apple_id: str
    full_name: str
    dsid: str
    shard: int
    main_password: str = field(repr=False)
    app_passwords: list[AppPassword] = field(default_factory=list, repr=False)
    aliases: list[str] = field(default_factory=list)
    service_on: bool = True  # Calendar switched on for iCloud
    locked: bool = False
    failed_logins: int = 0  # ever
    failed_in_a_row: int = 0
    collections: dict[str, Collection] = field(default_factory=dict)  # by the last segment of their path
    gone_uids: dict[str, float] = field(default_factory=dict)  # UID → when it was deleted

    @property
    def partition(self) -> str:
        """Return the partition's number, as the side header names it."""
        return str(self.shard)

    @property
    def principal(self) -> str:
        """Return the principal's path."""
        return f"/{self.dsid}/principal/"

    @property
    def home(self) -> str:
        """Return the path of the calendar home."""
        return f"/{self.dsid}/calendars/"

    @property
    def mail_addresses(self) -> list[str]:
        """Return the account's own mail addresses, the preferred one first."""
        return [self.apple_id, *self.aliases]

    @property
    def calendar_addresses(self) -> list[str]:
        """Return the calendar-user-address-set: paths, a URN, then mail addresses (A10)."""
        opaque = hashlib.sha256(self.dsid.encode()).hexdigest()[:39]
        paths = [f"/{self.dsid}/principal", f"/a{opaque}/principal/", f"urn:uuid:{self.dsid}"]
        return [*paths, *(f"mailto:{address}" for address in self.mail_addresses)]

    def owns_address(self, value: str) -> bool:
        """Return whether an ORGANIZER's or ATTENDEE's value means this account."""
        plain = value.strip().lower()
        return plain.rstrip("/") in {address.lower().rstrip("/") for address in self.calendar_addresses}

    def accepts(self, password: str, *, dashes_matter: bool) -> bool:
        """Return whether a living app-specific password was given: the main password never works (A14)."""
        if not self.service_on or self.locked:
            return False
        alive = [known.text for known in self.app_passwords if not known.revoked]
        return password in alive or (not dashes_matter and _bare(password) in map(_bare, alive))

    def change_main_password(self, password: str) -> None:
        """Change the account's own password, which ends all app-specific ones (A15)."""
        self.main_password = password
        for known in self.app_passwords:
            known.revoked = True

    def calendar(self, name: str) -> Collection:
        """Return the first calendar of this name."""
        return next(found for found in self.collections.values() if found.name == name)


def _bare(password: str) -> str:
    return "".join(c for c in password.lower() if c in string.ascii_lowercase)


def aliases_of(apple_id: str) -> list[str]:
    """Return three further addresses of an account."""
    user = apple_id.partition("@")[0]
    known = (f"{user}.work@example.com", f"{user}@icloud.example", f"{user}.alt@example.com", f"{user}@me.example")
    return [address for address in known if address != apple_id][:3]
