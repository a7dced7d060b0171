"""The agenda's pages, as each of the cast finds them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agenda.models import Activity, Block
from agenda.ports import ConnectionStatus
from agenda.services import activities
from agenda.services.contacts import find_or_make
from agenda.services.convert import convert
from tests.agenda.drafts import FREE, SECRETS, block, dates, person, weekly, zoned
from tests.agenda.fakes import FakeSync

WEEK = "?date=2026-11-24"
TIMES = {"start_date": "2026-11-24", "start_time": "10:00", "end_date": "2026-11-24", "end_time": "11:00"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(viewer: User, owner: User | None = None, week: str = WEEK) -> str:
    of = f"&of={owner.pk}" if owner else ""
    answer = as_(viewer).get(f"/agenda/{week}&view=list{of}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def meeting(actor: User, **fields: Any) -> Activity:
    said = {"title": "Kick-off", "start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 11)}
    return activities.create(actor, "meeting", **{**said, **fields})


def form(owner: User, **said: Any) -> dict[str, Any]:
    return {"title": "Kick-off", **TIMES, "owner": str(owner.pk), "attendees": [str(owner.pk)], **said}


def post(viewer: User, name: str, *args: Any, **said: Any) -> HttpResponse:
    answer: Any = as_(viewer).post(reverse(name, args=args), said)
    return answer  # type: ignore[no-any-return]


@pytest.fixture
def connected(sync: FakeSync) -> FakeSync:
    at = datetime.now(UTC) - timedelta(minutes=2)
    sync.connected = [ConnectionStatus(uuid4(), "Apple iCloud Calendar", "active", at, None, "", False)]
    return sync


# --- who sees what


def test_alice_reads_her_own_private_events(alice: User, sync: FakeSync) -> None:
    block(alice)
    shown = page(alice)
    assert SECRETS[0] in shown and SECRETS[1] in shown and "10:00–11:00" in shown
    assert "Convert to meeting" in shown and "Convert to task" in shown


def test_colleagues_see_busy_and_nothing_else(alice: User, bob: User, carol: User, sync: FakeSync) -> None:
    private = block(alice)
    block(alice, busy=FREE)
    weekly(alice)
    for colleague in (bob, carol):
        shown = page(colleague, alice)
        assert shown.count(">Busy<") == 2 and "10:00–11:00" in shown
        assert not [word for word in SECRETS if word in shown]
        assert str(private.pk) not in shown and private.pk.hex not in shown
        assert "Repeats" not in shown and "Convert" not in shown


def test_mallory_finds_no_such_agenda_nor_anything_of_it(alice: User, mallory: User, sync: FakeSync) -> None:
    private, planned = block(alice), meeting(alice)
    client = as_(mallory)
    assert client.get(f"/agenda/?of={alice.pk}").status_code == 404
    assert client.get(f"/agenda/?show={planned.pk}").status_code == 404
    assert "Alice" not in page(mallory)
    for name, *args in (
        ("activity", planned.pk),
        ("activity_removal", planned.pk),
        ("activity_privacy", planned.pk),
        ("activity_completion", planned.pk),
        ("activity_departure", planned.pk),
        ("restoration", planned.pk),
        ("block_conversion", private.pk, "meeting"),
        ("block_removal", private.pk),
    ):
        assert client.post(reverse(name, args=args)).status_code == 404, name
        assert client.get(reverse(name, args=args)).status_code in (404, 405), name
    planned.refresh_from_db()
    assert planned.revision == 1 and Block.objects.count() == 1


def test_somebody_elses_block_does_not_exist_for_colleagues_and_admins(alice: User, bob: User, carol: User) -> None:
    private = block(alice)
    for other in (bob, carol):
        assert as_(other).get(reverse("block_conversion", args=[private.pk, "meeting"])).status_code == 404
        assert post(other, "block_removal", private.pk).status_code == 404


def test_the_picker_lists_only_whom_the_viewer_may_see(alice: User, bob: User, carol: User) -> None:
    bob.calendar_access = "own"
    bob.save()
    assert "Bob Baert" in page(alice) and "Carol Claes" in page(alice)
    assert "Alice Anders" not in page(bob)
    assert as_(bob).get(f"/agenda/?of={alice.pk}").status_code == 404


def test_visitors_and_the_operator_have_no_agenda(otto: User, client: Client) -> None:
    assert client.get("/agenda/").status_code == 302
    assert client.get("/agenda/sync-status/").status_code == 302
    assert as_(otto).get("/agenda/").status_code == 404
    assert as_(otto).get("/").headers["Location"] == reverse("admin:index")


# --- the week


def test_days_and_times_are_the_viewers_own(alice: User, sync: FakeSync) -> None:
    meeting(alice, start=datetime(2026, 11, 24, 23, 30), end=datetime(2026, 11, 25, 1))
    shown = page(alice)
    assert "from 23:30" in shown and "until 01:00" in shown
    tokyo = person(alice, timezone="Asia/Tokyo")
    assert "07:30–09:00" in page(tokyo, alice)


def test_an_event_until_midnight_is_not_on_the_next_day(alice: User, sync: FakeSync) -> None:
    meeting(alice, start=datetime(2026, 11, 24, 22), end=datetime(2026, 11, 25))
    assert page(alice).count("Kick-off</a>") == 1


def test_all_day_stays_on_its_day_for_a_colleague_far_away(alice: User, sync: FakeSync) -> None:
    block(alice, dates("2026-11-24", "2026-11-25"))
    tokyo = person(alice, timezone="Pacific/Kiritimati")
    for viewer in (alice, tokyo):
        day = page(viewer, alice).split("Tuesday 24 November")[1].split("Wednesday 25 November")[0]
        assert "All day" in day
        assert page(viewer, alice).count("All day") == 1


def test_the_same_event_may_show_on_two_days_of_another_zone(alice: User, sync: FakeSync) -> None:
    block(alice, zoned("2026-11-24T10:00", "2026-11-24T10:00"))
    assert page(alice).count("10:00–10:00") == 1


@pytest.mark.parametrize("query", ["", "?date=nonsense", "?date=0001-01-01", "?date=9999-12-31", "?of=", "?show="])
def test_whatever_is_asked_for_gives_a_week(alice: User, query: str) -> None:
    assert as_(alice).get(f"/agenda/{query}").status_code == 200


def test_an_address_from_the_calendars_notes_leads_to_the_week(alice: User) -> None:
    planned = meeting(alice)
    assert "Kick-off" in page(alice, week=f"?show={planned.pk.hex}")


def test_an_empty_week_says_so(alice: User) -> None:
    assert "Nothing is planned in this week." in page(alice)


def test_two_hundred_rows_cost_no_more_queries_than_two(
    alice: User, sync: FakeSync, django_assert_max_num_queries: Any
) -> None:
    for _ in range(100):
        meeting(alice)
        block(alice)
    client = as_(alice)
    client.get(f"/agenda/{WEEK}")
    with django_assert_max_num_queries(12):
        client.get(f"/agenda/{WEEK}")


# --- planning


def test_a_meeting_is_planned_in_the_viewers_zone(alice: User, bob: User) -> None:
    answer = post(alice, "new_activity", "meeting", **form(alice, location="Haute 4", attendees=[str(bob.pk)]))
    assert answer.status_code == 302
    made = Activity.objects.get()
    assert made.start == datetime(2026, 11, 24, 9, tzinfo=UTC) and made.attendances.count() == 2


def test_all_day_ends_on_the_last_day_that_was_named(alice: User) -> None:
    post(alice, "new_activity", "meeting", **form(alice, all_day="on", end_date="2026-11-25"))
    made = Activity.objects.get()
    assert made.end_date == date(2026, 11, 26)
    shown = as_(alice).get(reverse("activity", args=[made.pk])).content.decode()
    assert 'value="2026-11-25"' in shown
    post(alice, "activity", made.pk, **form(alice, revision=1))
    made.refresh_from_db()
    assert made.start == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_call_and_a_task_are_planned(alice: User) -> None:
    call = form(alice, title="", customer="Dupont", direction="out")
    assert post(alice, "new_activity", "call", **call).status_code == 302
    empty = dict.fromkeys(TIMES, "")
    task = form(alice, title="Offer", due="2026-11-27", priority="A", **{**empty, "estimated_minutes": "30"})
    assert post(alice, "new_activity", "task", **task).status_code == 302
    shown = page(alice)
    assert "Call with Dupont" in shown and "To plan" in shown and "Offer" in shown


def test_a_colleague_is_planned_for(alice: User, bob: User) -> None:
    shown = as_(alice).get(reverse("new_activity", args=["meeting"]) + f"?of={bob.pk}").content.decode()
    assert f'<option value="{bob.pk}" selected>' in shown
    post(alice, "new_activity", "meeting", **form(bob))
    assert Activity.objects.get().organiser == bob


def test_another_company_cannot_be_planned_for(alice: User, mallory: User) -> None:
    assert post(alice, "new_activity", "meeting", **form(mallory)).status_code == 200
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("kind", "said", "sentence"),
    [
        ("meeting", {"end_time": "09:00"}, "The end must be after the start."),
        ("meeting", {"start_time": ""}, "Say at what time"),
        ("meeting", {"title": ""}, "This field is required."),
        ("call", {}, "This field is required."),
        ("task", {"due": "2026-11-27", "end_date": ""}, "Give both a start and an end"),
        ("meeting", {"online_link": "javascript:alert(1)"}, "Enter a valid URL."),
    ],
)
def test_what_is_wrong_is_said_in_the_form(alice: User, kind: str, said: dict[str, str], sentence: str) -> None:
    answer = post(alice, "new_activity", kind, **form(alice, **said))
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert not Activity.objects.exists()


def test_a_form_filled_in_on_an_old_copy_is_refused(alice: User) -> None:
    made = meeting(alice)
    activities.edit(alice, made, {"title": "Second"})
    answer = post(alice, "activity", made.pk, **form(alice, title="Third", revision=1))
    assert "Somebody changed this meanwhile" in answer.content.decode()
    made.refresh_from_db()
    assert made.title == "Second"


def test_saving_what_was_not_touched_changes_nothing(alice: User, bob: User) -> None:
    call = activities.create(
        alice,
        "call",
        customer=find_or_make(alice, "Dupont"),
        start=datetime(2026, 11, 24, 10, 15),
        attendees=[bob],
        direction="in",
    )
    shown = as_(alice).get(reverse("activity", args=[call.pk])).context["form"]
    said = {name: shown[name].value() for name in shown.fields}
    answer = post(alice, "activity", call.pk, **{name: value for name, value in said.items() if value is not None})
    assert answer.status_code == 302
    call.refresh_from_db()
    assert call.revision == 1


def test_a_colleague_reads_but_cannot_change(alice: User, bob: User) -> None:
    made = meeting(alice, description="Agenda: cake", attendees=[bob])
    shown = as_(bob).get(reverse("activity", args=[made.pk])).content.decode()
    assert "Agenda: cake" in shown and "Leave" in shown and "<textarea" not in shown
    assert post(bob, "activity", made.pk, **form(bob)).status_code == 404
    assert post(bob, "activity_removal", made.pk).status_code == 404
    assert post(bob, "activity_completion", made.pk, done="1").status_code == 404
    post(bob, "activity_departure", made.pk)
    assert made.attendances.filter(ended_at=None).count() == 1


def test_done_and_open_again(alice: User) -> None:
    made = meeting(alice)
    post(alice, "activity_completion", made.pk, done="1")
    assert "is-done" in page(alice)
    post(alice, "activity_completion", made.pk)
    assert "is-done" not in page(alice)


def test_deleted_lies_in_the_trash_and_can_be_restored(alice: User, bob: User) -> None:
    made = meeting(alice, attendees=[bob])
    assert "Delete “Kick-off”?" in as_(alice).get(reverse("activity_removal", args=[made.pk])).content.decode()
    assert page(alice).count("Kick-off") > 0
    post(alice, "activity_removal", made.pk)
    assert "Kick-off" in as_(alice).get("/agenda/trash/").content.decode()
    assert "Kick-off" not in as_(bob).get("/agenda/trash/").content.decode()
    assert post(bob, "restoration", made.pk).status_code == 404
    post(alice, "restoration", made.pk)
    assert "Kick-off" in page(alice)
    assert "The trash is empty" in as_(alice).get("/agenda/trash/").content.decode()


def test_nothing_changes_by_a_link_or_without_a_token(alice: User) -> None:
    made = meeting(alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(reverse("activity_removal", args=[made.pk])).status_code == 403
    as_(alice).get(reverse("activity_departure", args=[made.pk]))
    assert made.attendances.filter(ended_at=None).exists()
    for name in ("activity_privacy", "activity_completion", "restoration"):
        assert as_(alice).get(reverse(name, args=[made.pk])).status_code == 405
    assert as_(alice).get("/agenda/sync/").status_code == 405


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/agenda/", "/admin/", "/agenda/?date=2026-11-24"]
)
def test_back_leads_only_to_the_agenda(alice: User, back: str) -> None:
    made = meeting(alice)
    location = post(alice, "activity_completion", made.pk, done="1", back=back).headers["Location"]
    assert location == (back if back.startswith("/agenda/") else "/agenda/")


# --- conversion


def test_conversion_shows_first_what_colleagues_will_see(alice: User, bob: User, sync: FakeSync) -> None:
    private = block(alice)
    asked = as_(alice).get(reverse("block_conversion", args=[private.pk, "meeting"])).content.decode()
    assert "Whoever may see your agenda will see this" in asked and SECRETS[2] in asked
    post(alice, "block_conversion", private.pk, "meeting", title="Appointment")
    shown = page(bob, alice)
    assert "Appointment" in shown and SECRETS[0] not in shown
    assert Activity.objects.get().description == ""


def test_a_refused_conversion_says_why_and_does_nothing(alice: User, sync: FakeSync) -> None:
    private = block(alice, dates("2026-11-24", "2026-11-27"))
    assert "more than one day" in page(alice) and "Convert to meeting" not in page(alice)
    asked = as_(alice).get(reverse("block_conversion", args=[private.pk, "task"])).content.decode()
    assert "more than one day" in asked and "Whoever may see your agenda" not in asked
    post(alice, "block_conversion", private.pk, "task", title="x")
    assert not Activity.objects.exists()
    assert post(alice, "block_conversion", private.pk, "call", title="x").status_code == 404


def test_private_again_from_the_menu(alice: User, bob: User, sync: FakeSync) -> None:
    made = convert(alice, block(alice), "meeting")
    assert "Make private again" not in page(alice)
    sync.in_place = {made.pk}
    assert "Make private again" in page(alice) and "Make private again" not in page(bob, alice)
    post(bob, "activity_privacy", made.pk)
    assert SECRETS[0] in page(bob, alice)
    post(alice, "activity_privacy", made.pk)
    assert SECRETS[0] not in page(bob, alice) and "Busy" in page(bob, alice)


def test_deleting_a_converted_event_asks_about_the_calendar(alice: User, sync: FakeSync) -> None:
    made = convert(alice, block(alice), "meeting")
    sync.in_place = {made.pk}
    asked = as_(alice).get(reverse("activity_removal", args=[made.pk])).content.decode()
    assert "Shall it be deleted there too?" in asked
    post(alice, "activity_removal", made.pk, also_remote="1")
    assert sync.marked == [made]


def test_a_private_event_is_deleted_in_its_own_calendar(alice: User, sync: FakeSync) -> None:
    private = block(alice)
    assert SECRETS[3] in as_(alice).get(reverse("block_removal", args=[private.pk])).content.decode()
    post(alice, "block_removal", private.pk)
    assert sync.marked == [private]


# --- the sync


def test_without_a_connection_the_button_offers_one(alice: User, sync: FakeSync) -> None:
    shown = page(alice)
    assert "Connect a calendar" in shown and "/marketplace/" in shown and "Sync now" not in shown


def test_sync_now_rings_and_tells_how_it_goes(alice: User, bob: User, connected: FakeSync) -> None:
    shown = page(alice)
    assert "Sync now</span></button>" in shown and "Synced 2 min ago" in shown and "is-running" not in shown
    assert post(alice, "sync_now").status_code == 302
    assert connected.rung == [alice]
    (one,) = connected.connected
    reason = "Apple refused the app-specific password."
    connected.connected = [ConnectionStatus(one.id, one.entry_name, "active", None, None, reason, True)]
    shown = page(alice)
    assert "is-running" in shown and reason in shown and "Syncing" in shown
    told = as_(alice).get("/agenda/sync-status/").json()
    assert told == {
        "running": True,
        "last_success_at": None,
        "reasons": [{"connection": "Apple iCloud Calendar", "reason": reason}],
    }


def test_when_nothing_can_be_synced_that_is_said(alice: User, sync: FakeSync) -> None:
    answer = as_(alice).post("/agenda/sync/", follow=True)
    assert "There is nothing to sync" in answer.content.decode()


def test_no_page_has_scripts_or_styles_of_its_own(alice: User, connected: FakeSync) -> None:
    private = block(alice)
    for address in (f"/agenda/{WEEK}", "/agenda/new/meeting/", f"/agenda/blocks/{private.pk}/conversion/meeting/"):
        shown = as_(alice).get(address).content.decode()
        assert "<style" not in shown and " style=" not in shown and " onclick" not in shown
        run = [tag for tag in re.findall("<script[^>]*>", shown) if "application/json" not in tag]
        assert run and all(" src=" in tag for tag in run)
