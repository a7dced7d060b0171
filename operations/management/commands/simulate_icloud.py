"""A stand-in for Apple's calendar server, on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import secrets
import signal
import threading
import zoneinfo
from argparse import ArgumentParser, BooleanOptionalAction
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.icloud.simulator import lively, options, zoo
from integrations.icloud.simulator.installation import Installation, Ports
from integrations.icloud.simulator.storage import Unreadable
from integrations.icloud.simulator.world import World
from operations import ports

FACTS = "simulator.json"


class Command(BaseCommand):
    """Starts where the folder left off; with a new folder it opens one account with a lively calendar."""

    help = "Run a simulated iCloud, for HALFPAST_ICLOUD_URL. It behaves as docs/icloud.md says the real one does."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where, for whom, and how it behaves."""
        parser.add_argument(
            "--data", type=Path, metavar="DIR", help="where it keeps its calendars (<data folder>/icloud)"
        )
        parser.add_argument("--port", type=int, default=8843, help="the first of three ports to listen on (8843)")
        parser.add_argument(
            "--https", action=BooleanOptionalAction, default=True, help="use TLS, with a root of its own"
        )
        parser.add_argument(
            "--account", default="bob@icloud.example", metavar="EMAIL", help="Apple Account of a new folder"
        )
        parser.add_argument("--name", default="Bob", help="its owner's name")
        parser.add_argument("--timezone", default="Europe/Brussels", help="the time zone of its events and its iPhone")
        parser.add_argument("--zoo", action="store_true", help="let a new account hold one of each confusing thing")
        parser.add_argument("--habits", nargs="+", default=[], metavar="NAME=VALUE", help="another reading of a guess")
        parser.add_argument(
            "--fault", action="append", default=[], metavar="KIND[,NAME=VALUE…]", help="let it go wrong"
        )

    def handle(self, *args: Any, **wish: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        if settings.PRODUCTION:
            raise CommandError("A simulated iCloud is for tests and the demo: there is none in production.")
        folder = (wish["data"] or settings.DATA / "icloud").expanduser().absolute()
        try:
            world = World(options.habits(wish["habits"]), seed=secrets.randbits(64))
            world.faults.add(*map(options.fault, wish["fault"]))
            self._run(folder, world, wish)
        except (options.NotUnderstood, Unreadable, OSError, zoneinfo.ZoneInfoNotFoundError) as reason:
            raise CommandError(str(reason)) from None

    def _run(self, folder: Path, world: World, wish: dict[str, Any]) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with Installation(
            folder,
            world,
            furnish=lambda new: _furnish(new, wish),
            ports=_ports(folder, wish["port"]),
            https=wish["https"],
            zone=wish["timezone"],
        ) as here:
            _write(folder / FACTS, here.facts)
            self._say(here.facts)
            stopped.wait()

    def _say(self, facts: dict[str, Any]) -> None:
        words = [
            f"Simulated iCloud is ready: {facts['url']}",
            f"HALFPAST_ICLOUD_URL={facts['url']}",
            *([f"HALFPAST_CA_FILE={facts['ca_file']}"] if facts["ca_file"] else []),
            f"Apple Account e-mail    {facts['apple_id']}",
            f"app-specific password   {facts['app_password']}",
            f"main Apple password     {facts['main_password']}  (refused, as Apple refuses it)",
            f"its iPhone              {facts['iphone']}",
        ]
        self.stdout.write("\n".join(words))
        self.stdout.flush()


def _furnish(world: World, wish: dict[str, Any]) -> None:
    """Open the account, around today."""
    today = datetime.now(zoneinfo.ZoneInfo(wish["timezone"])).date()
    opened = zoo.open_zoo if wish["zoo"] else lively.open_account
    opened(world, (wish["name"], wish["account"]), today, main_password=_main_password(), app_password=_app_password())


def _app_password() -> str:
    """Return an app-specific password as Apple prints them."""
    letters = "abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _main_password() -> str:
    """Return a password as somebody would choose one: it looks like no app-specific one."""
    return f"{secrets.choice(['Bicycle', 'Marigold', 'Lighthouse', 'Espresso'])}-{secrets.randbelow(9000) + 1000}!"


def _ports(folder: Path, first: int) -> Ports:
    """Return three free ports: those of the last time where they are free, since clients remember them."""
    last = []
    try:
        facts = json.loads((folder / FACTS).read_text())
        last = [int(facts[name].rstrip("/").rpartition(":")[2]) for name in ("url", "shard_url", "pages")]
    except (OSError, ValueError, KeyError):
        pass
    taken: list[int] = []
    for wished in last or [first] * 3:
        taken.append(next(port for port in ports.free(wished) if port not in taken))
    return Ports(*taken)


def _write(path: Path, facts: dict[str, Any]) -> None:
    """Write the facts whole or not at all; they name passwords."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(facts, indent=2) + "\n")
    draft.replace(path)
