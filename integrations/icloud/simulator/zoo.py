"""An account with one of each thing that a home can hold, the confusing ones too (docs/icloud.md C6)."""

from __future__ import annotations

from datetime import date

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Access
from integrations.icloud.simulator.diary import Diary, Person
from integrations.icloud.simulator.lively import Calendar, fill, open_account
from integrations.icloud.simulator.world import World

NEIGHBOUR: Person = ("Nora Neighbour", "nora@icloud.example")


def open_zoo(world: World, owner: Person, today: date, *, main_password: str, app_password: str) -> Account:
    """Open a lively account and add calendars of the same name, of no name, called Inbox, and shared in both forms."""
    account = open_account(world, owner, today, main_password=main_password, app_password=app_password)
    diary = Diary(("", f"zoo of {owner[1]}"), today)
    for name in ("Home", "Family", "", "Inbox", "Sport ⚽🏃‍♀️", "<b>&amp; 'quoted'</b>"):
        fill(
            world, account, Calendar(diary.uid(), name, "#FFCC00FF", (diary.timed(f"In {name}", 1, "10:00", "11:00"),))
        )
    _share_of_a_neighbour(world, account, diary)
    return account


def _share_of_a_neighbour(world: World, account: Account, diary: Diary) -> None:
    """Let a neighbour share one calendar to write in and one to read."""
    name, address = NEIGHBOUR
    nora = world.add_account(address, name, main_password="Neighbours-1", app_password="nora-nora-nora-nora")  # noqa: S106
    shares: dict[str, Access] = {"Garden": "owner", "Street": "read"}
    for title, access in shares.items():
        party = diary.timed(f"{title} party", 2, "18:00", "21:00")
        world.share(fill(world, nora, Calendar(diary.uid(), title, "#34AADCFF", (party,))), account, access=access)
