"""The operator's view of connections and runs: health in numbers, never an account, a calendar or an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.address import client_address
from accounts.models import User
from integrations import grants
from integrations.models import Connection, Grant, HeldPlan, Link, Run
from integrations.receivers import ring_soon
from integrations.services.pause import pause, resume


class ReadOnly(admin.options.BaseModelAdmin[Any]):
    """Shows exactly `fields` of its rows; what may be done with them are actions."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return what is shown."""
        return [str(name) for name in self.fields or []]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False


class OpenHeldPlans(ReadOnly, admin.TabularInline[HeldPlan, Connection]):
    """What waits for the owner: how many items and why, not which, nor in which calendar."""

    model = HeldPlan
    fields = ["reason", "items_held", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldPlan]:
        """Return the plans nobody has answered."""
        return super().get_queryset(request).filter(closed_at=None).annotate(held_items=Count("items"))

    @admin.display(description=_("items"))
    def items_held(self, plan: HeldPlan) -> int:
        """Return how many items wait."""
        held: int = plan.held_items  # type: ignore[attr-defined]  # annotated above
        return held


@admin.register(Connection)
class ConnectionAdmin(ReadOnly, admin.ModelAdmin[Connection]):
    """Connections with their health, and what an operator may do: sync now, pause, resume, revoke."""

    list_display = [
        *("user", "entry", "state", "allowed", "last_success_at", "last_reason", "next_sync_at"),
        *("linked", "quarantined", "held"),
    ]
    list_filter = ["state", "entry", "user__company"]
    search_fields = ["id", "user__email", "user__name"]
    list_select_related = ["user", "grant"]
    ordering = ["user__email", "created_at"]
    fields = [
        *("id", "user", "entry", "state", "allowed", "scopes", "granted_at", "granted_from"),
        *("created_at", "last_look_at", "last_success_at", "last_reason", "next_sync_at"),
        *("push_tasks", "push_calls", "linked", "quarantined", "held"),
    ]
    inlines = [OpenHeldPlans]
    actions = ["sync_now", "pause", "resume", "revoke"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        """Return connections with their counts; the sealed columns are not even read."""
        sealed = ["server", "username", "password", "home", "account_path", "addresses", "hosts"]
        rows: QuerySet[Connection] = super().get_queryset(request).defer(*sealed)
        return rows.annotate(
            linked_count=_count(Q(state=Link.State.LINKED)),
            quarantined_count=_count(Q(state=Link.State.QUARANTINED)),
            held_count=_count(Q(held__closed_at=None, held__isnull=False)),
        )

    @admin.display(description=_("linked"), ordering="linked_count")
    def linked(self, connection: Any) -> int:
        """Return how many links it has."""
        return int(connection.linked_count)

    @admin.display(description=_("could not be read"), ordering="quarantined_count")
    def quarantined(self, connection: Any) -> int:
        """Return how many of its items are in quarantine."""
        return int(connection.quarantined_count)

    @admin.display(description=_("held"), ordering="held_count")
    def held(self, connection: Any) -> int:
        """Return how many of its items wait for the owner."""
        return int(connection.held_count)

    @admin.display(description=_("allowed"), boolean=True)
    def allowed(self, connection: Connection) -> bool:
        """Return whether the consent still stands."""
        return connection.grant.revoked_at is None

    @admin.display(description=_("allowed to"))
    def scopes(self, connection: Connection) -> str:
        """Return what the user has allowed."""
        return ", ".join(connection.grant.scopes)

    @admin.display(description=_("granted"))
    def granted_at(self, connection: Connection) -> Any:
        """Return when he did."""
        return connection.grant.granted_at

    @admin.display(description=_("granted from"))
    def granted_from(self, connection: Connection) -> str:
        """Return from where."""
        return connection.grant.granted_from

    @admin.action(description=_("Sync now"))
    def sync_now(self, request: HttpRequest, chosen: QuerySet[Connection]) -> None:
        """Ring the chosen connections."""
        ids = list(chosen.values_list("pk", flat=True))
        rung = ring_soon(ids)
        for pk in ids:
            audit.record(_actor(request), "connection.rung", target=str(pk), address=client_address(request))
        self._tell(request, rung, len(ids))

    @admin.action(description=_("Pause"))
    def pause(self, request: HttpRequest, chosen: QuerySet[Connection]) -> None:
        """Pause the chosen connections."""
        self._each(request, chosen, pause)

    @admin.action(description=_("Resume"))
    def resume(self, request: HttpRequest, chosen: QuerySet[Connection]) -> None:
        """Resume the chosen connections, and ring them."""
        self._each(request, chosen, resume)
        ring_soon(list(chosen.values_list("pk", flat=True)))

    @admin.action(description=_("Revoke the consent: stops everything at once"))
    def revoke(self, request: HttpRequest, chosen: QuerySet[Connection]) -> None:
        """Revoke the grants of the chosen connections."""
        self._each(request, chosen, _revoke)

    def _each(self, request: HttpRequest, chosen: QuerySet[Connection], act: Callable[..., bool]) -> None:
        rows = list(chosen)
        actor, address = _actor(request), client_address(request)
        self._tell(request, sum(act(row, actor, address=address) for row in rows), len(rows))

    def _tell(self, request: HttpRequest, done: int, of: int) -> None:
        sentence = ngettext("Done for %(done)d of %(of)d connection.", "Done for %(done)d of %(of)d connections.", of)
        level = messages.SUCCESS if done == of else messages.WARNING
        self.message_user(request, sentence % {"done": done, "of": of}, level)


@admin.register(Run)
class RunAdmin(ReadOnly, admin.ModelAdmin[Run]):
    """The history of runs, in numbers."""

    list_display = [
        *("started_at", "connection", "owner", "outcome", "reason", "requests", "bytes_down", "imported"),
        *("local_changes", "remote_changes", "conflicts", "quarantined", "held"),
    ]
    list_filter = ["outcome", "connection__entry", "connection__user__company"]
    search_fields = ["connection__id", "connection__user__email"]
    date_hierarchy = "started_at"
    ordering = ["-started_at"]
    fields = [
        *("id", "connection", "started_at", "ended_at", "outcome", "reason", "requests", "bytes_down", "imported"),
        *("local_created", "local_updated", "local_deleted", "remote_created", "remote_updated", "remote_deleted"),
        *("conflicts", "quarantined", "held"),
    ]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Return runs with who is concerned, and nothing else of the connection."""
        wanted = ["connection__id", "connection__entry", "connection__user__email", "connection__user__name"]
        own = [field.attname for field in Run._meta.concrete_fields]
        return super().get_queryset(request).select_related("connection__user").only(*own, *wanted)

    @admin.display(description=_("user"), ordering="connection__user__email")
    def owner(self, run: Run) -> User:
        """Return whose connection it was."""
        return run.connection.user

    @admin.display(description=_("here: created, updated, deleted"))
    def local_changes(self, run: Run) -> str:
        """Return what changed in the agenda."""
        return f"{run.local_created} · {run.local_updated} · {run.local_deleted}"

    @admin.display(description=_("there: created, updated, deleted"))
    def remote_changes(self, run: Run) -> str:
        """Return what changed in the calendars."""
        return f"{run.remote_created} · {run.remote_updated} · {run.remote_deleted}"


def _revoke(connection: Connection, actor: User | None, *, address: str) -> bool:
    grant: Grant = connection.grant
    return grants.revoke(grant, actor, address=address)


def _count(which: Q) -> Coalesce:
    """Return a count of a connection's links, apart from all other counts."""
    links = Link.objects.filter(which, connection=OuterRef("pk")).order_by().values("connection")
    return Coalesce(Subquery(links.annotate(number=Count("pk")).values("number")), 0)


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
