"""A calendar server in memory, with its gateway, its faults and a telephone: for tests and whole-engine simulation."""

from integrations.gateway.memory.calendar import Habits, MemoryAccount, MemoryCalendar
from integrations.gateway.memory.faults import Fault, Faults, Request
from integrations.gateway.memory.gateway import MemoryGateway
from integrations.gateway.memory.phone import Phone
from integrations.gateway.memory.server import MemoryServer

__all__ = [
    "Fault",
    "Faults",
    "Habits",
    "MemoryAccount",
    "MemoryCalendar",
    "MemoryGateway",
    "MemoryServer",
    "Phone",
    "Request",
]
