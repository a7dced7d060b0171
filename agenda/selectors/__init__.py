"""The doors for reads: what a viewer sees of an agenda, one item of it, the trash."""

from agenda.selectors.items import activity_for, find, locate
from agenda.selectors.rows import Row
from agenda.selectors.trash import trash_of
from agenda.selectors.window import window

__all__ = ["Row", "activity_for", "find", "locate", "trash_of", "window"]
