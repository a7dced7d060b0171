"""A simulated iCloud that stays: its world in a folder, its hosts and its pages on ports of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from integrations.icloud.simulator import tls
from integrations.icloud.simulator.listener import Listener
from integrations.icloud.simulator.pages.site import Site
from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.storage import Storage
from integrations.icloud.simulator.world import World


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; 0 takes a free one."""

    entry: int = 0
    shard: int = 0
    pages: int = 0


class Installation:
    """All of it, as a context manager. `furnish` fills a world in which nobody is yet."""

    def __init__(
        self,
        folder: Path,
        world: World,
        *,
        furnish: Callable[[World], None],
        ports: Ports,
        https: bool,
        zone: str,
    ) -> None:
        """Bring the world to where its folder left it; storage.Unreadable when that cannot be read."""
        self.storage = Storage(folder, world)
        if not world.accounts:
            furnish(world)
            self.storage.save()
        self.papers = tls.papers(folder / "tls") if https else None
        self.simulator = Simulator(
            world,
            tls=self.papers.context() if self.papers else None,
            entry_port=ports.entry,
            shard_port=ports.shard,
            before_answering=self.storage.save,  # what a client was told is never forgotten
        )
        self._site = Site(world, zone, changed=self.storage.save)
        # a world of its own: who looks at the pages is in nobody's log, and no fault strikes him
        self._pages = Listener("entry", ports.pages, World(), self._site)

    def __enter__(self) -> Installation:
        """Listen; OSError when a port is taken."""
        self.simulator.start()
        self._pages.open()
        self._site.port = self._pages.port
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop; all is written down already."""
        self._pages.close()
        self.simulator.stop()

    @property
    def pages_url(self) -> str:
        """Return the address of the pages. They are plain http: no browser knows our certificate."""
        return f"http://127.0.0.1:{self._pages.port}/"

    @property
    def facts(self) -> dict[str, Any]:
        """Return what somebody who wants to use it must know."""
        [account, *_] = self.simulator.world.accounts.values()
        return {
            "pid": os.getpid(),
            "url": self.simulator.url,
            "shard_url": self.simulator.shard_url(account),
            "ca_file": str(self.papers.ca_file) if self.papers else "",
            "pages": self.pages_url,
            "iphone": f"{self.pages_url}iphone/{account.dsid}/",
            "apple_id": account.apple_id,
            "main_password": account.main_password,
            "app_password": account.app_passwords[0].text,
        }
