"""Connections: one user's link to one account on one calendar server, and the account's lease."""

from __future__ import annotations

import json
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models import AllDay
from vault.fields import SealedField


class Detail(models.TextChoices):
    """How much of an activity its copy in the calendar says."""

    FULL = "full", _("Everything")
    TITLE = "title", _("Title and time only")
    BUSY = "busy", _("“Busy” and the time only")


class ProviderAccount(models.Model):
    """One account on one provider, however many connections use it: the lease and the server's wait are here.

    `fence` is raised at each claim and checked in each writing transaction: a stale holder cannot commit.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)  # keyed hash of provider host and user name or account path
    #: keyed hash of the provider: its accounts are braked together, and believed together
    provider = models.CharField(max_length=64, blank=True, db_index=True)
    fence = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=120, blank=True)  # host, process and its start: a dead one's lease is free
    not_before = models.DateTimeField(null=True, blank=True)  # Retry-After and back-off; nothing shortens it
    strikes = models.PositiveIntegerField(default=0)  # consecutive waits, for the growing back-off
    throttled_at = models.DateTimeField(null=True, blank=True)  # when the server last asked it to wait
    refused_at = models.DateTimeField(null=True, blank=True)  # when its password was last refused

    def __str__(self) -> str:
        """Name the row without the account."""
        return f"provider account {self.pk}"


class Connection(models.Model):
    """What one user has connected. The password is sealed under a data key of its own, erased with it."""

    class State(models.TextChoices):
        """What the engine may do with it."""

        SETUP = "setup", _("Being set up")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        NEEDS_USER = "needs_user", _("Needs a new app-specific password")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    entry = models.CharField(max_length=40)  # key in integrations.catalog
    grant = models.ForeignKey("integrations.Grant", on_delete=models.PROTECT, related_name="connections")
    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="connections")
    data_key = models.ForeignKey("vault.DataKey", on_delete=models.PROTECT, related_name="+")

    server = SealedField(key="data_key")  # entry address as typed
    username = SealedField(key="data_key")
    password = SealedField(key="data_key")
    home = SealedField(key="data_key")  # absolute URL of the calendar home; a cache, found again when it fails
    account_path = SealedField(key="data_key")  # host-less identity of the account
    addresses = SealedField(key="data_key", null=True)  # JSON list: the account's own addresses
    #: JSON list of "host:port" outside the typed server's own that may have the password, as its owner has confirmed
    hosts = SealedField(key="data_key", null=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    import_from = models.DateTimeField()  # midnight (owner's zone) of the connect day
    push_to = models.ForeignKey(
        "integrations.RemoteCalendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    push_tasks = models.BooleanField(default=False)
    push_calls = models.BooleanField(default=False)
    detail = models.CharField(max_length=5, choices=Detail.choices, default=Detail.FULL)  # of copies made from now on
    alert = models.PositiveSmallIntegerField(null=True, blank=True)  # minutes before, on copies made from now on
    generation = models.PositiveIntegerField(default=0)  # raised when its choices change: a run under way stops
    created_at = models.DateTimeField()

    next_sync_at = models.DateTimeField(null=True, blank=True)
    ring_seq = models.PositiveBigIntegerField(default=0)  # raised by Sync now and by local edits
    heard_seq = models.PositiveBigIntegerField(default=0)  # what the last claim read
    freshened_at = models.DateTimeField(null=True, blank=True)  # rung last because somebody looked at the agenda
    refused_count = models.PositiveIntegerField(default=0)  # 401 answers since the last good one
    refused_at = models.DateTimeField(null=True, blank=True)  # the first of them
    last_look_at = models.DateTimeField(null=True, blank=True)  # last complete look
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_reason = models.CharField(max_length=300, blank=True)  # a sentence for the owner
    horizon = models.DateField(null=True, blank=True)  # imports are drawn up to here

    class Meta:
        indexes = [models.Index(fields=["state", "next_sync_at"])]

    def __str__(self) -> str:
        """Name the row without account or server."""
        return f"connection {self.pk} ({self.entry})"

    @property
    def confirmed_hosts(self) -> list[str]:
        """Return the hosts, as "host:port", outside the typed server's own that may have the password."""
        return list(json.loads(self.hosts.reveal())) if self.hosts else []


class RemoteCalendar(models.Model):
    """One calendar of a connected account. Its name is the owner's alone, so it is sealed too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="calendars")
    path = SealedField(key="connection.user.data_key")  # decoded, host-less, final slash
    path_hash = models.CharField(max_length=64)
    name = SealedField(key="connection.user.data_key")
    color = models.CharField(max_length=9, blank=True)
    writable = models.BooleanField(default=True)
    shared = models.BooleanField(default=False)  # others see it, or it is somebody else's
    imported = models.BooleanField(default=False)
    all_day = models.CharField(max_length=6, choices=AllDay.choices, default=AllDay.MARKED)
    gone_at = models.DateTimeField(null=True, blank=True)

    cursor = models.TextField(blank=True)  # ctag (or token) read before the last fully observed listing
    sync_token = models.TextField(blank=True)  # the last report's own token
    looked_at = models.DateTimeField(null=True, blank=True)  # last time its content was known
    listed_at = models.DateTimeField(null=True, blank=True)  # last full ETag listing
    missed = models.PositiveSmallIntegerField(default=0)  # looks in a row that lacked a body, or brought an older one

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "path_hash"], name="one_row_per_calendar")]

    def __str__(self) -> str:
        """Name the row without the calendar's name."""
        return f"remote calendar {self.pk}"


class OwnUid(models.Model):
    """The UID of an activity's copy in some calendar: outlives connections, so that copies are always recognised."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("accounts.Company", on_delete=models.CASCADE, related_name="+")
    uid_hash = models.CharField(max_length=64)  # keyed with the company's data key
    activity = models.ForeignKey("agenda.Activity", null=True, on_delete=models.SET_NULL, related_name="+")
    theirs = models.BooleanField(default=False)  # a converted event: its UID is not of our making
    #: an original that an independent copy stands for: it is imported, and hidden behind the activity
    hidden = models.BooleanField(default=False)
    #: of a converted event: the key of the account that holds it
    held_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "uid_hash"], name="one_row_per_own_uid")]

    def __str__(self) -> str:
        """Name the row."""
        return f"own uid {self.pk}"
