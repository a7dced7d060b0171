"""A live house and windows on it: gunicorn's place is taken by Django's live server, everything else is real.

A page that says anything on the console, breaks the Content Security Policy or fails fails its test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from config.celery import app
from operations import browser as browsers
from tests.browser.window import LOOKS, Complaints, Look, picture
from tests.integrations.servers import radicale

__all__ = ["radicale"]

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in the thread of the tests
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the pages out, with the reason, where there is no browser."""
    here = Path(__file__).parent
    if browsers.here() is None:
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=browsers.NONE))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": str(browsers.here()), "args": FLAGS}


@pytest.fixture(scope="session")
def worker(django_db_setup: None) -> Iterator[None]:
    """A worker for both queues, as `up` starts them."""
    with start_worker(app, pool="threads", concurrency=4, perform_ping_check=False, queues=["sync", "interactive"]):
        yield


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the pages complain of: it fails the test, unless the test takes out what it meant to cause."""
    heard = Complaints()
    yield heard
    assert not heard.said, "\n".join(heard.said)


@pytest.fixture
def windows(browser: Browser, complaints: Complaints) -> Iterator[Callable[[str, Look], Page]]:
    """Return a maker of windows: `windows(url, Look(390, "dark"))`."""
    contexts: list[BrowserContext] = []

    def open_window(url: str, look: Look) -> Page:
        context = browser.new_context(
            base_url=url,
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,  # type: ignore[arg-type]
            has_touch=look.phone,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="America/New_York",  # what is shown is the user's own zone, wherever the browser is
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        complaints.listen(page)
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def visit(live_server: Any, windows: Callable[[str, Look], Page]) -> Callable[..., Page]:
    """Return a maker of windows: `visit(alice, Look(390, "dark"))` is signed in, `visit()` is nobody."""

    def open_window(user: User | None = None, look: Look = LOOKS[0]) -> Page:
        page = windows(live_server.url, look)
        if user:
            sign_in(page.context, user, live_server.url)
        return page

    return open_window


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Let the window hold a session of this user, without the sign-in page."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": name, "value": one.value, "url": url} for name, one in client.cookies.items()])


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Each width and colour scheme in turn."""
    found: Look = request.param
    return found


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Return what writes a picture, but only with --pictures."""
    folder = request.config.getoption("--pictures")
    return lambda page, name: picture(page, name, Path(folder)) if folder else None
