"""An alert in a new event: the one thing besides its content that Halfpast writes, and never touches again."""

from __future__ import annotations

_END = "END:VEVENT\r\n"


def with_alert(text: str, minutes: int, words: str) -> str:
    """Return the text of a new event (as `write.new_event` makes it) that reminds so many minutes before its start."""
    trigger = f"-PT{minutes}M" if minutes else "PT0S"
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{trigger}", f"DESCRIPTION:{words}", "END:VALARM")
    head, end, rest = text.rpartition(_END)
    return head + "".join(f"{line}\r\n" for line in alarm) + end + rest
