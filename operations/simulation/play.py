"""Playing stories: a seed's story in a world of its own, what it breached, and the shortest story that still does."""

from __future__ import annotations

import hashlib
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from random import Random

import time_machine
from django.db import transaction

from accounts.models import Company, User
from integrations.gateway import opened_by
from operations.simulation import acts, checks
from operations.simulation.story import PEOPLE, Story, told
from operations.simulation.wire import TROUBLES
from operations.simulation.world import START, World
from vault.models import DataKey

#: what gives each story rows of its own
Apart = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Played:
    """How a story went. `breaches`: sentences, none when all is well; `trace`: the same for the same story, always."""

    story: Story
    breaches: tuple[str, ...]
    fired: Counter[str]
    trace: str = field(repr=False)

    @property
    def digest(self) -> str:
        """Return a short name of the trace (I26)."""
        return hashlib.sha256(self.trace.encode()).hexdigest()[:16]


def story_of(seed: int) -> Story:
    """Return the story of a seed."""
    return told(seed, list(TROUBLES))


@contextmanager
def certain(seed: int) -> Iterator[time_machine.Traveller]:
    """Let clocks and random bytes hang on the seed alone: only for a process with nothing else to do."""
    rng, urandom = Random(seed), os.urandom  # noqa: S311 -- a story, not a secret
    os.urandom = rng.randbytes
    try:
        with time_machine.travel(START, tick=False) as traveller:
            yield traveller
    finally:
        os.urandom = urandom


@contextmanager
def taken_back() -> Iterator[None]:
    """Roll everything back afterwards: the quick way, in one transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def play(story: Story, apart: Apart = taken_back) -> Played:
    """Play a story in a world of its own and judge it. `apart` is a context that takes its rows away again."""
    with certain(story.seed) as traveller, apart():
        world = World(story, _people(), traveller.shift)
        with opened_by(world.open):
            found = list(_judged(world))
    return Played(story, tuple(found), world.fired, "\n".join(world.trace))


def _judged(world: World) -> Iterator[str]:
    """Play all steps, settle, and yield what does not hold."""
    try:
        world.connect()
        for step in world.story.steps:
            world.trace.append(str(step))
            acts.play(world, step)
        yield from checks.settled(world)
        yield from checks.breaches(world)
    except Exception as error:  # noqa: BLE001 -- any exception is a finding
        where = traceback.extract_tb(error.__traceback__)[-1]
        yield f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})"


def _people() -> dict[str, User]:
    company = Company.objects.create(name="Blue Harbour", data_key=DataKey.objects.make())
    return {
        name: User.objects.create(
            email=f"{name}@example.org",
            name=name,
            company=company,
            data_key=DataKey.objects.make(),
            timezone="Europe/Brussels",
        )
        for name in PEOPLE
    }


def shrunk(played: Played, apart: Apart = taken_back) -> Played:
    """Return the shortest story found that still breaches the same kind of promise: whole stretches go first."""
    kind = _kind(played.breaches[0])
    size = len(played.story.steps) // 2
    while size:
        at = 0
        while at < len(played.story.steps):
            tried = play(played.story.without(at, size), apart)
            if any(_kind(one) == kind for one in tried.breaches):
                played = tried
            else:
                at += size
        size //= 2
    return played


def _kind(breach: str) -> str:
    return breach.partition(":")[0]
