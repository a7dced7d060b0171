"""Habits and faults as somebody types them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from integrations.icloud.simulator.faults import Fault, UnknownKind
from integrations.icloud.simulator.habits import READINGS, Habits

_FAULT_FIELDS = {"verb", "path", "host"}


class NotUnderstood(ValueError):
    """What was typed is no habit or fault; the message lists what there is."""


def habits(typed: list[str]) -> Habits:
    """Return the habits with these readings, each as name=value."""
    return replace(Habits(), **dict(map(_habit, typed)))


def _habit(typed: str) -> tuple[str, Any]:
    name, _, value = typed.partition("=")
    if name not in READINGS:
        raise NotUnderstood(f"There is no habit {name!r}; there are: {', '.join(READINGS)}.")
    for reading in READINGS[name]:
        if value.lower() == str(reading).lower():
            return name, reading
    if not isinstance(READINGS[name][0], str | bool) and _number(value) is not None:
        return name, type(READINGS[name][0])(_number(value))
    raise NotUnderstood(f"{name} is one of: {', '.join(map(str, READINGS[name]))}.")


def fault(typed: str) -> Fault:
    """Return a fault from its kind and name=value pairs, separated by commas: "503,verb=REPORT,nth=2,times=forever"."""
    kind, *pairs = typed.split(",")
    values: dict[str, Any] = {}
    for name, _, value in (pair.partition("=") for pair in pairs):
        number = None if name in _FAULT_FIELDS else _number(value)
        values[name] = value if number is None else number
    try:
        return Fault(kind, **values)
    except (UnknownKind, TypeError) as reason:
        raise NotUnderstood(str(reason)) from None


def _number(text: str) -> float | int | None:
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return None
