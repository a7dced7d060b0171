"""Master keys for tests."""

from __future__ import annotations

import base64
import secrets


def fresh_master_key() -> str:
    """Return `id:base64url` as FIELD_KEYS wants it."""
    return f"k{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"
