"""The form for an event, as a page shows and returns it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from integrations.icloud.simulator.handwriting import Moment
from integrations.icloud.simulator.pages.shown import local

REPEATS = {
    "": "Never",
    "FREQ=DAILY": "Every Day",
    "FREQ=WEEKLY": "Every Week",
    "FREQ=WEEKLY;INTERVAL=2": "Every 2 Weeks",
    "FREQ=MONTHLY": "Every Month",
    "FREQ=YEARLY": "Every Year",
}


class NotGood(ValueError):
    """What was filled in cannot be; the message says what to change."""


@dataclass(slots=True)
class EventForm:
    """What stands in the fields, as text."""

    title: str = ""
    place: str = ""
    calendar: str = ""
    all_day: str = ""
    first: str = ""  # dates
    last: str = ""
    begins: str = ""  # clock times
    ends: str = ""
    repeats: str = ""
    notes: str = ""
    free: str = ""
    scope: str = field(default="all")  # this, future, all

    @classmethod
    def posted(cls, values: Mapping[str, str]) -> EventForm:
        """Return what a browser sent."""
        return cls(**{one.name: values.get(one.name, "").strip()[:5_000] for one in fields(cls)})

    @classmethod
    def blank(cls, day: date, calendar: str) -> EventForm:
        """Return the form for a new event at ten."""
        return cls(calendar=calendar, first=str(day), last=str(day), begins="10:00", ends="11:00")

    @classmethod
    def of(cls, event: icalendar.Event, calendar: str, zone: ZoneInfo, start: Moment, end: Moment) -> EventForm:
        """Return what an occurrence from `start` to `end` says."""
        form = cls(
            title=str(event.get("SUMMARY", "")),
            place=str(event.get("LOCATION", "")),
            notes=str(event.get("DESCRIPTION", "")),
            calendar=calendar,
            free="on" if event.get("TRANSP") == "TRANSPARENT" else "",
            repeats=_rule(event),
        )
        form._show(local(start, zone), local(end, zone))
        return form

    def _show(self, start: Moment, end: Moment) -> None:
        if isinstance(start, datetime) and isinstance(end, datetime):
            self.first, self.begins = f"{start:%Y-%m-%d}", f"{start:%H:%M}"
            self.last, self.ends = f"{end:%Y-%m-%d}", f"{end:%H:%M}"
        else:
            self.all_day, self.first, self.last = "on", str(start), str(max(start, end - timedelta(days=1)))
            self.begins, self.ends = "10:00", "11:00"

    def span(self, zone: ZoneInfo) -> tuple[Moment, Moment]:
        """Return start and exclusive end; NotGood when they make no sense."""
        try:
            first, last = date.fromisoformat(self.first), date.fromisoformat(self.last or self.first)
            if self.all_day:
                start, end = first, last + timedelta(days=1)
                backwards = end <= start
            else:
                start, end = (_at(day, at, zone) for day, at in ((first, self.begins), (last, self.ends)))
                backwards = end < start
        except ValueError:
            raise NotGood("Give a day and a time for start and end.") from None
        if backwards:
            raise NotGood("The start date must be before the end date.")
        return start, end

    def changes(self) -> dict[str, Any]:
        """Return what `series.change` takes, without start and end."""
        return {
            "title": self.title or "New Event",
            "place": self.place or None,
            "notes": self.notes or None,
            "transp": "TRANSPARENT" if self.free else "OPAQUE",
            "repeats": self.repeats or None,
        }

    @property
    def repeat_choices(self) -> dict[str, str]:
        """Return the rules to choose from; one that the phone does not offer itself is called Custom."""
        return REPEATS if self.repeats in REPEATS else {**REPEATS, self.repeats: "Custom"}

    def as_dict(self) -> dict[str, str]:
        """Return the fields."""
        return asdict(self)


def _rule(event: icalendar.Event) -> str:
    """Return a series' rule as the choices have it."""
    if "RRULE" not in event:
        return ""
    rule = icalendar.vRecur(event["RRULE"])
    return bytes(rule.to_ical()).decode()  # type: ignore[no-untyped-call]


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)
