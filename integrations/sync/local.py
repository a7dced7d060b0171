"""What the sync does to activities: always through agenda.services, with the link's row in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F

from agenda.content import EventContent, FieldGroup, Span
from agenda.ical.read import read
from agenda.ical.recurrence import expand
from agenda.models import Activity
from agenda.services import blocks, incoming
from integrations.models import Link, OwnerAct
from integrations.sync import drawing
from integrations.sync.core import agreement
from integrations.sync.core.states import State
from integrations.sync.looking import look_again
from integrations.sync.outbound import with_relations
from integrations.sync.portrait import local_fingerprints
from integrations.sync.record import EditedMeanwhile, agree, forget, remember
from integrations.sync.session import Session


def update(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Take these groups from the remote side."""
    _have_text(session, link)
    with session.writing():
        if link.block:
            drawing.update(session, link, link.block)
        elif link.activity:
            _take(session, link, state, groups)
    session.tally.local_updated += 1


def _have_text(session: Session, link: Link) -> None:
    """Fetch the text that is to be taken over, where none is kept of what both sides had agreed on."""
    if link.text is None:
        look_again(session, link)


def _take(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    """Let the activity say what the calendar says; notes that another attendee adds stay on his own copy."""
    activity = unedited(link)
    content = remote_content(session, link)
    wanted = set(groups)
    if FieldGroup.NOTES in wanted and notes_are_his_own(session, link):
        wanted.discard(FieldGroup.NOTES)
        link.notes_apart = True
    if wanted:
        at = link.remote_modified or session.now()
        activity = incoming.take(activity, content, wanted, by=session.user, at=at)
        _tell_new_copy(link)
    if FieldGroup.TIME in groups:
        _draw_series(session, activity, link, content)
    _agree_anew(session, link, state, groups)


def _tell_new_copy(link: Link) -> None:
    """Have what was said at the last moment in the calendar that is being left said in the new one too."""
    if link.owner_act == OwnerAct.MOVING:
        copies = Link.objects.filter(connection=link.connection_id, activity=link.activity_id)
        copies.exclude(pk=link.pk).update(needs_push=True, version=F("version") + 1)


def notes_are_his_own(session: Session, link: Link) -> bool:
    """Return whether what is written in this calendar's notes is an attendee's own, and stays on his copy."""
    return link.activity is not None and link.activity.responsible_id != session.user.pk


def _agree_anew(session: Session, link: Link, state: State, groups: Collection[FieldGroup]) -> None:
    link.activity = as_it_is(link)
    local = local_fingerprints(session, link)
    base = agreement.partial(state.base, local, state.remote.fingerprints, groups)
    agree(link, base, notes_apart=link.notes_apart, agreed_at=session.now(), came_from="there")


def as_it_is(link: Link) -> Activity:
    """Return the link's activity as it stands now, with all that is rendered."""
    return with_relations(Activity.objects.filter(links=link)).get()


def unedited(link: Link) -> Activity:
    """Return the activity, locked, if it still is what was planned for."""
    if link.activity is None:
        raise EditedMeanwhile
    activity = Activity.objects.select_for_update().get(pk=link.activity.pk)
    if activity.revision != link.activity.revision:
        raise EditedMeanwhile
    return activity


def remote_content(session: Session, link: Link) -> EventContent:
    """Return what the remote text says, as it was last read."""
    return read(link.opened_text, me=session.me)


def draw_single(session: Session, link: Link) -> None:
    """Show an activity once that repeated on a phone and is single there again: then both sides say the same."""
    if link.activity:
        blocks.replace_activity_spans(link.activity, session.user, ())


def _draw_series(session: Session, activity: Activity, link: Link, content: EventContent) -> None:
    """Show the rest of a series that somebody made on a phone; the activity stays its first occurrence."""
    spans: Sequence[Span] = []
    if content.recurring and link.text:
        start, end = session.window
        found = expand(link.opened_text, start=start, end=end, home=session.home_zone, me=session.me)
        first = content.when.instants(session.home_zone)[0]
        spans = [span for span in found.spans if span.when.instants(session.home_zone)[0] != first]
    blocks.replace_activity_spans(activity, session.user, spans)


def delete(session: Session, link: Link) -> None:
    """Do here what the deletion there means for this kind of thing, and forget the link in the same transaction."""
    with session.writing():
        if not forget(link):
            raise EditedMeanwhile
        if link.block:
            blocks.delete_many([link.block])
        elif link.activity:
            incoming.remove(unedited(link), by=session.user, at=session.now())
        session.count_unasked(link.calendar_id)
    session.tally.local_deleted += 1


def revive(session: Session, link: Link) -> None:
    """Bring an activity back that was deleted here but edited there meanwhile: an edit outlives a deletion.

    What each side has said since they last agreed is merged by the plan that follows in the same run: an attendee who
    left may find newer words here, and what he wrote in his own notes stays his. A task gets its place in the agenda.
    """
    _have_text(session, link)
    with session.writing():
        activity = unedited(link)
        at: datetime = link.remote_modified or session.now()
        incoming.revive(activity, by=session.user, at=at)
        activity.refresh_from_db()
        if not activity.scheduled:
            incoming.take(activity, remote_content(session, link), {FieldGroup.TIME}, by=session.user, at=at)
        _tell_new_copy(link)
        remember(link, needs_plan=True, **({"owner_act": ""} if link.owner_act == OwnerAct.DELETE else {}))
    session.tally.local_created += 1
