"""`manage.py simulate_icloud`: a stand-in for Apple's calendar server, on this machine, until Ctrl-C.

It needs neither database nor settings, so it starts beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import threading
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from integrations.icloud.simulator import lively, options, zoo
from integrations.icloud.simulator.installation import Installation, Ports
from integrations.icloud.simulator.storage import Unreadable
from integrations.icloud.simulator.world import World
from operations import datafolder, ports
from operations.house import production

FACTS = "simulator.json"


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C or SIGTERM, from where the folder left off. Return 0 then, 1 when it could not start."""
    wish = parser().parse_args(arguments)
    if production():
        return _refuse("A simulated iCloud is for tests and the demo: there is none in production.")
    settings.configure(USE_I18N=False, USE_TZ=True)  # its pages use Django's templates, and nothing else of it
    try:
        world = World(options.habits(wish.habits), seed=secrets.randbits(64))
        world.faults.add(*map(options.fault, wish.fault))
        _run(world, wish)
    except (options.NotUnderstood, Unreadable, OSError, zoneinfo.ZoneInfoNotFoundError) as reason:
        return _refuse(str(reason))
    return 0


def _refuse(why: str) -> int:
    print(why, file=sys.stderr, flush=True)
    return 1


def parser() -> argparse.ArgumentParser:
    """Return what understands its arguments."""
    made = argparse.ArgumentParser(
        "manage.py simulate_icloud",
        description="Run a simulated iCloud on this machine. It behaves as docs/icloud.md says the real one does; "
        "a new folder gets one account with a lively calendar.",
    )
    add = made.add_argument
    add("--data", type=Path, metavar="DIR", help="where it keeps its calendars (icloud/ in the data folder)")
    add(
        "--port",
        type=int,
        default=8843,
        help="the first of three ports to listen on; taken ones are stepped over (8843)",
    )
    add("--https", action=argparse.BooleanOptionalAction, default=True, help="use TLS, with a root of its own (yes)")
    add("--account", default="bob@icloud.example", metavar="EMAIL", help="the Apple Account of a new folder")
    add("--name", default="Bob", help="its owner's name")
    add("--timezone", default="Europe/Brussels", metavar="ZONE", help="the time zone of its events and its iPhone")
    add("--zoo", action="store_true", help="let a new account hold one of each confusing thing")
    add("--habits", nargs="+", default=[], metavar="NAME=VALUE", help="take another reading of a guess")
    add("--fault", action="append", default=[], metavar="KIND[,NAME=VALUE...]", help="let it go wrong; may be repeated")
    add("--quiet", action="store_true", help="do not print the account's passwords")
    return made


def _run(world: World, wish: argparse.Namespace) -> None:
    """Listen until somebody asks us to stop."""
    folder = (
        wish.data or datafolder.locate(os.environ.get("HALFPAST_DATA") or datafolder.DEFAULT) / "icloud"
    ).absolute()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Installation(
        folder,
        world,
        furnish=lambda new: _furnish(new, wish),
        ports=_ports(folder, wish.port),
        https=wish.https,
        zone=wish.timezone,
    ) as here:
        _write(folder / FACTS, here.facts)
        if not wish.quiet:
            print("\n".join(_words(here.facts)), flush=True)
        stopped.wait()


def _words(facts: dict[str, Any]) -> Iterator[str]:
    """Yield what somebody needs to know."""
    yield f"Simulated iCloud is ready: {facts['url']}"
    yield f"  HALFPAST_ICLOUD_URL={facts['url']}"
    if facts["ca_file"]:
        yield f"  HALFPAST_CA_FILE={facts['ca_file']}"
    yield f"  Apple Account e-mail   {facts['apple_id']}"
    yield f"  app-specific password  {facts['app_password']}"
    yield f"  main Apple password    {facts['main_password']}  is refused, as Apple refuses it"
    yield f"  its owner's iPhone     {facts['iphone']}"


def _furnish(world: World, wish: argparse.Namespace) -> None:
    """Open the account, around today."""
    today = datetime.now(zoneinfo.ZoneInfo(wish.timezone)).date()
    opened = zoo.open_zoo if wish.zoo else lively.open_account
    opened(world, (wish.name, wish.account), today, main_password=_main_password(), app_password=_app_password())


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
