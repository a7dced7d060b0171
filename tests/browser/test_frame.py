"""The frame around all pages, and the way in."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.window import Look, axe
from tests.factories import PASSWORD


def test_somebody_signs_in_and_out(visit: Callable[..., Page], alice: User, look: Look) -> None:
    page = visit(look=look)
    page.goto("/")
    axe(page)
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/agenda/"))
    page.locator("header .menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
