"""What must hold once a fault is over (docs/reliability.md, I1 to I4, I11, I16, I18, I19), the same for every row.

A test of a row sets a fault (`scene.breaks`), lets people act and Halfpast sync (`scene.sync`), looks at the outcome
and at what was written, and ends with `scene.holds(...)`: the titles that must stand on both sides in the end.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import icalendar
from django.db import connection

from accounts.models import User
from agenda.models import Activity
from agenda.services import activities
from integrations.icloud.simulator.collection import Collection as Calendar
from integrations.icloud.simulator.faults import Fault
from integrations.models import Connection, Link
from integrations.services.runs import RunReport
from tests.integrations.icloud.simulators import APP_PASSWORD, APPLE_ID, ICloud
from tests.integrations.icloud.stage import Stage
from tests.integrations.sync.stage import agenda_of, event, soon, stamp

#: the private event that everybody in this company must hear nothing of
PRIVATE = event(
    "private-77",
    stamp(soon(3, 9)),
    title="Dentist",
    more="LOCATION:Backyard 12\nDESCRIPTION:Root canal\nURL:https://d.example/x",
)
#: what may be read nowhere but in Alice's own agenda (I16)
WORDS = ("Dentist", "Backyard 12", "Root canal", "private-77", "d.example")
#: the password, as it might be written down (I18)
PASSWORDS = (
    APP_PASSWORD,
    APP_PASSWORD.replace("-", ""),
    base64.b64encode(APP_PASSWORD.encode()).decode(),
    base64.b64encode(f"{APPLE_ID}:{APP_PASSWORD}".encode()).decode(),
    quote(f"{APPLE_ID}:{APP_PASSWORD}", safe=""),
)
#: what an idle cycle may change nothing in (I2)
ITEMS = ("integrations_link", "integrations_conflict", "integrations_heldplan", "agenda_")
#: from one cycle to the next, in seconds
CYCLE = 1800
#: no server's wait and no patience of ours is longer (docs/reliability.md §4)
LONGEST = 6 * 3600


@dataclass
class Scene:
    """Alice's iCloud and Halfpast, in step before anything breaks. Bob is a colleague, who must learn nothing."""

    stage: Stage
    alice: User
    bob: User
    said: list[str] = field(repr=False)  # what was logged
    called: list[tuple[str, int]] = field(repr=False)  # where connections were opened to

    # acting

    @property
    def icloud(self) -> ICloud:
        return self.stage.icloud

    @property
    def connection(self) -> Connection:
        return Connection.objects.select_related("account").get(pk=self.stage.connections[self.alice.pk].pk)

    def breaks(self, kind: str, **where: Any) -> None:
        """Set a fault; `where` as the simulator's Fault takes it."""
        self.icloud.world.faults.add(Fault(kind, **where))

    def sync(self) -> RunReport:
        return self.stage.sync(self.alice)

    def meet(self, title: str = "Kick-off", day: int = 4) -> Activity:
        """Let Alice plan a meeting of an hour, which is pushed to her calendar Work."""
        start = soon(day)
        return activities.create(self.alice, "meeting", title=title, start=start, end=start + timedelta(hours=1))

    # looking

    @property
    def fired(self) -> list[str]:
        """Return the faults that struck, in order."""
        return [one.kind for one in self.icloud.world.faults.fired]

    @property
    def writes(self) -> list[tuple[str, int]]:
        """Return verb and status of everything that Halfpast wrote, or tried to, in order."""
        return [(one.method, one.status) for one in self.stage.writes()]

    def link_of(self, title: str) -> Link:
        """Return the link of a meeting."""
        return Link.objects.get(activity__in=[one for one in Activity.objects.all() if one.title == title])

    # what must hold

    def holds(self, *titles: str, outcome: str = "ok", but: Collection[str] = (), zone: str = "UTC") -> None:
        """End the fault and see that all is well, with exactly these titles on both sides (I3).

        `outcome` is what runs say in the end. `but`: titles that the two sides need not agree on, each of them among
        `titles` if it must still stand somewhere. `zone`: where floating times are read.
        """
        self.icloud.world.faults.clear()
        self.icloud.clock.pass_(LONGEST + 60)
        self._converges(outcome)
        here, there = self._here(), self._there(zone)
        assert [one for one in here if one[0] not in but] == [one for one in there if one[0] not in but], "I1"
        assert {title for title, _start in [*here, *there]} == set(titles), "I3, I5"
        self._is_quiet(outcome)
        self._is_single(but)
        self._is_conditional()
        self.is_private()
        self.keeps_the_password()

    def _converges(self, outcome: str) -> None:
        """Three cycles must do (I1)."""
        last = [self._cycle() for _ in range(3)][-1]
        assert last.outcome == outcome, last.reason
        undone = Link.objects.filter(needs_push=True) | Link.objects.filter(needs_plan=True)
        waiting = undone.filter(reason="", held=None, calendar__gone_at=None)
        assert outcome != "ok" or not waiting.exists(), "B has not caught up with both sides"

    def _cycle(self) -> RunReport:
        self.icloud.clock.pass_(CYCLE)
        self.icloud.world.catch_up()
        return self.sync()

    def _is_quiet(self, outcome: str) -> None:
        """Then nothing is written any more: not there, not here, and no version moves (I2)."""
        writes, versions = len(self.stage.writes()), self._versions()
        with changes() as made:
            for _ in range(3):
                assert self._cycle().outcome == outcome
        assert len(self.stage.writes()) == writes and not made, ("I2", self.writes[writes:], made)
        assert self._versions() == versions, "I2"

    def _versions(self) -> list[str]:
        return sorted(one.etag for calendar in self._calendars() for one in calendar.resources.values())

    def _is_single(self, but: Collection[str]) -> None:
        """One thing is one UID in the account and one row in Halfpast (I4)."""
        uids = [one.uid for calendar in self._calendars() for one in calendar.resources.values()]
        assert len(uids) == len(set(uids)), "I4: one UID twice"
        for side in (self._here(), self._there("UTC")):
            doubled = [one for one in side if side.count(one) > 1 and one[0] not in but]
            assert not doubled, f"I4: {doubled}"

    def _is_conditional(self) -> None:
        """Every write said which version it replaces (I11), and nobody was mailed; the fixture looks again."""
        self.icloud.check()

    def is_private(self) -> None:
        """See that nobody but Alice could read a word of her private event: no log, no record, no colleague (I16)."""
        seen = [*self.said, *(str(asdict(row)) for row in agenda_of(self.alice, self.bob)), *records()]
        for word in WORDS:
            assert not [text for text in seen if word.lower() in text.lower()], f"I16: {word}"

    def keeps_the_password(self) -> None:
        """See that the password is written down nowhere (I18) and went nowhere but to this iCloud (I19)."""
        written = [*self.said, *records()]
        for form in PASSWORDS:
            assert not [text for text in written if form in text], "I18"
        icloud = self.icloud.simulator
        hosts = {urlsplit(url).port for url in (icloud.url, icloud.shard_url(self.icloud.account))}
        assert {port for _host, port in self.called} <= hosts and len({host for host, _ in self.called}) <= 1, "I19"

    # the two sides

    def _calendars(self) -> list[Calendar]:
        return [one for one in self.icloud.account.collections.values() if one.kind == "calendar"]

    def _here(self) -> list[tuple[str, str]]:
        """Return title and start of what Alice's agenda shows; a series once."""
        rows: dict[Any, tuple[str, str]] = {}
        for row in sorted(agenda_of(self.alice), key=lambda row: str(row.start)):
            rows.setdefault(row.thing_id, (row.title, _moment(row.start, UTC)))
        return sorted(rows.values())

    def _there(self, zone: str) -> list[tuple[str, str]]:
        """Return title and start of what her calendars hold, as another reader of iCalendar reads it."""
        found = []
        for calendar in self._calendars():
            for one in calendar.resources.values():
                [event, *_overrides] = icalendar.Calendar.from_ical(one.text).walk("VEVENT")
                found.append((str(event.get("SUMMARY", "")), _moment(event.decoded("DTSTART"), ZoneInfo(zone))))
        return sorted(found)


def _moment(at: Any, zone: tzinfo) -> str:
    """Return a date as it is, and an instant in UTC; a floating time is read in `zone`."""
    if not isinstance(at, datetime):
        return str(at)
    return str((at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC))


def records() -> list[str]:
    """Return every row of the database as a thief would read it."""
    with connection.cursor() as cursor:
        return [text for table in connection.introspection.table_names(cursor) for text in _rows(cursor, table)]


def _rows(cursor: Any, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # our own tables
    return [repr(row) for row in cursor.fetchall()]


@contextmanager
def changes() -> Iterator[list[str]]:
    """Collect the statements that change items while this lasts."""
    made: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        verb, rest = sql.split(maxsplit=1)
        if verb in ("INSERT", "UPDATE", "DELETE") and any(f'"{name}' in rest[:60] for name in ITEMS):
            made.append(sql[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield made
