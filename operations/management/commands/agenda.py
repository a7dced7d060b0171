"""The agenda from the command line: list, add, edit, delete, convert."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import User
from agenda import selectors, visibility
from agenda.models import Activity, Block
from agenda.selectors import Located, Row
from agenda.services import activities, contacts, convert, deletion
from operations.command import Answer, OperatorCommand, Refusal, WrongUse, ring_running_up
from operations.people import user_of

#: option → column
FIELDS = {"title": "title", "start": "start", "end": "end", "due": "due", "place": "location", "notes": "description"}
#: the years that can be asked for
EARLIEST, LATEST = 1900, 9000
REQUIRED = {"meeting": ("title", "start", "end"), "call": ("start", "customer"), "task": ("title", "due")}


class Command(OperatorCommand):
    """Each subcommand acts as the owner of what it touches; naive times are in his zone."""

    help = "List a user's agenda, or plan, change, delete and convert what is on it."

    def arguments(self, parser: ArgumentParser) -> None:
        """Describe the five subcommands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        _list_arguments(_verb(verbs, "list", "what a viewer sees, one row per occurrence"))
        _add_arguments(_verb(verbs, "add", "plan a meeting, a call or a task"))
        edit = _verb(verbs, "edit", "change an activity; its start alone takes the end along")
        _item_argument(edit)
        _field_arguments(edit)
        delete = _verb(verbs, "delete", "delete an activity, or an event of a linked calendar")
        _item_argument(delete)
        delete.add_argument("--also-remote", action="store_true", help="in the linked calendar too")
        change = _verb(verbs, "convert", "make a meeting or a task of an event")
        _item_argument(change)
        change.add_argument("--to", required=True, choices=["meeting", "task"], dest="kind")

    def perform(self, *, verb: str, **options: Any) -> Answer:
        """Carry out one subcommand; after a change a running `up` is rung."""
        if verb == "list":
            return self._list(**options)
        row, owner = _CHANGES[verb](**options)
        ring_running_up()
        document = _document(row, owner)
        return Answer(document, _line(document))

    def _list(self, *, user: str, viewer: str | None, first: date, last: date, **_: Any) -> Answer:
        owner = user_of(user)
        reader = user_of(viewer) if viewer else owner
        if not visibility.allowed(reader, [owner]):
            self.tell(f"{reader.email} may not see this agenda.")
            return Answer([], exit_code=1)
        rows = [_document(row, owner) for row in selectors.window(reader, [owner], *_days(owner, first, last))]
        return Answer(rows, "\n".join(map(_line, rows)) or "Nothing is planned on these days.")


# --- arguments --------------------------------------------------------------------------------------------------------


def _verb(verbs: Any, name: str, meaning: str) -> ArgumentParser:
    verb: ArgumentParser = verbs.add_parser(name, help=meaning, description=meaning)
    verb.add_argument("--json", action="store_true", default=SUPPRESS, help="print one JSON document, and nothing else")
    return verb


def _list_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="EMAIL", help="whose agenda")
    parser.add_argument("--as", dest="viewer", metavar="EMAIL", help="who looks at it; without it, its owner")
    parser.add_argument("--from", dest="first", required=True, type=_date, metavar="DATE", help="first day")
    parser.add_argument("--to", dest="last", required=True, type=_date, metavar="DATE", help="last day")


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="EMAIL", help="whose agenda")
    parser.add_argument("--kind", required=True, choices=list(REQUIRED))
    _field_arguments(parser)


def _item_argument(parser: ArgumentParser) -> None:
    parser.add_argument("item", metavar="ID", help="as `agenda list` shows it")


def _field_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--title")
    parser.add_argument("--start", type=_moment, metavar="ISO", help="a date alone means all day")
    parser.add_argument("--end", type=_moment, metavar="ISO", help="exclusive, for dates too")
    parser.add_argument("--customer", metavar="NAME", help="a contact, found by name or made")
    parser.add_argument("--due", type=_date, metavar="DATE")
    parser.add_argument("--place")
    parser.add_argument("--notes")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date such as 2026-11-24") from None


