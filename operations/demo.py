"""The demo: a small company, a stranger in another one, and a calendar server with a lively week."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from operations.embedded.icloud import Running

ZONE = "Europe/Brussels"
COMPANY, OTHER_COMPANY = "Pixel & Paper", "Mallory Ltd"
#: the account of the simulated iCloud; its passwords are kept in that one's folder
APPLE_ACCOUNT, APPLE_OWNER = "bob@icloud.example", "Bob"


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
    """Return the demo's secrets, or None when this data folder has no demo."""
    try:
        kept = Secrets(**json.loads((folder / "demo.json").read_text()))
    except FileNotFoundError:
        return None
    users = {name: password for name, password in kept.calendar_passwords.items() if name != APPLE_ACCOUNT}
    return replace(kept, calendar_passwords=users)  # an older demo let that server play Apple's too


def fresh() -> Secrets:
    """Return new secrets."""
    return Secrets(_password(), {"alice": _password()})


def save(folder: Path, kept: Secrets) -> None:
    """Write the secrets, for the owner's eyes, whole or not at all."""
    draft = folder / ".demo.json.draft"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(kept), indent=2) + "\n")
    draft.replace(folder / "demo.json")


def sign_ins(kept: Secrets, calendar_url: str, apple: Running | None) -> str:
    """Return the lines that `up` prints. `apple`: what plays Apple's part, unless the operator named another."""
    lines = [
        f"Sign in with the password  {kept.password}  as",
        *(_row(person.email, person.what) for person in CAST),
        f"The demo's calendar server is {calendar_url}, for Other CalDAV calendar; its users and passwords:",
        *(_row(name, password) for name, password in kept.calendar_passwords.items()),
    ]
    if apple:
        lines += [
            f"For Apple iCloud Calendar a simulated iCloud plays Apple's part, {apple.url}; its account:",
            _row("Apple Account e-mail", apple.apple_id),
            _row("app-specific password", apple.app_password),
            _row("main Apple password", f"{apple.main_password}  is refused, as Apple refuses it"),
            _row("its owner's iPhone", apple.iphone),
        ]
    return "\n".join(lines)


def _row(what: str, value: str) -> str:
    return f"  {what:<22} {value}"


def _password() -> str:
    """Return a password that is easy to type and hard to guess: four groups of four letters."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))
