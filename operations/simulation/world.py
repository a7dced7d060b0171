"""A company, two people with calendars, a server, a clock: what a story is played in, with the production engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from agenda.models import Activity, Block
from integrations.gateway.base import Credentials, Listing, Profile
from integrations.gateway.memory import MemoryServer, Phone
from integrations.models import Connection, Outcome
from integrations.services.connect import Choice, connect, test_credentials
from integrations.services.runs import RunReport, rings_again, sync_connection
from integrations.services.surroundings import Surroundings
from integrations.sync import acting
from integrations.sync.lease import Lease
from operations.simulation.history import History, tag_of
from operations.simulation.phone import said
from operations.simulation.story import PEOPLE, Story
from operations.simulation.wire import TROUBLES, Killed, SimulatedLine, shortened

START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
PASSWORD = "abcd-efgh-ijkl-mnop"  # noqa: S105 -- of an account in memory
SERVER = "https://dav.example.org/"
CALENDARS = ("Home", "Work", "Club")  # the last is read-only
LAG = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A DELETE of ours: which thing, in whose account, whether Halfpast had made it, after what."""

    tag: str
    who: str
    born_on_phone: bool
    order: int


@dataclass
class World:
    """Everything there is while one story is played. `shift` moves the clock by seconds."""

    story: Story
    people: dict[str, User]
    shift: Callable[[float], None]
    server: MemoryServer = field(default_factory=lambda: MemoryServer(timezone.now))
    history: History = field(default_factory=History)
    fired: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    habit: str = "plain"
    words: int = 0
    lie: str = ""
    _kill_in: int = 0  # durable steps until the worker dies; 0: it lives
    _between: tuple[int, Callable[[], None]] | None = None  # what comes after so many requests
    _requests: int = 0

    def __post_init__(self) -> None:
        """Open the accounts and connect everybody."""
        for name in PEOPLE:
            account = self.server.add_account(name, PASSWORD)
            for calendar in CALENDARS:
                self.server.add_calendar(account, calendar, writable=calendar != "Club")

    def connect(self) -> None:
        """Connect both people: Home and the read-only Club come in, Work is the target, and comes in too or not."""
        imports = CALENDARS if self.story.both_imported else ("Home", "Club")
        choice = Choice("Work", imports, push_tasks=True, push_calls=True)
        for name in PEOPLE:
            tried = test_credentials("caldav", SERVER, name, PASSWORD, world=self.surroundings)
            connect(self.people[name], tried, choice, granted_from="a story", world=self.surroundings)

    # --- what is there ------------------------------------------------------------------------------------------------

    @property
    def surroundings(self) -> Surroundings:
        """Return the world as a run sees it: waiting for the lease takes the time that it takes."""
        return Surroundings(now=timezone.now, monotonic=lambda: timezone.now().timestamp(), sleep=self.shift)

    def open(self, profile: Profile, server_url: str, credentials: Credentials, **_: Any) -> SimulatedLine:
        """Return a line to the server: what `open_gateway` gives meanwhile."""
        profile = replace(profile, lags=self.habit == "lag", account_wide_uids=self.habit == "account-wide uids")
        return SimulatedLine(self, credentials.username, credentials.password, profile)

    def connection(self, who: str) -> Connection:
        """Return this person's connection as it is now."""
        return Connection.objects.get(user=self.people[who])

    def phone(self, who: str) -> Phone:
        """Return this person's telephone."""
        return Phone(self.server, who)

    def hrefs(self, who: str, *, writable: bool = False) -> list[str]:
        """Return where this person's events are, in the order they were made."""
        calendars = self.server.accounts[who].calendars.values()
        return [href for one in calendars if one.writable or not writable for href in one.resources]

    def activities(self) -> list[Activity]:
        """Return all activities, the trash included, in the order they were made."""
        return list(Activity.objects.order_by("created_at", "pk"))

    def blocks(self, who: str) -> list[Block]:
        """Return a person's blocks, in an order that does not hang on chance."""
        return list(Block.objects.filter(owner=self.people[who]).order_by("link__observed_at", "pk"))

    def word(self) -> str:
        """Return a word that nobody has said before."""
        self.words += 1
        return f"w{self.words}"

    def new_start(self, *, past: bool = False) -> datetime:
        """Return a start that nothing had before: within the next weeks, or before the day people connected."""
        self.words += 1
        day = START - timedelta(days=20) if past else START + timedelta(days=10)
        return day.replace(hour=0) + timedelta(minutes=self.words * 7)

    # --- a run --------------------------------------------------------------------------------------------------------

    def sync(self, who: str) -> RunReport | None:
        """Run this person's sync as a worker does, once more when somebody rang meanwhile."""
        report: RunReport | None = None
        connection = self.connection(who)
        for _round in range(3):
            self.history.synced(who)
            report = sync_connection(connection.pk, world=self.surroundings)
            self.note(who, report)
            if report and report.outcome == Outcome.OK:
                self.history.came_through(who)
            if not rings_again(connection.pk):
                break
        return report

    def note(self, who: str, report: RunReport | None) -> None:
        """Write a run into the trace; our own bug ends the story."""
        if report is None:
            return
        self.trace.append(f"  {who}: {report.outcome.value} {dict(sorted(report.meter.by_method.items()))}")
        if report.outcome == Outcome.FAILED and "Something in Halfpast" in report.reason:
            raise AssertionError(f"a run failed: {report.reason}")

    @contextmanager
    def dying(self, steps: int) -> Iterator[None]:
        """Let the worker die after so many durable steps: requests and commits, each before and after it is done."""
        writing, release = Lease.writing, Lease.release

        @contextmanager
        def written(lease: Lease) -> Iterator[None]:
            with writing(lease):
                yield
                self._durable()
            self._durable()

        self._kill_in = steps
        Lease.writing, Lease.release = written, lambda lease: None  # type: ignore[method-assign,assignment]
        try:
            with suppress(Killed):
                yield
        finally:
            Lease.writing, Lease.release = writing, release  # type: ignore[method-assign]
            self.fired["worker killed"] += self._kill_in == 0
            self._kill_in = 0

    def _durable(self) -> None:
        if self._kill_in:
            self._kill_in -= 1
            if self._kill_in == 0:
                raise Killed

    @contextmanager
    def interrupted(self, after: int, act: Callable[[], None]) -> Iterator[None]:
        """Let something happen once, after so many requests of the run at hand."""
        self._between, self._requests = (after, act), 0
        try:
            yield
        finally:
            self._between = None

    def before_request(self, verb: str, path: str, condition: str) -> None:
        """Stand before a request of ours: note what a deletion takes, and let the worker die."""
        if verb == "DELETE":
            self._note_deletion(path, condition)
        self._durable()

    def after_request(self) -> None:
        """Stand behind a request: time has passed, somebody may come between, and the worker may die."""
        self.shift(0.2)
        self._durable()
        if self._between is None:
            return
        self._requests += 1
        after, act = self._between
        if self._requests == after:
            self._between = None
            self.fired["something between"] += 1
            token = acting.connection.set(None)  # another thread, or another process
            try:
                act()
            finally:
                acting.connection.reset(token)

    def lied(self, listing: Listing) -> Listing:
        """Return a listing as the server tells it."""
        if not (self.lie and listing.full and listing.entries):
            return listing
        self.fired[f"{self.lie} listing"] += 1
        return shortened(listing, self.lie)

    def _note_deletion(self, path: str, condition: str) -> None:
        who = path.strip("/").partition("/")[0]
        stored = self.phone(who).calendar_of(path).resources.get(path)
        if stored and stored.etag == condition:
            tag, born = tag_of(said(stored.text, "SUMMARY")), "X-PHONE-KEEPS" in stored.text
            self.deletions.append(Deletion(tag, who, born, self.history.next()))

    # --- what goes wrong ----------------------------------------------------------------------------------------------

    @contextmanager
    def trouble(self, name: str, nth: int) -> Iterator[None]:
        """Let the nth matching request of what follows meet this fault."""
        kind = TROUBLES[name]
        nth = 1 if kind.verb in ("PUT", "DELETE") else nth
        fault = self.server.faults.set(kind.verb, kind.make(), nth=nth, done=kind.done)
        try:
            yield
        finally:
            self.server.faults.clear()
            self.fired[name] += fault.met >= fault.nth

    def behave(self, habit: str) -> None:
        """Give the server one habit; the others go."""
        habits, self.habit = self.server.habits, habit
        habits.lag = LAG if habit == "lag" else timedelta()
        habits.page = 2 if habit == "pages" else None
        habits.etag_on_put = habit not in ("no etags", "rewrites")
        habits.rewrite = _rewritten if habit == "rewrites" else None
        habits.home_cursors = habit != "no cursors"
        habits.sync_collection = habit != "no reports"
        habits.account_wide_uids = habit == "account-wide uids"
        self.fired[f"server: {habit}"] += 1


def _rewritten(text: str) -> str:
    """Return a text as a server stores it that sorts out what it does not like."""
    return text.replace("PRODID:", "X-SERVER:seen\r\nPRODID:", 1) if "X-SERVER" not in text else text
