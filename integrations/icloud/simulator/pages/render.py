"""Templates, filled in. What is put in is escaped by the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template import Context, Engine

from integrations.icloud.simulator.message import Answer

HERE = Path(__file__).parent
_ENGINE = Engine(dirs=[str(HERE / "templates")], autoescape=True)


def page(name: str, status: int = 200, **facts: Any) -> Answer:
    """Return a page. Times are put in as text: the phone's zone is not Django's."""
    html = _ENGINE.get_template(name).render(Context(facts, use_l10n=False, use_tz=False))
    return Answer(status, (("Content-Type", "text/html; charset=utf-8"),), html.encode())


def style() -> Answer:
    """Return the style sheet of all pages."""
    return Answer(200, (("Content-Type", "text/css; charset=utf-8"),), (HERE / "pages.css").read_bytes())
