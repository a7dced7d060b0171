"""What every test may use."""

from __future__ import annotations

from typing import Any

import pytest

pytest_plugins = ["tests.cast"]
LONGEST = {"test_journey.py", "test_trust.py"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests of pages can write what they see into the documents."""
    parser.addoption(
        "--pictures",
        nargs="?",
        const="docs/images",
        metavar="DIR",
        help="write a picture of each page a test stops at into DIR; without DIR, those that the documents show",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the pages to the end: their worker lives until then, and would serve what others look for in the queues.

    The longest of them come first there, so that two processes end at about the same time.
    """
    items.sort(key=lambda item: ("browser" in item.path.parts, item.path.name not in LONGEST))


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash passwords cheaply: Argon2 is meant to be slow, and is tested where it matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
