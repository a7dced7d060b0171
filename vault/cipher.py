"""AES-256-GCM with a random 96-bit nonce: bytes ↔ one base64 word. No keys are kept here."""

from __future__ import annotations

import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import VaultError

_NONCE_BYTES = 12
_TAG_BYTES = 16


def encrypt(cipher: AESGCM, plain: bytes, bound_to: bytes) -> str:
    """Return base64(nonce | ciphertext | tag); opening needs the same `bound_to`."""
    nonce = os.urandom(_NONCE_BYTES)
    return binascii.b2a_base64(nonce + cipher.encrypt(nonce, plain, bound_to), newline=False).decode("ascii")


def decrypt(cipher: AESGCM, word: str, bound_to: bytes) -> bytes:
    """Return the plaintext of `word`; raises VaultError when a single bit of it, or of `bound_to`, differs."""
    raw = _raw(word)
    try:
        return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise VaultError("A sealed value was altered, or belongs to another row; restore it from a backup.") from None


def _raw(word: str) -> bytes:
    try:
        raw = binascii.a2b_base64(word, strict_mode=True)
    except ValueError:
        raw = b""
    # Base64 has spare bits at its end: only the one spelling that `encrypt` makes is accepted.
    if len(raw) < _NONCE_BYTES + _TAG_BYTES or binascii.b2a_base64(raw, newline=False) != word.encode("ascii"):
        raise VaultError("A sealed value is damaged; restore it from a backup.")
    return raw
