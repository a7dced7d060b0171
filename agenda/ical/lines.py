"""Content lines: folding and escaping (RFC 5545 §3.1 and §3.3.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

LIMIT = 75  # octets in a line, its break not counted
NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

_BREAK = re.compile(r"\r*\n|\r")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"^]*"|[^";:^]*)')
_PARAMETERS = re.compile(rf"(?:{PARAMETER.pattern})*")


def with_plain_breaks(text: str) -> str:
    """Return text whose every line ends in a bare line feed, whatever it had: CRLF, CR CR LF, CR."""
    return _BREAK.sub("\n", text) if "\r" in text.replace("\r\n", "\n") else text.replace("\r\n", "\n")


def unfold(text: str) -> str:
    """Return text (with plain breaks) with folded lines joined."""
    text = text.replace("\n ", "")
    return text.replace("\n\t", "") if "\t" in text else text


def unescape(value: str) -> str:
    """Return a TEXT value as it was meant; a backslash before anything unknown stays."""
    if "\\\\" in value:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")


def escape(text: str) -> str:
    """Return a TEXT value that may stand in a content line; control characters are dropped."""
    text = clean(with_plain_breaks(text))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def clean(text: str) -> str:
    """Return text without control characters (tab and line feed stay) and halves of surrogate pairs."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def parameters(written: str) -> Mapping[str, str]:
    """Return the parameters of `;A=b;C="d"`, names in upper case, the first of each. Raises ValueError when broken."""
    return _short_parameters(written) if len(written) < 64 else _parameters(written)


def _parameters(written: str) -> Mapping[str, str]:
    if not _PARAMETERS.fullmatch(written):
        raise ValueError("not parameters")
    found: dict[str, str] = {}
    for name, value in PARAMETER.findall(written):
        found.setdefault(name.upper(), value.strip('"'))
    return MappingProxyType(found)


_short_parameters = lru_cache(maxsize=1024)(_parameters)  # TZID and VALUE, over and over


def fold(line: str) -> Iterator[str]:
    """Yield the physical lines of one content line: 75 octets at most, never cutting a character in two."""
    octets, start, room = 0, 0, LIMIT
    for position, character in enumerate(line):
        size = len(character.encode())
        if octets + size > room:
            yield (" " if start else "") + line[start:position]
            octets, start, room = 0, position, LIMIT - 1
        octets += size
    yield (" " if start else "") + line[start:]
