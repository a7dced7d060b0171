"""The lease of a provider account: at most one holder may commit, proved by a fencing number (docs/sync.md)."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q

from integrations.models import Connection, ProviderAccount

LENGTH = timedelta(seconds=90)
#: before each send this much must remain: a request may last 60 s in all
NEEDED = timedelta(seconds=70)


class LeaseLost(Exception):
    """Another holder took over, or the connection was paused, revoked or removed: write nothing more."""


@dataclass(slots=True)
class Lease:
    """The right to act on one account, until `until`. `fence` is checked by every writing transaction."""

    account_id: uuid.UUID
    connection_id: uuid.UUID
    fence: int
    until: datetime
    now: Callable[[], datetime]

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
        """Open a transaction in which this holder is still the one, and the connection still wants to be synced."""
        with transaction.atomic():
            account = ProviderAccount.objects.select_for_update().filter(pk=self.account_id, fence=self.fence)
            wanted = Connection.objects.filter(
                pk=self.connection_id, state=Connection.State.ACTIVE, grant__revoked_at=None
            )
            if not (account.exists() and wanted.exists()):
                raise LeaseLost
            yield

    def holds(self) -> bool:
        """Return whether nobody has taken over."""
        return ProviderAccount.objects.filter(pk=self.account_id, fence=self.fence).exists()

    def release(self) -> None:
        """Give the account free for the next holder."""
        ProviderAccount.objects.filter(pk=self.account_id, fence=self.fence).update(lease_until=None, holder="")


def claim(connection: Connection, now: Callable[[], datetime]) -> Lease | None:
    """Return the lease of the connection's account, or None while somebody alive holds it."""
    moment = now()
    free = Q(lease_until=None) | Q(lease_until__lt=moment)
    holder = ProviderAccount.objects.values_list("holder", flat=True).get(pk=connection.account_id)
    if _is_dead(holder):
        free |= Q(holder=holder)
    accounts = ProviderAccount.objects.filter(free, pk=connection.account_id)
    with transaction.atomic():
        if not accounts.update(fence=F("fence") + 1, lease_until=moment + LENGTH, holder=_ourselves()):
            return None
        fence = ProviderAccount.objects.values_list("fence", flat=True).get(pk=connection.account_id)
    return Lease(connection.account_id, connection.pk, fence, moment + LENGTH, now)


def _ourselves() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _is_dead(holder: str) -> bool:
    """Return whether the holder was a process of this host that is certainly gone. Unknown is alive."""
    host, _, rest = holder.rpartition(":")[0].partition(":")
    started = holder.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit() or not Path("/proc/self/stat").exists():
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
