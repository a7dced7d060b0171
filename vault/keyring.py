"""Unwrapped data keys of this process: a bounded memory, forgotten after five minutes and when a key is deleted."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.errors import VaultError
from vault.models import DataKey
from vault.wrapping import unwrap

#: A key erased by another process is forgotten here within this many seconds.
FORGET_AFTER = 300.0
CAPACITY = 2048


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A data key ready for use. Sealing and each purpose of hashing have a subkey of their own."""

    cipher: AESGCM = field(repr=False)
    raw: bytes = field(repr=False)
    read_at: float
    subkeys: dict[str, bytes] = field(default_factory=dict, repr=False)

    def subkey(self, purpose: str) -> bytes:
        """Return 32 bytes for `purpose`, the same ones each time."""
        found = self.subkeys.get(purpose)
        if found is None:
            found = self.subkeys[purpose] = derive(self.raw, f"hash:{purpose}")
        return found


def derive(raw: bytes, info: str) -> bytes:
    """Return an HKDF-SHA256 subkey of `raw` for `info`."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"halfpast:{info}".encode()).derive(raw)


class Keyring:
    """Oldest first out; safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make an empty ring; `clock` gives seconds."""
        self._clock = clock
        self._keys: OrderedDict[uuid.UUID, OpenKey] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key_id: uuid.UUID) -> OpenKey:
        """Return the open key, read from the database when not remembered; VaultError when it was erased."""
        found = self._keys.get(key_id)
        if found is not None and self._clock() - found.read_at < FORGET_AFTER:
            return found
        fresh = self._read(key_id)
        with self._lock:
            self._keys.pop(key_id, None)
            self._keys[key_id] = fresh
            while len(self._keys) > CAPACITY:
                self._keys.popitem(last=False)
        return fresh

    def forget(self, key_id: uuid.UUID) -> None:
        """Drop one key."""
        with self._lock:
            self._keys.pop(key_id, None)

    def _read(self, key_id: uuid.UUID) -> OpenKey:
        wrapped = DataKey.objects.filter(pk=key_id).values_list("wrapped", flat=True).first()
        if wrapped is None:
            raise VaultError("The data key of a sealed value was erased: its content is gone.")
        raw = unwrap(wrapped, key_id)
        return OpenKey(cipher=AESGCM(derive(raw, "seal")), raw=raw, read_at=self._clock())


ring = Keyring()
