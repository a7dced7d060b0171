"""What the stories of the notices use."""

from __future__ import annotations

import pytest

from notices.kinds import Kind

SITE = "https://agenda.example.org"


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def kind() -> Kind:
    return Kind(
        "broken",
        heading="“%(title)s” is broken",
        sentence="It broke on %(at)s. Mend it.",
        action="Mend it",
        level="danger",
        remind=(1, 3, 7, 14),
    )
