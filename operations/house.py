"""One running Halfpast: which parts it has, in which order they start, and what up.json says of them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from operations import demo, demo_calendar, parts
from operations.datafolder import ROOT
from operations.embedded import icloud, radicale, valkey
from operations.supervisor import Part, Supervisor
from operations.upfile import UpFile

PATIENCE = 60.0  # seconds for a part to become ready, on a slow and busy machine


def production() -> bool:
    """Return whether the environment says production, as `config.settings` reads it."""
    return os.environ.get("HALFPAST_ENV", "").strip() == "production"


class CannotStart(Exception):
    """`up` ends before it is ready; the message says why and what to do."""


@dataclass(slots=True)
class House:
    """Starts the parts on one data folder. `environment` is what all of them find in theirs."""

    folder: Path
    file: UpFile
    supervisor: Supervisor
    listener: socket.socket
    say: Callable[[str], None]
    environment: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    apple: Part | None = None  # what plays Apple's part

    @property
    def port(self) -> int:
        """Return the web port."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Return the address on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, with_demo: bool) -> str:
        """Start everything; return what to say after the ready line: the demo's sign-ins, or the set-up link."""
        self.environment["HALFPAST_DATA"] = str(self.folder)
        self._note(url=self.url, web=self.port, hosts=[])
        self._start_broker()
        if with_demo and demo.load(self.folder):
            self._spawn_icloud()  # it starts while the database is looked at
        prepared = json.loads(self._manage("prepare", "--json", *([] if with_demo else ["--setup-link"])))
        if production():
            self._manage("collectstatic", "--noinput")
        last_words = self._start_demo(may_make=not prepared["users"]) if with_demo else ""
        self._start_services(prepared["threads"])
        return self._with_mails(last_words) or self._invitation(prepared["setup_path"])

    def _note(self, **facts: Any) -> None:
        """Add to up.json."""
        self.facts |= facts
        self.file.write(self.facts)

    def _start_broker(self) -> None:
        """Start Valkey, unless a server is given; name the queue to everybody."""
        given = os.environ.get("REDIS_URL") or self._start_valkey()
        self.environment["REDIS_URL"] = given
        self.environment["CELERY_BROKER_URL"] = os.environ.get("CELERY_BROKER_URL") or given
        self._note(broker_url=self.environment["CELERY_BROKER_URL"])

    def _start_valkey(self) -> str:
        running = valkey.start(self.folder)
        self.supervisor.add(
            Part(
                "broker",
                lambda: valkey.spawn(self.folder, running.port, running.password),
                self.folder / "logs" / "valkey.log",
                last=True,  # a worker that loses its broker first hangs in reconnecting
                process=running.process,
            )
        )
        self._note(broker=running.port)
        return running.url

    def _start_demo(self, *, may_make: bool) -> str:
        """Start the demo's calendar servers, make what is missing of the demo, and return the sign-ins."""
        kept = demo.load(self.folder) or (demo.fresh() if may_make else None)
        if kept is None:
            return ""
        demo.save(self.folder, kept)
        self._spawn_icloud()
        demo_calendar.write(self.folder / "radicale" / "collections", list(kept.calendar_passwords), date.today())
        server = self._start_radicale(kept)
        if kept.seeded_for != server.url and self._seeded(server.url):
            kept = replace(kept, calendar_port=server.port, seeded_for=server.url)
            demo.save(self.folder, kept)
        return demo.sign_ins(kept, server.url, self._icloud_listens())

    def _spawn_icloud(self) -> None:
        """Begin to start what plays Apple's part, unless the operator named another or it was begun already."""
        if self.apple or os.environ.get("HALFPAST_ICLOUD_URL", "").strip():
            return
        https = not os.environ.get("HALFPAST_CA_FILE", "").strip()  # a root of the operator's own is not replaced
        account, name = demo.APPLE_ACCOUNT, demo.APPLE_OWNER

        def spawn() -> subprocess.Popen[bytes]:
            return icloud.spawn(self.folder, account, name, demo.ZONE, self.environment, https=https)

        self.apple = self.supervisor.add(Part("demo's simulated iCloud", spawn, icloud.log(self.folder)))

    def _icloud_listens(self) -> icloud.Running | None:
        """Wait until it listens, and let everybody take it for Apple's."""
        if self.apple is None:
            return None
        running = icloud.wait(self.folder, self.apple.running, seconds=PATIENCE)
        self.environment |= running.environment
        self._note(icloud_url=running.url, ca_file=running.ca_file, iphone=running.iphone)
        return running

    def _seeded(self, url: str) -> bool:
        """Make the demo's rows; a demo that lacks something is no reason not to start, and is tried again next time."""
        try:
            self._manage("seed_demo", url)
        except CannotStart:
            self.say("The demo is not complete, for the reason above.")
            return False
        return True

    def _start_radicale(self, kept: demo.Secrets) -> radicale.Running:
        accounts = kept.calendar_passwords
        running = radicale.start(self.folder, accounts, first_port=kept.calendar_port)
        self.supervisor.add(
            Part(
                "demo's calendar server",
                lambda: radicale.spawn(self.folder, accounts, running.port),
                self.folder / "logs" / "radicale.log",
                process=running.process,
            )
        )
        self._note(radicale=running.port, hosts=[f"127.0.0.1:{running.port}", f"localhost:{running.port}"])
        return running

    def _start_services(self, threads: dict[str, int]) -> None:
        """Start web, workers and beat together, then wait until they are ready."""
        web = parts.web(self.folder, self.listener.fileno(), threads["web"], self.environment)
        workers = [parts.worker(self.folder, name, threads[name], self.environment) for name in ("sync", "interactive")]
        since = {worker.name: parts.size(worker.log) for worker in workers}
        for part in (web, *workers, parts.beat(self.folder, self.environment)):
            self.supervisor.add(part)
        ready = parts.serves(web, self.port, PATIENCE)
        for worker in workers:
            ready = parts.says_ready(worker, PATIENCE, since=since[worker.name]) and ready
        if not ready:
            raise CannotStart(f"A part did not become ready: the logs in {self.folder / 'logs'} say why.")

    def _manage(self, *arguments: str) -> str:
        """Run one command of ours in a child and return what it printed; what it says on the way is shown."""
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            text=True,
            start_new_session=True,  # Ctrl-C is for us; a child cut short is killed
            check=False,
        )
        if done.returncode:
            raise CannotStart("Halfpast could not start.")
        return done.stdout

    def _with_mails(self, words: str) -> str:
        """Return the demo's words, with where its people read the mails that no mail server takes."""
        if not words or os.environ.get("EMAIL_URL", "").strip():
            return words
        return f"{words}\nMails that would have been sent to them: {self.url}/mails/ once signed in."

    def _invitation(self, path: str) -> str:
        """Return the sentence with the one-time set-up link, when there is one."""
        base = os.environ.get("HALFPAST_URL", "").rstrip("/") or self.url
        return f"Nobody is in it yet. Set it up, once and within a day: {base}{path}" if path else ""
