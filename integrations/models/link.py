"""Links: one local thing ↔ one remote resource, with what was last agreed and last seen."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Detail
from vault.fields import SealedField


class Answer(models.TextChoices):
    """What an owner has answered to something that waits for him."""

    APPLY = "apply", _("Apply")
    PUT_BACK = "put_back", _("Put back")
    SEND = "send", _("Send")
    DROP = "drop", _("Do not send")


class OwnerAct(models.TextChoices):
    """What the owner has asked for on one very item."""

    DELETE = "delete", _("Delete it in the calendar too")
    REMOVE = "remove", _("Take this copy out of the calendar")
    MOVING = "moving", _("Leave this calendar once the new copy stands")
    ARRIVING = "arriving", _("The new copy of something that moves")
    ORIGINAL = "original", _("Stands in a calendar that is not chosen")


#: what is to go stays on the list of work until it has gone
LEAVING = (OwnerAct.REMOVE, OwnerAct.MOVING)


class Link(models.Model):
    """One activity or block and one remote resource (a UID with its overrides).

    `text` and `etag` are one pair: If-Match always names the ETag of exactly this text. A single block's text is
    dropped once it is agreed. `base_local` and `base_remote` are the two halves of what was last agreed,
    `intended` names a write on its way. A listed resource that is not imported keeps a small row (`ignored`).
    """

    class Origin(models.TextChoices):
        """Who made the remote resource."""

        OURS = "ours", _("Ours")
        THEIRS = "theirs", _("Theirs")

    class State(models.TextChoices):
        """Where the link stands between runs."""

        LINKED = "linked", _("Linked")
        IGNORED = "ignored", _("Not imported")
        QUARANTINED = "quarantined", _("Could not be read")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="links")
    calendar = models.ForeignKey("integrations.RemoteCalendar", on_delete=models.PROTECT, related_name="links")
    activity = models.ForeignKey("agenda.Activity", null=True, on_delete=models.PROTECT, related_name="links")
    block = models.OneToOneField("agenda.Block", null=True, on_delete=models.PROTECT, related_name="link")
    origin = models.CharField(max_length=6, choices=Origin.choices)
    state = models.CharField(max_length=11, choices=State.choices, default=State.LINKED)
    reason = models.CharField(max_length=300, blank=True)  # why ignored, quarantined, stuck or held

    href = SealedField(key="connection.user.data_key")
    href_hash = models.CharField(max_length=64)
    uid = SealedField(key="connection.user.data_key", null=True)
    uid_hash = models.CharField(max_length=64, blank=True)
    text = SealedField(key="connection.user.data_key", null=True, compressed=True)
    etag = models.CharField(max_length=300, blank=True)  # of exactly `text` (or of what was last read)

    base_local = models.JSONField(null=True)  # field group → fingerprint
    base_remote = models.JSONField(null=True)
    observed = models.JSONField(null=True)  # field group → fingerprint, fence included; null: never read
    observed_etag = models.CharField(max_length=300, blank=True)
    observed_present = models.BooleanField(default=False)
    observed_proven = models.BooleanField(default=False)  # absent, and the href itself answered 404/410
    observed_at = models.DateTimeField(null=True, blank=True)
    remote_modified = models.DateTimeField(null=True, blank=True)  # clamped into (previous look, this look]
    #: a write on its way: {"fingerprints": …, "local": …, "at": ISO, "verb": "create" | "update" | "delete"}
    intended = models.JSONField(null=True)
    confirmed = models.BooleanField(default=False)  # the remote resource was seen to exist at this href
    superseded = models.JSONField(default=list)  # [[etag, ISO instant of our write], …]: stale reads are ignored

    agreed_at = models.DateTimeField(null=True, blank=True)  # when both sides last agreed
    came_from = models.CharField(max_length=5, blank=True)  # "here" or "there": where the last change was made
    local_revision = models.PositiveIntegerField(default=0)  # of the activity or block, when last agreed
    asked_here = models.BooleanField(default=True)  # the last local change was somebody's doing in Halfpast
    guests = models.BooleanField(default=False)  # the remote item has attendees
    notes_apart = models.BooleanField(default=False)  # each side keeps its own notes: they never cross
    detail = models.CharField(max_length=5, choices=Detail.choices, default=Detail.FULL)  # what this copy says
    needs_push = models.BooleanField(default=False)  # the local side was edited
    flagged_at = models.DateTimeField(null=True, blank=True)  # when it was: the latest edit goes out first
    needs_plan = models.BooleanField(default=False)  # something was observed that is not acted on yet
    owner_act = models.CharField(max_length=16, blank=True)  # an OwnerAct
    ignored_until = models.DateField(null=True, blank=True)  # beyond the horizon: look again then
    version = models.PositiveIntegerField(default=0)
    held = models.ForeignKey(
        "integrations.HeldPlan", null=True, blank=True, on_delete=models.SET_NULL, related_name="items"
    )
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)  # to what is held or would mail guests
    failures = models.PositiveIntegerField(default=0)  # consecutive rejected writes

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "href_hash"], name="one_link_per_href"),
            models.UniqueConstraint(
                fields=["connection", "activity"],
                name="one_link_per_activity",
                condition=Q(activity__isnull=False) & ~Q(owner_act="moving"),
            ),
            models.CheckConstraint(name="link_has_one_local_thing", condition=Q(activity=None) | Q(block=None)),
        ]
        indexes = [
            models.Index(fields=["connection", "uid_hash"]),
            models.Index(fields=["connection"], condition=Q(needs_push=True), name="links_to_push"),
            models.Index(fields=["connection"], condition=Q(needs_plan=True), name="links_to_plan"),
            models.Index(fields=["connection"], condition=~Q(reason=""), name="links_with_a_reason"),
        ]

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"link {self.pk}"

    @property
    def opened_text(self) -> str:
        """Return the text in clear, "" where none is kept."""
        return self.text.reveal() if self.text else ""

    @property
    def opened_uid(self) -> str:
        """Return the UID in clear, "" where none is known."""
        return self.uid.reveal() if self.uid else ""


class HeldPlan(models.Model):
    """Actions of one kind on one calendar that wait for the owner: nothing of them is done before he answers."""

    class Reason(models.TextChoices):
        """Which brake held them."""

        DELETIONS = "deletions", _("Many events disappeared at once")
        SHRUNKEN = "shrunken", _("The calendar suddenly lists far fewer events")
        MOVES = "moves", _("Many events moved by the same time")
        CREATIONS = "creations", _("Many events appeared that look like duplicates")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="held_plans")
    calendar = models.ForeignKey("integrations.RemoteCalendar", on_delete=models.CASCADE, related_name="held_plans")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "reason"], name="one_open_held_plan", condition=Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        """Name the row."""
        return f"held plan {self.pk} ({self.reason})"


class Conflict(models.Model):
    """The version that lost a merge, kept for 30 days. `version` is sealed JSON: field group → text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey("integrations.Connection", on_delete=models.CASCADE, related_name="conflicts")
    activity = models.ForeignKey("agenda.Activity", null=True, on_delete=models.CASCADE, related_name="+")
    block = models.ForeignKey("agenda.Block", null=True, on_delete=models.CASCADE, related_name="+")
    lost_side = models.CharField(max_length=6)  # local | remote
    version = SealedField(key="connection.user.data_key")
    happened_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"conflict {self.pk}"
