"""The fence: the part at the end of an event's notes that Halfpast writes, and its owner does not.

Servers and phones trim blanks, change line ends and dashes; a damaged fence is recognised by its first marker line.
"""

from __future__ import annotations

import re

from agenda.ical.lines import with_plain_breaks

OPENING = "— Halfpast: please write above this line —"
CLOSING = "— Halfpast —"

_DASHES = r"[\s\-‐-―−_*>|]*"
_OPENING = re.compile(_DASHES + r"halfpast:\s*please\s+write\s+above\s+this\s+line" + _DASHES, re.IGNORECASE)
_CLOSING = re.compile(_DASHES + r"halfpast" + _DASHES, re.IGNORECASE)


def join(notes: str, fence: str) -> str:
    """Return a description: the notes, then the fence between its markers; the notes alone when there is no fence."""
    notes, inside = split(notes)[0], _trimmed(_without_markers(fence))
    if not inside:
        return notes
    fenced = f"{OPENING}\n{inside}\n{CLOSING}"
    return f"{notes.rstrip()}\n\n{fenced}" if notes.strip() else fenced


def split(description: str) -> tuple[str, str]:
    """Return (notes, inside of the fence). What somebody wrote below a whole fence belongs to the notes."""
    if "halfpast" not in description.casefold():
        return description, ""
    notes: list[str] = []
    fences: list[list[str]] = []
    inside = False
    for line in with_plain_breaks(description).split("\n"):
        if _OPENING.fullmatch(line):
            fences.append([])
            inside = True
        elif inside and _CLOSING.fullmatch(line):
            inside = False
        else:
            (fences[-1] if inside else notes).append(line)
    if not fences:
        return description, ""
    return _trimmed("\n".join(notes)), _trimmed("\n".join(fences[0]))


def _without_markers(fence: str) -> str:
    lines = with_plain_breaks(fence).split("\n")
    return "\n".join(line for line in lines if not (_OPENING.fullmatch(line) or _CLOSING.fullmatch(line)))


def _trimmed(text: str) -> str:
    """Return the lines without blanks at their ends, nor empty ones around them."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n").rstrip()
