"""The form for an account on any CalDAV server."""

from __future__ import annotations

import pytest

from integrations.caldav.forms import ServerCredentialsForm


def form(server: str) -> ServerCredentialsForm:
    return ServerCredentialsForm({"server": server, "username": "alice", "password": " with blanks "})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cloud.example.com", "https://cloud.example.com"),
        ("https://dav.example.com/calendars/", "https://dav.example.com/calendars/"),
        ("http://localhost:5232/", "http://localhost:5232/"),
        (" cloud.example.com:8443/dav ", "https://cloud.example.com:8443/dav"),
    ],
)
def test_an_address_is_taken_as_it_is_meant(typed: str, meant: str):
    filled = form(typed)
    assert filled.is_valid(), filled.errors
    assert filled.typed_server == meant


@pytest.mark.parametrize(
    "typed", ["", "ftp://example.com", "https://", "file:///etc/passwd", "https://a:b", "https://["]
)
def test_what_is_no_server_address_is_refused(typed: str):
    assert "server" in form(typed).errors


def test_an_address_with_a_password_inside_is_refused():
    assert "own fields" in str(form("https://alice:secret@example.com/").errors["server"])


def test_a_password_is_sent_as_it_was_typed():
    filled = form("example.com")
    assert filled.is_valid()
    assert filled.credentials.password == " with blanks "
