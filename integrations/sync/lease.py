"""The lease of a provider account: at most one holder may commit, proved by a fencing number (docs/runs.md)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import transaction

from integrations.models import Connection, ProviderAccount

LENGTH = timedelta(seconds=90)
#: before each send this much must remain: a request may last 60 s in all
NEEDED = timedelta(seconds=70)


class LeaseLost(Exception):
    """Another holder took over, or the connection was paused, changed, revoked or removed: write nothing more."""


@dataclass(slots=True)
class Lease:
    """The right to act on one account, until `until`. `fence` is checked by every writing transaction."""

    account_id: uuid.UUID
    connection_id: uuid.UUID
    fence: int
    until: datetime
    now: Callable[[], datetime]
    generation: int = 0  # of the connection's choices, as this holder found them

    def keep(self) -> None:
        """Make sure that a whole request fits into what remains, or raise LeaseLost."""
        now = self.now()
        if self.until - now > NEEDED:
            return
        mine = ProviderAccount.objects.filter(pk=self.account_id, fence=self.fence)
        if not mine.update(lease_until=now + LENGTH):
            raise LeaseLost
        self.until = now + LENGTH

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction in which this holder is still the one, and the connection still wants this sync."""
        with transaction.atomic():
            mine = ProviderAccount.objects.select_for_update().filter(pk=self.account_id, fence=self.fence)
            if not (list(mine.only("pk")) and self._is_wanted()):
                raise LeaseLost
            yield

    def _is_wanted(self) -> bool:
        """Return whether the connection still wants this sync; asked with the account locked.

        Not in one statement with it: one that waited for the lock would answer from before what it waited for.
        """
        wanted = Connection.objects.filter(pk=self.connection_id, account=self.account_id, generation=self.generation)
        return wanted.filter(state=Connection.State.ACTIVE, grant__revoked_at=None).exists()

    def holds(self) -> bool:
        """Return whether nobody has taken over, and the connection is still as this holder found it."""
        connections = {"connections__pk": self.connection_id, "connections__generation": self.generation}
        return ProviderAccount.objects.filter(pk=self.account_id, fence=self.fence, **connections).exists()

    def release(self) -> None:
        """Give the account free for the next holder."""
        ProviderAccount.objects.filter(pk=self.account_id, fence=self.fence).update(lease_until=None, holder="")


def claim(connection: Connection, now: Callable[[], datetime]) -> Lease | None:
    """Return the lease of the connection's account, or None while somebody alive holds it."""
    moment = now()
    account = ProviderAccount.objects.get(pk=connection.account_id)
    if account.lease_until and account.lease_until >= moment and not _is_dead(account.holder):
        return None
    fence = account.fence + 1
    unclaimed = ProviderAccount.objects.filter(pk=account.pk, fence=account.fence)
    if not unclaimed.update(fence=fence, lease_until=moment + LENGTH, holder=_ourselves()):
        return None
    return Lease(account.pk, connection.pk, fence, moment + LENGTH, now, connection.generation)


def _ourselves() -> str:
    return f"{_here()}:{os.getpid()}:{_started(os.getpid())}"


@cache
def _here() -> str:
    """Return what tells this machine's processes from all others': the boot and the namespace of process ids."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}".replace("pid:", "")
    except OSError:
        return ""


def _is_dead(holder: str) -> bool:
    """Return whether the holder was a process beside us that is certainly gone. Unknown is alive."""
    where, _, rest = holder.rpartition(":")[0].rpartition(":")
    started = holder.rpartition(":")[2]
    if not where or where != _here() or not rest.isdigit():
        return False
    return _started(int(rest)) != started


def _started(pid: int) -> str:
    """Return when a process began, in clock ticks since boot (proc(5), field 22), or "" when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
