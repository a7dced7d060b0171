"""How far answers are behind writes, and what moves by itself."""

from __future__ import annotations

from integrations.gateway.multistatus import caldav
from integrations.icloud.probe.finding import MORE, Seen, after, either, measures
from integrations.icloud.probe.ground import Ground

_DATA = caldav("calendar-data")
#: so long is waited for an ETag to move by itself (seconds)
_DRIFT = 6.0


@measures("A39", "lag_get", "When does a GET see a new event?")
def lag_get(ground: Ground) -> Seen:
    """Write, and look until it is there."""
    name = ground.stored()
    return after(ground.seen_after(lambda: ground.get(name).status == 200), "seen")


@measures("A39", "lag_listing", "When does a listing see a new event?")
def lag_listing(ground: Ground) -> Seen:
    """Write, and look until it is there."""
    name = ground.stored()

    def listed() -> bool:
        return any(name in row.href for row in ground.propfind(ground.calendar, "d:getetag", depth=1).rows())

    return after(ground.seen_after(listed), "seen")


@measures("A39", "lag_sync", "When does a sync report see a new event?")
def lag_sync(ground: Ground) -> Seen:
    """Write, and look until it is there."""
    token = ground.sync().token()
    name = ground.stored()
    return after(ground.seen_after(lambda: any(name in row.href for row in ground.sync(token).rows())), "seen")


@measures("A39", "lag_multiget", "When does a multiget have the body of a new event?")
def lag_multiget(ground: Ground) -> Seen:
    """Write, and look until it is there."""
    name = ground.stored()
    return after(ground.seen_after(lambda: any(_DATA in row.props for row in ground.multiget(name).rows())), "seen")


@measures("A39", "zombie", "How long is a deleted event still there?")
def zombie(ground: Ground) -> Seen:
    """Delete, and look until it is gone."""
    name = ground.stored()
    ground.delete(name, ground.etag(name))
    return after(ground.seen_after(lambda: ground.get(name).status in (404, 410)), "gone")


@measures("A41", "drift_after", "Does an ETag move by itself?")
def drift_after(ground: Ground) -> Seen:
    """Write, wait, and compare."""
    name = ground.stored()
    before = ground.etag(name)
    ground.sleep(_DRIFT)
    moved = ground.etag(name) != before
    return either(moved, (f"within {_DRIFT:g} s", MORE), (f"not within {_DRIFT:g} s", 0.0))


@measures("A30", "remade_keeps", "Does a calendar that is made anew show its old events?")
def remade_keeps(ground: Ground) -> Seen:
    """Remove our calendar with an event in it, and make it again at the same place."""
    name = ground.stored()
    ground.remove(ground.calendar)
    ground.make(ground.calendar)
    rows = ground.propfind(ground.calendar, "d:getetag", depth=1).rows()
    return either(any(name in row.href for row in rows), ("yes", MORE), ("no", 0.0))
