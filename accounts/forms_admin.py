"""Forms of the operator's panel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import zones
from accounts.forms import LONGEST_PASSWORD, PASSWORD_HINT
from accounts.models import Company, User
from vault.models import DataKey


class CompanyForm(forms.ModelForm[Company]):
    """A company, which gets a data key when it is new."""

    class Meta:
        model = Company
        fields = ["name"]

    def save(self, commit: bool = True) -> Company:
        """Give a new company its key."""
        if self.instance._state.adding:
            self.instance.data_key = DataKey.objects.make()
        return super().save(commit)


class UserForm(forms.ModelForm[User]):
    """A user: who he is and what he may see. The password can be replaced, never read."""

    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
    )

    class Meta:
        model = User
        fields = ["email", "name", "company", "team", "role", "calendar_access", "leader_agenda_visible", "timezone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the known zones."""
        super().__init__(*args, **kwargs)
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone"), choices=zones.choices_with(self.instance.timezone)
        )

    def clean(self) -> dict[str, Any]:
        """Check role against company, and the new password against everything typed beside it."""
        said = super().clean() or self.cleaned_data
        if (said.get("role") == User.Role.OPERATOR) == bool(said.get("company")):
            self.add_error("company", _("An operator has no company; everybody else needs one."))
        try:
            self._check_password(said.get("new_password", ""))
        except ValidationError as refusal:
            self.add_error("new_password", refusal)
        return said

    def save(self, commit: bool = True) -> User:
        """Set the password, which ends the user's sessions; give a new user his key."""
        if self.cleaned_data["new_password"]:
            self.instance.set_password(self.cleaned_data["new_password"])
            self.instance.is_active = True
        if self.instance._state.adding:
            self.instance.data_key = DataKey.objects.make()
        return super().save(commit)

    def _check_password(self, password: str) -> None:
        if password:
            validate_password(password, self.instance)


class NewUserForm(UserForm):
    """A user who is new: he needs a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Require it."""
        super().__init__(*args, **kwargs)
        self.fields["new_password"].required = True
