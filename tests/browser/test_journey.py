"""The first whole journey, as a person takes it: from signing in to a converted event that a colleague sees.

Everything is real: `up` with gunicorn, workers and Valkey; a simulated iCloud plays Apple's. Names are those that are
heard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stops import Stops, tab_to
from tests.browser.town import APP_PASSWORD, PASSWORD, Team, Town, a_town, private, timed
from tests.browser.window import LOOKS, Look, axe

DESK, POCKET = Look(1440, "light"), Look(390, "dark")
WALKS = dict(zip(("Blue Harbour", "Black Rock", "White Sands", "Green Field"), LOOKS, strict=True))
COMPANIES = {name: f"{name.split()[1].lower()}.example" for name in (*WALKS, "Grey Mill", "Red Barn")}
LONG = 30_000  # milliseconds, for what a worker does

Windows = Callable[[str, Look], Page]
Picture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Return a running house with a team for each walk."""
    with a_town(tmp_path_factory.mktemp("town") / "data", COMPANIES) as found:
        yield found


def sign_in(page: Page, email: str) -> Page:
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/agenda/"))
    return page


def entry(page: Page, name: str) -> Locator:
    """Return the link of an entry in the agenda."""
    return page.get_by_role("link", name=name).first


def drawn(page: Page) -> Page:
    """Wait until the calendar has its rows."""
    expect(page.locator("#calendar-frame")).to_have_attribute("aria-busy", "false")
    return page


@pytest.mark.parametrize(("company", "look"), WALKS.items(), ids=str)
def test_alice_connects_her_icloud_calendar_and_works_with_it(
    town: Town, windows: Windows, take_picture: Picture, company: str, look: Look
) -> None:
    team = town.teams[company]
    page, colleague = windows(town.url, look), windows(town.url, look)
    stop = Stops(page, look, take_picture)
    page.goto("/")
    stop("sign-in", "Sign in")
    sign_in(page, team.alice)
    find_the_card(page, stop)
    give_access(page, stop, team)
    choose(page, stop)
    see_what_came(page, stop, team, town)
    see_as_bob(sign_in(colleague, team.bob), private_still=True)
    Stops(colleague, look, take_picture)("colleague")
    refuse_the_repeating_one(page, stop)
    convert(page, stop)
    see_as_bob(colleague, private_still=False)
    see_that_the_calendar_has_it_once(page, team)
    make_private_again(page)
    see_as_bob(colleague, private_still=True)
    look_around(page, stop)


def find_the_card(page: Page, stop: Stops) -> None:
    expect(page.get_by_role("link", name="Connect a calendar")).to_be_visible()
    drawn(page)
    page.get_by_text("Menu of Alice Anders").locator("..").click()
    stop("user-menu")
    page.get_by_role("link", name="Integrations / Marketplace").click()
    stop("marketplace", "Integrations")
    search = page.get_by_role("searchbox", name="Search integrations")
    search.fill("icloud")
    search.press("Enter")
    expect(page.get_by_role("link", name="Other CalDAV calendar")).to_be_hidden()
    page.get_by_role("link", name="Apple iCloud Calendar").click()
    stop("entry", "What it will ask for")


def give_access(page: Page, stop: Stops, team: Team) -> None:
    page.get_by_role("button", name="ADD").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    stop("authorize", "asks for your consent")
    page.get_by_role("button", name="Authorize").click()
    stop("account", "App-specific password")
    page.get_by_label("Apple Account e-mail").fill(team.alice)
    try_credentials(page, "not the one from Apple")
    expect(page.get_by_text("Nothing has been sent.")).to_be_visible()
    try_credentials(page, "abcd-efgh-ijkl-mnop")
    expect(page.get_by_text("Apple refused this combination.")).to_be_visible()
    stop("refused")
    try_credentials(page, f" {APP_PASSWORD.upper()} ")  # as a phone's keyboard gives it
    expect(page.get_by_role("heading", name="Choose calendars")).to_be_visible()


def try_credentials(page: Page, password: str) -> None:
    page.get_by_label("App-specific password").fill(password)
    page.get_by_role("button", name="Test credentials").click()


def choose(page: Page, stop: Stops) -> None:
    targets, sources = page.get_by_role("radiogroup", name="Push meetings to"), page.get_by_role("group", name="Import")
    stop("calendars")
    targets.get_by_role("radio", name="Work").check()
    sources.get_by_role("checkbox", name="Work").uncheck()
    for name in ("Home", "Family"):
        sources.get_by_role("checkbox", name=name).check()
    for name in ("Push tasks", "Push calls"):
        page.get_by_role("switch", name=name).check()
    page.get_by_role("button", name="Start syncing").click()
    expect(page.get_by_role("progressbar", name="First sync")).to_be_visible()
    stop("first-sync")


