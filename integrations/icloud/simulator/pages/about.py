"""What the simulator tells of itself: its rules and which of them are guesses, mails sent, requests heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.pages.render import page
from integrations.icloud.simulator.rules import RULES
from integrations.icloud.simulator.world import World

_SHOWN_REQUESTS = 200


def start(world: World, _zone: ZoneInfo) -> Answer:
    """Return the first page: whose iPhone to take, and the pages below."""
    return page("start.html", accounts=list(world.accounts.values()), mails=len(world.mails), requests=len(world.log))


def rules(world: World, _zone: ZoneInfo) -> Answer:
    """Return every rule with how it is read now, the guesses first."""
    told = [(rule, getattr(world.habits, rule.switch) if rule.switch else "") for rule in RULES]
    guesses = [pair for pair in told if pair[0].is_guess]
    return page("rules.html", guesses=guesses, known=[pair for pair in told if pair not in guesses])


def mails(world: World, _zone: ZoneInfo) -> Answer:
    """Return the log of outgoing mail, the latest first."""
    return page("mails.html", mails=list(reversed(world.mails)))


def requests(world: World, zone: ZoneInfo) -> Answer:
    """Return the latest requests, without credentials and bodies."""
    latest = [(f"{datetime.fromtimestamp(one.at, zone):%H:%M:%S}", one) for one in world.log[-_SHOWN_REQUESTS:]]
    return page("requests.html", requests=list(reversed(latest)), count=len(world.log))


PAGES: dict[str, Callable[[World, ZoneInfo], Answer]] = {
    "": start,
    "rules": rules,
    "mails": mails,
    "requests": requests,
}
