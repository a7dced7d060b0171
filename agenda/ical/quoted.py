"""QUOTED-PRINTABLE: what vCalendar 1.0 left behind in exports and old servers, made TEXT values of iCalendar."""

from __future__ import annotations

import quopri
import re

from agenda.ical.decode import decoded

_HINT = re.compile("QUOTED-PRINTABLE", re.IGNORECASE)
_LINE = re.compile(
    r"^([A-Z-]+)((?:;[^:;\n]*)*);(?:ENCODING=)?QUOTED-PRINTABLE((?:;[^:;\n]*)*):((?:[^\n]*=\n)*[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CHARSET = re.compile(r";CHARSET=([^;:]*)", re.IGNORECASE)


def unquoted(text: str) -> str:
    """Return text (unfolded, plain breaks) with every quoted-printable value as it would be written today."""
    return _LINE.sub(_plain, text) if _HINT.search(text) else text


def _plain(found: re.Match[str]) -> str:
    name, before, after, value = found.groups()
    given = before + after
    charset = _CHARSET.search(given)
    raw = quopri.decodestring(value.encode("utf-8", "replace"))
    said = decoded(raw, charset[1].strip('"') if charset else "").replace("\r\n", "\n").replace("\r", "\n")
    return f"{name}{_CHARSET.sub('', given)}:" + said.replace("\n", "\\n")
