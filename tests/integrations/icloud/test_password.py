"""Apple's one face for five refusals: what is sent, how often, and what the owner is told. Counted by the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from agenda.models import Block
from agenda.services import activities
from integrations.gateway.base import Credentials
from integrations.icloud.simulator.account import AppPassword
from integrations.icloud.simulator.faults import Fault
from integrations.models import Connection, Outcome
from integrations.services import connect as connecting
from integrations.services.connect import ConnectRefused
from integrations.services.reconnect import reconnect
from tests.integrations.icloud.simulators import APP_PASSWORD, APPLE_ID, MAIN_PASSWORD, ICloud
from tests.integrations.icloud.stage import Stage, connected
from tests.integrations.sync.stage import agenda_of, event, soon, stamp
from tests.integrations.wizard.walk import Walk, page_of

pytestmark = pytest.mark.django_db
WRONG = "wxyz-wxyz-wxyz-wxyz"
NEW = "qrst-uvwx-yzab-cdef"


@pytest.fixture
def walk(icloud: ICloud, alice: User, settings: Any) -> Walk:
    """Alice at the step that asks for her account."""
    settings.HALFPAST_ICLOUD_URL = icloud.simulator.url
    return Walk(alice)


def tried(walk: Walk, **said: str) -> str:
    return page_of(walk.account(walk.allow(), username=APPLE_ID, **said))


def with_password(icloud: ICloud) -> int:
    """Return how many requests bore a password."""
    return sum(one.had_auth for one in icloud.log)


def revoke(icloud: ICloud) -> None:
    icloud.account.app_passwords[0].revoked = True


def switch_off(icloud: ICloud) -> None:
    icloud.account.service_on = False


@pytest.mark.parametrize("challenges", ["basic-first", "token-first", "merged"])
def test_a_wrong_password_is_sent_once(icloud: ICloud, walk: Walk, challenges: str) -> None:
    icloud.switch(challenges=challenges)
    page = tried(walk, password=WRONG)
    assert "Apple refused this combination" in page
    assert with_password(icloud) == icloud.account.failed_logins == 1
    assert len(icloud.log) == 1


@pytest.mark.parametrize("root", ["301", "302", "307"])
def test_where_the_entry_host_redirects_a_wrong_password_is_judged_once(icloud: ICloud, walk: Walk, root: str) -> None:
    icloud.switch(root=root)
    tried(walk, password=WRONG)
    assert icloud.account.failed_logins <= 1
    assert with_password(icloud) <= 2


@pytest.mark.parametrize("cause", [revoke, switch_off], ids=["revoked", "calendar off"])
def test_all_causes_look_alike_and_are_gone_through_in_order(icloud: ICloud, walk: Walk, cause: Any) -> None:
    cause(icloud)
    page = tried(walk, password=APP_PASSWORD)
    advice = page[page.index("data-advice") : page.index("</ol>", page.index("data-advice"))]
    assert advice.count("<li>") == 5
    assert "wrong" not in advice.lower() and "revoked" not in advice.lower()
    assert with_password(icloud) == 1


def test_an_alias_is_refused_like_everything_else(icloud: ICloud, walk: Walk) -> None:
    page = page_of(walk.account(walk.allow(), username=icloud.account.aliases[0], password=APP_PASSWORD))
    assert "primary address" in page
    assert with_password(icloud) == 1


def test_the_main_password_is_recognised_before_anything_is_sent(icloud: ICloud, walk: Walk) -> None:
    page = tried(walk, password=MAIN_PASSWORD)
    assert "looks like the normal password" in page
    assert icloud.log == []


def test_sent_anyway_it_is_sent_once(icloud: ICloud, walk: Walk) -> None:
    assert "Apple refused" in tried(walk, password=MAIN_PASSWORD, send_anyway="on")
    assert with_password(icloud) == 1


def test_a_good_password_is_sent_for_each_of_three_questions_and_no_more(icloud: ICloud, walk: Walk) -> None:
    walk.account(walk.allow(), username=APPLE_ID, password=APP_PASSWORD)
    assert [one.path for one in icloud.log] == ["/", icloud.account.principal, icloud.account.home]
    assert Connection.objects.get().password.reveal() == APP_PASSWORD


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("503-seconds", "asks us to wait"),
        ("429", "asks us to wait"),
        ("500", "did not answer within ten seconds"),
        ("reset", "did not answer within ten seconds"),
        ("html", "could not be understood"),
        ("truncated", "Try again"),
    ],
)
def test_each_trouble_has_its_own_next_step_and_none_is_blamed_on_the_password(
    icloud: ICloud, walk: Walk, kind: str, words: str
) -> None:
    icloud.world.faults.add(Fault(kind, times="forever"))
    page = tried(walk, password=APP_PASSWORD)
    assert words in page and "refused this combination" not in page
    assert not Connection.objects.exists()
    assert not AuditEntry.objects.filter(action="credentials.refused").exists()


def test_a_silent_server_is_given_up_in_time(icloud: ICloud, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert connecting.PATIENCE == 10.0
    monkeypatch.setattr(connecting, "PATIENCE", 0.5)
    icloud.world.faults.add(Fault("stalled", times="forever", seconds=5))
    begun = time.monotonic()
    page = tried(walk, password=APP_PASSWORD)
    assert time.monotonic() - begun < 3
    assert "did not answer within ten seconds" in page


# a password that worked


@pytest.fixture
def stage(icloud: ICloud, alice: User) -> Iterator[Stage]:
    icloud.add(icloud.home, event("dentist", stamp(soon()), title="Dentist"))
    with connected(icloud, alice) as stage:
        assert stage.sync(alice).outcome == "ok"
        yield stage


def test_a_revoked_password_is_sent_three_times_at_most_and_all_is_kept(
    icloud: ICloud, stage: Stage, alice: User
) -> None:
    revoke(icloud)
    before = with_password(icloud)
    for _minute in range(30):
        stage.sync(alice)
        icloud.clock.pass_(60)
    assert with_password(icloud) - before == 3
    assert icloud.account.failed_logins == 3
    assert Connection.objects.get().state == Connection.State.NEEDS_USER
    assert [row.title for row in agenda_of(alice)] == ["Dentist"]


def test_left_to_itself_it_is_sent_twice(icloud: ICloud, stage: Stage, alice: User) -> None:
    revoke(icloud)
    before = with_password(icloud)
    assert stage.sync(alice).outcome == Outcome.RETRY
    icloud.clock.pass_(10 * 60)
    assert stage.sync(alice).outcome == Outcome.NEEDS_USER
    assert with_password(icloud) - before == 2


def test_a_wave_of_false_401_passes_by_itself(icloud: ICloud, stage: Stage, alice: User) -> None:
    icloud.world.faults.add(Fault("401"))
    assert stage.sync(alice).outcome == Outcome.RETRY
    icloud.clock.pass_(11 * 60)
    assert stage.sync(alice).outcome == Outcome.OK
    assert Connection.objects.get().last_reason == ""


def test_after_a_new_password_everything_is_made_up_for_and_nothing_is_written_twice(
    icloud: ICloud, stage: Stage, alice: User
) -> None:
    """Through the real transport, with every sync token expired meanwhile."""
    activities.create(alice, "meeting", title="Kick-off", start=soon(4), end=soon(4, 10))
    stage.settle(alice)
    blocks = set(Block.objects.values_list("pk", flat=True))
    revoke(icloud)
    stage.sync(alice)
    icloud.clock.pass_(11 * 60)
    stage.sync(alice)
    icloud.add(icloud.home, event("while-away", stamp(soon(5)), title="While away"))
    icloud.world.expire_tokens(icloud.account)
    icloud.account.app_passwords.append(AppPassword(NEW))
    before = len(stage.writes())
    connection = Connection.objects.get()
    with pytest.raises(ConnectRefused):
        reconnect(connection, Credentials(APPLE_ID, WRONG), world=stage.world)
    reconnect(connection, Credentials(APPLE_ID, NEW), world=stage.world)
    assert stage.sync(alice).outcome == Outcome.OK
    assert sorted(row.title for row in agenda_of(alice)) == ["Dentist", "Kick-off", "While away"]
    assert blocks < set(Block.objects.values_list("pk", flat=True))
    assert len(stage.writes()) == before
    assert len(icloud.work.resources) == 1
    icloud.settle()
    assert stage.sync(alice).meter.requests == 1
