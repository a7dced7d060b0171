"""What makes a sync feared, and the way out of each that a person has: seen in the browser, undone with a click.

Everything is real, as on the journey: `up` with its workers, a simulated iCloud over TLS, iPhones on the accounts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations.icloud.simulator.account import AppPassword
from tests.browser.stops import Stops
from tests.browser.test_agenda import drag, hour
from tests.browser.test_journey import DESK, LONG, POCKET, Picture, Windows, ask, drawn, entry, sign_in
from tests.browser.town import Plan, Team, Town, a_town, plan, private, timed
from tests.browser.window import Look
from tests.integrations.gateway.feeds import FeedFile, a_feed

COMPANIES = {"Stone Bridge": "bridge.example", "Long Lane": "lane.example"}
EVE = "eve@elsewhere.example"
NEW_PASSWORD = "nwpw-nwpw-nwpw-nwpw"
#: what vanishes at once, on which screen
WAVES = {DESK: "Rehearsal", POCKET: "Practice"}
#: which day is whose, from today on
DAYS = {"Pitch": 8, "Proposal": 9, "Wine tasting": 10, "Budget round": 11, "Demo day": 12, "Choir": 13, "Tailor": 14}


@pytest.fixture(scope="module")
def link() -> Iterator[tuple[FeedFile, str]]:
    """Return a calendar behind a secret link, and the host and port that the operator has to admit."""
    with a_feed() as (feed, server):
        yield feed, server.host_port


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, link: tuple[FeedFile, str]) -> Iterator[Town]:
    """Return a running house with two teams whose Alices are connected."""
    folder = tmp_path_factory.mktemp("trust") / "data"
    with a_town(folder, COMPANIES, planned, HALFPAST_PRIVATE_HOSTS=link[1]) as found:
        bridge, lane = found.teams.values()
        furnish(bridge, found.today)
        choices = (bridge.alice, "Work", "Home", "Family"), (lane.alice, "Work", "Home"), (bridge.bob, "Work")
        with ThreadPoolExecutor() as together:
            list(together.map(lambda choice: found.connect(*choice), choices))
        yield found


def planned(today: date) -> Iterator[Plan]:
    """Yield what the walks need of Alice's own."""
    for title in ("Pitch", "Proposal", "Demo day"):
        yield plan("meeting", on(today, title), "10:00", "11:00", title=title)
    yield plan("meeting", on(today, "Budget round"), "10:00", "11:00", title="Budget round", **{"with": "all"})


def on(today: date, title: str) -> date:
    return today + timedelta(days=DAYS[title])


def furnish(team: Team, today: date) -> None:
    """Put private events into her calendars; what her own phone mailed about guests is none of our business."""
    for title in ("Wine tasting", "Choir", "Tailor"):
        team.add("Home", private(title, *timed(title, on(today, title), "12:00", "13:00")))
    for title in WAVES.values():
        for number in range(8):
            one = timed(f"{title} {number}", today + timedelta(days=20 + number), "18:00", "19:00")
            team.add("Family", private(f"{title}-{number}", *one))
    team.phone.invite(team.phone.find("Wine tasting"), EVE)
    team.phone.world.mails.clear()


@pytest.fixture
def bridge(town: Town) -> Team:
    return town.teams["Stone Bridge"]


@pytest.fixture
def lane(town: Town) -> Team:
    return town.teams["Long Lane"]


@pytest.fixture
def alice(windows: Windows, town: Town, bridge: Team) -> Page:
    """Return a desk at which Alice is signed in."""
    return sign_in(windows(town.url, DESK), bridge.alice)


def day_of(page: Page, town: Town, title: str) -> Page:
    """Open the day on which that is, and nothing else."""
    page.goto(f"/agenda/?view=day&date={on(town.today, title)}")
    return drawn(page)


