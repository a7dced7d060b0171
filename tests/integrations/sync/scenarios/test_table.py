"""The table of promises in docs/reliability.md names stories that exist, and no story is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "reliability.md"
#: what is told of something else than a row of the table
OTHERS = {"test_every_promise_has_its_story_and_every_story_its_promise"}


def test_every_promise_has_its_story_and_every_story_its_promise():
    section = PAGE.read_text().partition("What the sync promises, and where it is shown")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!Promise)([^|-][^|]*) \| (.*) \|$", section, re.M)
    named = {name for _promise, stories in rows for name in re.findall(r"`(test_\w+)`", stories)}
    told = {name for file in HERE.glob("test_*.py") for name in re.findall(r"^def (test_\w+)", file.read_text(), re.M)}
    assert len(rows) >= 17 and all("`test_" in stories for _promise, stories in rows)
    assert named == told - OTHERS
