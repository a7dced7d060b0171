"""Resources for these tests: the corpus of invented files, and small ones made on the spot."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")
NAMES = sorted(path.name for path in CORPUS.glob("*.ics"))


def corpus(name: str) -> str:
    """Return a corpus file with the line ends of a server."""
    return (CORPUS / name).read_text().replace("\n", "\r\n")


def resource(*events: str, zones: str = "") -> str:
    """Return a resource of these VEVENT bodies, one property a line."""
    bodies = "".join(f"BEGIN:VEVENT\n{body.strip()}\nEND:VEVENT\n" for body in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Tests//EN\n{zones}{bodies}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def event(*lines: str) -> str:
    """Return a resource with one event of these lines, with a UID."""
    return resource("\n".join(("UID:one", "DTSTAMP:20261001T080000Z", *lines)))
