"""Data keys wrapped by a master key: `m1.<master key id>.<base64>`, bound to the data key's own id."""

from __future__ import annotations

import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import cipher
from vault.errors import VaultError
from vault.keys import master_keys


def wrap(raw: bytes, data_key_id: uuid.UUID) -> str:
    """Return `raw` wrapped by the current master key."""
    keys = master_keys()
    prefix = current_prefix()
    return prefix + cipher.encrypt(AESGCM(keys.by_id[keys.current]), raw, _bound_to(prefix, data_key_id))


def unwrap(wrapped: str, data_key_id: uuid.UUID) -> bytes:
    """Return the raw data key; raises VaultError when its master key is not configured, or for altered text."""
    version, _, rest = wrapped.partition(".")
    master_id, _, word = rest.partition(".")
    master = master_keys().by_id.get(master_id)
    if version != "m1" or master is None:
        raise VaultError("A data key is wrapped by a master key that is not in FIELD_KEYS: add that key again.")
    return cipher.decrypt(AESGCM(master), word, _bound_to(f"m1.{master_id}.", data_key_id))


def current_prefix() -> str:
    """Return what a data key starts with when the current master key wraps it."""
    return f"m1.{master_keys().current}."


def _bound_to(prefix: str, data_key_id: uuid.UUID) -> bytes:
    return f"{prefix}vault.DataKey:{data_key_id}".encode()
