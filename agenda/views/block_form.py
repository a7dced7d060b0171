"""The form of one's own private event."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agenda.models import Block
from agenda.services.block_edits import content_of, times_of
from agenda.views.forms import ONE_DAY, TimedForm


class BlockForm(TimedForm):
    """What a single private event says: its owner's eyes and hands only."""

    title = forms.CharField(label=_("Title"), max_length=1000, required=False)
    place = forms.CharField(label=_("Place"), max_length=1000, required=False)
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    field_order = "title all_day start_date start_time end_date end_time place notes revision".split()

    def __init__(self, viewer: User, data: Any = None, *, block: Block, **more: Any) -> None:
        """Show what the event says."""
        super().__init__(data, initial=_shown(block, viewer), **more)
        self.viewer = viewer

    def said(self) -> dict[str, Any]:
        """Return what was filled in as agenda.services takes it; a text that nobody touched is left out."""
        touched = {"title", "place", "notes"} & {*self.changed_data}
        words: dict[str, Any] = {name: self.cleaned_data[name] for name in touched}
        times = {"all_day", "start_date", "start_time", "end_date", "end_time"} & {*self.changed_data}
        return {**words, **(self.when() if times else {})}


def _shown(block: Block, viewer: User) -> dict[str, Any]:
    content, times = content_of(block), times_of(block.spans.get(), viewer.zone)
    words: dict[str, Any] = {
        "title": content.title,
        "place": content.place,
        "notes": content.notes,
        "revision": block.revision,
    }
    if times.start_date and times.end_date:
        return {**words, "all_day": True, "start_date": times.start_date, "end_date": times.end_date - ONE_DAY}
    if times.start is None or times.end is None:
        return words
    start, end = times.start.astimezone(viewer.zone), times.end.astimezone(viewer.zone)
    days = {"start_date": start.date(), "end_date": end.date()}
    return {**words, **days, "start_time": start.time(), "end_time": end.time()}
