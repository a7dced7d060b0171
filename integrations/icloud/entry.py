"""iCloud on the shelf."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from integrations.advice import Advice
from integrations.entry import Category, Entry, Help
from integrations.models.grant import Scope

PASSWORDS = "https://account.apple.com/"  # noqa: S105  # the page where they are made

_WHY = Help(
    title=_("Why an app-specific password?"),
    text=_(
        "Your Apple Account is protected by two-factor authentication, which no other program can pass. Apple gives "
        "each program a password of its own instead, which you can take back at any time."
    ),
)
_HOW = Help(
    title=_("Make an app-specific password"),
    steps=(
        _("Sign in at account.apple.com."),
        _("Under Sign-In and Security, choose App-Specific Passwords."),
        format_lazy(_("Choose Generate an app-specific password and label it {name}."), name=settings.PRODUCT_NAME),
        _("Copy the password that Apple shows, four groups of four letters, and paste it here."),
    ),
    link=PASSWORDS,
)
_PROMISE = Help(
    title=_("What happens to it"),
    text=format_lazy(
        _(
            "Apple cannot limit this password to calendars. {name} talks only to Apple's calendar servers, stores "
            "the password encrypted, and never shows it again."
        ),
        name=settings.PRODUCT_NAME,
    ),
)
#: Apple answers all of these alike (docs/icloud.md A14)
_CAUSES = (
    _("Is it an app-specific password? The normal password of your Apple Account is refused here."),
    _("Did all sixteen letters come along? Make a new app-specific password if you are not sure, and copy that."),
    _("Is the e-mail the primary address of your Apple Account? An alias is refused: look at account.apple.com."),
    _(
        "Is the password still in the list of App-Specific Passwords? All of them end when the password of the Apple "
        "Account is changed."
    ),
    _("Is Calendar switched on for iCloud? On the iPhone: Settings, your name, iCloud, See All, Calendar."),
)
_REFUSED = Advice(
    _("Apple refused this combination. It does not say why, so go through these in order:"), checks=_CAUSES
)

ICLOUD = Entry(
    key="icloud",
    name=_("Apple iCloud Calendar"),
    pitch=_("Keep your agenda and the calendar on your iPhone, iPad and Mac in step, in both directions."),
    category=Category.CALENDARS,
    icon="cloud",
    scopes=(Scope.READ_AGENDA, Scope.WRITE_AGENDA, Scope.WRITE_CALENDAR, Scope.OFFLINE),
    help=(_WHY, _HOW, _PROMISE),
    profile_path="integrations.icloud.profile.ICLOUD",
    form_path="integrations.icloud.forms.AppleCredentialsForm",
    server="https://caldav.icloud.com/",
    stand_in="HALFPAST_ICLOUD_URL",
    step=_("App-specific password"),
    advice={"refused": _REFUSED},
    farewell=format_lazy(
        _("Now revoke the password “{name}” under App-Specific Passwords at account.apple.com."),
        name=settings.PRODUCT_NAME,
    ),
)
