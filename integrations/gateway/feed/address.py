"""Addresses of calendars by link, as people paste them."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

_WEBCAL = re.compile(r"webcals?://", re.IGNORECASE)


def https_of(typed: str) -> str:
    """Return the address to ask: "webcal" is a calendar app's word for https (no server speaks it)."""
    return _WEBCAL.sub("https://", typed.strip(), count=1) if _WEBCAL.match(typed.strip()) else typed.strip()


def host_of(address: str) -> str:
    """Return the one part of an address that is no secret, or "" for what is no address."""
    try:
        return urlsplit(https_of(address)).hostname or ""
    except ValueError:
        return ""


def path_of(address: str) -> str:
    """Return the host-less name of the calendar behind an address: it tells the same one again, and nothing else."""
    return f"/{hashlib.sha256(address.encode()).hexdigest()[:32]}/"
