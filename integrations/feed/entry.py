"""Calendars by link on the shelf."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from integrations.advice import Advice
from integrations.entry import Category, Entry, Help
from integrations.models.grant import Scope

_GOOGLE = Help(
    title=_("In Google Calendar"),
    steps=(
        _("Open calendar.google.com on a computer."),
        _("On the left, point at the calendar, open its three dots, and choose Settings and sharing."),
        _("Under Integrate calendar, copy the Secret address in iCal format."),
    ),
    link="https://support.google.com/calendar/answer/37648",
)
_OUTLOOK = Help(
    title=_("In Outlook on the web"),
    steps=(
        _("Open Settings, Calendar, Shared calendars."),
        _("Under Publish a calendar, choose the calendar and Can view all details, then Publish."),
        _("Copy the ICS link."),
    ),
)
_ICLOUD = Help(
    title=_("A public iCloud calendar, holidays, a club or a school"),
    text=_(
        "On the iPhone, open Calendar, Calendars, the circled i beside the calendar, switch on Public Calendar, and "
        "share the link with yourself. Elsewhere look for a link called iCal, ICS, webcal or Subscribe."
    ),
)
_PROMISE = Help(
    title=_("What happens to it"),
    text=format_lazy(
        _(
            "Whoever has this address can read the calendar, so {name} stores it encrypted and never shows it again. "
            "Nothing is ever written to the calendar."
        ),
        name=settings.PRODUCT_NAME,
    ),
)
_COPY_AGAIN = _("Copy it again where you found it: it may have been renewed, or the calendar is not shared any more.")

FEED = Entry(
    key="feed",
    name=_("Calendar by link"),
    pitch=_("Google, Outlook, holidays, school, club: a calendar's secret address is enough. It only comes in."),
    category=Category.CALENDARS,
    icon="link",
    scopes=(Scope.WRITE_AGENDA, Scope.OFFLINE),
    help=(_GOOGLE, _OUTLOOK, _ICLOUD, _PROMISE),
    profile_path="integrations.feed.profile.FEED",
    form_path="integrations.feed.forms.AddressForm",
    step=_("Calendar address"),
    by_address=True,
    does=(
        _("Its events come in as grey blocks. Only you can read them."),
        _("What changes there is here within half an hour, or with Sync now."),
        _("Nothing goes out: your meetings stay out of that calendar."),
    ),
    means={Scope.WRITE_AGENDA: _("The calendar's events appear as grey blocks. Nothing is written to the calendar.")},
    stages=(_("Reaching the server…"), _("Fetching the calendar…"), _("Reading its events…")),
    advice={
        "refused": Advice(_("The server does not give the calendar to those who have this address."), _COPY_AGAIN),
        "no_calendars": Advice(_("There is nothing at this address."), _COPY_AGAIN),
        "not_understood": Advice(
            _("What is at this address is not a calendar."),
            _("The address of a web page does not do: copy the one in iCal format, which mostly ends in .ics."),
        ),
    },
    farewell=_("If nobody else uses the address, renew it or stop sharing the calendar where you found it."),
)
