"""`connect --entry feed`: the address comes by standard input, where no process list shows it."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from accounts.models import User
from integrations.models import Connection
from tests.integrations.gateway.feeds import SECRET, FeedFile


def run(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command("connect", "--user", "alice@example.org", "--entry", "feed", "--password-stdin", "--json", *arguments)


def test_the_calendar_of_an_address_is_imported(
    feed: FeedFile, alice: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, f"{feed.url}\n")
    said = capsys.readouterr()
    assert json.loads(said.out)["imports"] == ["Holidays"]
    assert SECRET not in said.out + said.err
    assert Connection.objects.get().server.reveal() == feed.url


@pytest.mark.parametrize("more", [("--server", "https://x.example/"), ("--username", "x"), ("--push-to", "Work")])
def test_nothing_else_belongs_to_an_address(
    feed: FeedFile, alice: User, monkeypatch: pytest.MonkeyPatch, more: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit) as end:
        run(monkeypatch, feed.url, *more)
    assert end.value.code == 2
    assert feed.heard == [] and not Connection.objects.exists()
