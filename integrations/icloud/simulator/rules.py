"""Every rule that this iCloud plays, with its number in docs/icloud.md, how sure it is, and the switch that changes it.

One rule may have several statements: each has its own confidence and its own switch. A number of list C stands where
the evidence gives no rule, only a thing that has to be settled one way or the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["LIVE", "MANY", "TWO", "ONE", "DOC", "INFERRED", "CONFLICT"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement. `switch` is a field of Habits, "" where there is only one reading."""

    number: str
    says: str
    confidence: Confidence
    switch: str = ""
    checklist: str = ""

    @property
    def is_guess(self) -> bool:
        """Return whether a first contact with the real iCloud may well correct it."""
        return self.confidence in ("ONE", "INFERRED", "CONFLICT")


RULES: tuple[Rule, ...] = (
    # hosts and discovery
    Rule("A1", "The root names the principal by a relative path.", "LIVE", "", "C1"),
    Rule("A2", "The principal names the home by an absolute URL on another host, with its port.", "LIVE", "", "C1"),
    Rule("A3", "Entry host and numbered host serve the same paths.", "LIVE", "", "C1"),
    Rule("A4", "An account can move to another numbered host; the old one may stop.", "TWO", "", "C1"),
    Rule("A5", "The root answers at once, or redirects to the numbered host.", "CONFLICT", "root", "C1"),
    Rule("A5", "The well-known address answers, redirects, or refuses.", "CONFLICT", "well_known", "C1"),
    Rule("A7", "Any Depth but 0 on the root or the principal: 400.", "LIVE", "", "C5"),
    Rule(
        "A8", "The principal's resource type is 404, allprop leaves it out, principal searches fail.", "TWO", "", "C5"
    ),
    Rule("A9", "An ill-formed address: 400 and a small HTML page.", "TWO", "", "C5"),
    Rule("A10", "Seven own addresses, one of them preferred.", "LIVE", "", "C5"),
    # authentication
    Rule("A12", "401 has no body and two challenges, in either order or merged.", "LIVE", "challenges", "C2"),
    Rule("A13", "Side headers; the partition only once the account is known.", "LIVE", "", "C3"),
    Rule("A14", "Five causes of refusal look alike.", "MANY", "", "C2"),
    Rule("A14", "An unknown user is 401, rarely 403.", "CONFLICT", "unknown_user", "C2"),
    Rule("A15", "All app-specific passwords die with a change of the account's password.", "DOC", "", "C2"),
    Rule("A16", "Whether the dashes of an app-specific password matter.", "INFERRED", "dashes", "C2"),
    Rule("A17", "Many refused sign-ins may lock the account.", "ONE", "locked_after", "C2"),
    Rule("A19", "No User-Agent: 403.", "ONE", "agent_needed", "C2"),
    Rule("A20", "Idle connections are cut well before 90 seconds.", "MANY", "idle_seconds", "C3"),
    Rule("A21", "What becomes of Expect: 100-continue.", "INFERRED", "expect", "C3"),
    # collections in the home
    Rule("A22", "Default namespaces, no prefixes, single quotes, blank runs, a second part for 404.", "LIVE", "", "C4"),
    Rule("A23", "The home lists itself, calendars, inbox, outbox, notifications and reminders.", "LIVE", "", "C6"),
    Rule("A24", "Events and tasks never share a collection; no journals.", "MANY", "", "C10"),
    Rule("A25", "Owners have every privilege, readers two; the property may miss.", "MANY", "privileges", "C6"),
    Rule("A26", "Calendars shared in have 64 digits; deleting one unlinks it.", "TWO", "", "C11"),
    Rule("A26", "The component set may miss on calendars shared in.", "ONE", "shared_components", "C6"),
    Rule("A26", "A multiget on a calendar shared in once had no bodies.", "ONE", "shared_bodies", "C8"),
    Rule("A27", "Subscriptions are no calendars and have a source.", "LIVE", "", "C6"),
    Rule("A27", "Whether birthdays are served.", "CONFLICT", "birthdays", "C6"),
    Rule("A28", "Colours are #RRGGBBAA; a name is accepted and ignored.", "LIVE", "", "C6"),
    Rule("A29", "A calendar's name may be empty.", "INFERRED", "empty_names", "C6"),
    Rule("A29", "A calendar's time zone may miss.", "INFERRED", "calendar_timezone", "C6"),
    Rule(
        "A30",
        "MKCALENDAR on a path of the client's choice; very short names and extended MKCOL fail.",
        "MANY",
        "",
        "C11",
    ),
    Rule("A30", "A calendar made anew may show old events for a while.", "ONE", "remade_keeps", "C11"),
    Rule("A31", "OPTIONS lists what Apple's Calendar Server lists.", "ONE", "", "C11"),
    Rule("A32", "supported-report-set names what does not work; free-busy is 400.", "TWO", "", "C9"),
    Rule("A33", "Above 50,000 items: 403.", "ONE", "most_items", "C10"),
    Rule("A33", "Above 100 calendars: 403.", "ONE", "most_collections", "C11"),
    # cursors and ETags
    Rule("A34", "The ctag is the sync token: opaque, with + / =.", "LIVE", "", "C7"),
    Rule("A34", "Older accounts have another shape of token.", "ONE", "token_shape", "C7"),
    Rule("A34", "The ctag may be absent for a moment.", "ONE", "ctag_gap", "C7"),
    Rule(
        "A35", "ETags are strong, quoted and short; some are all digits, older ones long.", "LIVE", "etag_shape", "C7"
    ),
    Rule("A36", "PROPFIND Depth 1 lists the calendar itself first, with an ETag.", "TWO", "", "C4"),
    Rule("A36", "A member's resource type is missing or empty.", "CONFLICT", "member_type", "C4"),
    Rule("A36", "The words of a status may be missing.", "ONE", "empty_reason", "C4"),
    Rule("A37", "sync-collection works with Depth 0 and 1; nothing new is the token alone.", "LIVE", "", "C7"),
    Rule("A37", "The collection lists itself, with or without its slash.", "LIVE", "self_row", "C7"),
    Rule("A37", "It may list itself among changes too.", "ONE", "self_row_in_changes", "C7"),
    Rule("A37", "One href may come twice.", "TWO", "rows_twice", "C7"),
    Rule("A37", "A limit is ignored.", "CONFLICT", "limit", "C7"),
    Rule("A38", "How a token is refused that the server does not know.", "CONFLICT", "bad_token", "C7"),
    Rule("A38", "How many changes a token outlives.", "INFERRED", "token_changes", "C7"),
    Rule("A38", "How long a token lives.", "INFERRED", "token_seconds", "C7"),
    Rule("A39", "GET lags behind writes.", "LIVE", "lag_get", "C13"),
    Rule("A39", "Listings lag behind writes.", "LIVE", "lag_listing", "C13"),
    Rule("A39", "sync-collection lags behind writes.", "LIVE", "lag_sync", "C13"),
    Rule("A39", "multiget lags behind sync-collection.", "LIVE", "lag_multiget", "C13"),
    Rule("A39", "What was deleted may still stand.", "LIVE", "zombie", "C13"),
    Rule("A40", "Whether a PUT's answer has an ETag.", "CONFLICT", "put_etag", "C10"),
    Rule("A41", "ETags move by themselves.", "LIVE", "drift_after", "C13"),
    # reading
    Rule("A42", "What does not exist is a 404 row of a multiget, or left out.", "MANY", "multiget_missing", "C8"),
    Rule("A42", "Whether a multiget has a ceiling.", "INFERRED", "multiget_ceiling", "C8"),
    Rule("A43", "Bodies stand in CDATA or are escaped.", "TWO", "cdata", "C4"),
    Rule("A43", "Asked for parts, events come empty.", "ONE", "", "C8"),
    Rule("A44", "A query needs VCALENDAR and VEVENT; two filters side by side match nothing.", "MANY", "", "C9"),
    Rule("A44", "Ranges older than a year: one old report of 403.", "ONE", "old_ranges", "C9"),
    Rule("A45", "Looking up a UID: 412, or nothing.", "CONFLICT", "uid_filter", "C9"),
    Rule("A46", "Filters on tasks' times and on alarms fail.", "MANY", "", "C9"),
    Rule("A47", "A series comes whole; a moved override is found by its slot alone.", "LIVE", "", "C9"),
    Rule("A48", "Expansion gives junk, or nothing.", "CONFLICT", "expand", "C9"),
    Rule("A49", "HEAD of an event: 400.", "ONE", "", "C11"),
    Rule("A50", "A Schedule-Tag only on invitations that iCloud delivered.", "TWO", "", "C12"),
    # writing
    Rule("A51", "Create by PUT: 201.", "MANY", "", "C10"),
    Rule("A52", "Update by PUT: 204; stale: 412.", "LIVE", "", "C10"),
    Rule("A53", "If-None-Match: * on what exists: 412.", "TWO", "", "C10"),
    Rule("A54", "If-Match: * is backwards.", "LIVE", "", "C10"),
    Rule("A55", "A UID exists once in an account; elsewhere 412, 403 or 409.", "CONFLICT", "uid_clash", "C10"),
    Rule("A55", "A UID deleted a moment ago may count as taken.", "ONE", "uid_held", "C10"),
    Rule("A56", "Odd characters in a name: 404.", "ONE", "odd_names", "C10"),
    Rule("A56", "A UID longer than 64 characters: 404.", "ONE", "", "C10"),
    Rule("A57", "An event without an end: 404, or 403.", "CONFLICT", "no_end", "C10"),
    Rule("A57", "An all-day start with a DURATION: 404.", "ONE", "day_with_duration", "C10"),
    Rule("A58", "Each fault of a text has its own odd status.", "ONE", "", "C10"),
    Rule("A58", "The status where reports only say refused.", "INFERRED", "unnamed_refusal", "C10"),
    Rule("A59", "Whether a stored text is rewritten.", "CONFLICT", "rewrites", "C10"),
    Rule("A59", "COLOR is sometimes lost.", "ONE", "color_kept", "C10"),
    Rule("A60", "DELETE: 204; gone: 404; with a Depth header: 400.", "ONE", "", "C11"),
    Rule("A60", "DELETE may answer 200.", "ONE", "delete_status", "C11"),
    Rule("A60", "DELETE with a stale If-Match: 412, or done.", "CONFLICT", "delete_stale", "C11"),
    Rule("A61", "MOVE: 412, or done.", "CONFLICT", "move", "C11"),
    Rule("A61", "COPY: no data.", "INFERRED", "copy", "C11"),
    Rule("A62", "PROPPATCH of name, colour and order works.", "TWO", "", "C6"),
    # series, alarms
    Rule("A64", "Master and overrides are one resource; a PUT replaces it whole.", "LIVE", "", "C10"),
    Rule("A67", "Floating times are stored as they are.", "ONE", "", "C10"),
    Rule("A68", "Texts in reports may lack their VTIMEZONE.", "ONE", "report_zones", "C8"),
    Rule("A68", "Any TZID is stored that has a VTIMEZONE.", "INFERRED", "", "C10"),
    Rule("A69", "Default alarms are added by the device, not by the server.", "INFERRED", "default_alarms", "C10"),
    # scheduling
    Rule("A70", "An own organiser with guests: the server mails, stamps, and moves the ETag.", "TWO", "", "C12"),
    Rule("A70", "How soon it stamps.", "INFERRED", "stamp_after", "C12"),
    Rule("A71", "Attendees without an organiser are stripped, or 403.", "CONFLICT", "unorganised", "C12"),
    Rule("A71", "A foreign organiser: attendees are stripped.", "ONE", "", "C12"),
    Rule("A72", "Removing a guest, moving or deleting an organised event sends mail.", "DOC", "", "C12"),
    Rule("A73", "An answer to a delivered invitation is told to its organiser.", "ONE", "", "C12"),
    Rule("A73", "An answer through another own address: 403, long ago.", "ONE", "alternate_answer", "C12"),
    Rule("A74", "What SCHEDULE-AGENT does.", "INFERRED", "schedule_agent", "C12"),
    Rule("A75", "The inbox holds copies of invitations.", "DOC", "", "C6"),
    # load
    Rule("A76", "After too many requests: a refusal.", "ONE", "throttle", "C14"),
    Rule("A76", "The refusal is 503, said to be 429 or 403 too.", "ONE", "throttled", "C14"),
    Rule("A76", "Retry-After is there or not, and too short.", "ONE", "throttle_hint", "C14"),
    # settled without evidence
    Rule("C2", "A path below another account's number: 403 or 404.", "INFERRED", "foreign_account", "C2"),
)

#: rules of part A that no server can play
NOT_PLAYED = {
    "A6": "what clients do wrong with redirects",
    "A11": "DNS records that nobody relies on",
    "A18": "a setting of Apple's that does not touch calendars",
    "A63": "what a lost answer means to the client; the loss itself is a fault (C14)",
    "A65": "what devices write: the phone actor (C15)",
    "A66": "what devices write: the phone actor (C15)",
    "A77": "passing trouble: faults (C14)",
    "A78": "there is no push, so there is nothing to play",
}
