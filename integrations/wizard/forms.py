"""The form that asks which calendars to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.models import Connection, RemoteCalendar, Scope

NONE, NEW = "none", "new"


@dataclass(frozen=True, slots=True)
class Option:
    """One calendar to choose, or not: `barrier` says why it cannot be. `note` is for who chooses it."""

    value: str
    name: str = field(repr=False)
    color: str = ""
    note: str = ""
    barrier: str = ""
    badge: str = ""
    suggested: bool = False
    checked: bool = False


class ChoiceForm(forms.Form):
    """One calendar to push to or none, any number to import from, and two switches."""

    push_to = forms.ChoiceField(
        error_messages={"required": gettext_lazy("Choose where your meetings go, or that they are not pushed.")}
    )
    imports = forms.MultipleChoiceField(required=False)
    push_tasks = forms.BooleanField(label=gettext_lazy("Push tasks"), required=False)
    push_calls = forms.BooleanField(label=gettext_lazy("Push calls"), required=False)

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        """Offer the calendars of `connection`, which is the viewer's own."""
        super().__init__(*args, **kwargs)
        self.connection = connection
        self.calendars = sorted(connection.calendars.all(), key=lambda row: row.name.reveal().casefold())
        self.may_write = connection.grant.allows(Scope.WRITE_CALENDAR)
        targets = [NONE, *([NEW] if self.offers_new else []), *(str(row.pk) for row in self._writable)]
        push_to, imports = self.fields["push_to"], self.fields["imports"]
        push_to.choices = [(value, value) for value in targets]  # type: ignore[attr-defined]
        imports.choices = [(str(row.pk), "") for row in self.calendars]  # type: ignore[attr-defined]

    @property
    def _writable(self) -> list[RemoteCalendar]:
        return [row for row in self.calendars if row.writable] if self.may_write else []

    @cached_property
    def offers_new(self) -> bool:
        """True unless the account has a writable calendar of our name already."""
        return self.may_write and self._ours is None

    @cached_property
    def _ours(self) -> RemoteCalendar | None:
        named = [row for row in self._writable if row.name.reveal() == settings.PRODUCT_NAME]
        return named[0] if named else None

    @property
    def _suggested(self) -> str:
        """Return where meetings stay apart from the owner's own events: a calendar of our name, there or new."""
        if not self.may_write:
            return NONE
        return str(self._ours.pk) if self._ours else NEW

    @property
    def targets(self) -> Sequence[Option]:
        """Return what can be pushed to, the suggestion first, and what cannot, with the reason."""
        chosen = str(self["push_to"].value() or self._suggested)
        offered = [self._target(row, chosen) for row in self.calendars]
        offered.sort(key=lambda option: (bool(option.barrier), option.value != self._suggested))
        fresh = Option(
            NEW,
            _("A new calendar “%(name)s”") % {"name": settings.PRODUCT_NAME},
            note=_("It is made in your account. You can show, hide or delete it like any other."),
            badge=_("Suggested"),
            suggested=True,
            checked=chosen == NEW,
        )
        none = Option(
            NONE,
            _("Do not push"),
            note=_("Your meetings stay here; only events come in."),
            checked=chosen == NONE,
        )
        return [*([fresh] if self.offers_new else []), *offered, none]

    def _target(self, row: RemoteCalendar, chosen: str) -> Option:
        value = str(row.pk)
        suggested = value == self._suggested
        warns = row.shared and row in self._writable
        return Option(
            value,
            row.name.reveal(),
            color=row.color,
            note=_("Others who share it will see your meetings and their customers.") if warns else "",
            barrier="" if row in self._writable else _("Read-only: nothing can be written to it."),
            badge=_("Suggested") if suggested else _("Shared") if row.shared else "",
            suggested=suggested,
            checked=value == chosen,
        )

    @property
    def sources(self) -> Sequence[Option]:
        """Return the calendars that can be imported; at first the owner's own ones are ticked."""
        chosen = set(self["imports"].value() or ()) if self.is_bound else {str(row.pk) for row in self._own}
        return [self._source(row, str(row.pk) in chosen) for row in self.calendars]

    @property
    def _own(self) -> list[RemoteCalendar]:
        if not self.may_write:
            return self.calendars
        return [row for row in self.calendars if row.writable and not row.shared and row != self._ours]

    def _source(self, row: RemoteCalendar, checked: bool) -> Option:
        badge = _("Read-only") if not row.writable else _("Shared") if row.shared else ""
        return Option(str(row.pk), row.name.reveal(), color=row.color, badge=badge, checked=checked)

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of nothing."""
        said = super().clean() or self.cleaned_data
        if said.get("push_to") == NONE and not said.get("imports"):
            self.add_error(None, _("Choose a calendar to push to, or at least one to import from."))
        return said

    @property
    def wants_new(self) -> bool:
        """True when a new calendar is to be made first."""
        return bool(self.cleaned_data["push_to"] == NEW)

    @property
    def target(self) -> RemoteCalendar | None:
        """Return the chosen calendar, or None for none and for a new one."""
        return next((row for row in self.calendars if str(row.pk) == self.cleaned_data["push_to"]), None)

    @property
    def imported(self) -> list[RemoteCalendar]:
        """Return the ticked calendars."""
        return [row for row in self.calendars if str(row.pk) in self.cleaned_data["imports"]]
