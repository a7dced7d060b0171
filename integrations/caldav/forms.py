"""The form that asks for an account on any CalDAV server."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.credentials import CredentialsForm

_HOST = r"[a-z0-9_.-]{1,253}:[0-9]{1,5}"
_HOSTS = re.compile(f"{_HOST}(,{_HOST})*")


class ServerCredentialsForm(CredentialsForm):
    """Server address, user name and password."""

    server = forms.CharField(
        label=_("Server address"),
        max_length=500,
        help_text=_("For example cloud.example.com or https://dav.example.com/calendars/."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )
    confirmed = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)  # the button's, see the page
    field_order = ["server", "username", "password"]

    @property
    def confirmed_hosts(self) -> list[str]:
        """Return the hosts of other domains that the user has just confirmed, as "host:port"."""
        return [host for host in str(self.cleaned_data.get("confirmed", "")).split(",") if host]

    def clean_confirmed(self) -> str:
        """Return what the button said; anything else confirms nothing."""
        said: str = self.cleaned_data["confirmed"]
        return said if _HOSTS.fullmatch(said) else ""

    def clean_server(self) -> str:
        """Return an absolute URL: https unless another scheme was typed. Whether it may be reached is asked later."""
        typed: str = self.cleaned_data["server"]
        url = typed if "://" in typed else f"https://{typed}"
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("https", "http"):
            raise ValidationError(_("This is not a server address: type one such as cloud.example.com."))
        if parts.username or parts.password:
            raise ValidationError(_("Type the user name and the password in their own fields, not in the address."))
        return url
