"""The form that asks which calendars a living connection uses, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from agenda.models import Activity, AllDay
from integrations.models import Connection, Detail, RemoteCalendar
from integrations.services.choices import Wish
from integrations.wizard.forms import NONE, ChoiceForm, Option

ALERTS = [
    ("", gettext_lazy("None")),
    ("0", gettext_lazy("At the start")),
    ("15", gettext_lazy("15 minutes before")),
    ("30", gettext_lazy("30 minutes before")),
]
#: what is asked about copies that are there, when it has to be
LEAVE, REMOVE = "leave", "remove"


class ChangeForm(ChoiceForm):
    """The wizard's choice, as it stands; with what copies say, remind of, and what whole days do."""

    detail = forms.ChoiceField(label=gettext_lazy("What your calendar shows of them"), choices=Detail.choices)
    alert = forms.ChoiceField(label=gettext_lazy("Alert on pushed items"), choices=ALERTS, required=False)

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        """Show the choices of `connection`, which is the viewer's own."""
        kwargs["initial"] = _as_it_is(connection)
        super().__init__(*args, connection=connection, **kwargs)
        for calendar in self.calendars:
            self.fields[rule_name(calendar)] = forms.ChoiceField(
                label=calendar.name.reveal(), choices=AllDay.choices, initial=calendar.all_day, required=False
            )

    @property
    def sources(self) -> Sequence[Option]:
        """Return the calendars that can be imported; those that are, are ticked."""
        chosen = set(self["imports"].value() or ())
        return [self._source(row, str(row.pk) in chosen) for row in self.calendars]

    @property
    def rules(self) -> Sequence[forms.BoundField]:
        """Return one choice a calendar: what its whole days do."""
        return [self[rule_name(calendar)] for calendar in self.calendars]

    def wish(self, target: RemoteCalendar | None, answers: Any) -> Wish:
        """Return what the owner wishes, with `answers` to what had to be asked."""
        said = self.cleaned_data
        rules = {row.pk: said[rule_name(row)] for row in self.calendars if said[rule_name(row)]}
        return Wish(
            push_to=target,
            imports=self.imported,
            push_tasks=said["push_tasks"],
            push_calls=said["push_calls"],
            detail=said["detail"],
            alert=int(said["alert"]) if said["alert"] else None,
            all_day=rules,
            remove=frozenset(kind for kind in Activity.Kind.values if answers.get(f"copies_{kind}") == REMOVE),
            move=answers.get("move") == "move",
            write_anew=bool(answers.get("write_anew")),
        )


def rule_name(calendar: RemoteCalendar) -> str:
    """Return the name of the field that asks for a calendar's rule for whole days."""
    return f"all_day_{calendar.pk.hex}"


def _as_it_is(connection: Connection) -> dict[str, Any]:
    imported = connection.calendars.filter(imported=True).values_list("pk", flat=True)
    return {
        "push_to": str(connection.push_to_id or NONE),
        "imports": [str(pk) for pk in imported],
        "push_tasks": connection.push_tasks,
        "push_calls": connection.push_calls,
        "detail": connection.detail,
        "alert": "" if connection.alert is None else str(connection.alert),
    }
