"""Sync now, in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from integrations.models import Connection, Outcome
from integrations.services import rings
from integrations.services.runs import RunReport, sync_connection
from operations.command import Answer, OperatorCommand, Refusal
from operations.people import user_of

#: how long a lease that a worker holds is waited for (seconds)
PATIENCE = 30.0
WELL = (Outcome.OK, Outcome.HELD)


class Command(OperatorCommand):
    """`sync [--user E | --all | --connection ID]`."""

    help = "Sync connections now. Obeys a server's wish to wait; never sleeps out a back-off."

    def arguments(self, parser: ArgumentParser) -> None:
        """Say which connections."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--user", metavar="EMAIL", help="all connections of one user")
        which.add_argument("--all", action="store_true", help="all connections there are (default)")
        which.add_argument("--connection", type=UUID, metavar="ID", help="one connection")

    def perform(self, *, user: str | None, connection: UUID | None, **_: Any) -> Answer:
        """Sync one after the other and report each."""
        reports = [sync_connection(pk, patience=PATIENCE, interactive=True) for pk in _chosen(user, connection)]
        found = [report for report in reports if report is not None]
        well = all(report.outcome in WELL for report in found)
        return Answer(
            [_document(report) for report in found],
            "\n".join(map(_line, found)) or "There is no connection to sync.",
            exit_code=0 if well else 1,
        )


def _chosen(user: str | None, connection: UUID | None) -> list[UUID]:
    if user is not None:
        return rings.of(user_of(user))
    if connection is None:
        return list(Connection.objects.order_by("created_at").values_list("pk", flat=True))
    if not Connection.objects.filter(pk=connection).exists():
        raise Refusal(f"There is no connection {connection}.")
    return [connection]


def _document(report: RunReport) -> dict[str, Any]:
    tally = report.tally
    return {
        "connection": str(report.connection.pk),
        "user": report.connection.user.email,
        "entry": report.connection.entry,
        "outcome": report.outcome.value,
        "reason": str(report.reason),
        "seconds": round(report.seconds, 3),
        "requests": report.meter.requests,
        "bytes_down": report.meter.bytes_down,
        "imported": tally.imported,
        "local": {"created": tally.local_created, "updated": tally.local_updated, "deleted": tally.local_deleted},
        "remote": {"created": tally.remote_created, "updated": tally.remote_updated, "deleted": tally.remote_deleted},
        "conflicts": tally.conflicts,
        "quarantined": tally.quarantined,
        "held": tally.held,
    }


def _line(report: RunReport) -> str:
    tally = report.tally
    return (
        f"{report.connection.user.email} {report.connection.entry}: {report.outcome.value}"
        f"{f' ({report.reason})' if report.reason else ''}; "
        f"agenda +{tally.local_created} ~{tally.local_updated} -{tally.local_deleted}, "
        f"calendar +{tally.remote_created} ~{tally.remote_updated} -{tally.remote_deleted}, "
        f"{report.meter.requests} requests, {report.seconds:.1f} s"
    )
