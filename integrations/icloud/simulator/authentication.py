"""Who asks: Basic alone, app-specific passwords alone, and one face for every refusal (A12, A14)."""

from __future__ import annotations

import base64
import binascii

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.message import Answer, Request
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.world import World

_BASIC = 'Basic realm="MMCalDav"'
_TOKEN = 'X-MobileMe-AuthToken realm="MMCalDav"'  # noqa: S105  # a challenge
_CHALLENGES = {
    "basic-first": (_BASIC, _TOKEN),
    "token-first": (_TOKEN, _BASIC),
    "merged": (f"{_BASIC}, {_TOKEN}",),
}


def authenticated(world: World, request: Request) -> Account:
    """Return the account whose credentials came along; 401 for each of the five causes. Forgets the credentials."""
    user, password = _credentials(request.headers.pop("authorization", ""))
    request.user = user
    account = world.accounts.get(user)
    if account is None:
        raise Refused(401, answer=challenge(world.habits, world.habits.unknown_user if user else 401))
    if not account.accepts(password, dashes_matter=world.habits.dashes == "as-printed"):
        _count_refusal(account, world.habits)
        raise Refused(401, answer=challenge(world.habits, partition=account.partition))
    account.failed_in_a_row = 0
    return account


def challenge(habits: Habits, status: int = 401, partition: str = "") -> Answer:
    """Return the refusal: no body, both challenges. The partition shows once the account was recognised (A13)."""
    if status == 403:
        return Answer(403)
    headers = tuple(("WWW-Authenticate", said) for said in _CHALLENGES[habits.challenges])
    seen = ("x-apple-user-partition", partition) if partition else ("X-Apple-Filtered-At-Edge", "true")
    return Answer(401, (*headers, seen))


def _count_refusal(account: Account, habits: Habits) -> None:
    account.failed_logins += 1
    account.failed_in_a_row += 1
    if habits.locked_after and account.failed_in_a_row >= habits.locked_after:
        account.locked = True


def _credentials(header: str) -> tuple[str, str]:
    """Return user and password of a Basic header, or two empty texts: nothing else is spoken."""
    scheme, _, pair = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(pair.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
