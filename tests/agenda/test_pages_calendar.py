"""What the calendar in the page gets and asks: rows as JSON, moves, fragments for its dialog."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agenda.models import Activity, Attendance, Block
from agenda.ports import ConnectionStatus
from agenda.services import activities
from tests.agenda.drafts import FREE, SECRETS, TENTATIVE, block, dates, person, weekly, zoned
from tests.agenda.fakes import FakeSync

WINDOW = {"start": "2026-11-23T00:00:00+01:00", "end": "2026-11-30T00:00:00+01:00"}
HX = {"HX-Request": "true"}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(viewer: User, owner: User | None = None, **window: str) -> list[dict[str, Any]]:
    query = {**WINDOW, **window, **({"of": str(owner.pk)} if owner else {})}
    answer = as_(viewer).get(reverse("agenda_rows"), query)
    assert answer.status_code == 200
    return list(answer.json()["rows"])


def meeting(actor: User, **fields: Any) -> Activity:
    said = {"title": "Kick-off", "start": datetime(2026, 11, 24, 10), "end": datetime(2026, 11, 24, 11)}
    return activities.create(actor, "meeting", **{**said, **fields})


def move(viewer: User, activity: Activity, start: str, end: str, revision: object = 1) -> dict[str, Any]:
    said = {"start": start, "end": end, "revision": revision}
    answer = as_(viewer).post(reverse("activity_time", args=[activity.pk]), said)
    assert answer.status_code == 200
    return dict(answer.json())


# --- rows


def test_own_rows_say_what_the_page_needs(alice: User, sync: FakeSync) -> None:
    made, private = meeting(alice), block(alice, zoned("2026-11-25T10:00", "2026-11-25T11:00"), busy=TENTATIVE)
    planned, own = rows(alice)
    assert planned["href"] == reverse("activity", args=[made.pk]) and planned["revision"] == 1 and planned["movable"]
    assert planned["start"] == "2026-11-24T09:00:00+00:00"
    assert own["title"] == SECRETS[0] and own["busy"] == "tentative" and "movable" not in own
    assert own["href"] == reverse("block", args=[private.pk]) and own["mine"]
    assert SECRETS[2] not in json.dumps([planned, own])  # notes are not drawn


def test_a_colleagues_private_time_has_nothing_to_follow(alice: User, bob: User, carol: User, sync: FakeSync) -> None:
    private = block(alice, busy=TENTATIVE)
    block(alice, zoned("2026-11-25T10:00", "2026-11-25T11:00"), busy=FREE)
    for colleague in (bob, carol):
        (seen,) = rows(colleague, alice)
        assert seen == {
            "kind": "block",
            "title": "Busy",
            "start": "2026-11-24T09:00:00+00:00",
            "end": "2026-11-24T10:00:00+00:00",
            "busy": "busy",
        }
        shown = as_(colleague).get(f"/agenda/?date=2026-11-24&of={alice.pk}").content.decode()
        assert not [word for word in (*SECRETS, str(private.pk), private.pk.hex) if word in shown]


def test_a_series_is_shown_but_not_moved_nor_converted(alice: User, sync: FakeSync) -> None:
    weekly(alice)
    for seen in rows(alice):
        assert seen["repeats"] and "repeating" in seen["refusal"] and "movable" not in seen


def test_mallory_gets_no_rows_of_anybody_else(alice: User, mallory: User, otto: User) -> None:
    meeting(alice)
    assert as_(mallory).get(reverse("agenda_rows"), {**WINDOW, "of": str(alice.pk)}).status_code == 404
    assert as_(otto).get(reverse("agenda_rows"), WINDOW).status_code == 404
    assert rows(mallory) == []


@pytest.mark.parametrize(
    "window",
    [
        {"start": ""},
        {"end": "nonsense"},
        {"start": "2026-11-30T00:00:00Z"},
        {"end": "2027-11-30T00:00:00Z"},
        {"start": "0001-01-01T00:00:00", "end": "0001-01-02T00:00:00"},
        {"start": "9999-12-31T00:00:00Z", "end": "9999-12-31T01:00:00Z"},
    ],
)
def test_no_other_stretch_of_time_is_answered(alice: User, window: dict[str, str]) -> None:
    assert as_(alice).get(reverse("agenda_rows"), {**WINDOW, **window}).status_code == 400


def test_two_hundred_rows_cost_no_more_queries_than_two(
    alice: User, bob: User, sync: FakeSync, django_assert_max_num_queries: Any
) -> None:
    for n in range(100):
        meeting(alice, attendees=[bob], title=f"Meeting {n}")
        block(alice)
    client = as_(alice)
    with django_assert_max_num_queries(6):  # session, user, attendances, spans, and what may be private again
        assert len(client.get(reverse("agenda_rows"), WINDOW).json()["rows"]) == 200


def test_the_first_picture_comes_with_the_page(alice: User, sync: FakeSync) -> None:
    meeting(alice)
    for view in ("", "day", "week", "month"):
        shown = as_(alice).get(f"/agenda/?view={view}&date=2026-11-24").content.decode()
        data = json.loads(shown.split('<script id="agenda-data" type="application/json">')[1].split("</script>")[0])
        assert [row["title"] for row in data["first"]["rows"]] == ["Kick-off"]
        assert data["zone"] == "Europe/Brussels" and data["date"] == "2026-11-24" and data["view"] == view


def test_words_of_others_cannot_leave_the_script(alice: User, sync: FakeSync) -> None:
    meeting(alice, title="</script><script>alert(1)</script>")
    assert "<script>alert" not in as_(alice).get("/agenda/?date=2026-11-24").content.decode()


# --- moving


def test_a_move_keeps_the_revision_and_tells_how_to_undo_it(alice: User) -> None:
    made = meeting(alice)
    told = move(alice, made, "2026-11-25T14:00:00+01:00", "2026-11-25T15:30:00+01:00")
    made.refresh_from_db()
    assert made.start and made.start.isoformat() == "2026-11-25T13:00:00+00:00" and told["revision"] == made.revision
    assert "refused" not in move(alice, made, **told["undo"]["fields"])
    made.refresh_from_db()
    assert made.start.isoformat() == "2026-11-24T09:00:00+00:00"


def test_a_move_of_an_old_copy_is_refused_with_a_sentence(alice: User) -> None:
    made = meeting(alice)
    activities.edit(alice, made, {"title": "Changed"})
    for revision in (1, "", "x", "99999999999999999999"):
        told = move(alice, made, "2026-11-25T14:00:00+01:00", "2026-11-25T15:30:00+01:00", revision)
        assert "Somebody changed this meanwhile" in told["refused"]
    made.refresh_from_db()
    assert made.start and made.start.day == 24


def test_to_whole_days_and_back_to_a_time(alice: User) -> None:
    made = meeting(alice)
    told = move(alice, made, "2026-11-25", "2026-11-26")
    made.refresh_from_db()
    assert made.all_day and str(made.start_date) == "2026-11-25"
    move(alice, made, "2026-11-26T09:00:00+01:00", "2026-11-26T10:00:00+01:00", told["revision"])
    made.refresh_from_db()
    assert not made.all_day


def test_a_task_is_scheduled_and_goes_back_to_the_list(alice: User) -> None:
    task = activities.create(alice, "task", title="Offer", due=datetime(2026, 11, 26).date())
    told = move(alice, task, "2026-11-25T14:00:00+01:00", "2026-11-25T15:00:00+01:00")
    assert [row["title"] for row in rows(alice)] == ["Offer"]
    move(alice, task, **told["undo"]["fields"])
    assert rows(alice) == []
    assert "Offer" in as_(alice).get(reverse("to_plan")).content.decode()


@pytest.mark.parametrize(
    "times", [("", "2026-11-25T14:00"), ("soon", "later"), ("2026-11-25T15:00", "2026-11-25T14:00")]
)
def test_times_that_are_none_are_refused(alice: User, times: tuple[str, str]) -> None:
    assert move(alice, meeting(alice), *times)["refused"]


def test_others_cannot_move(alice: User, bob: User, mallory: User) -> None:
    made = meeting(alice, attendees=[alice, bob])
    assert "Only the organiser" in move(bob, made, "2026-11-25T14:00", "2026-11-25T15:00")["refused"]
    assert as_(mallory).post(reverse("activity_time", args=[made.pk])).status_code == 404
    assert as_(alice).get(reverse("activity_time", args=[made.pk])).status_code == 405


# --- the dialog


def test_for_the_dialog_pages_are_fragments(alice: User, sync: FakeSync) -> None:
    made, private = meeting(alice), block(alice)
    for name, *args in (
        ("new_activity", "meeting"),
        ("activity", made.pk),
        ("activity_removal", made.pk),
        ("block", private.pk),
        ("block_conversion", private.pk, "task"),
        ("block_removal", private.pk),
    ):
        address = reverse(name, args=args)
        answer = as_(alice).get(address, headers=HX)
        shown = answer.content.decode()
        assert "<html" not in shown and "data-close" in shown and "HX-Request" in answer.headers["Vary"]
        assert "<html" in as_(alice).get(address).content.decode()


def test_what_was_done_comes_as_an_event_with_undo(alice: User) -> None:
    times = {"start_date": "2026-11-24", "start_time": "10:00", "end_date": "2026-11-24", "end_time": "11:00"}
    said = {"title": "Kick-off", **times, "owner": str(alice.pk), "attendees": [str(alice.pk)]}
    answer = as_(alice).post(reverse("new_activity", args=["meeting"]), said, headers=HX)
    told = json.loads(answer.headers["HX-Trigger"])["agenda:done"]
    assert answer.status_code == 204 and told["sentence"] == "Planned."
    as_(alice).post(told["undo"]["url"], told["undo"]["fields"], headers=HX)
    assert Activity.objects.get().deleted_at


def test_what_is_wrong_comes_back_into_the_dialog(alice: User) -> None:
    answer = as_(alice).post(reverse("new_activity", args=["meeting"]), {"title": ""}, headers=HX)
    assert answer.status_code == 200 and "aria-invalid" in answer.content.decode()


def test_a_form_starts_at_the_time_that_was_drawn(alice: User) -> None:
    def shown(kind: str, **query: str) -> str:
        return str(as_(alice).get(reverse("new_activity", args=[kind]), query).content.decode())

    timed = shown("meeting", start="2026-11-25T14:00:00+01:00", end="2026-11-25T15:30:00+01:00")
    assert 'value="2026-11-25"' in timed and 'value="14:00"' in timed and 'value="15:30"' in timed
    assert 'value="14:30"' in shown("call", start="2026-11-25T14:00:00")
    days = shown("meeting", start="2026-11-25", end="2026-11-27")
    assert "checked" in days and 'value="2026-11-26"' in days
    assert 'value="09:00"' in shown("meeting", start="nonsense", date="2026-11-25")


def test_conversion_and_back_through_the_dialog(alice: User, bob: User, sync: FakeSync) -> None:
    private = block(alice)
    address = reverse("block_conversion", args=[private.pk, "meeting"])
    assert "What colleagues will see" in as_(alice).get(address, headers=HX).content.decode()
    answer = as_(alice).post(address, {"title": "Visit"}, headers=HX)
    undo = json.loads(answer.headers["HX-Trigger"])["agenda:done"]["undo"]
    (seen,) = rows(bob, alice)
    assert seen["title"] == "Visit"
    sync.in_place = {Activity.objects.get().pk}
    as_(alice).post(undo["url"], undo["fields"], headers=HX)
    (seen,) = rows(bob, alice)
    assert seen["title"] == "Busy"


def test_ones_own_block_has_a_page_and_nobody_elses_does(alice: User, bob: User, carol: User, sync: FakeSync) -> None:
    private = block(alice, dates("2026-11-24", "2026-11-27"))
    address = reverse("block", args=[private.pk])
    shown = as_(alice).get(address).content.decode()
    assert SECRETS[0] in shown and "more than one day" in shown and "Convert to meeting" not in shown
    for other in (bob, carol):
        assert as_(other).get(address).status_code == 404


# --- the sync's symbol


def test_while_a_sync_runs_the_symbol_asks_each_second(alice: User, sync: FakeSync) -> None:
    known = (uuid4(), "Apple iCloud Calendar", "active")
    at = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    sync.connected = [ConnectionStatus(*known, at, None, "", True)]
    answer = as_(alice).post(reverse("sync_now"), headers=HX).content.decode()
    assert "every 1s" in answer and "Syncing" in answer and sync.rung == [alice]
    sync.connected = [ConnectionStatus(*known, at, None, "Sign in again.", False, news="2 new")]
    answer = as_(alice).get(reverse("sync_status"), headers=HX).content.decode()
    assert "every 60s" in answer and "2 new" in answer and "Sign in again." in answer


def test_rows_of_somebody_who_left_are_gone(alice: User, sync: FakeSync) -> None:
    dora = person(alice, name="Dora")
    made = meeting(alice, attendees=[alice, dora])
    as_(dora).post(reverse("activity_departure", args=[made.pk]), headers=HX)
    assert rows(dora) == [] and Attendance.objects.filter(ended_at=None).count() == 1
    assert Block.objects.count() == 0
