"""A toy of both sides: carries out what the planner answers, in dictionaries. And random states to start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core import actions, agreement
from integrations.sync.core.actions import Action, Side
from integrations.sync.core.planner import plan
from integrations.sync.core.states import Base, Evidence, Local, Origin, Remote, State, Thing

from .values import LINK, at

Version = dict[FieldGroup, str]


def faithful(word: str) -> str:
    """Store what was sent."""
    return word


def rewriting(word: str) -> str:
    """Store what was sent in lower case, as a server that normalises does."""
    return word.lower()


@dataclass
class Agenda:
    """The local side: one thing, shared by as many copies as like."""

    version: Version | None
    thing: Thing = Thing.MEETING
    changed_at: dict[FieldGroup, datetime] = field(default_factory=dict)
    changed_by: dict[FieldGroup, str] = field(default_factory=dict)
    evidence: Evidence | None = None

    def take(self, version: Version, groups: set[FieldGroup], moment: datetime | None, by: str) -> None:
        """Let a remote edit in."""
        assert self.version is not None
        for group in groups:
            self.version[group] = version[group]
            self.changed_by[group] = by
            if moment:
                self.changed_at[group] = moment


@dataclass
class Copy:
    """The remote side of one link, with its base."""

    agenda: Agenda
    version: Version | None
    base: Base | None
    modified: datetime | None = None
    elsewhere: Version | None = None  # the same UID in another calendar
    stores: Callable[[str], str] = faithful
    facts: State = field(default_factory=lambda: State(LINK, Thing.MEETING, Origin.OURS, Local(True), Remote(True)))
    forgotten: bool = False

    def state(self) -> State:
        """Return what the planner may see."""
        return replace(self.facts, thing=self.agenda.thing, local=self._local(), remote=self._remote(), base=self.base)

    def _local(self) -> Local:
        agenda = self.agenda
        if agenda.version is None:
            return replace(self.facts.local, present=False, fingerprints={}, evidence=agenda.evidence)
        return Local(True, dict(agenda.version), dict(agenda.changed_at), dict(agenda.changed_by))

    def _remote(self) -> Remote:
        if self.version is None:
            return Remote(present=False, moved_to="other" if self.elsewhere else "")
        merged = {group: self.version[group] for group in MERGED_GROUPS}
        return Remote(True, merged, self.version[FieldGroup.FENCE], self.modified)

    def run(self, most: int = 20) -> list[Action]:
        """Plan and carry out until nothing is left to do; return what was done."""
        done: list[Action] = []
        while not self.forgotten and len(done) < most:
            action = plan(self.state())
            if isinstance(action, actions.Nothing | actions.Wait | actions.Bug):
                break
            self.carry_out(action)
            done.append(action)
        return done

    def carry_out(self, action: Action) -> None:
        """Do to both sides what the action says."""
        match action:
            case actions.RecordAgreement():
                self._agree(set(FieldGroup))
            case actions.CreateRemote():
                self.version = {}
                self._send(set(FieldGroup))
            case actions.UpdateRemote(groups=groups):
                self._send(set(groups))
            case actions.DeleteRemote():
                self.version = None
            case actions.CreateLocal():
                self._revive()
            case actions.UpdateLocal(groups=groups):
                self._take(set(groups))
            case actions.DeleteLocal():
                self.agenda.version, self.agenda.evidence = None, Evidence.TRASHED
            case actions.Merge(winners=winners):
                self._take({group for group, side in winners.items() if side == Side.REMOTE})
                self._send({group for group, side in winners.items() if side == Side.LOCAL})
            case actions.MoveLink():
                self.version, self.elsewhere = self.elsewhere, None
            case actions.ForgetLink():
                self.forgotten = True

    def _send(self, groups: set[FieldGroup]) -> None:
        assert self.version is not None and self.agenda.version is not None
        for group in groups:
            self.version[group] = self.stores(self.agenda.version[group])
        self._agree(groups)

    def _take(self, groups: set[FieldGroup]) -> None:
        assert self.version is not None
        self.agenda.take(self.version, groups, self.modified, self.facts.user)
        self._agree(groups)

    def _revive(self) -> None:
        assert self.version is not None
        if self.agenda.thing is Thing.NONE:
            self.agenda.thing = Thing.BLOCK
        self.agenda.version, self.agenda.evidence = dict(self.version), None
        self._agree(set(MERGED_GROUPS))

    def _agree(self, groups: set[FieldGroup]) -> None:
        assert self.version is not None and self.agenda.version is not None
        self.base = agreement.partial(self.base, self.agenda.version, self.version, groups)


def perturbed(rng: Random, version: Version) -> Version:
    """Return the version with some groups said anew."""
    return {group: rng.choice("ABC") if rng.random() < 0.3 else word for group, word in version.items()}


def correlated(rng: Random) -> Copy:
    """Return two sides that come from one: each changed a little, or deleted, or never there."""
    agreed = dict.fromkeys(FieldGroup, "agreed")
    thing = rng.choice(list(Thing))
    stores = rng.choice([faithful, rewriting])
    agenda = Agenda(
        version=None if thing is Thing.NONE or rng.random() < 0.25 else perturbed(rng, agreed),
        thing=thing,
        changed_at={group: at(rng.randrange(4)) for group in FieldGroup if rng.random() < 0.8},
        changed_by={group: rng.choice(["alice", "bob"]) for group in FieldGroup if rng.random() < 0.8},
        evidence=rng.choice([None, *Evidence]),
    )
    there = {group: stores(word) for group, word in perturbed(rng, agreed).items()}
    gone = rng.random() < 0.25
    return Copy(
        agenda=agenda,
        version=None if gone else there,
        base=None if thing is Thing.NONE or rng.random() < 0.3 else agreement.whole(agreed, agreed),
        modified=rng.choice([None, *(at(minutes) for minutes in range(4))]),
        elsewhere=there if gone and rng.random() < 0.3 else None,
        stores=stores,
        facts=facts(rng),
    )


def facts(rng: Random) -> State:
    """Return a state whose sides do not matter: origin, permissions and scope at random."""

    def mostly() -> bool:
        return rng.random() < 0.8

    return State(
        link=LINK,
        thing=Thing.NONE,
        origin=rng.choice(list(Origin)),
        local=Local(False, names_item=not mostly(), asked_here=mostly()),
        remote=Remote(False),
        writable=mostly(),
        importable=mostly(),
        pushable=mostly(),
        own_uid=not mostly(),
        guests=not mostly(),
        may_mail_guests=not mostly(),
        existed=not mostly(),
        agenda_writable=mostly(),
        user=rng.choice(["", "alice", "bob"]),
    )


def anything(rng: Random) -> State:
    """Return any state at all, impossible ones included: sides that contradict each other, halves without groups."""

    def version() -> Version:
        return {group: rng.choice("AB") for group in FieldGroup if rng.random() < 0.9}

    def maybe() -> bool:
        return rng.random() < 0.5

    local = Local(
        present=maybe(),
        fingerprints=version(),
        changed_at={group: at(rng.randrange(4)) for group in FieldGroup if maybe()},
        evidence=rng.choice([None, *Evidence]),
        names_item=maybe(),
        asked_here=maybe(),
    )
    remote = Remote(
        present=maybe(),
        fingerprints={group: word for group, word in version().items() if group in MERGED_GROUPS},
        fence=rng.choice("AB"),
        modified=rng.choice([None, at(1), at(2)]),
        proven=maybe(),
        moved_to=rng.choice(["", "other"]),
        unreadable=rng.random() < 0.1,
    )
    base = rng.choice([None, Base(version(), version())])
    return replace(facts(rng), thing=rng.choice(list(Thing)), local=local, remote=remote, base=base)
