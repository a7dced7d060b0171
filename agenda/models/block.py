"""Blocks: events of a linked personal calendar, whose content only the owner may read."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.content import TimeKind
from vault.fields import SealedField


class BusyState(models.TextChoices):
    """What the event itself says; the all-day policy is applied on read."""

    BUSY = "busy", _("Busy")
    TENTATIVE = "tentative", _("Tentative")
    FREE = "free", _("Free")


class AllDay(models.TextChoices):
    """What the all-day events of an imported calendar do to its owner's availability."""

    MARKED = "marked", _("As marked in the calendar")
    ALWAYS = "always", _("Always block time")
    NEVER = "never", _("Never block time")


class Block(models.Model):
    """One resource of an imported calendar. What it says is sealed; its drawn times are BlockSpan rows.

    `envelope` is a JSON object with the keys title, place, notes, calendar and uid; `agenda.visibility` alone opens it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    envelope = SealedField(key="owner.data_key")
    busy = models.CharField(max_length=9, choices=BusyState.choices, default=BusyState.BUSY)
    all_day = models.CharField(max_length=6, choices=AllDay.choices, default=AllDay.MARKED)  # its calendar's rule
    recurring = models.BooleanField(default=False)
    guests = models.BooleanField(default=False)  # the event has attendees
    invitation = models.BooleanField(default=False)  # organised by somebody else
    unreadable = models.BooleanField(default=False)  # quarantined: only its time could be read
    #: spans are complete up to this date; null when the event is drawn whole
    drawn_until = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.JSONField(default=dict)  # as Activity.changed_at
    #: the activity that shows this event to colleagues instead (an independent copy); the block is then hidden
    hidden_by = models.ForeignKey(
        "agenda.Activity", null=True, blank=True, on_delete=models.SET_NULL, related_name="hidden_blocks"
    )

    class Meta:
        indexes = [models.Index(fields=["owner", "drawn_until"])]

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"block {self.pk}"


class BlockSpan(models.Model):
    """One drawn time of a block, or a read-only one of an activity that somebody made repeat on a phone.

    `start`/`end` are UTC instants for the indexed range query, computed in the owner's zone for dates and wall times;
    those keep `wall_start`/`wall_end` (naive ISO text; end exclusive), so that a changed zone recomputes them.
    """

    class Kind(models.TextChoices):
        """The kind of time, as agenda.content.TimeKind."""

        DATE = TimeKind.DATE.value, _("All day")
        ZONED = TimeKind.ZONED.value, _("Zoned")
        FLOATING = TimeKind.FLOATING.value, _("Floating")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    block = models.ForeignKey(Block, null=True, on_delete=models.CASCADE, related_name="spans")
    activity = models.ForeignKey("agenda.Activity", null=True, on_delete=models.CASCADE, related_name="spans")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    start = models.DateTimeField()
    end = models.DateTimeField()
    wall_start = models.CharField(max_length=32, blank=True)
    wall_end = models.CharField(max_length=32, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    recurrence_id = models.CharField(max_length=64, blank=True)
    busy = models.CharField(max_length=9, choices=BusyState.choices, default=BusyState.BUSY)
    #: an override's own title, place and notes (JSON), else empty
    envelope = SealedField(key="owner.data_key", null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "end", "start"]), models.Index(fields=["block", "start"])]
        constraints = [
            models.CheckConstraint(
                name="span_has_one_parent",
                condition=Q(block__isnull=False, activity=None) | Q(block=None, activity__isnull=False),
            ),
            models.CheckConstraint(name="span_ends_after_it_starts", condition=Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"span {self.pk}"

    @property
    def counts_as(self) -> str:
        """Return what this time does to its owner's availability, by its calendar's rule for whole days."""
        rule = self.block.all_day if self.block and self.kind == self.Kind.DATE else AllDay.MARKED
        if rule == AllDay.NEVER:
            return BusyState.FREE.value
        return BusyState.BUSY.value if rule == AllDay.ALWAYS and self.busy == BusyState.FREE else self.busy
