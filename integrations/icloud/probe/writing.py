"""What is stored, what is refused, and how. Nobody is invited."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from integrations.gateway.raw import Said
from integrations.icloud.probe.finding import MORE, Seen, either, measures
from integrations.icloud.probe.ground import Ground, event


def _name() -> str:
    return f"{uuid.uuid4()}.ics"


def _status(said: Said, *known: int) -> Seen:
    """Return a status as its own reading, as far as it is a known one."""
    return Seen(f"{said.status}", (said.status,) if said.status in known else ())


def _as_kept(ground: Ground, *more: str) -> tuple[str, str]:
    """Return a text as it was sent, and as it is there."""
    name = _name()
    sent = event(name.removesuffix(".ics"), *more)
    ground.put(name, sent)
    return sent, ground.get(name).text


@measures("A40", "put_etag", "Does the answer to a PUT bear an ETag?")
def put_etag(ground: Ground) -> Seen:
    """Store an event, and see whether it was kept as it was sent."""
    name = _name()
    sent = event(name.removesuffix(".ics"))
    etags = ground.put(name, sent).all("ETag")
    same = _plain(ground.get(name).text) == _plain(sent)
    kept = "kept as sent" if same else "rewritten"
    if etags:
        return Seen(f"yes, {kept}", ("always", "unchanged") if same else ("always",))
    return Seen(f"no, {kept}", ("never",) if same else ("never", "unchanged"))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@measures("A55", "uid_clash", "How is a UID refused that stands in another calendar of the account?")
def uid_clash(ground: Ground) -> Seen:
    """Store one event in both calendars."""
    uid = ground.stored().removesuffix(".ics")
    return _status(ground.put(_name(), event(uid), ground.other), 412, 403, 409)


@measures("A55", "uid_held", "Does a UID stay taken after its event was deleted?")
def uid_held(ground: Ground) -> Seen:
    """Delete an event, and store it again under another name."""
    name = ground.stored()
    ground.delete(name, ground.etag(name))
    said = ground.put(_name(), event(name.removesuffix(".ics")))
    return either(said.done, ("no", 0.0), (f"yes ({said.status})", MORE))


@measures("A56", "odd_names", "Is a name with blanks and accents stored?")
def odd_names(ground: Ground) -> Seen:
    """Try."""
    uid = str(uuid.uuid4())
    said = ground.put(f"é probe ({uid[:8]}).ics", event(uid))
    return either(said.done, ("stored", "stored"), (f"refused ({said.status})", "refused"))


@measures("A57", "no_end", "How is an event without an end refused?")
def no_end(ground: Ground) -> Seen:
    """Try."""
    return _status(ground.put(_name(), event(str(uuid.uuid4()), end=False)), 404, 403)


@measures("A57", "day_with_duration", "Is an all-day event with a DURATION stored?")
def day_with_duration(ground: Ground) -> Seen:
    """Try."""
    start = f"DTSTART;VALUE=DATE:{datetime.now(UTC) + timedelta(days=9):%Y%m%d}"
    said = ground.put(_name(), event(str(uuid.uuid4()), "DURATION:P1D", start=start, end=False))
    return Seen(f"{said.status}", ("stored",) if said.done else ("404",) if said.status == 404 else ())


@measures("A58", "unnamed_refusal", "How is a METHOD in the text refused?")
def unnamed_refusal(ground: Ground) -> Seen:
    """Try; a PUBLISH invites nobody."""
    return _status(ground.put(_name(), event(str(uuid.uuid4()), head="METHOD:PUBLISH")), 403, 400)


@measures("A59", "rewrites", "Is a stored text rewritten?")
def rewrites(ground: Ground) -> Seen:
    """Compare what is there with what was sent, but for line ends."""
    sent, kept = _as_kept(ground, "DESCRIPTION:As it was sent", "X-HALFPAST-PROBE:1")
    return either(_plain(sent) == _plain(kept), ("no", False), ("yes", True))


@measures("A59", "color_kept", "Is COLOR kept?")
def color_kept(ground: Ground) -> Seen:
    """Store an event with one."""
    return either("COLOR:turquoise" in _as_kept(ground, "COLOR:turquoise")[1], ("yes", True), ("no", False))


@measures("A69", "default_alarms", "Does the server add an alarm?")
def default_alarms(ground: Ground) -> Seen:
    """Store an event without one."""
    return either("BEGIN:VALARM" in _as_kept(ground)[1], ("yes", "server"), ("no", "device"))


@measures("A60", "delete_stale", "Is a DELETE with an old ETag refused?")
def delete_stale(ground: Ground) -> Seen:
    """Change an event, and delete the version before."""
    name = ground.stored()
    before = ground.etag(name)
    ground.put(name, event(name.removesuffix(".ics"), "DESCRIPTION:Newer"), condition={"If-Match": before})
    said = ground.delete(name, before)
    return either(said.done, (f"no ({said.status})", 204), (f"yes ({said.status})", 412))


@measures("A60", "delete_status", "What does a DELETE answer?")
def delete_status(ground: Ground) -> Seen:
    """Delete an event by its ETag."""
    name = ground.stored()
    return _status(ground.delete(name, ground.etag(name)), 204, 200)


@measures("A61", "move", "Does MOVE work between calendars?")
def move(ground: Ground) -> Seen:
    """Try."""
    name = ground.stored()
    said = _to_other(ground, "MOVE", name)
    return Seen(f"{said.status}", ("moved",) if said.done else ("412",) if said.status == 412 else ())


@measures("A61", "copy", "Does COPY work between calendars?")
def copy(ground: Ground) -> Seen:
    """Try."""
    name = ground.stored()
    return _status(_to_other(ground, "COPY", name), 403, 412)


def _to_other(ground: Ground, method: str, name: str) -> Said:
    there = {"Destination": ground.other + name, "Overwrite": "F"}
    return ground.raw.ask(method, ground.calendar + name, headers=there)
