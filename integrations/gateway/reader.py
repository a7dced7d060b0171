"""Reads answers about one account: whose path a row names, which rows count, and what they say."""

from __future__ import annotations

from collections.abc import Container, Iterable
from contextlib import closing
from urllib.parse import urlsplit

from integrations.gateway import rows
from integrations.gateway.answer import Answer
from integrations.gateway.base import CalendarRow, Entry, Listing, Resource
from integrations.gateway.errors import CalendarGone, NotUnderstood, WrongAccount
from integrations.gateway.line import Line
from integrations.gateway.multistatus import Multistatus, Row
from integrations.gateway.paths import Spelling, collection, identity, joined, origin, parent, plain_path

ITEM_CEILING = 20 * 1024 * 1024
LISTING_CEILING = 128 * 1024 * 1024


class Reader:
    """Turns multistatus answers into the gateway's values. `space` is the path under which all of the account lies."""

    def __init__(self, line: Line, space: str) -> None:
        """Start with the account's home path, or "" while it is not known."""
        self.spelling = Spelling()
        self.space = space
        self._line = line

    def calendars(self, answer: Answer) -> list[CalendarRow]:
        """Return the calendars of a home, or the one calendar that was asked."""
        with closing(answer):
            return [calendar for row in _rows(answer) if (calendar := self._calendar(answer, row))]

    def listing(self, answer: Answer, calendar: str, full: bool) -> Listing:
        """Return a listing's rows; CalendarGone when the collection's own row says that it is missing."""
        with closing(answer):
            return self._listed(answer, calendar, full)

    def resources(self, answer: Answer, calendar: str, asked: Container[str]) -> list[Resource]:
        """Return the bodies that came of those asked for, each once."""
        with closing(answer):
            return list(self._bodies(answer, calendar, asked))

    def _listed(self, answer: Answer, calendar: str, full: bool) -> Listing:
        entries: dict[str, Entry] = {}
        removed: dict[str, None] = {}
        complete = True
        report = _rows(answer)
        for row in report:
            path = self._identity(answer, row)
            if row.status == 507:
                complete = False
            elif self._is_member(row, path, calendar):
                if row.status in (404, 410):
                    removed[path] = None
                else:
                    entries[path] = Entry(path, row.text(rows.ETAG))
        gone = tuple(path for path in removed if path not in entries)
        return Listing(tuple(entries.values()), gone, report.sync_token, full, complete)

    def _bodies(self, answer: Answer, calendar: str, asked: Container[str]) -> Iterable[Resource]:
        found: dict[str, Resource] = {}
        for row in _rows(answer, ITEM_CEILING):
            path = self._identity(answer, row)
            if path not in asked:
                self._check_account(path, calendar)
            elif rows.TEXT in row.props:
                found[path] = Resource(path, row.text(rows.ETAG), crlf(row.props[rows.TEXT].text))
        return found.values()

    def _calendar(self, answer: Answer, row: Row) -> CalendarRow | None:
        path = collection(self._identity(answer, row))
        _check_there(row, path, collection(identity(answer.url)))
        self._check_account(path)
        return rows.calendar_row(row, path)

    def _is_member(self, row: Row, path: str, calendar: str) -> bool:
        """Tell whether a row speaks of a resource in this calendar: not of the collection itself, nor of another."""
        _check_there(row, collection(path), calendar)
        if path.endswith("/") or collection(path) == calendar or rows.is_collection(row):
            return False
        self._check_account(path, calendar)
        return path.startswith(calendar)

    def _identity(self, answer: Answer, row: Row) -> str:
        """Return a row's host-less path; AddressRefused when it names a host that we may not use."""
        if plain_path(row.href):
            return self.spelling.learn(row.href)
        url = joined(answer.url, row.href)
        if origin(url) != origin(answer.url):
            self._line.door.target(url)
        return self.spelling.learn(urlsplit(url).path)

    def _check_account(self, path: str, calendar: str = "") -> None:
        if not path.startswith(self.space or parent(calendar)):
            raise WrongAccount("the server's answer names another account's calendar")


def _rows(answer: Answer, ceiling: int = LISTING_CEILING) -> Multistatus:
    if answer.status != 207:
        raise NotUnderstood(f"the server answered {answer.status} where a multistatus was due")
    return Multistatus(answer.chunks(ceiling))


def _check_there(row: Row, path: str, asked: str) -> None:
    """Raise CalendarGone when the collection's own row says so: Xandikos answers 207 with a 404 inside."""
    if row.status in (404, 410) and path == asked:
        raise CalendarGone("the server has nothing at this address (404 in its row)")


def crlf(text: str) -> str:
    """Return text with CRLF line ends, which XML parsing takes away, so that GET and multiget give the same text."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