def _moment(text: str) -> date:
    """Return a date for a date alone, else a datetime, naive when it names no offset."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a time such as 2026-11-24T10:00") from None


# --- what is asked for ------------------------------------------------------------------------------------------------


def _days(owner: User, first: date, last: date) -> tuple[datetime, datetime]:
    """Return the instants that enclose whole days of the owner's zone, both inclusive."""
    if last < first:
        raise WrongUse("--to is before --from.")
    if first.year < EARLIEST or last.year > LATEST:
        raise WrongUse(f"Ask for days between the years {EARLIEST} and {LATEST}.")
    start, end = (datetime.combine(day, time(), owner.zone) for day in (first, last + timedelta(days=1)))
    return start, end


def _located(item: str) -> Located:
    try:
        found = selectors.locate(item)
    except ObjectDoesNotExist:
        raise Refusal(f"There is nothing with the id {item}.") from None
    if found.later:
        raise Refusal("This repeats because it was made to in the linked calendar: change it there, or its first time.")
    return found


def _fields(owner: User, options: dict[str, Any]) -> dict[str, Any]:
    """Return what was given, by column."""
    fields = {column: options[name] for name, column in FIELDS.items() if options[name] is not None}
    if options["customer"] is not None:
        fields["customer"] = contacts.find_or_make(owner, options["customer"])
    return fields


# --- the changes ------------------------------------------------------------------------------------------------------


def _add(*, user: str, kind: str, **options: Any) -> tuple[Row, User]:
    missing = [f"--{name}" for name in REQUIRED[kind] if options[name] is None]
    if missing:
        raise WrongUse(f"A {kind} needs {' and '.join(missing)}.")
    if kind == "task" and (options["start"] is None) != (options["end"] is None):
        raise WrongUse("A task is scheduled by --start and --end together.")
    owner = user_of(user)
    made = activities.create(owner, kind, **_fields(owner, options))
    return selectors.row_of(owner, made), owner


def _edit(*, item: str, **options: Any) -> tuple[Row, User]:
    found = _located(item)
    if isinstance(found.thing, Block):
        raise Refusal("This event can only be changed in its own calendar. Convert it to change it here.")
    fields = _fields(found.owner, options)
    if not fields:
        raise WrongUse("Say what to change, for example --title.")
    return selectors.row_of(found.owner, activities.edit(found.owner, found.thing, fields)), found.owner


def _delete(*, item: str, also_remote: bool, **_: Any) -> tuple[Row, User]:
    found = _located(item)
    if isinstance(found.thing, Block):
        return _delete_block(found.thing, found.owner, also_remote), found.owner
    return _delete_activity(found.thing, found.owner, also_remote), found.owner


def _delete_block(block: Block, owner: User, also_remote: bool) -> Row:
    if not also_remote:
        raise Refusal("This event lives in its own calendar: delete it there, or give --also-remote.")
    row = selectors.row_of(owner, block)
    deletion.delete_block(owner, block)
    return row


def _delete_activity(activity: Activity, owner: User, also_remote: bool) -> Row:
    """Delete, or make private again: a converted event stays in its own calendar unless more was asked for."""
    row = selectors.row_of(owner, activity)
    block = deletion.delete_activity(owner, activity, also_remote=also_remote)
    return selectors.row_of(owner, block) if block else row


def _convert(*, item: str, kind: str, **_: Any) -> tuple[Row, User]:
    found = _located(item)
    if not isinstance(found.thing, Block):
        raise Refusal("Only an event of a linked calendar can be converted, and this is none.")
    return selectors.row_of(found.owner, convert.convert(found.owner, found.thing, kind)), found.owner


_CHANGES: dict[str, Callable[..., tuple[Row, User]]] = {
    "add": _add,
    "edit": _edit,
    "delete": _delete,
    "convert": _convert,
}


# --- the answer -------------------------------------------------------------------------------------------------------


def _document(row: Row, owner: User) -> dict[str, Any]:
    """Return the row as JSON has it: times with the offset of the owner's zone, dates as they are."""
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "start": _said(row.start, owner),
        "end": _said(row.end, owner),
        "all_day": row.all_day,
        "busy": row.busy,
        "link_state": row.link_state,
    }


def _said(moment: date | None, owner: User) -> str | None:
    if isinstance(moment, datetime):
        return moment.astimezone(owner.zone).isoformat()
    return moment.isoformat() if moment else None


def _line(document: dict[str, Any]) -> str:
    when = f"{document['start']} – {document['end']}" if document["start"] else "not scheduled"
    parts = [when, document["kind"], document["title"], document["id"] or "", document["link_state"] or ""]
    return "  ".join(filter(None, parts))
