"""The keyed hashes of the sync. Rows are found again by them, so each has one purpose, named here and nowhere else."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from vault.hashing import hasher

Hash = Callable[[bytes], str]


def of_field_groups(user_key: uuid.UUID) -> Hash:
    """Return the hash of field groups: fingerprints, under the user's data key."""
    return hasher(user_key, "fingerprint")


def of_paths(user_key: uuid.UUID) -> Hash:
    """Return the hash of paths, of calendars and of resources, under the user's data key."""
    return hasher(user_key, "href")


def of_uids(user_key: uuid.UUID) -> Hash:
    """Return the hash of UIDs under the user's data key."""
    return hasher(user_key, "uid")


def of_own_uids(company_key: uuid.UUID) -> Hash:
    """Return the hash of the UIDs that a company's activities have in calendars, under the company's data key."""
    return hasher(company_key, "own-uid")
