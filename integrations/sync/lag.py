"""Lag: some servers answer from before our own write for a while, which proves nothing (docs/icloud.md A39)."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations.models import Link
from integrations.sync.session import Session

#: so long after a write of ours an answer may still be older than it
STALE = timedelta(seconds=120)


def written_lately(session: Session, link: Link) -> bool:
    """Return whether we wrote this item so recently that its absence proves nothing."""
    return session.profile.lags and bool(_recent(session, link))


def is_superseded(session: Session, link: Link, etag: str) -> bool:
    """Return whether this version is one that a recent write of ours replaced."""
    return session.profile.lags and bool(etag) and etag in _recent(session, link)


def _recent(session: Session, link: Link) -> list[str]:
    """Return the ETags that our recent writes replaced, "" for a creation. ETags that repeat prove nothing."""
    since = session.now() - STALE
    if session.profile.etags_repeat:
        return []
    return [etag for etag, at in link.superseded if datetime.fromisoformat(at) > since]
