"""The iPhone's calendar: a month with a dot for each event, and the list of the chosen day."""

from __future__ import annotations

import calendar as weeks
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from integrations.icloud.simulator.pages import shown
from integrations.icloud.simulator.pages.shown import Occurrence
from integrations.icloud.simulator.phone import Phone

_MOST_DOTS = 3


def month(phone: Phone, zone: ZoneInfo, day: date, today: date) -> dict[str, Any]:
    """Return what the page says with `day` chosen."""
    grid = weeks.Calendar().monthdatescalendar(day.year, day.month)
    there = shown.between(phone, zone, grid[0][0], 7 * len(grid))
    return {
        "day": day,
        "month": f"{day:%B}",
        "heading": f"{day:%A} {day.day} {day:%B}",
        "before": (day.replace(day=1) - timedelta(days=1)).replace(day=1),
        "after": (day.replace(day=1) + timedelta(days=32)).replace(day=1),
        "names": [f"{one:%A}" for one in grid[0]],
        "weeks": [[_cell(one, day, today, there) for one in week] for week in grid],
        "rows": [_row(phone, one, day) for one in there if one.touches(day)],
    }


def _cell(day: date, chosen: date, today: date, there: list[Occurrence]) -> dict[str, Any]:
    """Return a day of the grid."""
    count = sum(1 for one in there if one.touches(day))
    return {
        "day": day,
        "chosen": day == chosen,
        "today": day == today,
        "outside": day.month != chosen.month,
        "dots": range(min(count, _MOST_DOTS)),
        "says": f"{day.day} {day:%B}, {count} event{'' if count == 1 else 's'}",
    }


def _row(phone: Phone, one: Occurrence, day: date) -> dict[str, Any]:
    """Return a row of the day's list."""
    starts, ends = ("all-day", "") if one.all_day else (_time(one.start, day), _time(one.end, day))
    where = (phone.account.dsid, one.item.calendar.id, one.item.name, one.address)
    return {
        "address": "/iphone/" + "/".join(quote(part, safe="") for part in where) + "/",
        "title": one.title,
        "place": one.place,
        "color": one.item.calendar.color[:7],
        "calendar": one.item.calendar.name,
        "mark": one.mark,
        "starts": starts,
        "ends": ends,
    }


def _time(moment: Any, day: date) -> str:
    return f"{moment:%H:%M}" if moment.date() == day else f"{moment.day} {moment:%b}"
