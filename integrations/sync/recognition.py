"""Recognition: whether an observation is news, and whether it is our own write as the server keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from agenda.content import MERGED_GROUPS, EventContent
from integrations.models import Link
from integrations.sync.lag import STALE
from integrations.sync.record import marks


def is_news(link: Link) -> bool:
    """Return whether the calendar says another thing than was last agreed; the fence is ours and never news."""
    agreed, seen = link.base_remote or {}, link.observed or {}
    return any(agreed.get(group) != seen.get(group) for group in MERGED_GROUPS)


def needs_no_text(link: Link, content: EventContent) -> bool:
    """Return whether the text need not be kept: nothing is imported of it, or a single block stands as agreed."""
    if link.state == Link.State.IGNORED:
        return not link.reason
    return bool(link.block_id) and not link.needs_plan and not content.recurring


def recognise_our_write(link: Link, content: EventContent, now: datetime) -> None:
    """Take an observation that is our own write, as the server keeps it, for what both sides agreed on."""
    intended, link.intended = link.intended, None
    if not intended or intended["verb"] == "delete":
        return
    seen = {group.value: (link.observed or {}).get(group, "") for group in MERGED_GROUPS}
    same_version = bool(intended["etag"]) and intended["etag"] == link.observed_etag
    arrived = not _still_stands_before(intended, link.observed_etag) and _is_our_version(intended, content, now)
    if same_version or seen == intended["remote"] or arrived:
        # what a block's owner has marked since, or has not been compared since, is still to be compared
        still = marks(link.base_local) if link.block_id else {}
        link.base_local, link.base_remote = {**intended["local"], **still}, seen


def _still_stands_before(intended: Mapping[str, str], etag: str) -> bool:
    """Return whether the very version still stands that the write was to replace."""
    return bool(etag) and intended.get("replaces") == etag


def _is_our_version(intended: Mapping[str, str], content: EventContent, now: datetime) -> bool:
    """Return whether a text that says something else is still what we sent, rewritten by the server (row 24).

    It bears our own LAST-MODIFIED; or none at all, and it was sent a moment ago.
    """
    sent = datetime.fromisoformat(intended["at"])
    if content.modified is None:
        return now - sent < STALE
    return content.modified == sent.replace(microsecond=0)
