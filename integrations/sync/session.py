"""What one run works with: the connection, its gateway, its clock, its lease, and what it has done so far."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from accounts.models import Company, User
from integrations.gateway.base import Gateway, Profile
from integrations.gateway.errors import DeadlinePassed
from integrations.models import Connection, Outcome, RemoteCalendar, Run, Scope
from integrations.sync import hashes
from integrations.sync.lease import Lease

#: imports are drawn this far ahead (docs/sync.md)
HORIZON = timedelta(days=548)
#: how often a run asks whether somebody rang
LISTEN = timedelta(seconds=2)


@dataclass(slots=True)
class Tally:
    """What a run has done, in numbers; the fields are those of models.Run."""

    imported: int = 0
    local_created: int = 0
    local_updated: int = 0
    local_deleted: int = 0
    remote_created: int = 0
    remote_updated: int = 0
    remote_deleted: int = 0
    conflicts: int = 0
    quarantined: int = 0
    held: int = 0
    unasked_deletions: dict[str, int] = field(default_factory=dict)
    outcomes: list[tuple[Outcome, str]] = field(default_factory=list)  # with the sentence for the owner

    def worst(self) -> tuple[Outcome, str]:
        """Return the worst outcome with its reason."""
        order = list(Outcome)
        return max(self.outcomes, key=lambda one: order.index(one[0]), default=(Outcome.OK, ""))


@dataclass
class Session:
    """One run's surroundings. Clock, gateway and new ids are given, so that a simulation may own them."""

    connection: Connection
    lease: Lease
    line: Gateway
    now: Callable[[], datetime]
    new_id: Callable[[], uuid.UUID]
    deadline: datetime
    tally: Tally = field(default_factory=Tally)
    written: set[uuid.UUID] = field(default_factory=set)  # calendars that were written to
    lost_everything: set[uuid.UUID] = field(default_factory=set)  # full listings without any known resource
    shrunken: set[uuid.UUID] = field(default_factory=set)  # full listings that lack what was there: asked for again
    closed: set[uuid.UUID] = field(default_factory=set)  # calendars that refused a write in this run
    left: set[uuid.UUID] = field(default_factory=set)  # links left for a later run: the server lags behind
    whole: bool = True  # every chosen calendar could be looked at
    come_back_soon: bool = False  # the server answered from before our own write
    overtaken: bool = False  # somebody rang while a backlog was under way: what is fresh goes first
    listened_at: datetime | None = None
    run_id: uuid.UUID | None = None  # the row of this run

    @property
    def gateway(self) -> Gateway:
        """Return the line to the server, after making sure that lease and deadline allow one more request."""
        if self.now() >= self.deadline:
            raise DeadlinePassed("the run's time is up")
        self.lease.keep()
        return self.line

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that only the lease's holder may commit."""
        with self.lease.writing():
            yield

    def is_overtaken(self) -> bool:
        """Return whether somebody has rung since this was last asked; asked of the database every two seconds."""
        now = self.now()
        if self.listened_at and now - self.listened_at < LISTEN:
            return False
        self.listened_at = now
        rings = Connection.objects.filter(pk=self.connection.pk).values_list("ring_seq", flat=True).first()
        self.overtaken = rings is not None and rings > self.connection.ring_seq
        self.connection.ring_seq = rings or self.connection.ring_seq
        return self.overtaken

    def leave(self, link: uuid.UUID) -> None:
        """Leave an item for a later run, which is to come soon: the server answers from before what it did last."""
        self.left.add(link)
        self.come_back_soon = True

    def count_unasked(self, calendar: uuid.UUID) -> None:
        """Count a deletion that nobody asked for here, in the transaction at hand: the brakes add up 24 hours."""
        counts = self.tally.unasked_deletions
        counts[str(calendar)] = counts.get(str(calendar), 0) + 1
        if self.run_id:
            Run.objects.filter(pk=self.run_id).update(unasked_deletions=counts)

    @property
    def user(self) -> User:
        """Return the connection's owner."""
        return self.connection.user

    @property
    def user_key(self) -> uuid.UUID:
        """Return the id of the owner's data key. ValueError for an operator, who has none and no calendar either."""
        if self.user.data_key_id is None:
            raise ValueError("an operator has no calendar")
        return self.user.data_key_id

    @property
    def company(self) -> Company:
        """Return the owner's company. ValueError for an operator."""
        if self.user.company is None:
            raise ValueError("an operator has no calendar")
        return self.user.company

    @property
    def profile(self) -> Profile:
        """Return the server's habits."""
        return self.line.profile

    @cached_property
    def home_zone(self) -> ZoneInfo:
        """Return the owner's zone, in which dates and wall times are read."""
        return ZoneInfo(self.user.timezone)

    @cached_property
    def me(self) -> frozenset[str]:
        """Return the account's own calendar addresses, lower case."""
        known = json.loads(self.connection.addresses.reveal()) if self.connection.addresses else []
        return frozenset([*known, self.user.email.lower()])

    @cached_property
    def fingerprint(self) -> Callable[[bytes], str]:
        """Return the keyed hash of field groups."""
        return hashes.of_field_groups(self.user_key)

    @cached_property
    def href_hash(self) -> Callable[[bytes], str]:
        """Return the keyed hash of paths."""
        return hashes.of_paths(self.user_key)

    @cached_property
    def uid_hash(self) -> Callable[[bytes], str]:
        """Return the keyed hash of UIDs, per user."""
        return hashes.of_uids(self.user_key)

    @cached_property
    def own_uid_hash(self) -> Callable[[bytes], str]:
        """Return the keyed hash of UIDs of our making, per company."""
        return hashes.of_own_uids(self.company.data_key_id)

    def may(self, scope: Scope) -> bool:
        """Return whether the owner's grant covers `scope`."""
        return self.connection.grant.allows(scope)

    def may_write(self, calendar: RemoteCalendar) -> bool:
        """Return whether this run may write to the calendar at all."""
        open_ = calendar.writable and calendar.gone_at is None and calendar.pk not in self.closed
        return open_ and self.may(Scope.WRITE_CALENDAR)

    @cached_property
    def horizon(self) -> date:
        """Return the date up to which imports are drawn, in the owner's zone."""
        return self.now().astimezone(self.home_zone).date() + HORIZON

    @cached_property
    def window(self) -> tuple[datetime, datetime]:
        """Return the instants between which imports are drawn."""
        end = datetime.combine(self.horizon, datetime.min.time(), tzinfo=self.home_zone)
        return self.connection.import_from, end
