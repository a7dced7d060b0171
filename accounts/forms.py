"""Forms of the accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import zones
from accounts.models import User
from accounts.services.setup import FirstAdmin

PASSWORD_HINT = _("At least 12 characters. A few ordinary words together are easiest to remember.")
LONGEST_PASSWORD = 1024  # more is no password but a way to keep the server busy


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProfileForm(forms.ModelForm[User]):
    """What a user says about himself."""

    class Meta:
        model = User
        fields = ["name", "timezone", "language", "single_keys", "leader_agenda_visible"]
        labels = {
            "name": _("Name"),
            "timezone": _("Time zone"),
            "language": _("Language"),
            "single_keys": _("Single letters act as keys"),
            "leader_agenda_visible": _("Team members can see my agenda"),
        }
        help_texts = {
            "single_keys": _(
                "Such as c to plan, t for today and / to search. Switch this off if you dictate to your computer."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the known zones; a language where there is a choice; the leader's switch only to a leader."""
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zones.choices_with(self.instance.timezone),
            help_text=_("Your agenda is drawn in this zone. Whole days stay on their day."),
        )
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]
        if not self.instance.led_teams.exists():
            del self.fields["leader_agenda_visible"]


class PasswordForm(forms.Form):
    """The old password and a new one."""

    old = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Ask on behalf of `user`."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        """Refuse a wrong one."""
        if not self.user.check_password(self.cleaned_data["old"]):
            raise ValidationError(gettext("This is not your current password."), code="wrong")
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        """Refuse what the validators refuse."""
        validate_password(self.cleaned_data["new"], self.user)
        return str(self.cleaned_data["new"])


class SetupForm(forms.Form):
    """The first company and its admin."""

    company = forms.CharField(
        label=_("Company name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=zones.choices, widget=forms.Select(attrs={"data-guess-zone": True})
    )

    def clean(self) -> dict[str, Any]:
        """Check the password against everything typed beside it."""
        said = super().clean() or self.cleaned_data
        try:
            validate_password(said.get("password", ""), User(email=said.get("email", ""), name=said.get("name", "")))
        except ValidationError as refusal:
            self.add_error("password", refusal)
        return said

    def first_admin(self) -> FirstAdmin:
        """Return what was typed, as a value."""
        return FirstAdmin(**self.cleaned_data)
