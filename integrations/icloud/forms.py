"""The form that asks for an Apple account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.credentials import CredentialsForm, PasswordField
from integrations.icloud.doctor import Looks, examine

_ADVICE = {
    Looks.NORMAL: _(
        "This looks like the normal password of your Apple Account, which Apple refuses here: make an app-specific "
        "password and paste that. Nothing has been sent."
    ),
    Looks.CODE: _(
        "This looks like a verification code: make an app-specific password, four groups of four letters, and paste "
        "that. Nothing has been sent."
    ),
    Looks.INCOMPLETE: _(
        "Some letters are missing: an app-specific password has four groups of four letters. Nothing has been sent."
    ),
}


class AppleCredentialsForm(CredentialsForm):
    """Apple Account e-mail and app-specific password; the doctor looks at it before anything is sent."""

    username = forms.EmailField(
        label=_("Apple Account e-mail"),
        help_text=_("Formerly Apple ID; the primary address, not an alias."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Type the e-mail address of your Apple Account."),
            "invalid": _("An e-mail address looks like name@icloud.com."),
        },
    )
    password = PasswordField(
        label=_("App-specific password"),
        help_text=_("Four groups of four letters: xxxx-xxxx-xxxx-xxxx."),
        error_messages={"required": _("Paste the app-specific password that Apple shows.")},
    )
    send_anyway = forms.BooleanField(label=_("Send it anyway"), required=False)

    def clean(self) -> dict[str, Any]:
        """Put the password as Apple prints it; say so when it does not look like one, unless it is sent anyway."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned:
            diagnosis = examine(cleaned["password"])
            cleaned["password"] = diagnosis.password
            if diagnosis.looks in _ADVICE and not cleaned.get("send_anyway"):
                self.add_error("password", ValidationError(_ADVICE[diagnosis.looks], code=diagnosis.looks))
        return cleaned

    @property
    def doubtful(self) -> bool:
        """Return whether the doctor objects, so that the page offers to send it anyway."""
        return any(self.has_error("password", code=looks) for looks in _ADVICE)
