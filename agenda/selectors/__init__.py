"""The doors for reads: what a viewer sees of an agenda, one item of it, the trash."""

from agenda.selectors.items import Located, activity_for, find, locate
from agenda.selectors.rows import Row
from agenda.selectors.trash import trash_of
from agenda.selectors.window import row_of, window

__all__ = ["Located", "Row", "activity_for", "find", "locate", "row_of", "trash_of", "window"]
