"""Seal bytes under a data key: `v1.<data key id, 32 hex>.<base64 of nonce and ciphertext>`.

The associated data is everything before the ciphertext plus the context (which row and field), so a sealed text
opens only where it was put, under the key it names.
"""

from __future__ import annotations

import uuid

from vault import cipher
from vault.errors import VaultError
from vault.keyring import ring
from vault.models import DataKey

__all__ = ["VaultError", "key_id_of", "seal", "unseal"]

_PREFIX = "v1."
_BODY = 36  # len("v1.") + 32 hex digits + "."


def seal(plain: bytes, key: DataKey | uuid.UUID, context: str) -> str:
    """Return `plain` sealed for `context`; the same plaintext never gives the same text twice."""
    key_id = key.pk if isinstance(key, DataKey) else key
    head = f"{_PREFIX}{key_id.hex}."
    return head + cipher.encrypt(ring.get(key_id).cipher, plain, (head + context).encode())


def unseal(text: str, context: str) -> bytes:
    """Return what was sealed; VaultError for altered text, another context, or an erased or unknown key."""
    key_id = key_id_of(text)
    return cipher.decrypt(ring.get(key_id).cipher, text[_BODY:], (text[:_BODY] + context).encode())


def key_id_of(text: str) -> uuid.UUID:
    """Return the id of the data key that `text` names; VaultError when it is not a sealed text."""
    head = text[:_BODY]
    try:
        key_id = uuid.UUID(hex=head[3:35])
    except ValueError:
        key_id = None
    if key_id is None or head != f"{_PREFIX}{key_id.hex}.":
        raise VaultError("A sealed value is damaged; restore it from a backup.")
    return key_id
