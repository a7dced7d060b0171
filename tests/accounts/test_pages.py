"""What holds for every page of the accounts."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string

from tests.factories import PASSWORD

PAGES = ["/sign-in/", "/profile/", "/profile/password/", "/nowhere/"]


@pytest.fixture(params=PAGES)
def answer(request, client, alice):
    if request.param != "/sign-in/":
        client.force_login(alice)
    return client.get(request.param)


def test_it_carries_the_headers_that_keep_it_safe(answer):
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_it_has_no_inline_style_or_script(answer):
    page = answer.content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_it_has_one_heading_one_main_and_a_language(answer):
    page = answer.content.decode()
    assert (page.count("<h1"), page.count("<main"), page.count('<html lang="en"')) == (1, 1, 1)


@pytest.mark.parametrize("page", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_and_tells_the_next_step(page):
    text = render_to_string(page)
    assert "Halfpast" in text
    assert not re.search(r"Traceback|Django|Exception", text)


def test_cookies_are_out_of_reach_of_scripts(client, alice):
    client.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    for name in ("halfpast_session", "halfpast_device"):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("page", ["/sign-in/", "/sign-out/", "/profile/", "/profile/password/"])
def test_other_methods_are_refused(client, alice, method, page):
    client.force_login(alice)
    assert getattr(client, method)(page).status_code == 405
