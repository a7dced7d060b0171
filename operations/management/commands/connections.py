"""List the connections and how they fare."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from integrations.models import Connection, Link
from operations.command import Answer, OperatorCommand


class Command(OperatorCommand):
    """`connections [--json]`. Names no account, calendar or event: those are the owner's alone."""

    help = "List every connection with its state, its last and next sync, and what waits."

    def perform(self, **_: Any) -> Answer:
        """List them, oldest first."""
        held, stuck = Q(links__held__isnull=False), Q(links__state=Link.State.QUARANTINED)
        rows = Connection.objects.select_related("user", "grant").annotate(
            linked=Count("links", filter=Q(links__activity__isnull=False) | Q(links__block__isnull=False)),
            held=Count("links", filter=held),
            quarantined=Count("links", filter=stuck),
        )
        documents = [_document(row) for row in rows.order_by("created_at")]
        return Answer(documents, "\n".join(map(_line, documents)) or "Nothing is connected yet.")


def _document(row: Any) -> dict[str, Any]:
    return {
        "connection": str(row.pk),
        "user": row.user.email,
        "entry": row.entry,
        "state": "revoked" if row.grant.revoked_at else row.state,
        "reason": row.last_reason,
        "last_success": row.last_success_at.isoformat() if row.last_success_at else None,
        "next_sync": row.next_sync_at.isoformat() if row.next_sync_at else None,
        "linked": row.linked,
        "held": row.held,
        "quarantined": row.quarantined,
    }


def _line(document: dict[str, Any]) -> str:
    last, following = _minute(document["last_success"]), _minute(document["next_sync"])
    waits = [f"{document[name]} {name}" for name in ("held", "quarantined") if document[name]]
    who = f"{document['connection']}  {document['user']}  {document['entry']}  {document['state']}"
    return "  ".join([who, f"last: {last}", f"next: {following}", *waits, *filter(None, [document["reason"]])])


def _minute(moment: str | None) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC" if moment else "never"
