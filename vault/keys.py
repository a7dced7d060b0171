"""Master keys, from the setting FIELD_KEYS: `id:base64url,id2:base64url`, the first being the current one."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_LEAST_DISTINCT_BYTES = 12  # a random key of 32 bytes has about 30; an example key has few


@dataclass(frozen=True)
class MasterKeys:
    """The keys that wrap data keys. `current` wraps new ones, the others only unwrap."""

    current: str
    by_id: Mapping[str, bytes] = field(repr=False)


def master_keys() -> MasterKeys:
    """Return the configured master keys; raises ImproperlyConfigured when they cannot be used."""
    return parse(getattr(settings, "FIELD_KEYS", ""))


@lru_cache(maxsize=4)
def parse(text: str) -> MasterKeys:
    """Read `id:base64url,…`; refuses a missing, malformed, short or example key and an id that occurs twice."""
    entries = [_entry(part.strip()) for part in text.split(",") if part.strip()]
    if not entries:
        raise ImproperlyConfigured("FIELD_KEYS is empty: set it to id:key, the key being 32 random bytes in base64url.")
    by_id = dict(entries)
    if len(by_id) != len(entries):
        raise ImproperlyConfigured("FIELD_KEYS names one key id twice: give each key its own id.")
    return MasterKeys(current=entries[0][0], by_id=by_id)


def _entry(part: str) -> tuple[str, bytes]:
    key_id, _, encoded = part.partition(":")
    if not _ID.fullmatch(key_id):
        raise ImproperlyConfigured(
            "FIELD_KEYS has a key without a usable id: write id:key, the id in letters and digits."
        )
    key = _decoded(encoded)
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"Key {key_id} in FIELD_KEYS is not 32 bytes of base64url: make a new one.")
    if len(set(key)) < _LEAST_DISTINCT_BYTES:
        raise ImproperlyConfigured(f"Key {key_id} in FIELD_KEYS looks like an example: make a random one.")
    return key_id, key


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
