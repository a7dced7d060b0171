"""What is asked of every page on a walk: accessible, no wider than the window; and a picture of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.window import Look, axe

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

    def __call__(self, name: str, heading: str = "", *, without: tuple[str, ...] = ()) -> None:
        """Check what is shown now, or will be under that heading; `without`: rules of axe that are not asked for."""
        if heading:
            expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()
        width, height = self.page.evaluate("(it => [it.scrollWidth, it.scrollHeight])(document.documentElement)")
        assert width <= self.look.width, name
        self._axe(max(height, self.look.height), without)
        self.take_picture(self.page, f"{name}-{self.look}")

    def _axe(self, height: int, without: tuple[str, ...]) -> None:
        """Ask in a window that is tall enough: what lies under the bar at the foot can be scrolled out from there."""
        tall = height > self.look.height
        if tall:
            self.page.set_viewport_size({"width": self.look.width, "height": height})
        axe(self.page, without=without)
        if tall:
            self.page.set_viewport_size({"width": self.look.width, "height": self.look.height})


def tab_to(page: Page, thing: Locator, *, most: int = 60) -> None:
    """Press Tab until `thing` has the focus, and see that it shows."""
    expect(thing).to_be_visible()
    for _ in range(most):
        page.keyboard.press("Tab")
        if thing.evaluate("element => element === document.activeElement"):
            assert thing.evaluate(_MARKED), f"the focus does not show on {thing}"
            return
    raise AssertionError(f"Tab does not lead to {thing}")
