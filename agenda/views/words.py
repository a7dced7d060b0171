"""What the agenda's scripts say, in the viewer's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return the sentences by the names that static/js/agenda*.js know them by."""
    return {
        "locale": _("en-GB"),
        "week": _("wk %(number)s"),
        "allDay": _("all day"),
        "more": _("%(count)s more"),
        "meeting": _("Meeting"),
        "call": _("Call"),
        "task": _("Task"),
        "block": _("Private"),
        "busy": _("Private time of a colleague"),
        "tentative": _("tentative"),
        "free": _("free"),
        "done": _("done"),
        "repeats": _("repeats"),
        "waiting": _("waiting to sync"),
        "stuck": _("not synced"),
        "held": _("held for you"),
        "actions": _("Actions for %(title)s"),
        "undo": _("Undo"),
        "dismiss": _("Dismiss"),
        "undone": _("Undone."),
        "away": _("The server cannot be reached. Nothing was changed; try again in a moment."),
        "notThere": _("This is not there any more. What you see now is how things stand."),
        "putBack": _("It was put back."),
        "notLoaded": _("The agenda could not be loaded, so what you see may be out of date."),
        "gone": _("You are signed out. Load the page again to sign in."),
        "empty": _("Nothing planned here. Double-click a time to plan something, or draw over it."),
        "emptyPhone": _("Nothing planned here. Hold a time, or tap New, to plan something."),
        "emptyOther": _("Nothing planned here."),
        "filtered": _("Nothing to show here: some kinds or calendars are ticked off."),
    }
