"""From a request to its answer: who asks, where, and which part of the server takes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from email.utils import formatdate
from xml.etree.ElementTree import Element

from integrations.icloud.simulator import calendars, members
from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.asked import Addresses, Asked
from integrations.icloud.simulator.authentication import authenticated
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.message import Answer, Request
from integrations.icloud.simulator.multiget import multiget
from integrations.icloud.simulator.place import Place, place
from integrations.icloud.simulator.propfind import propfind
from integrations.icloud.simulator.put import put
from integrations.icloud.simulator.query import calendar_query
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.sync_collection import sync_collection
from integrations.icloud.simulator.throttle import Throttle
from integrations.icloud.simulator.world import World

_CAPABILITIES = (
    "1, access-control, calendar-access, calendar-schedule, calendar-auto-schedule, calendar-audit, "
    "calendar-query-extended, calendar-default-alarms, calendar-managed-attachments, calendarserver-sharing, "
    "calendarserver-home-sync, calendarserver-subscribed, calendar-no-timezone, extended-mkcol"
)
_VERBS = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, MKCALENDAR, MOVE, COPY, LOCK, UNLOCK"
_SIDE = (
    ("Server", "AppleHttpServer/3faf4ee9434b"),
    ("Via", "xrail:st53p00ic-zteu11161801.me.com:8301:26R20:grp60,631194250daa17e24277dea86cf30319:a05cd8c6"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains;"),
    ("Access-Control-Expose-Headers", "X-Apple-Request-UUID,Via"),
    ("X-Apple-Edge-Response-Time", "52"),
    ("alt-svc", "clear"),
)


class Service:
    """Answers requests about one world."""

    def __init__(self, world: World, addresses: Addresses) -> None:
        """Serve this world; `addresses` tells what its hosts are called."""
        self._world = world
        self._addresses = addresses
        self._throttle = Throttle()

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request. What it does is done as one step."""
        with self._world.lock:
            self._world.catch_up()
            try:
                said = self._answer(request)
            except Refused as refusal:
                said = refusal.answer
        return said.with_headers(*self._side_headers(request, said))

    def _answer(self, request: Request) -> Answer:
        if self._world.habits.agent_needed and not request.header("user-agent"):
            raise Refused(403)
        there = place(request.target)
        account = authenticated(self._world, request)
        self._throttle.pass_or_refuse(account.dsid, self._world.clock(), self._world.habits)
        if redirected := self._redirect(request, there, account):
            return redirected
        if there.dsid and there.dsid != account.dsid:
            raise Refused(self._world.habits.foreign_account)
        return _answered(Asked(self._world, request, account, there, self._addresses))

    def _redirect(self, request: Request, there: Place, account: Account) -> Answer | None:
        """Return the way to the account's own host, where the entry host does not answer itself (A5)."""
        habit = {"root": self._world.habits.root, "well-known": self._world.habits.well_known}.get(there.kind, "")
        if habit == "401":
            raise Refused(401)
        if request.host != "entry" or not habit.startswith("30"):
            return None
        return Answer(int(habit), (("Location", self._addresses.shard_url(account) + "/"),))

    def _side_headers(self, request: Request, said: Answer) -> list[tuple[str, str]]:
        """Return what stands beside every answer (A13)."""
        own = [
            ("Date", formatdate(self._world.clock(), usegmt=True)),
            ("X-Apple-Request-UUID", str(uuid.uuid4())),
            ("X-Responding-Instance", "caldavj:15600501:st53p60ic-qufw09123501:8501:2632B168:f37b07a0"),
        ]
        account = self._world.accounts.get(request.user)
        if account and not said.header("x-apple-user-partition") and said.status != 401:
            own.append(("x-apple-user-partition", account.partition))
        return [*_SIDE, *own]


def _answered(asked: Asked) -> Answer:
    handler = _HANDLERS.get(asked.request.method)
    if handler is None:
        raise Refused(405, html=True)
    return handler(asked)


def _put(asked: Asked) -> Answer:
    if asked.place.kind != "member":
        raise Refused(405, html=True)
    return put(asked)


def _delete(asked: Asked) -> Answer:
    return members.delete(asked) if asked.place.kind == "member" else calendars.delete(asked)


def _report(asked: Asked) -> Answer:
    """Answer a report; what is listed and not named here does not work (A8, A32)."""
    root = asked.body()
    handler = _REPORTS.get(root.tag)
    if handler is None or asked.place.kind != "collection":
        raise Refused(400, html=True)
    return handler(asked, root)


def _options(asked: Asked) -> Answer:
    return Answer(200, (("DAV", _CAPABILITIES), ("Allow", _VERBS)))


def _refuse(asked: Asked) -> Answer:
    raise Refused(403)


_REPORTS: dict[str, Callable[[Asked, Element], Answer]] = {
    dav("sync-collection"): sync_collection,
    caldav("calendar-multiget"): multiget,
    caldav("calendar-query"): calendar_query,
}
_HANDLERS: dict[str, Callable[[Asked], Answer]] = {
    "OPTIONS": _options,
    "PROPFIND": propfind,
    "REPORT": _report,
    "GET": members.get,
    "HEAD": members.get,
    "PUT": _put,
    "DELETE": _delete,
    "MOVE": members.move,
    "COPY": members.copy,
    "MKCALENDAR": calendars.make,
    "PROPPATCH": calendars.patch,
    "MKCOL": _refuse,  # the extended one too (A30)
    "LOCK": _refuse,  # advertised, never used (A62)
    "POST": _refuse,
}
