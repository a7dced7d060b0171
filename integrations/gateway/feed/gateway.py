"""A calendar by link as a gateway: one calendar, one file, one request. What is asked is whether the file changed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

from integrations.gateway.answer import Answer
from integrations.gateway.base import CalendarRow, Discovery, Entry, Listing, Profile, Resource, Written
from integrations.gateway.errors import CalendarGone, Forbidden, NotUnderstood, TokenInvalid, Unreachable
from integrations.gateway.feed.address import host_of, path_of
from integrations.gateway.feed.document import Document, parse
from integrations.gateway.feed.event import hashed
from integrations.gateway.line import Line
from integrations.gateway.paths import origin
from integrations.gateway.reader import ITEM_CEILING
from integrations.gateway.statuses import check_read

_HEADERS = {
    "User-Agent": "Halfpast/0.1 (calendar by link)",
    "Accept": "text/calendar, */*;q=0.1",
    "Accept-Encoding": "gzip",
    "Connection": "keep-alive",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a file from its next version: the server's own words, and a hash of what its events say."""

    etag: str = ""
    modified: str = ""
    digest: str = ""

    @classmethod
    def of(cls, token: str) -> Mark:
        """Return the mark that a token holds; TokenInvalid when it is none of ours."""
        try:
            return cls(**json.loads(token)) if token else cls()
        except (ValueError, TypeError):
            raise TokenInvalid("this token is not of a calendar by link") from None

    @property
    def token(self) -> str:
        """Return it as a calendar's row keeps it."""
        return json.dumps(asdict(self))

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for the file only if it is another one."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


class FeedGateway:
    """One file at one address. It is kept while the gateway lives, so that a run reads it once."""

    def __init__(self, profile: Profile, address: str, line: Line) -> None:
        """Remember the address, which is the secret: it goes into no error and no repr."""
        self.profile = profile
        self.meter = line.meter
        self._address = address
        self._line = line
        self._path = path_of(address)
        self._held: Document | None = None
        self._uids: dict[str, str] = {}  # by href
        self._looked_twice = False

    def __repr__(self) -> str:
        """Name the gateway without its address."""
        return "FeedGateway(***)"

    def discover(self) -> Discovery:
        """Fetch the file: what is one calendar is an account of its own."""
        self._document()
        root = f"{origin(self._address)}/"
        return Discovery(self._path, root, root)

    def look(self, home: str) -> list[CalendarRow]:
        """Name the one calendar, without a request: whether it changed is asked in one with what changed."""
        if self._held is None:
            return [CalendarRow(self._path, "", writable=False, bare=True)]
        name = self._held.name or host_of(self._address)
        return [CalendarRow(self._path, name, self._held.color, writable=False)]

    def changes(self, calendar: str, token: str) -> Listing:
        """Ask for the file unless it is still the same: nothing then, else everything it holds."""
        self._check(calendar)
        before = Mark.of(token)
        answer = self._get(before.conditions)
        if answer.status == 304:
            answer.small_body()
            return Listing((), (), token)
        held = self._keep(answer)
        after = Mark(answer.header("ETag"), answer.header("Last-Modified"), self._keyed(held.digest))
        if token and after.digest == before.digest:
            return Listing((), (), after.token)
        return Listing(self._entries(held), (), after.token, full=True)

    def listing(self, calendar: str) -> Listing:
        """Fetch the file, whatever is known of it, and list all it holds."""
        self._check(calendar)
        return Listing(self._entries(self._keep(self._get({}))), full=True)

    def fetch(self, calendar: str, hrefs: Sequence[str]) -> Iterator[Resource]:
        """Yield bodies out of the file."""
        self._check(calendar)
        for href in dict.fromkeys(hrefs):
            if found := self.get(href):
                yield found

    def get(self, href: str) -> Resource | None:
        """Return one resource. That it is missing is believed after the file was fetched once more."""
        for document in self._looks():
            if href in self._uids:
                return self._resource(document, href)
        return None

    def create(self, href: str, text: str) -> Written:
        """Refuse."""
        self._refuse()

    def update(self, href: str, text: str, etag: str) -> Written:
        """Refuse."""
        self._refuse()

    def delete(self, href: str, etag: str) -> None:
        """Refuse."""
        self._refuse()

    def make_calendar(self, path: str, name: str) -> None:
        """Refuse."""
        self._refuse()

    def close(self) -> None:
        """Drop the file; connections belong to the process."""
        self._held = None

    def _refuse(self) -> NoReturn:
        raise Forbidden("a calendar by link can only be read")

    def _check(self, calendar: str) -> None:
        if calendar != self._path:
            raise CalendarGone("this address holds one calendar, and another one was asked for")

    # the file

    def _looks(self) -> Iterator[Document]:
        """Yield the file as it is known, and once in the gateway's life as it is now."""
        if self._held is not None:
            yield self._held
        if not self._looked_twice:
            self._looked_twice = True
            yield self._keep(self._get({}))

    def _document(self) -> Document:
        return self._held if self._held is not None else self._keep(self._get({}))

    def _get(self, conditions: dict[str, str]) -> Answer:
        answer = self._line.send("GET", self._address, {**_HEADERS, **conditions})
        if answer.status in (401, 403):
            answer.small_body()
            raise Forbidden(f"the address is not (or no longer) one that everybody may read ({answer.status})")
        if answer.status == 304 and conditions:
            return answer
        check_read(answer)
        if answer.status != 200:
            answer.close()
            raise NotUnderstood(f"the server answered {answer.status} where a file was due")
        return answer

    def _keep(self, answer: Answer) -> Document:
        body = answer.body(ITEM_CEILING)
        try:
            self._held = parse(body)
        except NotUnderstood:
            if not answer.framed:  # the end of it may simply not have come
                raise Unreachable("the server's answer was cut") from None
            raise
        self._uids = {self._href(uid): uid for uid in self._held.items}
        return self._held

    def _entries(self, document: Document) -> tuple[Entry, ...]:
        return tuple(Entry(self._href(uid), self._keyed(etag)) for uid, etag in document.etags.items())

    def _resource(self, document: Document, href: str) -> Resource:
        uid = self._uids[href]
        return Resource(href, self._keyed(document.etags[uid]), document.text(uid))

    def _keyed(self, said: str) -> str:
        """Return a version as it may stand in the clear: a bare hash of "Dentist, ten o'clock" can be guessed."""
        return f'"{hmac.new(self._address.encode(), said.encode(), "sha256").hexdigest()[:32]}"'

    def _href(self, uid: str) -> str:
        return f"{self._path}{hashed(uid)}.ics"
