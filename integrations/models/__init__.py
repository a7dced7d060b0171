"""Rows of the integrations."""

from integrations.models.connection import Connection, Detail, OwnUid, ProviderAccount, RemoteCalendar
from integrations.models.grant import Grant, Scope
from integrations.models.link import LEAVING, Answer, Conflict, HeldPlan, Link, OwnerAct
from integrations.models.run import Outcome, Run

__all__ = [
    "LEAVING",
    "Answer",
    "Conflict",
    "Connection",
    "Detail",
    "Grant",
    "HeldPlan",
    "Link",
    "Outcome",
    "OwnUid",
    "OwnerAct",
    "ProviderAccount",
    "RemoteCalendar",
    "Run",
    "Scope",
]
