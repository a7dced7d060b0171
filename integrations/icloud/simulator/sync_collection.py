"""The sync-collection report with all its habits (A37, A38)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from integrations.icloud.simulator import multistatus
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.contents import View
from integrations.icloud.simulator.markup import dav
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.multistatus import Row
from integrations.icloud.simulator.refusal import Refused, with_element
from integrations.icloud.simulator.rows import collection_row, member_row


def sync_collection(asked: Asked, report: Element) -> Answer:
    """Answer the report: everything without a token, else what changed since."""
    collection = asked.collection
    if asked.request.depth not in ("", "0", "1") or not collection.holds_members:
        raise Refused(400, html=True)
    token = (report.findtext(dav("sync-token")) or "").strip()
    since = asked.world.number_of(collection, token) if token else None
    if token and since is None:
        _refuse_token(asked)
    view = asked.world.view(collection, asked.habits.lag_sync)
    names = list(view.resources) if since is None else collection.contents.touched_between(since, view.number)
    limit = _limit(asked, report)
    shown = names[:limit]
    until = _told(collection, since, view, names, shown)
    rows = _rows(asked, collection, view, shown, _wanted(report))
    rows = [*_self_row(asked, collection, report, since, rows), *rows]
    if len(shown) < len(names):
        rows.append(Row(collection.path, status=507))
    return multistatus.answer(rows, token=asked.world.token(collection, until), empty_reason=asked.habits.empty_reason)


def _refuse_token(asked: Asked) -> None:
    """Refuse a token, unless the habit is to answer everything instead."""
    habit = asked.habits.bad_token
    if habit == "403-element":
        raise with_element(403, "valid-sync-token")
    if habit != "everything":
        raise Refused(int(habit))


def _wanted(report: Element) -> list[str]:
    """Return the properties asked for. No row here has calendar-data: it is 404."""
    prop = report.find(dav("prop"))
    return [dav("getetag")] if prop is None else [child.tag for child in prop]


def _limit(asked: Asked, report: Element) -> int | None:
    wanted = report.findtext(f"{dav('limit')}/{dav('nresults')}") or ""
    return int(wanted) if asked.habits.limit == "honoured" and wanted.strip().isdecimal() else None


def _told(collection: Collection, since: int | None, view: View, names: list[str], shown: list[str]) -> int:
    """Return up to which change this answer tells everything."""
    if len(shown) == len(names):
        return max(view.number, since or 0)
    untold = set(names) - set(shown)
    changes = collection.contents.changes[since or 0 : view.number]
    return next(change.number for change in changes if change.name in untold) - 1


def _rows(asked: Asked, collection: Collection, view: View, names: list[str], wanted: list[str]) -> list[Row]:
    rows = []
    for name in names:
        resource = view.resources.get(name)
        gone = Row(collection.path + name, status=404)
        rows.append(member_row(asked, collection, resource, wanted) if resource else gone)
    return rows[:1] + rows if asked.habits.rows_twice else rows


def _self_row(asked: Asked, collection: Collection, report: Element, since: int | None, rows: list[Row]) -> list[Row]:
    """Return the collection's own row where the habit has one: in full listings, perhaps among changes."""
    habits = asked.habits
    in_changes = habits.self_row_in_changes and bool(rows)
    if habits.self_row == "absent" or not (since is None or in_changes):
        return []
    row = collection_row(asked, collection, _wanted(report))
    row.path = row.path.rstrip("/") if habits.self_row == "no-slash" else row.path
    return [row]
