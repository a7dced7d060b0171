"""Any other CalDAV server on the shelf."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from integrations.entry import Category, Entry, Help
from integrations.models.grant import Scope

CALDAV = Entry(
    key="caldav",
    name=_("Other CalDAV calendar"),
    pitch=_("Nextcloud, Fastmail, mailbox.org, Radicale and others: a server address and a sign-in are enough."),
    category=Category.CALENDARS,
    icon="calendar",
    scopes=(Scope.READ_AGENDA, Scope.WRITE_AGENDA, Scope.WRITE_CALENDAR, Scope.OFFLINE),
    help=(
        Help(
            title=_("Which address?"),
            text=_(
                "Your provider's help calls it CalDAV address or server. The name alone, such as cloud.example.com, "
                "is mostly enough: the calendars are looked for there."
            ),
        ),
        Help(
            title=_("Which password?"),
            text=format_lazy(
                _(
                    "If you sign in with a second factor, make an app password at your provider and label it {name}. "
                    "It is stored encrypted and never shown again."
                ),
                name=settings.PRODUCT_NAME,
            ),
        ),
    ),
    profile_path="integrations.caldav.profile.CALDAV",
    form_path="integrations.caldav.forms.ServerCredentialsForm",
)
