"""What the server will do by itself, and when. Nothing runs in the background: it is done when somebody looks."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Happenings:
    """Acts in the order in which they become due."""

    def __init__(self) -> None:
        """Start with nothing planned."""
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def add(self, at: float, act: Callable[[], None]) -> None:
        """Plan an act."""
        heapq.heappush(self._heap, (at, next(self._order), act))

    def run(self, now: float) -> None:
        """Do all that is due."""
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()