def see_what_came(page: Page, stop: Stops, team: Team, town: Town) -> None:
    expect(page).to_have_url(re.compile("/agenda/"), timeout=LONG)
    expect(page.get_by_text(re.compile(r"Apple iCloud Calendar is connected: \d+ events came in"))).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    drawn(page)
    for name in ("Swimming", "Pick up the children"):
        expect(entry(page, name)).to_be_visible()
    pushed = "".join(team.texts("Work"))
    assert all(f"SUMMARY:{title}" in pushed for title in ("Kick-off", "Call with Bakery Peeters", "Write the offer"))
    haircut = private("haircut-of-another-client", *timed("Haircut", town.today, "17:30", "18:15"))
    team.add("Home", haircut)
    expect(entry(page, "Haircut")).to_be_hidden()
    page.get_by_role("button", name="Sync now").click()
    expect(entry(page, "Haircut")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Synced just now")).to_be_visible()
    stop("agenda")


def see_as_bob(page: Page, *, private_still: bool) -> None:
    """Look at Alice's agenda with her colleague's eyes."""
    page.goto("/agenda/")
    drawn(page)
    if page.get_by_role("button", name="More").is_visible():
        page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Alice Anders").first.click()
    expect(page.get_by_text("Back to my agenda")).to_be_visible()
    expect(entry(page, "Kick-off")).to_be_visible()
    expect(entry(page, "Swimming")).to_be_visible(visible=not private_still)
    expect(page.get_by_text("Busy").locator("visible=true").first).to_be_visible()
    secrets = ["goggles", "Haircut", "Pick up", "Lunch with", *(["Swimming", "Rozebroeken"] if private_still else [])]
    assert not [word for word in secrets if word in page.content()]


def ask(page: Page, name: str) -> None:
    """Open an entry's menu, as the right button does, and a long press on a phone."""
    entry(page, name).click(button="right")
    expect(page.get_by_role("menu")).to_be_visible()


def refuse_the_repeating_one(page: Page, stop: Stops) -> None:
    ask(page, "Pick up the children")
    item = page.get_by_role("menuitem", name="Convert to meeting")
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(item).to_contain_text("A repeating event cannot be converted")
    stop("refusal")
    page.keyboard.press("Escape")


def convert(page: Page, stop: Stops) -> None:
    ask(page, "Swimming")
    expect(page.get_by_role("menuitem", name="Convert to task")).to_be_enabled()
    stop("menu")
    page.get_by_role("menuitem", name="Convert to meeting").click()
    dialog = page.get_by_role("dialog", name="Convert to meeting")
    expect(dialog.get_by_label("Show my notes")).not_to_be_checked()
    stop("conversion")
    dialog.get_by_role("button", name="Convert to meeting").click()
    expect(page.get_by_text("Converted: colleagues now see it.")).to_be_visible()


def see_that_the_calendar_has_it_once(page: Page, team: Team) -> None:
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Syncing …")).to_be_visible()
    expect(page.get_by_text("Synced just now")).to_be_visible(timeout=LONG)
    [swimming] = [text for text in team.texts() if "SUMMARY:Swimming" in text]
    assert "bring the goggles" in swimming and "ATTENDEE" not in swimming


def make_private_again(page: Page) -> None:
    ask(page, "Swimming")
    page.get_by_role("menuitem", name="Make private again").click()
    expect(page.get_by_text("Private again: colleagues see")).to_be_visible()


def look_around(page: Page, stop: Stops) -> None:
    """Visit what the way did not lead to."""
    for view, shown in {"day": "Kick-off", "week": "Swimming", "month": "Write the offer", "list": "Kick-off"}.items():
        page.goto(f"/agenda/?view={view}")
        expect(entry(page, shown)).to_be_visible()
        stop(view)
    page.goto("/agenda/")
    drawn(page)
    search(page, stop)
    if stop.look.phone:
        for name in ("To plan", "More"):
            page.get_by_role("button", name=name).click()
            stop(name.lower().replace(" ", "-"), name)
    page.goto("/integrations/manage/")
    stop("manage", "Apple iCloud Calendar")
    for link, name in (("History", "history"), ("Revoke access", "revocation"), ("Remove", "removal")):
        page.get_by_role("link", name=link, exact=True).click()
        stop(name, link.split()[0])
        page.go_back()
    page.get_by_role("link", name="Needs your attention").click()
    stop("attention", "Needs your attention")
    others = {"integrations/colleagues": "Integrations", "agenda/trash": "Trash", "profile": "Profile"}
    for address, heading in others.items():
        page.goto(f"/{address}/")
        stop(address.rpartition("/")[2], heading)


def search(page: Page, stop: Stops) -> None:
    """Find by a customer's name; on a phone that is a page of its own."""
    if stop.look.phone:
        page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("peeters")
    if stop.look.phone:
        page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("region", name="Found").get_by_role("link", name="Meeting: Kick-off")).to_be_visible()
    stop("search", without=("target-size",))  # what hangs over the toolbar covers a part of it, until it goes
    if stop.look.phone:
        page.get_by_role("link", name="Agenda").last.click()


# --- with the iPhone beside it


