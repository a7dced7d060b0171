"""Imports: a calendar's events come into the agenda, or no longer. Nothing is ever sent to the calendar for it."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from agenda.models import AllDay, Block
from agenda.services import blocks
from integrations.models import Link, OwnerAct, RemoteCalendar
from integrations.services.disconnect import remember_hidden


class ImportRefused(Exception):
    """Nothing was changed; the sentence says what to do."""


def bring_in(calendar: RemoteCalendar) -> None:
    """Have the calendar's events come in with the next sync, by the connect date like all others.

    What was listed before and not wanted then has only a small row: it is read now.
    """
    _rows_alone(calendar).update(observed_etag="", etag="")
    calendar.imported, calendar.cursor, calendar.sync_token, calendar.listed_at = True, "", "", None
    calendar.save(update_fields=["imported", "cursor", "sync_token", "listed_at"])


def take_out(calendar: RemoteCalendar) -> int:
    """Take the calendar's blocks out of the agenda and return how many. What was converted stays linked.

    ImportRefused while an edit of a block is still on its way to the calendar: it would be lost.
    """
    with_block = Link.objects.filter(calendar=calendar, block__isnull=False)
    if with_block.filter(needs_push=True).exists():
        raise ImportRefused(
            _("A change that you made is still on its way to “%(name)s”. Try again in a minute.")
            % {"name": calendar.name.reveal()}
        )
    remember_hidden(with_block)
    gone = list(Block.objects.filter(link__calendar=calendar))
    _pass_over(with_block)
    _pass_over(_rows_alone(calendar))
    blocks.delete_many(gone)
    calendar.imported = False
    calendar.save(update_fields=["imported"])
    return len(gone)


def _rows_alone(calendar: RemoteCalendar) -> QuerySet[Link]:
    """Return the rows that stand for nothing here. What its owner wants deleted there is not among them."""
    return Link.objects.filter(calendar=calendar, activity=None, block=None).exclude(owner_act=OwnerAct.DELETE)


def _pass_over(links: QuerySet[Link]) -> None:
    """Keep small rows, so that a listing need not ask for these events again."""
    links.update(
        block=None,
        state=Link.State.IGNORED,
        reason="",
        text=None,
        base_local=None,
        base_remote=None,
        needs_plan=False,
        answer="",
        held=None,
        ignored_until=None,
        version=F("version") + 1,
    )


def rule_whole_days(calendar: RemoteCalendar, rule: str) -> None:
    """Say what the calendar's all-day events do to their owner's availability. Applied wherever they are read."""
    calendar.all_day = AllDay(rule)
    calendar.save(update_fields=["all_day"])
    Block.objects.filter(link__calendar=calendar).update(all_day=rule)
