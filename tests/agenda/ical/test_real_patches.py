"""I13 over the real files: what is patched, and patched back, keeps every byte that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from agenda.content import EventContent, FieldGroup, TimeKind, When
from agenda.ical.errors import NotAnEvent, Unreadable
from agenda.ical.read import read
from agenda.ical.resource import parse
from agenda.ical.write import patch
from tests.agenda.ical.kept import OWNED, STAMPS, kept_lines
from tests.agenda.ical.realfiles import RealFile, resources

STAMP = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
BRUSSELS = "Europe/Brussels"
ELSEWHERE = EventContent(
    uid="",
    when=When(TimeKind.ZONED, datetime(2031, 6, 2, 8, tzinfo=UTC), datetime(2031, 6, 2, 9, tzinfo=UTC), BRUSSELS),
    title="Another title; with, all — the \\ signs 😀",
    place="Another place\nbehind the house",
    notes="Other notes, " + "long enough to be folded twice at the very least, " * 3,
    fence="Customer: Blue Harbour\ntel:+32470000000",
)

Groups = tuple[FieldGroup, ...]
#: what is patched together: notes and fence are one property, which the small tests take apart
PATCHED = ((FieldGroup.TIME,), (FieldGroup.TITLE,), (FieldGroup.PLACE,), (FieldGroup.NOTES, FieldGroup.FENCE))

#: What cannot be patched as it should, with the reason; anything else is a failure.
EXCEPTIONS: dict[str, str] = {}


@dataclass(frozen=True)
class Patching:
    """How the real files came through: all of them, those kept byte for byte, and those that were not, with why."""

    texts: int
    kept: int
    lost: dict[str, str]


@cache
def patched_all() -> Patching:
    """Patch every readable resource there and back: the first of each shape in every group, others in one of them."""
    readable = [one for one in resources() if _is_readable(one)]
    first = {one.shape: one for one in reversed(readable)}
    every, lost = list(PATCHED), dict[str, str]()
    for number, one in enumerate(readable):
        groups = every if first[one.shape] is one else [every[number % len(every)]]
        for trouble in _troubles(one.text, groups):
            lost[one.name] = trouble
    return Patching(len(readable), len(readable) - len(lost), lost)


def _is_readable(one: RealFile) -> bool:
    try:
        read(one.text)
    except (Unreadable, NotAnEvent):
        return False
    return True


def _troubles(text: str, groups: list[Groups]) -> Iterator[str]:
    """Yield what went wrong: with no group at all, with what the text says already, and with each of these groups."""
    before, place = read(text), parse(text).place
    if patch(text, ELSEWHERE, (), stamp=STAMP) != text or patch(text, before, set(FieldGroup), stamp=STAMP) != text:
        yield "not left alone"
    for together in groups:
        if FieldGroup.TIME in together and before.recurring:
            continue
        trouble = _there_and_back(text, before, together, place)
        if trouble:
            yield f"{', '.join(together)}: {trouble}"


def _there_and_back(text: str, before: EventContent, groups: Groups, place: int) -> str:
    ours = STAMPS.union(*(OWNED[group] for group in groups))
    try:
        there = patch(text, ELSEWHERE, groups, stamp=STAMP)
        back = patch(there, before, groups, stamp=STAMP)
    except Unreadable as refused:
        return f"refused: {refused.reason}"
    changed, again = read(there), read(back)
    if any(_said(changed, each) != _said(ELSEWHERE if each in groups else before, each) for each in FieldGroup):
        return "says something else"
    if any(_said(again, each) != _said(before, each) for each in FieldGroup):
        return "does not come back"
    kept = kept_lines(text, ours, place)
    return "" if kept == kept_lines(there, ours, place) == kept_lines(back, ours, place) else "loses a byte"


def _said(content: EventContent, group: FieldGroup) -> object:
    return content.when.canonical() if group is FieldGroup.TIME else content.canonical(group)


def test_every_byte_that_is_not_ours_survives_a_patch_and_its_undoing():
    found = patched_all()
    print(f"{found.kept} of {found.texts} resources kept; others: {found.lost}")
    assert found.lost == EXCEPTIONS
    assert found.texts > 1_000 and found.kept / found.texts >= 0.995


def test_a_moved_event_says_everything_but_its_time_as_before():
    for one in [one for one in resources()[::10] if _is_readable(one) and not read(one.text).recurring]:
        before = read(one.text)
        after = read(patch(one.text, replace(before, when=ELSEWHERE.when), {FieldGroup.TIME}, stamp=STAMP))
        assert replace(after, when=before.when, modified=before.modified) == before, one.name
