"""Stretches of time, as (start, end) pairs of instants: joined, and taken from one another. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

Stretch = tuple[datetime, datetime]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the same time in order, without overlaps: what touches or overlaps is one. Empty stretches vanish."""
    joined: list[Stretch] = []
    for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of some time, in order, when other time is taken out of it."""
    holes = merged(taken)
    return [rest for stretch in merged(stretches) for rest in _left_of(stretch, holes)]


def _left_of(stretch: Stretch, holes: list[Stretch]) -> Iterator[Stretch]:
    start, end = stretch
    for begin, finish in holes:
        if finish <= start or begin >= end:
            continue
        if begin > start:
            yield start, begin
        start = finish
    if start < end:
        yield start, end
