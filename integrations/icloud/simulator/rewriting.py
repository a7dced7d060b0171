"""What the server makes of a text that it stores, where that is its habit (A59, A69)."""

from __future__ import annotations

from integrations.icloud.simulator import lines
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.lines import Line

_ALARM = (
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "DESCRIPTION:Reminder",
    "TRIGGER:-PT15M",
    "X-WR-ALARMUID:00000000-DEFA-4000-8000-000000000001",
    "UID:00000000-DEFA-4000-8000-000000000001",
    "X-APPLE-DEFAULT-ALARM:TRUE",
    "END:VALARM",
)


def rewritten(text: str, habits: Habits) -> str:
    """Return the text as it is stored; the very same text where no habit says otherwise."""
    if not habits.color_kept:
        text = lines.changed(text, lambda line: None if line.of_event() and line.name == "COLOR" else line)
    if habits.default_alarms == "server" and "BEGIN:VALARM" not in text:
        text = _with_alarm(text)
    return _reordered(text) if habits.rewrites else text


def _with_alarm(text: str) -> str:
    said: list[Line] = []
    for line in lines.read(text):
        if line.text.upper() == "END:VEVENT":
            said += [Line(one, (*line.inside, "VALARM")) for one in _ALARM]
        said.append(line)
    return lines.write(said)


def _reordered(text: str) -> str:
    """Return each event's properties by their names, with Apple's own added: what a rewriting server may do."""
    said: list[Line] = []
    event: list[Line] = []
    for line in lines.read(text):
        if not line.of_event() or line.text.upper().startswith(("BEGIN:", "END:")):
            said += sorted(event, key=lambda one: one.name)
            event = []
            said.append(line)
            if line.text.upper() == "BEGIN:VEVENT" and "X-APPLE-CREATOR-IDENTITY" not in text:
                event.append(Line("X-APPLE-CREATOR-IDENTITY:com.apple.mobilecal", line.inside))
        else:
            event.append(line)
    return lines.write(said)
