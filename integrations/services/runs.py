"""One sync of one connection: claim, run the engine, record what came of it, give the lease back."""

from __future__ import annotations

import logging
import traceback
import uuid
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import audit
from integrations import catalog
from integrations.gateway.base import Meter
from integrations.gateway.errors import GatewayError
from integrations.models import Connection, Outcome, ProviderAccount, Run, Scope
from integrations.news import settling, telling
from integrations.services import providers
from integrations.services.schedule import jitter, next_slot
from integrations.services.surroundings import THE_WORLD, Surroundings
from integrations.sync import acting, engine, lease
from integrations.sync.lag import STALE
from integrations.sync.session import Session, Tally
from integrations.sync.verdict import Verdict, judge

log = logging.getLogger(__name__)

#: a run ends within this; what is left goes on in the next one (seconds)
LENGTH = 240.0
#: Apple has false waves of 401: the password is believed refused only after this long (docs/icloud.md A17)
DOUBT = timedelta(minutes=10)
#: when a run is tried again that found its account taken
SOON = timedelta(minutes=1)
#: what may have changed while a run waited for the lease
FRESH = (
    *("ring_seq", "heard_seq", "last_look_at", "home", "horizon", "generation"),
    *("push_to", "push_tasks", "push_calls", "detail", "alert"),
    *("username", "password", "hosts"),
)
#: how often a waiting run asks for the lease (seconds)
KNOCK = 0.25


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, for this run only."""

    connection: Connection
    outcome: Outcome
    reason: str
    seconds: float
    meter: Meter
    tally: Tally
    busy: bool = False  # somebody else holds the account: nothing was done, and he hears the bell


def sync_connection(
    connection_id: uuid.UUID,
    *,
    patience: float = 0.0,
    interactive: bool = False,
    world: Surroundings = THE_WORLD,
) -> RunReport | None:
    """Sync one connection now and return the report, or None when the connection is gone.

    Obeys the server's wait and the owner's pause (0 requests), but not the schedule. Waits up to `patience` seconds
    for a lease that somebody else holds. Never raises for what a server, a network or an item may do.
    """
    started = world.monotonic()
    connection = _load(connection_id)
    if connection is None:
        return None
    barrier = _barrier(connection, world.now())
    if barrier:
        return RunReport(connection, *barrier, 0.0, Meter(), Tally())
    held = _claim(connection, patience, world)
    if held is None:
        return _left_to_another(connection, world.monotonic() - started, world.now())
    try:
        return _run(connection, held, interactive, world)
    finally:
        held.release()


def _left_to_another(connection: Connection, seconds: float, now: datetime) -> RunReport:
    """Come back in a minute: the account may be another connection's, whose run does nothing for this one."""
    Connection.objects.filter(pk=connection.pk).update(next_sync_at=now + SOON)
    busy = _("Another sync of this account is under way.")
    return RunReport(connection, Outcome.RETRY, busy, seconds, Meter(), Tally(), busy=True)


def _load(connection_id: uuid.UUID) -> Connection | None:
    related = ("user__company", "grant", "account")
    return Connection.objects.select_related(*related).filter(pk=connection_id).first()


def _barrier(connection: Connection, now: datetime) -> tuple[Outcome, str] | None:
    """Return why nothing may be sent at all, or None."""
    if not connection.grant.allows(Scope.OFFLINE) or not connection.user.is_active:
        return Outcome.NEEDS_USER, _("You have withdrawn the access: connect the calendar again.")
    if connection.state == Connection.State.NEEDS_USER:
        return Outcome.NEEDS_USER, connection.last_reason
    if connection.state != Connection.State.ACTIVE:
        return Outcome.NEEDS_USER, _("This connection is paused or not set up yet.")
    if connection.account.not_before and now < connection.account.not_before:
        return Outcome.RETRY, _("The server asked us to wait.")
    if connection.refused_count >= 2 and connection.refused_at and now < connection.refused_at + DOUBT:
        return Outcome.RETRY, connection.last_reason
    return None


def _claim(connection: Connection, patience: float, world: Surroundings) -> lease.Lease | None:
    until = world.monotonic() + patience
    while (held := lease.claim(connection, world.now)) is None and world.monotonic() < until:
        world.sleep(KNOCK)
    return held


def _run(connection: Connection, held: lease.Lease, interactive: bool, world: Surroundings) -> RunReport:
    """Run the engine and record what came of it. The bell is read before anything else is."""
    started = world.now()
    connection.refresh_from_db(fields=FRESH)
    held.generation = connection.generation
    if connection.heard_seq != connection.ring_seq:
        Connection.objects.filter(pk=connection.pk).update(heard_seq=connection.ring_seq)
    providers.name(connection, catalog.entry(connection.entry))
    _close_killed(connection, started)
    run = Run.objects.create(connection=connection, started_at=started)
    with closing(world.line(connection, seconds=LENGTH, interactive=interactive)) as line:
        ends = started + timedelta(seconds=LENGTH)
        session = Session(connection, held, line, world.now, world.new_id, ends, run_id=run.pk)
        verdict = _drive(session)
    outcome, reason = session.tally.worst()
    report = RunReport(connection, outcome, reason, (world.now() - started).total_seconds(), line.meter, session.tally)
    _record(report, run, verdict, session, started)
    return report


def _close_killed(connection: Connection, now: datetime) -> None:
    """End the runs that never ended: whoever holds the lease now is the only one at work."""
    reason = _("This sync was interrupted; the next one goes on where it stood.")
    Run.objects.filter(connection=connection, ended_at=None).update(ended_at=now, outcome=Outcome.RETRY, reason=reason)


