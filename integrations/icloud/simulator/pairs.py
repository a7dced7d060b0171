"""A small set of combinations that holds every pair of values: growing one column at a time. Pure, deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

Row = dict[str, int]  # name → which of its values
Pair = tuple[str, int, str, int]


def cover(choices: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return combinations of `choices` in which any two values of different names meet at least once."""
    names = sorted(choices, key=lambda name: -len(choices[name]))
    sizes = {name: len(choices[name]) for name in names}
    rows = [dict(zip(names, first, strict=False)) for first in product(*(range(sizes[n]) for n in names[:2]))]
    for at, name in enumerate(names[2:], 2):
        _widen(rows, names[:at], name, sizes)
    return [{name: choices[name][row.get(name, 0)] for name in choices} for row in rows]


def _widen(rows: list[Row], done: list[str], name: str, sizes: dict[str, int]) -> None:
    """Give each row a value of one more name, then add rows for the pairs that are still missing."""
    missing = {(old, o, name, n) for old in done for o in range(sizes[old]) for n in range(sizes[name])}
    for row in rows:
        gains = [_met(row, name, value) & missing for value in range(sizes[name])]
        row[name] = max(range(len(gains)), key=lambda value: len(gains[value]))
        missing -= gains[row[name]]
    added = rows[:0]
    for pair in sorted(missing):
        _place(added, pair)
    rows += added


def _met(row: Row, name: str, value: int) -> set[Pair]:
    return {(old, o, name, value) for old, o in row.items() if old != name}


def _place(rows: list[Row], pair: Pair) -> None:
    """Put a pair into the first row that has room for it, or into a new one."""
    old, o, name, n = pair
    for row in rows:
        if row.get(old, o) == o and row[name] == n:
            row[old] = o
            return
    rows.append({old: o, name: n})
