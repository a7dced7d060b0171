"""Sync now, with a real worker and a real calendar server behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from agenda.services import activities
from integrations.models import Connection
from integrations.services import connect as connecting
from integrations.services.runs import sync_connection
from tests.browser.test_agenda import agenda, entry
from tests.browser.window import axe
from tests.integrations.servers import Account, Server, event

TODAY = timezone.now()
ADDRESS = f"/agenda/?view=week&date={TODAY:%Y-%m-%d}"


def at(hour: int) -> str:
    return f"{TODAY:%Y%m%d}T{hour:02}0000Z"


@pytest.fixture
def phone(radicale: Server, settings: Any) -> Account:
    """Alice's own calendars, as her phone has them."""
    settings.HALFPAST_PRIVATE_HOSTS = [radicale.host_port]
    return radicale.account()


@pytest.fixture
def home(phone: Account) -> str:
    return phone.make_calendar("Home")


@pytest.fixture
def connected(alice: User, phone: Account, home: str, worker: None) -> Connection:
    phone.make_calendar("Work")
    account = connecting.test_credentials("caldav", phone.server.url, phone.username, phone.password)
    choice = connecting.Choice(push_to="Work", imports=["Home"])
    connection = connecting.connect(alice, account, choice, granted_from="test")
    sync_connection(connection.pk)
    return connection


def test_what_another_device_added_appears_without_losing_the_place(
    visit: Callable[..., Page], alice: User, connected: Connection, phone: Account, home: str
) -> None:
    page = agenda(visit, alice, address=ADDRESS)
    expect(page.get_by_text(re.compile("Synced (just now|. min ago)"))).to_be_visible()
    page.get_by_text("Nothing planned here.").wait_for()
    phone.put(home, event("swim", "Swimming", at(13), at(14)))
    page.locator('#calendar [data-time="20:00:00"]').last.scroll_into_view_if_needed()
    before = scrolled(page)
    page.get_by_role("button", name="Sync now").click()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New meeting")
    dialog.get_by_label("Title").fill("Half-written")
    expect(page.locator("#sync")).not_to_have_class(re.compile("is-running"), timeout=20_000)
    expect(page.locator("#sync")).to_contain_text("1 new")
    expect(entry(page, "Swimming")).to_be_attached()
    expect(dialog.get_by_label("Title")).to_have_value("Half-written")
    page.keyboard.press("Escape")
    assert scrolled(page) == before > 0
    axe(page)


def scrolled(page: Page) -> float:
    """Return how far the grid of times is scrolled."""
    found = page.evaluate("Math.max(...[...document.querySelectorAll('#calendar *')].map(it => it.scrollTop))")
    return float(found)


def test_what_is_planned_here_reaches_the_phone_by_itself(
    visit: Callable[..., Page], alice: User, connected: Connection, phone: Account
) -> None:
    page = agenda(visit, alice, address=ADDRESS)
    start = timezone.now() + timedelta(hours=1)
    activities.create(alice, "meeting", title="Kick-off", start=start, end=start + timedelta(hours=1))
    page.keyboard.press("s")
    expect(page.locator("#sync")).not_to_have_class(re.compile("is-running"), timeout=20_000)
    work = next(path for path in (row.path.reveal() for row in connected.calendars.all()) if "work" in path)
    for _ in range(100):
        if phone.hrefs(work):
            break
        page.wait_for_timeout(100)
    assert "Kick-off" in phone.texts(work)[0]


def test_without_a_calendar_the_place_of_the_button_says_so(visit: Callable[..., Page], alice: User) -> None:
    page = agenda(visit, alice)
    expect(page.get_by_text("Connect a calendar")).to_be_visible()
    expect(page.get_by_role("button", name="Sync now")).to_be_hidden()
