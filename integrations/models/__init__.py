"""Rows of the integrations."""

from integrations.models.connection import Connection, Detail, OwnUid, ProviderAccount, RemoteCalendar
from integrations.models.grant import Grant, Scope
from integrations.models.link import Answer, Conflict, HeldPlan, Link
from integrations.models.run import Outcome, Run

__all__ = [
    "Answer",
    "Conflict",
    "Connection",
    "Detail",
    "Grant",
    "HeldPlan",
    "Link",
    "Outcome",
    "OwnUid",
    "ProviderAccount",
    "RemoteCalendar",
    "Run",
    "Scope",
]