def _drive(session: Session) -> Verdict | None:
    """Run the engine; an error becomes a verdict, and its outcome one of the tally's."""
    token = acting.connection.set(session.connection.pk)
    try:
        engine.run(session)
    except GatewayError as error:
        verdict = judge(error, session.connection.account.strikes, jitter(session.connection.pk))
        verdict = _believed(session.connection, verdict, session.now())
        log.info(
            "run ended early: %s: %s", type(error).__name__, error, extra={"connection": str(session.connection.pk)}
        )
    except lease.LeaseLost:
        verdict = Verdict(Outcome.RETRY, _("This sync was stopped, or another one took over."), stale=True)
    except Exception as error:  # noqa: BLE001 -- our bug in one account must not stop the others (outcome class F)
        where = "".join(traceback.format_tb(error.__traceback__))  # without the message, which may quote an event
        log.error("run failed: %s\n%s", type(error).__name__, where, extra={"connection": str(session.connection.pk)})
        verdict = Verdict(Outcome.FAILED, _("Something in Halfpast went wrong: %s.") % type(error).__name__)
    else:
        return None
    finally:
        acting.connection.reset(token)
    session.tally.outcomes.append((verdict.outcome, verdict.reason))
    return verdict


def _record(report: RunReport, run: Run, verdict: Verdict | None, session: Session, started: datetime) -> None:
    """Write down what came of a run, unless its connection is gone (fault row 48).

    One that lost its lease says nothing of the connection: it is another's now.
    """
    numbers = {name: value for name, value in asdict(report.tally).items() if name != "outcomes"}
    now = session.now()
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(
            ended_at=now,
            outcome=report.outcome,
            reason=report.reason,
            requests=report.meter.requests,
            bytes_down=report.meter.bytes_down,
            **numbers,
        )
        if verdict is None:
            _record_success(report, session, started)
        elif not verdict.stale and session.lease.holds():
            _record_failure(report.connection, verdict, now)


def _record_success(report: RunReport, session: Session, started: datetime) -> None:
    connection, now = report.connection, session.now()
    looked = {"last_look_at": started} if session.whole else {}
    soon = now + STALE if session.come_back_soon else next_slot(connection.pk, now)
    ours = Connection.objects.filter(pk=connection.pk, account__fence=session.lease.fence)
    if ours.update(
        last_success_at=now,
        last_reason=report.reason,
        next_sync_at=min(soon, next_slot(connection.pk, now)),
        refused_count=0,
        refused_at=None,
        **looked,
    ):
        settling.in_step(connection, now)
    account = connection.account
    if account.strikes or account.not_before:  # a brake that came meanwhile stays
        over = Q(not_before=None) | Q(not_before__lte=now)
        ProviderAccount.objects.filter(over, pk=account.pk).update(strikes=0, not_before=None)


def _record_failure(connection: Connection, verdict: Verdict, now: datetime) -> None:
    facts: dict[str, object] = {"last_reason": verdict.reason}
    soon = verdict.wait or verdict.back_off or timedelta()
    facts["next_sync_at"] = now + soon if soon or verdict.outcome == Outcome.CONTINUE else next_slot(connection.pk, now)
    if verdict.refused:
        facts |= _refused(connection, verdict, now)
    Connection.objects.filter(pk=connection.pk).update(**facts)
    if facts.get("state") == Connection.State.NEEDS_USER:
        telling.password_needed(connection, now)
    account = ProviderAccount.objects.filter(pk=connection.account_id)
    if verdict.wait:
        account.update(not_before=now + verdict.wait)
        providers.note_wait(connection.account, now)
    if verdict.wait or verdict.back_off:
        account.update(strikes=F("strikes") + 1)
    if verdict.where:
        details = {"entry": connection.entry, "where": verdict.where}
        audit.record(connection.user, "address.refused", target=str(connection.pk), outcome="refused", details=details)


def _refused(connection: Connection, verdict: Verdict, now: datetime) -> dict[str, object]:
    """Count a refusal; at most three calls are made before the owner is asked (fault row 8)."""
    first = now if verdict.doubted else connection.refused_at or now
    state = Connection.State.NEEDS_USER if verdict.outcome == Outcome.NEEDS_USER else connection.state
    return {
        "refused_count": connection.refused_count + 1,
        "refused_at": first,
        "next_sync_at": next_slot(connection.pk, now + DOUBT) if verdict.doubted else first + DOUBT,
        "state": state,
    }


def _believed(connection: Connection, verdict: Verdict, now: datetime) -> Verdict:
    """Return the verdict, or that the owner is needed: when a refusal comes ten minutes or more after the first.

    While the server refuses many accounts at once, none of their owners is.
    """
    everybody = verdict.refused and providers.note_refusal(connection, now)
    if not (verdict.refused and connection.refused_at and now >= connection.refused_at + DOUBT):
        return verdict
    if everybody:
        sentence = _("The server refuses many accounts at once, so it is most likely its own trouble: wait.")
        return replace(verdict, reason=sentence, doubted=True)
    sentence = _("Your calendar's server keeps refusing the password: a new app-specific password is needed.")
    return replace(verdict, outcome=Outcome.NEEDS_USER, reason=sentence)


def rings_again(connection_id: uuid.UUID) -> bool:
    """Return whether somebody rang while the run was under way."""
    return Connection.objects.filter(pk=connection_id, ring_seq__gt=F("heard_seq")).exists()


def ringing_beside(connection_id: uuid.UUID) -> list[uuid.UUID]:
    """Return whose bell rings on the same account: they found it taken, or rang too often for one task."""
    account = Connection.objects.filter(pk=connection_id).values("account")
    beside = Connection.objects.filter(account__in=account, ring_seq__gt=F("heard_seq"))
    standing = beside.filter(state=Connection.State.ACTIVE, grant__revoked_at=None, user__is_active=True)
    return list(standing.order_by("pk").values_list("pk", flat=True))
