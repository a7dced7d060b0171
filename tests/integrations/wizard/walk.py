"""Walking the wizard as a browser does: links, forms and redirects, one client a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from accounts.models import User
from integrations.models import Connection, Grant
from tests.integrations.sync.stage import PASSWORD, SERVER

ACCOUNTS = {
    "icloud": {"username": "alice@example.org", "password": PASSWORD},
    "caldav": {"server": SERVER, "username": "alice@example.org", "password": PASSWORD},
    "feed": {},
}


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


@dataclass
class Walk:
    """One user's way through the wizard of one entry."""

    user: User
    entry: str = "icloud"
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = signed_in(self.user)

    def ask(self) -> str:
        """Press ADD and return the address of the authorize page."""
        answer = self.client.post(reverse("ask", args=[self.entry]))
        assert answer.status_code == 302
        return answer["Location"]

    def allow(self, address: str = "") -> Grant:
        """Press Authorize and return the consent."""
        page = self.client.get(address or self.ask())
        answer = self.client.post(reverse("authorize"), {"request": request_in(page), "answer": "authorize"})
        assert answer.status_code == 302, page_of(answer)
        return Grant.objects.get(pk=answer["Location"].split("/")[-3])

    def account(self, grant: Grant, **said: Any) -> Any:
        """Send the credentials."""
        return self.client.post(reverse("wizard_account", args=[grant.pk]), {**ACCOUNTS[self.entry], **said})

    def set_up(self, **said: Any) -> Connection:
        """Take the steps up to the choice of calendars."""
        grant = self.allow()
        answer = self.account(grant, **said)
        assert answer.status_code == 302, page_of(answer)
        return Connection.objects.get(grant=grant)

    def choose(self, connection: Connection, push_to: str, *imports: str, **said: Any) -> Any:
        """Send the choice, by the names of the calendars; "new" and "none" as they are."""
        ids = {row.name.reveal(): str(row.pk) for row in connection.calendars.all()}
        form = {"push_to": ids.get(push_to, push_to), "imports": [ids[name] for name in imports], **said}
        return self.client.post(reverse("wizard_calendars", args=[connection.grant_id]), form)

    def page(self, name: str, *args: Any) -> str:
        answer = self.client.get(reverse(name, args=args))
        assert answer.status_code == 200, answer
        return page_of(answer)


def request_in(page: Any) -> str:
    [found] = re.findall(r'name="request" value="([^"]+)"', page.content.decode())
    return unescape(found)


def page_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def leads_to(answer: Any, name: str, *args: Any) -> bool:
    return bool(answer.status_code == 302 and urlsplit(answer.url).path == reverse(name, args=args))
