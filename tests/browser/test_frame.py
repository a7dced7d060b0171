"""The frame around all pages: the way in, what stands beside the agenda, search, sheets, keys, theme, touch."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from agenda.models import Activity, Attendance
from agenda.services import activities
from agenda.services.contacts import find_or_make
from tests.agenda.drafts import block, person, zoned
from tests.browser.test_agenda import agenda, entry, full, ready
from tests.browser.window import Look, axe
from tests.factories import PASSWORD

__all__ = ["full"]

Visit = Callable[..., Page]
TABLET, PHONE = Look(1024), Look(390)
TODAY = datetime.now(UTC)


def test_somebody_signs_in_and_out(visit: Visit, alice: User, look: Look) -> None:
    page = visit(look=look)
    page.goto("/")
    axe(page)
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/agenda/"))
    page.locator("header .menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


# --- beside the agenda


def test_the_small_month_leads_to_its_days_and_follows(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    month, title = page.locator("#month"), page.locator("[data-title]")
    month.get_by_role("link", name="Next month").click()
    expect(month.get_by_role("heading")).to_have_text("December 2026")
    expect(title).to_contain_text("23 – 29 November")  # leafing moves nothing else
    month.get_by_role("link", name="16 December").click()
    expect(title).to_contain_text("14 – 20 December")
    expect(month.locator("td.is-shown")).to_have_count(7)
    page.get_by_role("link", name="Previous", exact=True).click()
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(month.get_by_role("heading")).to_have_text("November 2026")
    month.get_by_role("link", name="30 November").focus()
    page.keyboard.press("ArrowUp")
    expect(month.get_by_role("link", name="23 November")).to_be_focused()
    page.keyboard.press("Enter")
    expect(entry(page, "Kick-off")).to_be_visible()


def test_what_is_ticked_off_stays_hidden_until_it_is_ticked_again(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    page.get_by_label("Meetings").uncheck()
    expect(entry(page, "Kick-off")).to_be_hidden()
    expect(entry(page, "Dentist")).to_be_visible()
    page.reload()
    expect(entry(ready(page), "Dentist")).to_be_visible()
    expect(entry(page, "Kick-off")).to_be_hidden()
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.get_by_text("Dentist")).to_be_visible()
    expect(page.get_by_role("link", name="Kick-off")).to_be_hidden()
    page.get_by_label("Meetings").check()
    expect(page.get_by_role("link", name="Kick-off")).to_be_visible()


def test_one_of_many_colleagues_is_found_by_name(visit: Visit, alice: User, bob: User) -> None:
    for number in range(12):
        person(alice, name=f"Colleague {number}")
    page = agenda(visit, alice)
    page.get_by_label("Find a colleague").fill("bob")
    expect(page.get_by_role("link", name="Colleague 1")).to_have_count(0)
    page.get_by_role("link", name="Bob Baert").click()
    expect(page.get_by_text("Agenda of Bob Baert").last).to_be_visible()
    expect(page).to_have_url(re.compile("date=2026-11-2"))
    page.get_by_role("link", name="Back to my agenda").click()
    expect(page.get_by_role("heading", name="My agenda").first).to_be_attached()


# --- search


def test_search_is_typed_walked_and_opened_without_a_mouse(visit: Visit, alice: User, bob: User) -> None:
    start = (TODAY + timedelta(days=70)).replace(hour=9, minute=0)
    customer = find_or_make(alice, "Bakery Peeters")
    activities.create(
        alice, "meeting", title="Far kick-off", customer=customer, start=start, end=start + timedelta(hours=1)
    )
    block(alice, zoned(f"{TODAY:%Y-%m-%d}T10:00", f"{TODAY:%Y-%m-%d}T11:00"), title="Peering at stars")
    page = agenda(visit, alice, address="/agenda/?view=week")
    page.keyboard.press("/")
    page.keyboard.type("pee")
    found = page.get_by_role("region", name="Found")
    expect(found.get_by_role("link")).to_have_count(2)
    axe(page)
    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("link", name="Private: Peering")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Edit meeting").get_by_label("Title")).to_have_value("Far kick-off")
    page.keyboard.press("Escape")
    expect(entry(page, "Far kick-off")).to_be_visible()  # the agenda went to its week
    page.keyboard.press("/")
    page.keyboard.type("zebra")
    expect(found.get_by_text("Nothing found for “zebra”.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()


def test_a_phone_searches_on_a_page_and_comes_back_to_the_day(visit: Visit, alice: User, full: None) -> None:
    page = visit(alice, PHONE)
    page.goto("/profile/")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("trade")
    page.get_by_role("button", name="Search").click()
    axe(page)
    page.get_by_role("link", name="Meeting: Trade fair").click()
    expect(page.get_by_label("Title")).to_have_value("Trade fair")
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile("date=2026-11-25"))


def test_a_slow_and_a_broken_search_say_so(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    page.route("**/agenda/search/*", lambda route: None)
    page.get_by_role("searchbox", name="Search").fill("kick")
    expect(page.get_by_text("Searching …")).to_be_visible()
    page.unroute("**/agenda/search/*")
    page.route("**/agenda/search/*", lambda route: route.fulfill(status=200, body="<p>fine</p>"))
    page.get_by_role("searchbox", name="Search").fill("kick-off")
    expect(page.get_by_text("fine")).to_be_visible()


# --- narrow windows


def test_the_foot_of_a_phone_leads_everywhere(visit: Visit, alice: User, bob: User, full: None) -> None:
    page = agenda(visit, alice, PHONE)
    foot = page.get_by_role("navigation", name="Main").last
    foot.get_by_role("button", name="To plan").click()
    expect(page.get_by_role("link", name="Invoice reminder")).to_be_visible()
    axe(page)
    foot.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="Invoice reminder")).to_be_hidden()
    axe(page)
    page.get_by_role("link", name="26 November", exact=True).click()
    expect(page.locator("[data-title]")).to_contain_text("23 – 29 Nov")
    expect(page.get_by_label("Meetings")).to_be_hidden()
    foot.get_by_text("New", exact=True).click()
    page.get_by_role("link", name="New task").click()
    dialog = page.get_by_role("dialog", name="New task")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box and (box["width"], box["height"]) == (PHONE.width, PHONE.height)
    dialog.get_by_role("link", name="Cancel").click()
    page.goto("/agenda/trash/")
    foot.get_by_role("link", name="More").click()
    axe(page)
    page.get_by_role("link", name="Bob Baert").click()
    foot.get_by_role("link", name="To plan").click()
    expect(page.get_by_role("link", name="Invoice reminder")).to_be_visible()
    axe(page)


def test_what_is_to_be_planned_is_one_press_away_on_a_small_desk(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice, TABLET)
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET.width
    task = page.get_by_role("link", name="Invoice reminder")
    expect(task).to_be_hidden()
    page.get_by_role("button", name="To plan").first.click()
    expect(task).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(task).to_be_hidden()
    expect(page.get_by_role("button", name="To plan").first).to_be_focused()


# --- touch


def press_long(page: Page, thing: Locator, *, then_down: int = 0) -> None:
    """Rest a finger on a thing until its menu comes, as a phone tells it; `then_down` moves on by so many pixels."""
    box = thing.bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + 10, box["y"] + 8

    def touch(kind: str, *heights: float) -> None:
        points = [{"x": x, "y": height} for height in heights]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    expect(page.get_by_role("menu")).to_be_visible()
    for step in range(1, 7 if then_down else 1):
        touch("touchMove", y + then_down * step / 6)
        page.evaluate("() => new Promise(done => requestAnimationFrame(done))")
    touch("touchEnd")


NO_CONTEXTMENU = "addEventListener('contextmenu', event => event.stopImmediatePropagation(), true)"


@pytest.mark.parametrize("browsers", ["that say contextmenu", "that say nothing"])
def test_a_long_press_opens_the_menu_and_lifting_the_finger_opens_nothing_else(
    visit: Visit, alice: User, full: None, browsers: str
) -> None:
    page = visit(alice, PHONE)
    if browsers == "that say nothing":
        page.add_init_script(NO_CONTEXTMENU)
    page.goto("/agenda/?view=day&date=2026-11-24")
    press_long(ready(page), entry(page, "Dentist"))
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Convert to meeting")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    axe(page)
    page.touchscreen.tap(20, 500)
    expect(menu).to_be_hidden()
    press_long(page, entry(page, "Dentist"))
    menu.get_by_role("menuitem", name="Convert to meeting").tap()
    expect(page.get_by_role("dialog", name="Convert to meeting")).to_be_visible()


def test_a_finger_that_rests_and_moves_on_drags(visit: Visit, alice: User, full: None) -> None:
    page = visit(alice, PHONE)
    page.add_init_script(NO_CONTEXTMENU)
    page.goto("/agenda/?view=day&date=2026-11-24")
    press_long(ready(page), entry(page, "Kick-off"), then_down=120)
    expect(page.get_by_text("Moved.")).to_be_visible()
    expect(page.get_by_role("menu")).to_be_hidden()


# --- what a menu can end with


def test_a_call_ends_with_an_outcome_from_the_menu(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    entry(page, "Call with Bakery Peeters").click(button="right")
    axe(page)
    page.get_by_role("menuitem", name="Completed: voicemail").click()
    expect(page.get_by_text("Done.")).to_be_visible()
    assert Activity.objects.get(kind="call").outcome == "voicemail"


def test_a_meeting_of_somebody_else_is_left_from_the_menu(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    entry(page, "Kick-off").click(button="right")
    expect(page.get_by_role("menuitem", name="Leave")).to_be_hidden()
    page.keyboard.press("Escape")
    entry(page, "Design review").click(button="right")
    page.get_by_role("menuitem", name="Leave").click()
    dialog = page.get_by_role("dialog", name="Leave “Design review”?")
    dialog.get_by_role("button", name="Leave").click()
    expect(entry(page, "Design review")).to_be_hidden()
    assert Attendance.objects.filter(activity__title="Design review", user=alice, ended_at=None).count() == 0


# --- one's own habits


def test_the_theme_is_chosen_in_the_menu_and_stays(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("header .menu > summary").click()
    with page.expect_response("**/profile/theme/"):
        page.get_by_role("button", name="Dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()
    assert light != dark == page.evaluate("getComputedStyle(document.body).backgroundColor")
    axe(page, only="color-contrast")


def test_who_switched_single_letters_off_types_them_in_vain_and_keeps_the_arrows(visit: Visit, alice: User) -> None:
    alice.single_keys = False
    alice.save()
    page = agenda(visit, alice)
    for key in ("d", "c", "/", "?", "j"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("[data-title]")).to_contain_text("23 – 29 November")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-title]")).to_contain_text("30 November")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("switched off in your profile")


def test_without_scripts_what_was_done_is_said_and_the_month_leads_on(
    live_server: object, alice: User, browser: Browser
) -> None:
    from tests.browser.conftest import sign_in

    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)  # type: ignore[attr-defined]
    sign_in(context, alice, live_server.url)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/agenda/new/task/")
    page.get_by_label("Title").fill("Offer")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.get_by_text("Planned.")).to_be_visible()
    page.get_by_role("link", name="Show the agenda as a list").click()
    page.goto("/agenda/?view=list&date=2026-11-24")
    page.get_by_role("link", name="3 December").click()
    expect(page.get_by_text("30 November – 6 December 2026")).to_be_visible()
    expect(page.get_by_label("Meetings")).to_be_hidden()  # filters need scripts
    context.close()
