"""The demo: a small company, a stranger in another one, and a calendar server with a lively week."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ZONE = "Europe/Brussels"
COMPANY, OTHER_COMPANY = "Pixel & Paper", "Mallory Ltd"
#: the account that plays somebody's Apple Account on the demo's calendar server
APPLE_ACCOUNT = "bob@icloud.example"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the demo's people sign in with, made once per data folder and printed at each start."""

    password: str  # of everybody
    calendar_passwords: dict[str, str]  # name on the demo's calendar server → password
    calendar_port: int = 5232  # where that server was last
    seeded_for: str = ""  # the address of that server which Alice is connected to


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast."""

    email: str
    name: str
    company: str
    role: str
    what: str


CAST = (
    Person("alice@example.com", "Alice", COMPANY, "user", "has connected a calendar"),
    Person("bob@example.com", "Bob", COMPANY, "user", "a colleague"),
    Person("carol@example.com", "Carol", COMPANY, "admin", "the company's admin"),
    Person("mallory@example.org", "Mallory", OTHER_COMPANY, "admin", "another company"),
)


def load(folder: Path) -> Secrets | None:
    """Return the demo's secrets, with those that an older one lacks, or None when this data folder has no demo."""
    try:
        kept = Secrets(**json.loads((folder / "demo.json").read_text()))
    except FileNotFoundError:
        return None
    passwords = {**kept.calendar_passwords}
    passwords.setdefault(APPLE_ACCOUNT, _password())
    return replace(kept, calendar_passwords=passwords)


def fresh() -> Secrets:
    """Return new secrets."""
    return Secrets(_password(), {"alice": _password(), APPLE_ACCOUNT: _password()})


def save(folder: Path, kept: Secrets) -> None:
    """Write the secrets, for the owner's eyes, whole or not at all."""
    draft = folder / ".demo.json.draft"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(kept), indent=2) + "\n")
    draft.replace(folder / "demo.json")


def sign_ins(kept: Secrets, calendar_url: str, *, as_apple: bool = False) -> str:
    """Return the lines that `up` prints. `as_apple`: the demo's calendar server stands in for Apple's."""
    rows = [f"  {person.email:<22} {person.what}" for person in CAST]
    passwords = dict(kept.calendar_passwords)
    apple = passwords.pop(APPLE_ACCOUNT)
    calendar = [f"  {name:<22} {password}" for name, password in passwords.items()]
    lines = [
        f"Sign in with the password  {kept.password}  as",
        *rows,
        f"The demo's calendar server is {calendar_url}, for Other CalDAV calendar; its users and passwords:",
        *calendar,
    ]
    if as_apple:
        lines += [
            "It plays Apple's for Apple iCloud Calendar too; Apple Account e-mail and app-specific password:",
            f"  {APPLE_ACCOUNT:<22} {apple}",
        ]
    return "\n".join(lines)


def _password() -> str:
    """Return a password that is easy to type and hard to guess: four groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
