"""The form that asks for a calendar's address. The address is the secret: it is never shown again."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.credentials import CredentialsForm
from integrations.gateway.base import Credentials
from integrations.gateway.feed.address import host_of, https_of


class AddressInput(forms.PasswordInput):
    """A field that can be read while one types, and does not come back filled in."""

    input_type = "text"


class AddressForm(CredentialsForm):
    """*Calendar address*: nothing else is asked."""

    remembered = ()
    username = None  # type: ignore[assignment]  # Django's way of leaving an inherited field out
    password = None  # type: ignore[assignment]
    server = forms.CharField(
        label=_("Calendar address"),
        max_length=2000,
        help_text=_("It begins with https:// or webcal://, and mostly ends in .ics."),
        widget=AddressInput(
            attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_server(self) -> str:
        """Return the address with https for webcal; say what is missing of one."""
        address = https_of(self.cleaned_data["server"])
        try:
            parts = urlsplit(address)
            whole = bool(parts.hostname) and parts.scheme in ("https", "http")
        except ValueError:
            whole = False
        if not whole:
            raise ValidationError(_("This is not a calendar's address: copy all of it, from https:// or webcal:// on."))
        if parts.username or parts.password:
            raise ValidationError(_("An address with a user name and password in it is not supported."))
        return address

    @property
    def credentials(self) -> Credentials:
        """Return no credentials; the host stands where the owner is told which account it is."""
        return Credentials(host_of(self.typed_server), "")
