"""A browser window that keeps what the page complains about, and what tests ask of one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from operations.datafolder import ROOT

AXE = ROOT / ".vendor" / "tests" / "axe.js"
PICTURES = ROOT / "docs" / "images"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

#: a report of the Content Security Policy reaches the console in any case; this says which rule it was
_LISTEN = (
    "addEventListener('securitypolicyviolation', "
    "it => console.error('CSP ' + it.violatedDirective + ' ' + it.blockedURI))"
)


#: what signing out is meant to do; and what htmx says of a request that was given up, because another took its place
#: or the page was left (of one that failed it says htmx:sendError besides); and what Chromium says where somebody
#: was quicker than the page, and keeps the focus that he has
_HARMLESS = ("Clear-Site-Data header", "htmx:afterRequest", "htmx:sendAbort", "Autofocus processing was blocked")


@dataclass(frozen=True)
class Look:
    """How wide a window is and which colours its owner likes."""

    width: int = 1440
    scheme: str = "light"

    @property
    def height(self) -> int:
        return 844 if self.phone else 900

    @property
    def phone(self) -> bool:
        return self.width < 600

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


LOOKS = [Look(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]


@dataclass
class Complaints:
    """Everything a page said that it should not have said."""

    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.add_init_script(_LISTEN)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if not message.text.startswith(_HARMLESS):
            self.said.append(f"{message.type}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.said.append(f"{response.status} from {response.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left
            self.said.append(f"{request.url}: {request.failure}")


def axe(page: Page, *, without: tuple[str, ...] = (), only: str = "") -> None:
    """Fail on any serious or critical finding of axe; `without`: rules not asked for; `only`: the one asked for."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {
        "runOnly": {"type": "rule", "values": [only]} if only else {"type": "tag", "values": RULES},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
        "preload": False,  # it would put style sheets into the page
    }
    found: list[dict[str, Any]] = page.evaluate("options => axe.run(document, options)", options)["violations"]
    grave = [_told(one) for one in found if one["impact"] in ("serious", "critical")]
    assert not grave, "\n".join(grave)


def _told(finding: dict[str, Any]) -> str:
    nodes = "\n".join(f"    {node['html'][:200]}\n    {node['failureSummary']}" for node in finding["nodes"][:5])
    return f"{finding['impact']}: {finding['id']} ({len(finding['nodes'])})\n{nodes}"


def picture(page: Page, name: str, folder: Path) -> None:
    """Write <name>.png into a folder; into that of the documents only when one of them shows it."""
    path = folder.absolute() / f"{name}.png"
    if path.parent != PICTURES or path.name in shown():
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path)


@cache
def shown() -> frozenset[str]:
    """Return the file names of the pictures that the documents show."""
    pages = (page.read_text() for page in (ROOT / "README.md", ROOT / "docs" / "tour.md"))
    return frozenset(name for page in pages for name in re.findall(r"images/([\w-]+\.png)", page))