def look_now(page: Page) -> None:
    """Have the calendars looked at."""
    page.goto("/integrations/manage/")
    page.get_by_role("button", name="Sync now").first.click()
    expect(page.get_by_text("The sync is on its way.")).to_be_visible()


def attend(page: Page, thing: Callable[[Page], Locator]) -> Locator:
    """Return to the page of what waits until that is on it."""
    return comes(page, thing, lambda: page.goto("/integrations/attention/"))


def comes(page: Page, thing: Callable[[Page], Locator], again: Callable[[], object]) -> Locator:
    """Load a page until what a worker does is seen on it."""
    for _ in range(LONG // 500):
        again()
        if thing(page).count():
            break
        page.wait_for_timeout(500)
    expect(thing(page).first).to_be_visible()
    return thing(page).first


def until(page: Page, so: Callable[[], object]) -> None:
    """Wait until it is so on the other side."""
    for _ in range(LONG // 100):
        if so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to be so")


def titles(team: Team, *calendars: str) -> list[str]:
    """Return what her calendars hold, by title."""
    return [one for text in team.texts(*calendars) for one in re.findall(r"^SUMMARY:(.*?)\r?$", text, re.MULTILINE)]


def uid_of(team: Team, title: str) -> str:
    """Return the UID under which a title stands there, "" when it does not."""
    found = [text for text in team.texts() if f"SUMMARY:{title}\r" in text]
    return re.findall(r"^UID:(.*?)\r?$", found[0], re.MULTILINE)[0] if found else ""


def rename(page: Page, title: str, to: str, *, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Open an entry of the day, give it another title, and save; `meanwhile`: what happens before that."""
    entry(page, title).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill(to)
    meanwhile()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


# --- both sides changed


@pytest.mark.parametrize("look", [DESK, POCKET], ids=str)
def test_the_version_that_lost_is_restored_and_the_other_one_kept(
    town: Town, bridge: Team, windows: Windows, take_picture: Picture, look: Look
) -> None:
    title = "Pitch" if look == DESK else "Proposal"
    page = day_of(sign_in(windows(town.url, look), bridge.alice), town, title)
    stop = Stops(page, look, take_picture)
    there = bridge.phone.find(title)
    rename(page, title, f"{title} here", meanwhile=lambda: bridge.phone.edit(there, title=f"{title} there"))
    restore = attend(page, lambda it: it.get_by_role("button", name=f"Restore {title} here"))
    for version in ("here", "there"):
        expect(page.get_by_text(f"{title} {version}").first).to_be_visible()
    stop("conflict", "Other versions")
    restore.click()
    expect(page.get_by_text("Restored.")).to_be_visible()
    until(page, lambda: bridge.phone.find(f"{title} there"))
    page.get_by_role("button", name=f"Restore {title} there").click()
    expect(page.get_by_role("button", name=f"Restore {title} here")).to_be_visible()


# --- many at once


@pytest.mark.parametrize("look", [DESK, POCKET], ids=str)
def test_a_wave_of_deletions_is_held_and_put_back(
    town: Town, bridge: Team, windows: Windows, take_picture: Picture, look: Look
) -> None:
    page = sign_in(windows(town.url, look), bridge.alice)
    title = WAVES[look]
    for item in [item for item in bridge.phone.items() if f"SUMMARY:{title}" in item.text]:
        bridge.phone.delete(item)
    look_now(page)
    put_back = attend(page, lambda it: it.get_by_role("button", name="Put back"))
    expect(page.get_by_role("heading", name="Many events disappeared at once")).to_be_visible()
    Stops(page, look, take_picture)("held", "Held for you")
    page.goto(f"/agenda/?view=day&date={town.today + timedelta(days=20)}")
    expect(entry(page, f"{title} 0")).to_be_visible()
    attend(page, lambda _page: put_back).click()
    expect(page.get_by_text("Your answer for 8 items is on its way.")).to_be_visible()
    until(page, lambda: sum(one.startswith(title) for one in titles(bridge, "Family")) == 8)


# --- deleted, and wanted again


def test_a_meeting_from_the_trash_goes_into_the_calendar_again_under_a_new_name(
    town: Town, bridge: Team, alice: Page, take_picture: Picture
) -> None:
    before = uid_of(bridge, "Demo day")
    day_of(alice, town, "Demo day")
    ask(alice, "Demo day")
    alice.get_by_role("menuitem", name="Delete").click()
    alice.get_by_role("dialog").get_by_role("button", name="Delete").click()
    until(alice, lambda: not uid_of(bridge, "Demo day"))
    restore = attend(alice, lambda it: it.get_by_role("button", name="Restore Demo day"))
    Stops(alice, DESK, take_picture)("trashed", "In the trash")
    restore.click()
    until(alice, lambda: uid_of(bridge, "Demo day"))
    assert before and uid_of(bridge, "Demo day") != before


# --- private, and not


def convert(page: Page, title: str) -> None:
    ask(page, title)
    page.get_by_role("menuitem", name="Convert to meeting").click()
    page.get_by_role("dialog").get_by_role("button", name="Convert to meeting").click()
    expect(page.get_by_text("Converted: colleagues now see it.")).to_be_visible()
    expect(page.get_by_role("link", name=f"Meeting: {title}")).to_be_visible()


def test_a_conversion_is_undone_and_the_event_stays_as_it_was(town: Town, bridge: Team, alice: Page) -> None:
    before = bridge.phone.find("Choir").text
    day_of(alice, town, "Choir")
    convert(alice, "Choir")
    ask(alice, "Choir")
    alice.get_by_role("menuitem", name="Make private again").click()
    expect(alice.get_by_role("link", name="Private: Choir")).to_be_visible()
    look_now(alice)
    assert bridge.phone.find("Choir").text == before


def test_an_own_private_event_is_dragged_and_moves_on_the_iphone(town: Town, bridge: Team, alice: Page) -> None:
    before = bridge.phone.find("Tailor").events[0].start
    day_of(alice, town, "Tailor")
    drag(alice, entry(alice, "Tailor"), down=hour(alice))
    expect(alice.get_by_text("Moved.")).to_be_visible()
    until(alice, lambda: bridge.phone.find("Tailor").events[0].start == before + timedelta(hours=1))


# --- guests


def test_nobody_is_mailed_before_the_host_says_send(
    town: Town, bridge: Team, alice: Page, take_picture: Picture
) -> None:
    mails = bridge.phone.world.mails
    convert(day_of(alice, town, "Wine tasting"), "Wine tasting")
    rename(alice, "Wine tasting", "Wine tasting, upstairs")
    no = attend(alice, lambda it: it.get_by_role("button", name="Do not send Wine tasting, upstairs"))
    Stops(alice, DESK, take_picture)("guests", "Standing still")
    no.click()
    expect(alice.get_by_text("Nothing is sent")).to_be_visible()
    comes(
        alice,
        lambda it: it.get_by_role("link", name="Meeting: Wine tasting", exact=True),
        lambda: day_of(alice, town, "Wine tasting"),
    )
    assert not mails and uid_of(bridge, "Wine tasting")
    rename(alice, "Wine tasting", "Wine tasting at eight")
    attend(alice, lambda it: it.get_by_role("button", name="Send Wine tasting at eight", exact=True)).click()
    until(alice, lambda: mails)
    assert [(mail.method, mail.recipient) for mail in mails] == [("REQUEST", f"mailto:{EVE}")]
    assert uid_of(bridge, "Wine tasting at eight")
    mails.clear()


# --- somebody else's phone


def test_what_a_colleagues_phone_changed_is_undone_from_the_notice(
    town: Town, bridge: Team, alice: Page, take_picture: Picture
) -> None:
    bridge.bobs.edit(bridge.bobs.find("Budget round"), title="Budget round, off")
    town.sync(bridge.bob)
    alice.goto("/notices/")
    undo = alice.get_by_role("button", name=re.compile("Undo: .*Budget round")).first
    expect(undo).to_be_visible()
    Stops(alice, DESK, take_picture)("notices", "Notices")
    undo.click()
    expect(entry(day_of(alice, town, "Budget round"), "Budget round")).to_be_visible()
    expect(entry(alice, "Budget round, off")).to_be_hidden()
    until(alice, lambda: "Budget round" in titles_of_bob(bridge))


def titles_of_bob(team: Team) -> list[str]:
    return [str(event.get("SUMMARY")) for item in team.bobs.items() for event in item.events]


# --- the connection itself


def test_another_choice_of_calendars_says_what_becomes_of_what_is_there(
    town: Town, lane: Team, windows: Windows, take_picture: Picture
) -> None:
    page = sign_in(windows(town.url, DESK), lane.alice)
    kept = sorted(lane.texts())
    page.goto("/integrations/manage/")
    page.get_by_role("link", name="Change calendars").click()
    stop = Stops(page, DESK, take_picture)
    stop("choices", "Change calendars")
    sources = page.get_by_role("group", name="Import from")
    sources.get_by_role("checkbox", name="Home").uncheck()
    sources.get_by_role("checkbox", name="Family").check()
    page.get_by_role("button", name="Save").click()
    stop("choices-questions", "What becomes of what is there?")
    page.get_by_role("button", name="Change calendars").click()
    page.goto(f"/agenda/?view=day&date={town.today}")
    expect(entry(page, "Swimming")).to_be_hidden()
    comes(page, lambda it: it.get_by_role("link", name="Pick up the children"), page.reload)
    assert sorted(lane.texts()) == kept


def test_a_refused_password_is_renewed_and_everything_catches_up(
    town: Town, lane: Team, windows: Windows, take_picture: Picture
) -> None:
    page = sign_in(windows(town.url, DESK), lane.alice)
    account = lane.phone.account
    account.app_passwords[0].revoked = True
    account.app_passwords.append(AppPassword(NEW_PASSWORD))
    lane.add("Family", private("meanwhile", *timed("Meanwhile", town.today, "19:00", "20:00")))
    look_now(page)
    refused = comes(page, lambda it: it.get_by_text("refused this user name and password"), page.reload)
    expect(refused).to_be_visible()
    expect(page.get_by_text("Its password was refused.")).to_be_visible()
    Stops(page, DESK, take_picture)("doubted")
    page.get_by_role("link", name="Reconnect").first.click()
    page.get_by_label("App-specific password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Test credentials").click()
    expect(page).to_have_url(re.compile("/manage/"))
    comes(page, lambda it: it.get_by_role("link", name="Private: Meanwhile"), lambda: page.goto("/agenda/?view=day"))


def test_a_calendar_by_link_needs_its_address_and_nothing_else(
    town: Town, lane: Team, windows: Windows, take_picture: Picture, link: tuple[FeedFile, str]
) -> None:
    feed, _host = link
    party = private("party", *timed("Street party", town.today, "20:00", "22:00"))
    feed.put(feed.path, party)
    page = sign_in(windows(town.url, DESK), lane.bob)
    stop = Stops(page, DESK, take_picture)
    page.goto("/integrations/")
    page.get_by_role("link", name="Calendar by link").click()
    page.get_by_role("button", name="ADD").click()
    page.get_by_role("button", name="Authorize").click()
    stop("link", "Calendar address")
    page.get_by_label("Calendar address").fill(feed.url)
    page.get_by_role("button", name="Test").click()
    page.get_by_role("checkbox", name="Holidays").check()
    page.get_by_role("button", name="Start syncing").click()
    expect(page).to_have_url(re.compile("/agenda/"), timeout=LONG)
    comes(page, lambda it: it.get_by_role("link", name="Private: Street party"), lambda: page.goto("/agenda/?view=day"))
    assert all(heard.method == "GET" for heard in feed.heard)
