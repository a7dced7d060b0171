"""What is asked of every page on a walk: accessible in both schemes, no wider than the window; and a picture of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.window import Look, axe

OTHER = {"light": "dark", "dark": "light"}
#: waits until the page is painted in the colours it was just told to use
_PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
#: a ring on the thing itself, on what is laid over it, or on its label
_MARKED = """element => [[element], [element, '::after'], [element.closest('label') ?? element]].some(([on, part]) => {
    const style = getComputedStyle(on, part);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
})"""


@dataclass
class Stops:
    """Looks closely at where a walk has come to."""

    page: Page
    look: Look
    take_picture: Callable[[Page, str], None]

    def __call__(self, name: str, heading: str = "") -> None:
        """Check what is shown now, or will be under that heading, in both schemes."""
        if heading:
            expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.look.width, name
        axe(self.page)
        self.take_picture(self.page, f"{name}-{self.look}")
        self._in(OTHER[self.look.scheme], name)
        self.page.emulate_media(color_scheme=self.look.scheme)  # type: ignore[arg-type]

    def _in(self, scheme: str, name: str) -> None:
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        self.page.evaluate(_PAINTED)
        axe(self.page, only="color-contrast")
        self.take_picture(self.page, f"{name}-{Look(self.look.width, scheme)}")


def tab_to(page: Page, thing: Locator, *, most: int = 60) -> None:
    """Press Tab until `thing` has the focus, and see that it shows."""
    expect(thing).to_be_visible()
    for _ in range(most):
        page.keyboard.press("Tab")
        if thing.evaluate("element => element === document.activeElement"):
            assert thing.evaluate(_MARKED), f"the focus does not show on {thing}"
            return
    raise AssertionError(f"Tab does not lead to {thing}")