def test_what_the_iphone_moves_adds_and_deletes_follows_in_the_agenda(town: Town, windows: Windows) -> None:
    team = town.teams["Red Barn"]
    town.connect(team.alice, "Work", "Home", "Family")
    page, iphone = windows(town.url, DESK), windows(team.iphone, POCKET)
    sign_in(page, team.alice)
    page.goto("/agenda/?view=day")
    swimming = page.locator("#calendar .row-inside", has_text="Swimming")
    expect(swimming).to_contain_text("12:00")
    iphone.goto(team.iphone)
    move(iphone, "Swimming", "18:00", "19:00")
    add(iphone, "Haircut", "20:00", "20:30")
    delete_this_one(iphone, "Pick up the children")
    page.get_by_role("button", name="Sync now").click()
    expect(entry(page, "Private: Haircut")).to_be_visible(timeout=LONG)
    expect(swimming).to_contain_text("18:00")
    expect(entry(page, "Pick up the children")).to_be_hidden()


def on_the_iphone(page: Page) -> None:
    """Look as closely at the iPhone's page as at ours."""
    assert page.evaluate("document.documentElement.scrollWidth") <= POCKET.width
    axe(page)


def move(page: Page, title: str, start: str, end: str) -> None:
    on_the_iphone(page)
    page.get_by_role("link", name=title).click()
    page.get_by_label("Start time").fill(start)
    page.get_by_label("End time").fill(end)
    on_the_iphone(page)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("link", name=title)).to_contain_text(start)


def add(page: Page, title: str, start: str, end: str) -> None:
    page.get_by_role("link", name="Add event").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Start time").fill(start)
    page.get_by_label("End time").fill(end)
    page.get_by_label("Calendar").select_option("Home")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name=title)).to_be_visible()


def delete_this_one(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).click()
    expect(page.get_by_label("This event only")).to_be_checked()
    page.get_by_role("button", name="Delete Event").click()
    expect(page.get_by_role("link", name=title)).to_be_hidden()


# --- by keyboard alone


def test_the_whole_way_is_walked_by_keyboard(town: Town, windows: Windows) -> None:
    team = town.teams["Grey Mill"]
    page = windows(town.url, DESK)
    page.goto("/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    for said in (team.alice, "Tab", PASSWORD, "Enter"):
        page.keyboard.press(said) if said in ("Tab", "Enter") else page.keyboard.type(said)
    expect(page).to_have_url(re.compile("/agenda/"))
    set_up_by_keyboard(page, team)
    expect(page).to_have_url(re.compile("/agenda/"), timeout=LONG)
    drawn(page)
    convert_by_keyboard(page)


def press(page: Page, role: Any, name: str, key: str = "Enter") -> None:
    """Go to a control and press it."""
    tab_to(page, page.get_by_role(role, name=name, exact=True).last)
    page.keyboard.press(key)


def set_up_by_keyboard(page: Page, team: Team) -> None:
    tab_to(page, page.get_by_text("Menu of Alice Anders").locator(".."))
    page.keyboard.press("Enter")
    press(page, "link", "Integrations / Marketplace")
    tab_to(page, page.get_by_role("searchbox", name="Search integrations"))
    page.keyboard.type("apple")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=apple"))
    press(page, "link", "Apple iCloud Calendar")
    press(page, "button", "ADD")
    press(page, "button", "Authorize")
    tab_to(page, page.get_by_label("Apple Account e-mail"))
    page.keyboard.type(team.alice)
    tab_to(page, page.get_by_label("App-specific password"))
    page.keyboard.type(APP_PASSWORD)
    press(page, "button", "Test credentials")
    expect(page.get_by_role("heading", name="Choose calendars")).to_be_visible()
    choose_by_keyboard(page)


def choose_by_keyboard(page: Page) -> None:
    tab_to(page, page.get_by_role("radio", name="A new calendar"))
    for _ in range(3):  # Family, Home, Work
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Work")).to_be_checked()
    press(page, "checkbox", "Work", "Space")
    expect(page.get_by_role("checkbox", name="Work")).not_to_be_checked()
    for name in ("Push tasks", "Push calls"):
        press(page, "switch", name, "Space")
        expect(page.get_by_role("switch", name=name)).to_be_checked()
    press(page, "button", "Start syncing")


def convert_by_keyboard(page: Page) -> None:
    tab_to(page, entry(page, "Swimming"), most=120)
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    arrow_to(page, "Convert to meeting")
    dialog = page.get_by_role("dialog", name="Convert to meeting")
    expect(dialog.get_by_label("Title")).to_be_focused()
    tab_to(page, dialog.get_by_role("button", name="Convert to meeting"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Meeting: Swimming")).to_be_visible()
    entry(page, "Swimming").focus()
    page.keyboard.press("Shift+F10")
    arrow_to(page, "Make private again")
    expect(page.get_by_role("link", name="Private: Swimming")).to_be_visible()


def arrow_to(page: Page, name: str) -> None:
    """Go down a menu to an item and press it."""
    item = page.get_by_role("menuitem", name=name)
    for _ in range(10):
        if item.evaluate("element => element === document.activeElement"):
            return page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"Arrows do not lead to {name}")
