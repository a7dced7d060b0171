"""Forms of the agenda. They speak the viewer's zone; what is said goes to agenda.services, which decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import visible_owners
from agenda.models import Activity, Attendance, Contact
from agenda.services import times
from agenda.services.contacts import find_or_make

ONE_DAY = timedelta(days=1)
#: column of the service's sentences → field they are shown at
_SHOWN_AT = {"start": "start_date", "end": "end_date", "zone": "start_date", "assignee": "owner", "organiser": "owner"}


class DateInput(forms.DateInput):
    """A date, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        """Write dates as the picker reads them."""
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """A time of day, with the browser's own picker."""

    input_type = "time"

    def __init__(self) -> None:
        """Write times as the picker reads them."""
        super().__init__(format="%H:%M")


class TimedForm(forms.Form):
    """What asks for a time, in the zone of `viewer`, who fills it in."""

    all_day = forms.BooleanField(label=_("All day"), required=False)
    start_date = forms.DateField(label=_("Starts on"), widget=DateInput())
    start_time = forms.TimeField(label=_("Start time"), widget=TimeInput(), required=False)
    end_date = forms.DateField(label=_("Ends on"), widget=DateInput())
    end_time = forms.TimeField(label=_("End time"), widget=TimeInput(), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    viewer: User
    timeless = _("Say at what time, or tick “All day”.")

    def clean(self) -> dict[str, Any]:
        """Ask for the times of day unless it is all day."""
        said = super().clean() or self.cleaned_data
        if not said.get("all_day"):
            for name in ("start", "end"):
                if said.get(f"{name}_date") and said.get(f"{name}_time") is None:
                    self.add_error(f"{name}_time", self.timeless)
        return said

    def when(self) -> dict[str, Any]:
        """Return the times: dates with an exclusive end, or instants read in the viewer's zone."""
        said = self.cleaned_data
        if said.get("all_day"):
            return {"start_date": said["start_date"], "end_date": said["end_date"] + ONE_DAY}
        start = datetime.combine(said["start_date"], said["start_time"])
        end = datetime.combine(said["end_date"], said["end_time"])
        start, end = times.wall_instants(start, end, self.viewer.zone)
        return {"start": start, "end": end, "start_date": None, "end_date": None}

    def show(self, refusal: ValidationError) -> None:
        """Show the service's sentences at the fields they are about."""
        about: Mapping[str, list[str]] = refusal.message_dict if hasattr(refusal, "error_dict") else {}
        for column, sentences in about.items():
            name = _SHOWN_AT.get(column, column)
            self.add_error(name if name in self.fields else None, sentences)
        if not about:
            self.add_error(None, refusal.messages)


class ActivityForm(TimedForm):
    """What all three kinds have in common. `viewer` fills it in, for `owner` unless an activity is given."""

    title = forms.CharField(label=_("Title"), max_length=500)
    location = forms.CharField(label=_("Place"), max_length=1000, required=False)
    customer = forms.CharField(
        label=_("Customer"), max_length=300, required=False, widget=forms.TextInput(attrs={"list": "customers"})
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Organiser"), empty_label=None)
    attendees = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Colleagues"), required=False, widget=forms.CheckboxSelectMultiple
    )
    description = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    kind = Activity.Kind.MEETING
    role = "organiser"
    absent: tuple[str, ...] = ()  # fields that this kind does not have

    def __init__(self, viewer: User, data: Any = None, *, activity: Activity | None = None, **more: Any) -> None:
        """Offer whom `viewer` may plan for; show the activity's own words when there is one."""
        initial = {**more.pop("initial", {}), **(_shown(activity, viewer) if activity else {})}
        super().__init__(data, initial=initial, **more)
        self.viewer = viewer
        people = _people(viewer, activity)
        for name in ("owner", "attendees"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = people
        for name in self.absent:
            del self.fields[name]

    def fields_said(self) -> dict[str, Any]:
        """Return what was filled in as agenda.services takes it. ValidationError for a name no contact can have."""
        said = self.cleaned_data
        fields: dict[str, Any] = {name: said[name] for name in ("title", "location", "description") if name in said}
        fields["customer"] = find_or_make(self.viewer, said["customer"]) if said.get("customer") else None
        return {**fields, **self.when(), **self.more_said(), self.role: said["owner"], "attendees": said["attendees"]}

    def more_said(self) -> dict[str, Any]:
        """Return what this kind has besides."""
        return {}


class MeetingForm(ActivityForm):
    """A meeting."""

    online_link = forms.URLField(label=_("Online link"), max_length=1000, required=False, assume_scheme="https")

    field_order = (
        "title all_day start_date start_time end_date end_time location online_link customer owner attendees".split()
    )

    def more_said(self) -> dict[str, Any]:
        """Return the online link."""
        return {"online_link": self.cleaned_data["online_link"]}


class CallForm(ActivityForm):
    """A call: who is called is what matters, a title is not needed."""

    direction = forms.ChoiceField(
        label=_("Direction"), choices=[("", _("Not said")), *Activity.Direction.choices], required=False
    )

    kind, role, absent = Activity.Kind.CALL, "assignee", ("all_day",)
    timeless = _("Say at what time.")
    field_order = "customer start_date start_time end_date end_time title direction location owner attendees".split()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the customer, not for a title."""
        super().__init__(*args, **kwargs)
        self.fields["customer"].required = True
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, the call is named after the customer.")
        self.fields["owner"].label = _("Who calls")

    def more_said(self) -> dict[str, Any]:
        """Return the direction."""
        return {"direction": self.cleaned_data["direction"]}


class TaskForm(ActivityForm):
    """A task: due on a date, and on the agenda once it is scheduled."""

    due = forms.DateField(label=_("Due"), widget=DateInput())
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Activity.Priority.choices, initial=Activity.Priority.B, required=False
    )
    estimated_minutes = forms.IntegerField(
        label=_("Estimated minutes"), min_value=1, max_value=60 * 24 * 31, required=False
    )

    kind, role = Activity.Kind.TASK, "assignee"
    field_order = (
        "title due priority estimated_minutes all_day start_date start_time end_date end_time location customer".split()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the time be empty: the task is then not scheduled."""
        super().__init__(*args, **kwargs)
        for name in ("start_date", "end_date"):
            self.fields[name].required = False
        self.fields["start_date"].help_text = _("Leave the dates empty to plan it later.")
        self.fields["owner"].label = _("Who does it")

    def when(self) -> dict[str, Any]:
        """Return the times, or none of them."""
        said = self.cleaned_data
        if not said["start_date"] and not said["end_date"]:
            return {"start": None, "end": None, "start_date": None, "end_date": None}
        if not said["start_date"] or not said["end_date"]:
            raise ValidationError({"end": _("Give both a start and an end, or neither.")})
        return super().when()

    def more_said(self) -> dict[str, Any]:
        """Return what a task has besides."""
        said = self.cleaned_data
        priority = said["priority"] or Activity.Priority.B
        return {"due": said["due"], "priority": priority, "estimated_minutes": said["estimated_minutes"]}


FORMS: dict[str, type[ActivityForm]] = {form.kind: form for form in (MeetingForm, CallForm, TaskForm)}


class ConversionForm(forms.Form):
    """What colleagues will see of a private event."""

    title = forms.CharField(label=_("Title"), max_length=500)
    show_notes = forms.BooleanField(label=_("Show my notes to colleagues"), required=False)


def contacts_of(viewer: User) -> Iterable[str]:
    """Return the names that the customer field offers."""
    return Contact.objects.filter(company=viewer.company_id).order_by("name").values_list("name", flat=True)[:500]


def _people(viewer: User, activity: Activity | None) -> Any:
    """Return whom the viewer may choose: whose agenda he sees, and who takes part already."""
    seen = set(visible_owners(viewer).values_list("pk", flat=True))
    if activity is not None:
        seen |= {*_attending(activity), *filter(None, [activity.responsible_id])}
    return User.objects.filter(pk__in=seen).order_by("name", "email")


def _attending(activity: Activity) -> list[UUID]:
    return list(Attendance.objects.filter(activity=activity, ended_at=None).values_list("user_id", flat=True))


def _shown(activity: Activity, viewer: User) -> dict[str, Any]:
    """Return an activity as the form shows it to this viewer."""
    same = {name: getattr(activity, name) for name in _SAME}
    return {
        **same,
        **_when_shown(activity, viewer),
        "customer": activity.customer.name if activity.customer else "",
        "owner": activity.responsible_id,
        "attendees": _attending(activity),
    }


_SAME = (
    "title location description online_link direction due priority estimated_minutes all_day revision".split()
)  # columns that are shown as they are


def _when_shown(activity: Activity, viewer: User) -> dict[str, Any]:
    if activity.start_date and activity.end_date:
        return {"start_date": activity.start_date, "end_date": activity.end_date - ONE_DAY}
    if activity.start is None or activity.end is None:
        return {}
    start, end = activity.start.astimezone(viewer.zone), activity.end.astimezone(viewer.zone)
    return {
        "start_date": start.date(),
        "start_time": start.time(),
        "end_date": end.date(),
        "end_time": end.time(),
    }
