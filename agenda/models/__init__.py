"""Rows of the agenda."""

from agenda.models.activity import Activity, Attendance
from agenda.models.block import AllDay, Block, BlockSpan, BusyState
from agenda.models.change import Change
from agenda.models.contact import Contact

__all__ = ["Activity", "AllDay", "Attendance", "Block", "BlockSpan", "BusyState", "Change", "Contact"]
