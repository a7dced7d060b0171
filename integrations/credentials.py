"""What every entry's form for credentials shares. A password is never shown again, and never kept in a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.gateway.base import Credentials


class PasswordField(forms.CharField):
    """A password as typed: nothing stripped, never rendered back."""

    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        """Take CharField's options."""
        super().__init__(**{"strip": False, "max_length": 500, **options})


class CredentialsForm(forms.Form):
    """Asks for one account. Each entry says how in its own words."""

    #: what the page may show again of an account that was tried before; never what is secret
    remembered: tuple[str, ...] = ("username", "server")

    username = forms.CharField(label=_("User name"), max_length=320)
    password = PasswordField(label=_("Password"))

    @property
    def typed_server(self) -> str:
        """Return the server as the user gave it; "" where the entry knows it."""
        return str(self.cleaned_data.get("server", ""))

    @property
    def confirmed_hosts(self) -> list[str]:
        """Return the hosts beyond the server's own that may have the password; none where the entry knows its own."""
        return []

    @property
    def credentials(self) -> Credentials:
        """Return what was typed, of a valid form."""
        return Credentials(self.cleaned_data["username"], self.cleaned_data["password"])
