"""The pages and their addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from urllib.parse import parse_qsl, unquote, urlencode
from zoneinfo import ZoneInfo

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.message import Answer, Host, Request
from integrations.icloud.simulator.pages import about, acts, guard
from integrations.icloud.simulator.pages.form import EventForm, NotGood
from integrations.icloud.simulator.pages.month import month
from integrations.icloud.simulator.pages.render import page, style
from integrations.icloud.simulator.pages.shown import Occurrence
from integrations.icloud.simulator.phone import Phone
from integrations.icloud.simulator.world import World


class _NotHere(Exception):
    """Nothing stands at this address."""


class Site:
    """Answers a browser on this machine. `changed` is called after each write, before the answer leaves."""

    def __init__(self, world: World, zone: str, *, changed: Callable[[], None] = lambda: None) -> None:
        """Show a world, with times in `zone`. Set `port` before it is asked."""
        self.world, self.zone, self._changed = world, ZoneInfo(zone), changed
        self.port = 0

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        if why := guard.refuses(request, self.port):
            return guard.protected(page("refused.html", 403, why=why))
        try:
            return guard.protected(self._routed(request))
        except _NotHere:
            return guard.protected(page("refused.html", 404, why="There is nothing here. The event may be gone."))

    def other_url(self, _host: Host) -> str:
        """Return nothing: the pages have one host."""
        return ""

    def _routed(self, request: Request) -> Answer:
        parts = request.target.partition("?")[0].strip("/").split("/")
        match [unquote(part) for part in parts]:
            case ["pages.css"]:
                return style()
            case [name] if name in about.PAGES:
                return about.PAGES[name](self.world, self.zone)
            case ["iphone", dsid]:
                return self._calendar(self._phone(dsid), request)
            case ["iphone", dsid, "new"]:
                return self._new(self._phone(dsid), request)
            case ["iphone", dsid, calendar, name, slot]:
                return self._event(self._phone(dsid), (calendar, name, slot), request)
        raise _NotHere

    def _phone(self, dsid: str) -> Phone:
        found = next((one for one in self.world.accounts.values() if one.dsid == dsid), None)
        if found is None:
            raise _NotHere
        return Phone(self.world, found)

    def _calendar(self, phone: Phone, request: Request) -> Answer:
        today = self._today()
        facts = month(phone, self.zone, _day(request, today), today)
        accounts = list(self.world.accounts.values())
        return page("calendar.html", account=phone.account, accounts=accounts, today=today, **facts)

    def _new(self, phone: Phone, request: Request) -> Answer:
        if request.method != "POST":
            calendars = acts.writable(phone)
            first = calendars[0].id if calendars else ""
            return _sheet(phone, EventForm.blank(_day(request, self._today()), first))
        form = EventForm.posted(_posted(request))
        try:
            acts.add(phone, form, self.zone)
        except NotGood as reason:
            return _sheet(phone, form, error=str(reason))
        return self._back(phone.account, form.first)

    def _event(self, phone: Phone, address: tuple[str, str, str], request: Request) -> Answer:
        occurrence = acts.find(phone, self.zone, *address)
        if occurrence is None:
            raise _NotHere
        if request.method != "POST":
            return _sheet(phone, acts.form_of(occurrence, self.zone), occurrence)
        values = _posted(request)
        form = EventForm.posted(values)
        try:
            acts.act(phone, occurrence, form, values.get("act", ""), self.zone)
        except NotGood as reason:
            return _sheet(phone, form, occurrence, error=str(reason))
        return self._back(phone.account, form.first or str(occurrence.start)[:10])

    def _back(self, account: Account, day: str) -> Answer:
        """Keep what was changed, then show the day."""
        self._changed()
        return Answer(303, (("Location", f"/iphone/{account.dsid}/?{urlencode({'day': day})}"),))

    def _today(self) -> date:
        return datetime.fromtimestamp(self.world.clock(), self.zone).date()


def _sheet(phone: Phone, form: EventForm, occurrence: Occurrence | None = None, *, error: str = "") -> Answer:
    """Return the page of one event, or of a new one."""
    return page(
        "event.html",
        422 if error else 200,
        account=phone.account,
        form=form,
        occurrence=occurrence,
        calendars=acts.writable(phone),
        reads_only=occurrence is not None and not occurrence.item.calendar.writable,
        guests=_guests(occurrence) if occurrence else [],
        invited=occurrence is not None and occurrence.item.resource.delivered,
        error=error,
    )


def _guests(occurrence: Occurrence) -> list[tuple[str, str]]:
    event = occurrence.item.events[0]
    return [(str(one.params.get("CN", one)), str(one.params.get("PARTSTAT", "")).lower()) for one in event.attendees]


def _day(request: Request, otherwise: date) -> date:
    """Return the day that an address asks for."""
    try:
        day = date.fromisoformat(dict(parse_qsl(request.target.partition("?")[2])).get("day", ""))
    except ValueError:
        return otherwise
    return day if 1900 < day.year < 2200 else otherwise


def _posted(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
