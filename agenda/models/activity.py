"""Activities: meetings, calls and tasks, one table with constraints per kind (docs/architecture.md)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Activity(models.Model):
    """One meeting, call or task of a company. Times: `start`/`end` in UTC with `zone`, or dates when `all_day`."""

    class Kind(models.TextChoices):
        """What sort of activity it is; fixed for life."""

        MEETING = "meeting", _("Meeting")
        CALL = "call", _("Call")
        TASK = "task", _("Task")

    class Status(models.TextChoices):
        """Open, or done (for calls and tasks: completed)."""

        OPEN = "open", _("Open")
        DONE = "done", _("Done")

    class Outcome(models.TextChoices):
        """How a completed call ended."""

        SUCCESSFUL = "successful", _("Successful")
        NO_INTEREST = "no_interest", _("No interest")
        VOICEMAIL = "voicemail", _("Voicemail")
        OTHER = "other", _("Other")

    class Priority(models.TextChoices):
        """A task's priority, A first."""

        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    class Direction(models.TextChoices):
        """Who calls whom."""

        OUTBOUND = "out", _("Outbound")
        INBOUND = "in", _("Inbound")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("accounts.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=500, blank=True)
    description = models.TextField(blank=True)
    location = models.CharField(max_length=1000, blank=True)
    online_link = models.URLField(max_length=1000, blank=True)
    customer = models.ForeignKey("agenda.Contact", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # meetings: one of the attending users
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # calls and tasks

    all_day = models.BooleanField(default=False)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)  # exclusive
    zone = models.CharField(max_length=64, default="UTC")  # IANA; what `start` was said in

    due = models.DateField(null=True, blank=True)
    priority = models.CharField(max_length=1, choices=Priority.choices, default=Priority.B)
    estimated_minutes = models.PositiveIntegerField(null=True, blank=True)
    direction = models.CharField(max_length=3, choices=Direction.choices, blank=True)

    status = models.CharField(max_length=4, choices=Status.choices, default=Status.OPEN)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    revision = models.PositiveIntegerField(default=1)  # raised by every write in agenda.services
    #: field group → [ISO instant, user id]: when and by whom each group last changed here
    changed_at = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)  # in the trash since
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["company", "start", "end"]),
            models.Index(fields=["company", "start_date"]),
            models.Index(fields=["assignee", "due"]),
            models.Index(fields=["deleted_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="activity_times_are_whole",
                condition=Q(all_day=True, start=None, end=None, start_date__isnull=False, end_date__isnull=False)
                | Q(all_day=False, start__isnull=False, end__isnull=False, start_date=None, end_date=None)
                | Q(all_day=False, start=None, end=None, start_date=None, end_date=None),
            ),
            models.CheckConstraint(
                name="activity_ends_after_it_starts",
                condition=Q(start=None, start_date=None)
                | Q(end__gte=F("start"), start_date=None)
                | Q(end_date__gt=F("start_date"), start=None),
            ),
            models.CheckConstraint(
                name="meeting_is_complete",
                condition=~Q(kind="meeting")
                | (
                    ~Q(title="")
                    & Q(organiser__isnull=False)
                    & (Q(start__isnull=False) | Q(start_date__isnull=False))
                    & Q(assignee=None, due=None, outcome="")
                ),
            ),
            models.CheckConstraint(
                name="call_is_complete",
                condition=~Q(kind="call")
                | Q(
                    customer__isnull=False,
                    assignee__isnull=False,
                    start__isnull=False,
                    all_day=False,
                    organiser=None,
                    due=None,
                ),
            ),
            models.CheckConstraint(
                name="task_is_complete",
                condition=~Q(kind="task")
                | (~Q(title="") & Q(due__isnull=False, assignee__isnull=False, organiser=None, outcome="")),
            ),
            models.CheckConstraint(
                name="outcome_belongs_to_a_done_call",
                condition=Q(outcome="") | Q(kind="call", status="done"),
            ),
        ]

    def __str__(self) -> str:
        """Name the row without its content: this text reaches logs and the admin panel."""
        return f"{self.kind} {self.pk}"

    @property
    def scheduled(self) -> bool:
        """True when the activity has a place in the agenda; an unscheduled task has none."""
        return self.start is not None or self.start_date is not None

    @property
    def responsible_id(self) -> uuid.UUID | None:
        """Return the id of the organiser or assignee: the user who may edit and delete it, besides an admin."""
        return self.organiser_id or self.assignee_id


class Attendance(models.Model):
    """A user takes part in an activity, of whatever kind. `ended_at`: he no longer does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    ended_at = models.DateTimeField(null=True, blank=True)
    #: who ended it; null when it was his own calendar that did
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "user"], name="one_attendance_per_user")]
        indexes = [models.Index(fields=["user", "ended_at"])]

    def __str__(self) -> str:
        """Name the row without its content."""
        return f"attendance {self.pk}"
