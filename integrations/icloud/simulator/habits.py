"""How this iCloud behaves where the evidence is a guess or contradicts itself: one frozen value, one field a question.

The first reading of each field is its default: the likeliest one. `rules.py` says which rule a field belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from integrations.icloud.simulator.pairs import cover

T = TypeVar("T")


def _either(likeliest: T, *others: T) -> T:
    """Return a field with these readings; the first is the default."""
    made: T = field(default=likeliest, metadata={"readings": (likeliest, *others)})
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One way to read the evidence. Durations are in seconds; 0 means never, or no limit."""

    # C1: hosts
    root: Literal["direct", "301", "302", "307"] = _either("direct", "301", "302", "307")
    well_known: Literal["207", "301", "302", "307", "401"] = _either("207", "301", "302", "307", "401")

    # C2: accounts
    challenges: Literal["basic-first", "token-first", "merged"] = _either("basic-first", "token-first", "merged")
    unknown_user: Literal[401, 403] = _either(401, 403)
    dashes: Literal["as-printed", "ignored"] = _either("as-printed", "ignored")  # in app-specific passwords
    locked_after: int = _either(0, 10)  # refused sign-ins in a row
    agent_needed: bool = _either(True, False)
    foreign_account: Literal[403, 404] = _either(403, 404)  # for a path below somebody else's number

    # C3: connections
    idle_seconds: float = _either(20.0, 1.0)
    expect: Literal["continue", "ignored", "refused"] = _either("continue", "ignored", "refused")

    # C4: XML
    cdata: bool = _either(False, True)
    empty_reason: bool = _either(False, True)  # "HTTP/1.1 200" and nothing after it
    member_type: Literal["missing", "empty"] = _either("missing", "empty")  # a member's resourcetype

    # C6: home
    privileges: Literal["full", "write-content", "absent"] = _either("full", "write-content", "absent")
    shared_components: Literal["missing", "given"] = _either("missing", "given")  # on calendars shared in
    birthdays: bool = _either(False, True)
    empty_names: bool = _either(True, False)
    calendar_timezone: Literal["missing", "given"] = _either("missing", "given")
    remade_keeps: float = _either(0.0, 5.0)  # a calendar made anew shows the old events for so long

    # C7: cursors and ETags
    token_shape: Literal["opaque", "old"] = _either("opaque", "old")
    etag_shape: Literal["base36", "old", "digits"] = _either("base36", "old", "digits")
    ctag_gap: float = _either(0.0, 1.0)  # no ctag for so long after a write
    self_row: Literal["slash", "no-slash", "absent"] = _either("slash", "no-slash", "absent")
    self_row_in_changes: bool = _either(False, True)
    rows_twice: bool = _either(False, True)
    limit: Literal["ignored", "honoured"] = _either("ignored", "honoured")
    bad_token: Literal["403-element", "403", "410", "412", "everything"] = _either(
        "403-element", "403", "410", "412", "everything"
    )
    token_changes: int = _either(0, 50)  # a token dies after so many changes
    token_seconds: float = _either(0.0, 3600.0)

    # C8: multiget
    multiget_missing: Literal["404", "left-out"] = _either("404", "left-out")
    multiget_ceiling: int = _either(0, 100)  # what is asked beyond it is left out
    shared_bodies: bool = _either(True, False)  # whether a multiget on a calendar shared in delivers
    report_zones: bool = _either(True, False)  # whether a report's texts carry their VTIMEZONE

    # C9: query
    uid_filter: Literal["412", "empty"] = _either("412", "empty")
    expand: Literal["junk", "empty"] = _either("junk", "empty")
    old_ranges: Literal["answered", "403"] = _either("answered", "403")

    # C10: PUT
    put_etag: Literal["always", "never", "unchanged"] = _either("always", "never", "unchanged")
    uid_clash: Literal[412, 403, 409] = _either(412, 403, 409)
    uid_held: float = _either(0.0, 30.0)  # a deleted UID stays taken for so long
    odd_names: Literal["refused", "stored"] = _either("refused", "stored")
    no_end: Literal[404, 403] = _either(404, 403)
    day_with_duration: Literal["404", "stored"] = _either("404", "stored")
    unnamed_refusal: Literal[403, 400] = _either(403, 400)  # where reports say "refused" and no more
    rewrites: bool = _either(False, True)
    color_kept: bool = _either(True, False)
    default_alarms: Literal["device", "server"] = _either("device", "server")
    most_items: int = _either(50_000, 1_000)
    most_collections: int = _either(100, 20)

    # C11: DELETE, MOVE, COPY
    delete_stale: Literal[412, 204] = _either(412, 204)
    delete_status: Literal[204, 200] = _either(204, 200)
    move: Literal["412", "moved"] = _either("412", "moved")
    copy: Literal[403, 412] = _either(403, 412)

    # C12: scheduling
    unorganised: Literal["stripped", "403"] = _either("stripped", "403")  # attendees without an organiser
    schedule_agent: Literal["ignored", "obeyed"] = _either("ignored", "obeyed")
    alternate_answer: Literal["403", "stored"] = _either("403", "stored")  # an answer by another own address
    stamp_after: float = _either(1.0, 0.0)

    # C13: consistency
    lag_get: float = _either(0.0, 4.0)
    lag_listing: float = _either(0.0, 4.0)  # PROPFIND
    lag_sync: float = _either(0.0, 2.0)
    lag_multiget: float = _either(0.0, 6.0)
    zombie: float = _either(0.0, 5.0)  # a deleted item is still seen for so long
    drift_after: float = _either(0.0, 3.0)  # a written item's ETag moves by itself after so long

    # the throttle: what follows after so many requests a minute
    throttle: int = _either(0, 240)
    throttled: Literal[503, 429, 403] = _either(503, 429, 403)
    throttle_hint: int = _either(0, 5)  # Retry-After; too short, as reported


#: field → all its readings, the likeliest first
READINGS: dict[str, tuple[Any, ...]] = {f.name: f.metadata["readings"] for f in fields(Habits)}


def pairwise() -> list[Habits]:
    """Return few habits that together hold every pair of readings of any two fields; always the same ones."""
    return [Habits(**row) for row in cover(READINGS)]
