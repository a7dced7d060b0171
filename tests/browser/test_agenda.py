"""The agenda's page as people use it: with mouse, keyboard and finger, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from agenda.models import Activity, Block
from agenda.services import activities
from agenda.services.contacts import find_or_make
from tests.agenda.drafts import FREE, TENTATIVE, block, dates, weekly, zoned
from tests.browser.window import Complaints, Look, axe

WEEK = "/agenda/?view=week&date=2026-11-24"
Visit = Callable[..., Page]


@pytest.fixture
def full(alice: User, bob: User) -> None:
    """A week with something of everything."""
    day = lambda n, hour, minute=0: datetime(2026, 11, n, hour, minute)  # noqa: E731
    bakery = find_or_make(alice, "Bakery Peeters")
    activities.create(alice, "meeting", title="Kick-off", location="Haute 4", start=day(24, 9), end=day(24, 10, 30))
    activities.create(bob, "meeting", title="Design review", start=day(25, 14), end=day(25, 15), attendees=[alice])
    activities.create(alice, "meeting", title="Trade fair", start=date(2026, 11, 25), end=date(2026, 11, 27))
    activities.create(alice, "call", customer=bakery, start=day(24, 16))
    activities.create(alice, "task", title="Offer", due=date(2026, 11, 26), start=day(26, 9), end=day(26, 11))
    activities.create(alice, "task", title="Invoice reminder", due=date(2026, 11, 20), estimated_minutes=60)
    activities.complete(alice, activities.create(alice, "meeting", title="Stand-up", start=day(27, 8), end=day(27, 9)))
    block(alice, zoned("2026-11-24T12:00", "2026-11-24T13:00"), title="Dentist", place="Kouter 10", notes="bring scans")
    block(alice, zoned("2026-11-26T13:00", "2026-11-26T14:00"), title="Yoga", busy=TENTATIVE)
    block(alice, zoned("2026-11-27T13:00", "2026-11-27T14:00"), title="Maybe lunch", busy=FREE)
    block(alice, dates("2026-11-28", "2026-11-30"), title="Ardennes")
    weekly(alice)


def entry(page: Page, name: str) -> Locator:
    """Return the link of an entry of the calendar."""
    return page.locator("#calendar a.row-title").filter(has_text=name).first


def ready(page: Page) -> Page:
    expect(page.locator("#calendar-frame")).to_have_attribute("aria-busy", "false")
    return page


def agenda(visit: Visit, user: User, look: Look | None = None, address: str = WEEK) -> Page:
    page = visit(user, look) if look else visit(user)
    page.goto(address)
    return ready(page)


def drag(page: Page, thing: Locator, *, right: float = 0, down: float = 0) -> None:
    box = thing.bounding_box()
    assert box
    page.mouse.move(box["x"] + 12, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 16, box["y"] + 14, steps=3)
    page.mouse.move(box["x"] + 12 + right, box["y"] + 8 + down, steps=8)
    page.mouse.up()


def hour(page: Page) -> float:
    """Return how high an hour is drawn."""
    box = page.locator("[data-time]").nth(1).bounding_box()
    assert box
    return box["height"] * 1.95


def day_width(page: Page) -> float:
    box = page.locator("#calendar [data-date]").first.bounding_box()
    assert box
    return box["width"]


# --- looks


@pytest.mark.parametrize("view", ["day", "week", "month", "list"])
def test_every_view_is_drawn_and_accessible(
    visit: Visit, alice: User, full: None, look: Look, view: str, take_picture: Callable[[Page, str], None]
) -> None:
    page = visit(alice, look)
    page.goto(f"/agenda/?view={view}&date=2026-11-24")
    expect(page.get_by_text("Kick-off").first).to_be_visible()
    expect(page.locator("[data-title]")).to_contain_text(re.compile("Nov(ember)? 2026"))
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
    axe(page)
    take_picture(page, f"agenda-{view}-{look}")


def test_a_phone_begins_with_the_day_and_a_desk_with_the_week(visit: Visit, alice: User, look: Look) -> None:
    page = agenda(visit, alice, look, "/agenda/?date=2026-11-24")
    expect(page.get_by_role("link", name="Day" if look.phone else "Week", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_without_scripts_the_list_is_shown(live_server: object, alice: User, full: None, browser: object) -> None:
    from tests.browser.conftest import sign_in

    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)  # type: ignore[attr-defined]
    sign_in(context, alice, live_server.url)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(WEEK)
    expect(page).to_have_url(re.compile("view=list"))
    expect(page.get_by_text("Kick-off")).to_be_visible()
    context.close()


def test_a_colleague_sees_busy_and_can_open_nothing_private(visit: Visit, alice: User, bob: User, full: None) -> None:
    page = agenda(visit, bob)
    page.get_by_role("link", name="Alice Anders").click()
    expect(ready(page).get_by_text("Agenda of Alice Anders").last).to_be_visible()
    expect(page.get_by_text("Kick-off").first).to_be_visible()
    busy = page.locator("#calendar .agenda-row.kind-block")
    assert busy.count() > 2 and all(text.endswith("Busy") or "Busy" in text for text in busy.all_inner_texts())
    html = page.content()
    assert not [word for word in ("Dentist", "Kouter", "scans", "Yoga", "Maybe lunch", "Ardennes") if word in html]
    busy.first.click(button="right")
    expect(page.get_by_role("menu")).to_be_hidden()
    axe(page)


# --- planning


def test_a_meeting_is_drawn_filled_in_and_undone(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    lane = page.locator('#calendar [data-time="10:00:00"]').last.bounding_box()
    assert lane
    x = lane["x"] + day_width(page) * 2.5
    page.mouse.move(x, lane["y"] + 2)
    page.mouse.down()
    page.mouse.move(x, lane["y"] + hour(page) * 1.5 - 4, steps=6)
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="New meeting")
    expect(dialog.get_by_label("Start time")).to_have_value("10:00")
    expect(dialog.get_by_label("End time")).to_have_value("11:30")
    axe(page)
    dialog.get_by_label("Title").fill("Workshop")
    dialog.get_by_role("button", name="Plan").click()
    expect(dialog).to_be_hidden()
    expect(entry(page, "Workshop")).to_be_visible()
    assert Activity.objects.get().start == datetime.fromisoformat("2026-11-25T09:00:00+00:00")
    page.get_by_role("button", name="Undo").click()
    expect(entry(page, "Workshop")).to_be_hidden()


def test_a_double_click_opens_the_form_at_that_time(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    lane = page.locator('#calendar [data-time="14:00:00"]').last.bounding_box()
    assert lane
    page.mouse.dblclick(lane["x"] + day_width(page) * 3.5, lane["y"] + 6)
    dialog = page.get_by_role("dialog", name="New meeting")
    expect(dialog.get_by_label("Start time")).to_have_value("14:00")
    expect(dialog.get_by_label("Starts on")).to_have_value("2026-11-26")
    dialog.get_by_role("link", name="Call").click()
    expect(page.get_by_role("dialog", name="New call").get_by_label("End time")).to_have_value("14:30")


def test_the_end_follows_the_start_and_what_is_wrong_gets_the_focus(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New meeting")
    dialog.get_by_label("Title").fill("Review")
    dialog.get_by_label("Start time").fill("23:30")
    dialog.get_by_label("Starts on").fill("2026-11-25")
    expect(dialog.get_by_label("Ends on")).to_have_value("2026-11-26")
    expect(dialog.get_by_label("End time")).to_have_value("00:30")
    dialog.get_by_label("Ends on").fill("2026-11-24")
    dialog.get_by_role("button", name="Plan").click()
    expect(dialog.get_by_text("The end must be after the start.")).to_be_visible()
    expect(dialog.get_by_label("Ends on")).to_be_focused()


def test_what_is_wrong_is_said_in_the_dialog(visit: Visit, alice: User, look: Look) -> None:
    page = agenda(visit, alice, look)
    page.get_by_text("New", exact=True).filter(visible=True).click()
    page.get_by_role("link", name="New task").click()
    dialog = page.get_by_role("dialog", name="New task")
    dialog.get_by_label("Title").fill("Offer")
    dialog.get_by_label("Due").fill("")
    dialog.locator("form").evaluate("form => (form.noValidate = true)")
    dialog.get_by_role("button", name="Plan").click()
    expect(dialog.get_by_text("This field is required.")).to_be_visible()
    expect(dialog.get_by_label("Title")).to_have_value("Offer")
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_entry_is_edited_from_the_keyboard_and_the_focus_returns(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    entry(page, "Kick-off").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Edit meeting")
    expect(dialog.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(entry(page, "Kick-off")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_label("Title").fill("Kick-off, moved")
    page.keyboard.press("Enter")
    expect(entry(page, "Kick-off, moved")).to_be_visible()


def test_what_is_not_there_any_more_is_said_and_the_agenda_drawn_anew(
    visit: Visit, alice: User, full: None, complaints: Complaints
) -> None:
    page = agenda(visit, alice)
    expect(entry(page, "Kick-off")).to_be_visible()
    Activity.objects.filter(title="Kick-off").delete()
    entry(page, "Kick-off").click()
    expect(page.get_by_text("This is not there any more.")).to_be_visible()
    expect(entry(page, "Kick-off")).to_be_hidden()
    complaints.said = [said for said in complaints.said if "404" not in said]


# --- moving


def test_a_drag_moves_and_undo_puts_back(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    drag(page, entry(page, "Kick-off"), right=day_width(page), down=hour(page))
    expect(page.get_by_text("Moved.")).to_be_visible()
    kick_off = Activity.objects.get(title="Kick-off")
    assert kick_off.start == datetime.fromisoformat("2026-11-25T09:00:00+00:00")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    kick_off.refresh_from_db()
    assert kick_off.start == datetime.fromisoformat("2026-11-24T08:00:00+00:00")


def test_a_drag_of_an_old_copy_is_put_back_with_a_sentence(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    kick_off = Activity.objects.get(title="Kick-off")
    activities.edit(alice, kick_off, {"location": "Elsewhere"})
    drag(page, entry(page, "Kick-off"), right=day_width(page))
    expect(page.get_by_text("Somebody changed this meanwhile")).to_be_visible()
    kick_off.refresh_from_db()
    assert kick_off.start == datetime.fromisoformat("2026-11-24T08:00:00+00:00")
    expect(page.get_by_text("Elsewhere").first).to_be_visible()  # drawn anew


def test_private_time_and_others_meetings_stay_where_they_are(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    for name in ("Dentist", "Design review"):
        drag(page, entry(page, name), right=day_width(page))
        page.keyboard.press("Escape")
    assert Activity.objects.get(title="Design review").revision == 1


def test_a_task_is_dragged_from_the_list_into_the_week(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    task = page.locator("#to-plan [data-task]").filter(has_text="Invoice reminder")
    lane = page.locator('#calendar [data-time="11:00:00"]').last.bounding_box()
    start = task.bounding_box()
    assert lane and start
    drag(
        page,
        task,
        right=lane["x"] + day_width(page) * 1.5 - start["x"],
        down=lane["y"] - start["y"],
    )
    expect(page.get_by_text("Every task has its time.")).to_be_visible()
    expect(entry(page, "Invoice reminder")).to_be_visible()
    reminder = Activity.objects.get(title="Invoice reminder")
    assert reminder.start and reminder.end and reminder.end - reminder.start == timedelta(hours=1)


# --- private time


@pytest.mark.parametrize("way", ["right-click", "Shift+F10", "button"])
def test_a_private_event_is_converted_and_made_private_again(
    visit: Visit, alice: User, bob: User, full: None, way: str, take_picture: Callable[[Page, str], None]
) -> None:
    page = agenda(visit, alice)
    ask(page, entry(page, "Dentist"), way)
    take_picture(page, "agenda-menu")
    axe(page)
    page.get_by_role("menuitem", name="Convert to meeting").click()
    dialog = page.get_by_role("dialog", name="Convert to meeting")
    expect(dialog.get_by_text("What colleagues will see")).to_be_visible()
    expect(dialog.get_by_label("Show my notes")).not_to_be_checked()
    axe(page)
    take_picture(page, "agenda-convert")
    dialog.get_by_role("button", name="Convert to meeting").click()
    expect(page.get_by_text("Converted: colleagues now see it.")).to_be_visible()
    colleague = agenda(visit, bob, address=f"{WEEK}&of={alice.pk}")
    expect(entry(colleague, "Dentist")).to_be_visible()
    assert "bring scans" not in colleague.content()
    ask(page, entry(page, "Dentist"), way)
    page.get_by_role("menuitem", name="Make private again").click()
    expect(page.get_by_text("Private again: colleagues see")).to_be_visible()
    assert "Dentist" not in ready(colleague_again(colleague)).content()


def colleague_again(page: Page) -> Page:
    page.reload()
    return page


def ask(page: Page, thing: Locator, way: str) -> None:
    """Open the menu of an entry."""
    if way == "right-click":
        thing.click(button="right")
    elif way == "button":
        thing.hover()
        thing.locator("xpath=ancestor::*[contains(@class, 'agenda-row')]").locator("[data-actions]").click()
    else:
        thing.focus()
        page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menu")).to_be_visible()


def test_what_cannot_be_converted_says_why_in_the_menu(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    for name, reason in (("Oncologist", "A repeating event cannot"), ("Ardennes", "more than one day cannot")):
        entry(page, name).click(button="right")
        item = page.get_by_role("menuitem", name="Convert to meeting")
        expect(item).to_have_attribute("aria-disabled", "true")
        expect(item).to_contain_text(reason)
        item.click(force=True)
        expect(page.get_by_role("dialog")).to_be_hidden()
        axe(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_be_hidden()
    assert Block.objects.count() == 5


def test_a_menu_is_walked_by_arrows_and_gives_the_focus_back(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    entry(page, "Dentist").focus()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Open")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Delete from my calendar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(entry(page, "Dentist")).to_be_focused()


# --- keys and trouble


def test_the_keyboard_does_it_all(visit: Visit, alice: User, bob: User) -> None:
    page = agenda(visit, alice)
    title = page.locator("[data-title]")
    for key, words in (("j", "30 November"), ("k", "23 – 29 November"), ("m", "November 2026"), ("d", "23 November")):
        page.keyboard.press(key)
        expect(title).to_contain_text(words)
    expect(page).to_have_url(re.compile("view=day&date=2026-11-23"))
    page.keyboard.press("w")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")  # goes nowhere while a dialog is open
    page.keyboard.press("Escape")
    expect(title).to_contain_text("23 – 29 November")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.locator("[data-title]").click()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog", name="New meeting").get_by_label("Title")).to_be_focused()


def test_an_empty_week_says_what_to_do(visit: Visit, alice: User) -> None:
    page = agenda(visit, alice)
    expect(page.get_by_text("Nothing planned here. Double-click")).to_be_visible()
    expect(page.get_by_text("Every task has its time.")).to_be_visible()


def test_when_rows_cannot_be_loaded_that_is_said_and_tried_again(visit: Visit, alice: User, full: None) -> None:
    page = agenda(visit, alice)
    page.route("**/agenda/rows/*", lambda route: route.fulfill(status=204))
    page.keyboard.press("j")
    expect(page.get_by_text("could not be loaded")).to_be_visible()
    page.keyboard.press("k")
    expect(entry(page, "Kick-off")).to_be_visible()  # what was there is kept
    page.unroute("**/agenda/rows/*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("could not be loaded")).to_be_hidden()
