"""The doors for reads: what a viewer sees of an agenda, one item of it, the trash."""

from agenda.selectors.items import Located, activity_for, block_for, find, locate
from agenda.selectors.planning import to_plan
from agenda.selectors.rows import Row
from agenda.selectors.search import Found, search
from agenda.selectors.trash import trash_of
from agenda.selectors.week import Week, day_of, private_again, week
from agenda.selectors.window import row_of, window

__all__ = [
    "Found",
    "Located",
    "Row",
    "Week",
    "activity_for",
    "block_for",
    "day_of",
    "find",
    "locate",
    "private_again",
    "row_of",
    "search",
    "to_plan",
    "trash_of",
    "week",
    "window",
]
