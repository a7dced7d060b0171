"""What a patch may not touch, told from the lines alone."""

from __future__ import annotations

import re

from agenda.content import FieldGroup

STAMPS = {"DTSTAMP", "LAST-MODIFIED"}
OWNED = {
    FieldGroup.TIME: {"DTSTART", "DTEND", "DURATION", "SEQUENCE"},
    FieldGroup.TITLE: {"SUMMARY"},
    FieldGroup.PLACE: {"LOCATION"},
    FieldGroup.NOTES: {"DESCRIPTION"},
    FieldGroup.FENCE: {"DESCRIPTION"},
}
_BREAK = r"(?:\r*\n|\r|\Z)"
_LINE = re.compile(rf"[^\r\n]+{_BREAK}(?:[ \t][^\r\n]*{_BREAK})*|{_BREAK}")
_FOLD = re.compile(rf"{_BREAK}[ \t]")
_NAME = re.compile(r"([A-Za-z0-9-]+)[:;]")


def kept_lines(text: str, owned: set[str], place: int = 0) -> list[str]:
    """Return the lines, with their folds, that are not ours: all but these properties of one VEVENT, and time zones.

    `place`: which one of the VEVENTs is the master.
    """
    kept: list[str] = []
    inside: list[str] = []
    events, own = -1, False
    for line in _LINE.findall(text):
        joined = _FOLD.sub("", line)
        found = _NAME.match(joined)
        if found:
            name, value = found[1].upper(), joined.partition(":")[2].strip().upper()
            if name == "BEGIN":
                inside.append(value)
                events += value == "VEVENT"
            own = "VTIMEZONE" in inside or (inside[-1:] == ["VEVENT"] and events == place and name in owned)
            if name == "END" and inside:
                inside.pop()
        if line and not own:
            kept.append(line)
    return kept
