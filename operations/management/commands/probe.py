"""Measure what is only guessed about iCloud, on somebody's real account."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from integrations import catalog
from integrations.gateway.base import Credentials
from integrations.gateway.errors import GatewayError
from integrations.gateway.raw import open_raw
from integrations.icloud.doctor import Looks, examine
from integrations.icloud.probe.finding import MORE, Finding
from integrations.icloud.probe.ground import NAME, Unprepared
from integrations.icloud.probe.run import NOT_ASKED, Report, probe
from integrations.icloud.simulator.habits import Habits
from integrations.services.connect import ConnectRefused, test_credentials
from operations.command import Answer, OperatorCommand, Refusal, secret_from_stdin

ASSUMED = Habits()


class Command(OperatorCommand):
    """`probe --username U --password-stdin [--json]`. Nothing of it is stored; the report names nobody."""

    help = "Measure on a real iCloud account what docs/icloud.md only guesses, in calendars made for it and removed."
    refusals = (ConnectRefused,)

    def arguments(self, parser: ArgumentParser) -> None:
        """Ask for the account."""
        parser.add_argument("--username", required=True, metavar="EMAIL", help="the Apple Account's primary address")
        parser.add_argument("--password-stdin", action="store_true", required=True, help="an app-specific password")

    def perform(self, *, username: str, **_: Any) -> Answer:
        """Sign in once, then ask one question after the other."""
        diagnosis = examine(secret_from_stdin())
        if diagnosis.looks is not Looks.APP_SPECIFIC:
            raise Refusal("This does not look like an app-specific password (xxxx-xxxx-xxxx-xxxx). Nothing was sent.")
        account = test_credentials("icloud", "", username, diagnosis.password)
        credentials = Credentials(username, diagnosis.password)
        raw = open_raw(catalog.entry("icloud").profile, account.server, credentials)
        try:
            report = probe(raw, account.server, account.discovery.home, tell=self.tell)
        except Unprepared as trouble:
            raise Refusal(f"No calendar could be made in this account, so nothing was measured: {trouble}.") from None
        except GatewayError as trouble:
            raise Refusal(f"The server stopped answering ({type(trouble).__name__}). Try again later.") from None
        if report.left_behind:
            self.tell(f"A calendar “{NAME}” could not be removed: delete it in your calendar app.")
        return Answer(_document(report), _text(report), exit_code=1 if report.left_behind else 0)


def _document(report: Report) -> dict[str, Any]:
    return {
        "findings": [_row(finding) for finding in report.findings],
        "not_asked": NOT_ASKED,
        "requests": report.requests,
        "seconds": round(report.seconds, 1),
        "left_behind": report.left_behind,
    }


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "switch": finding.habit,
        "question": finding.says,
        "seen": finding.seen.words if finding.seen else None,
        "supports": list(finding.seen.readings) if finding.seen else [],
        "assumed": getattr(ASSUMED, finding.habit),
        "verdict": _verdict(finding),
        "why": finding.why,
    }


def _verdict(finding: Finding) -> str:
    """Return "as assumed", "differs", or "not measured"."""
    if finding.seen is None:
        return "not measured"
    assumed = getattr(ASSUMED, finding.habit)
    fits = any(one == assumed or (one == MORE and assumed) for one in finding.seen.readings)
    return "as assumed" if fits else "differs"


def _text(report: Report) -> str:
    rows = [_row(finding) for finding in report.findings]
    differing = sum(row["verdict"] == "differs" for row in rows)
    head = f"{len(rows)} questions, {differing} answered otherwise than assumed; {report.requests} requests."
    return "\n".join([head, "", *map(_line, rows), "", "Not asked:", *(f"  {k}: {v}" for k, v in NOT_ASKED.items())])


def _line(row: dict[str, Any]) -> str:
    mark = {"as assumed": " ", "differs": "!", "not measured": "?"}[row["verdict"]]
    return f"{mark} {row['rule']:<4} {row['question']} {row['seen'] or row['why']} [{row['switch']}: {row['verdict']}]"
