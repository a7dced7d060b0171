"""Bytes → text: calendars are UTF-8 by law (RFC 5545 §3.1.4), and in fact also what somebody's old program wrote."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LISTENED_TO = ("iso8859", "cp", "mac-", "koi8", "gb", "big5", "euc", "shift_jis", "utf-16", "utf-32")
_NULS = {b"B\0": "utf-16-le", b"\0B": "utf-16-be"}  # an unmarked "BEGIN"


def decoded(body: bytes, declared: str = "") -> str:
    """Return the text of a calendar, without its byte order mark. `declared`: the charset that came with it, if any.

    UTF-8 wins over what is declared wherever the bytes are UTF-8, since servers declare what they never looked at.
    What nothing fits is read as Windows-1252, the usual one: no byte is refused and none is lost.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    encoding = _NULS.get(body[:2], "")
    if encoding:
        return body.decode(encoding, "replace")
    return _tried(body, "utf-8") or _tried(body, declared) or _western(body)


def _tried(body: bytes, encoding: str) -> str:
    """Return the text, or nothing when it is not in that encoding, or the encoding is none for texts."""
    try:
        known = encoding == "utf-8" or codecs.lookup(encoding).name.startswith(_LISTENED_TO)
        return body.decode(encoding) if known else ""
    except (UnicodeDecodeError, LookupError, ValueError):
        return ""


def _western(body: bytes) -> str:
    """Return Windows-1252; its five unused bytes as Latin-1 has them."""
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1")
