"""What the server calls versions: sync tokens (also used as ctags) and ETags (A34, A35)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct

_HEAD = bytes.fromhex("1f0a10120c0000")  # every known token begins "HwoQEgwAA"
_ODD = b"\xfb\xff\xbf"  # "+/+/" in base64: a token that is taken for an URL breaks
_PLACES = ">II"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST = 36**7 * 21  # ETags have eight characters and begin with a letter
_STEP = 2_654_435_761  # neighbours look nothing alike


def opaque(born: int, number: int) -> str:
    """Return the token of a change: 76 characters of base64."""
    body = _HEAD + b"\x00\x00" + struct.pack(_PLACES, born, number)
    filling = hashlib.sha256(body).digest()
    text = body + b"\x00" + _ODD + filling + b"\x28\x00\x48"
    return base64.b64encode(text).decode()


def old(born: int, number: int) -> str:
    """Return the token of a change in the shape of older accounts."""
    return f"FT=-@RU={_uuid(born)}@S={number}"


def told(token: str) -> tuple[int, int] | None:
    """Return (born, number) of a token that this server made, or None for any other text."""
    if token.startswith("FT=-@RU="):
        made, _, number = token.removeprefix("FT=-@RU=").partition("@S=")
        born = int(made[-12:], 16) if _is_hex(made[-12:]) else 0
        return (born, int(number)) if number.isdecimal() and token == old(born, int(number)) else None
    try:
        born, number_ = struct.unpack_from(_PLACES, base64.b64decode(token, validate=True), len(_HEAD) + 2)
    except (binascii.Error, ValueError, struct.error):
        return None
    return (born, number_) if token == opaque(born, number_) else None


def etag(serial: int, shape: str = "base36") -> str:
    """Return the strong, quoted ETag of a version."""
    if shape == "old":
        return f'"C={serial}@U={_uuid(serial)}"'
    if shape == "digits":
        return f'"{10_000_000 + serial}"'
    return f'"{_base36(_FIRST + serial * _STEP % (36**7 * 15))}"'


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


def _uuid(number: int) -> str:
    return f"5f3a1c60-0000-4000-8000-{number:012x}"


def _is_hex(text: str) -> bool:
    return len(text) == 12 and all(c in "0123456789abcdef" for c in text)
