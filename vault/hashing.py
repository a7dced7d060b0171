"""Keyed hashes: to find or compare a secret without storing it. An unkeyed hash of "Dentist 10:00" can be guessed."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable

from vault.keyring import ring
from vault.models import DataKey

_HEX_DIGITS = 32


def keyed_hash(key: DataKey | uuid.UUID, purpose: str, value: bytes | str) -> str:
    """Return 32 hex digits of HMAC-SHA256 under the subkey of `key` for `purpose`; text is taken as UTF-8."""
    return hasher(key, purpose)(value.encode() if isinstance(value, str) else value)


def hasher(key: DataKey | uuid.UUID, purpose: str) -> Callable[[bytes], str]:
    """Return the same hash as a function of bytes, for loops."""
    subkey = ring.get(key.pk if isinstance(key, DataKey) else key).subkey(purpose)
    return lambda value: hmac.digest(subkey, value, "sha256").hex()[:_HEX_DIGITS]
