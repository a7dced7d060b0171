"""Only agenda.visibility opens an envelope."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: where secrets of other kinds are opened: addresses, hrefs, passwords
OTHER_SECRETS = ("integrations", "vault", "operations")


def test_only_visibility_opens_an_envelope() -> None:
    guilty = []
    for app in ("agenda", "accounts", "config", *OTHER_SECRETS):
        for path in (ROOT / app).rglob("*.py"):
            pattern = "envelope.reveal" if app in OTHER_SECRETS else r"\.reveal\("
            if re.search(pattern, path.read_text()) and path.name != "visibility.py":
                guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []
