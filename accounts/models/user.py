"""Users: people who sign in by e-mail."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def canonical_email(text: str) -> str:
    """Return an e-mail address the way it is stored and looked up: trimmed, lower case."""
    return text.strip().lower()


def check_timezone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(gettext("Choose a time zone from the list."), code="unknown_timezone")


def server_timezone() -> str:
    """Return the zone of users who have not said theirs."""
    return settings.TIME_ZONE


class Users(BaseUserManager["User"]):
    """Users by their e-mail address, however it was typed."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address; User.DoesNotExist when there is none."""
        return self.get(email=canonical_email(username or ""))


class User(AbstractBaseUser):
    """A member of one company, or the operator, who has none.

    Rights come from `role` alone: there are no permission rows that could disagree with it.
    """

    class Role(models.TextChoices):
        """What a user may do."""

        USER = "user", _("User")
        ADMIN = "admin", _("Admin")
        OPERATOR = "operator", _("Operator")

    class CalendarAccess(models.TextChoices):
        """Whose agendas a user may see; admins always see all."""

        OWN = "own", _("Own agenda")
        TEAM = "team", _("Agendas of the team")
        ALL = "all", _("All agendas")

    class Theme(models.TextChoices):
        """Which colours the pages have."""

        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)  # canonical_email
    name = models.CharField(_("name"), max_length=200, blank=True)
    company = models.ForeignKey(
        "accounts.Company",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
        verbose_name=_("company"),
    )
    team = models.ForeignKey(
        "accounts.Team",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="members",
        verbose_name=_("team"),
    )
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.USER)
    calendar_access = models.CharField(
        _("calendar access"), max_length=4, choices=CalendarAccess.choices, default=CalendarAccess.ALL
    )
    leader_agenda_visible = models.BooleanField(_("team members can see my agenda"), default=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=server_timezone, validators=[check_timezone])
    language = models.CharField(_("language"), max_length=8, default="en")
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    single_keys = models.BooleanField(_("single letters act as keys"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    data_key = models.OneToOneField(
        "vault.DataKey", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )  # null: erased
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "email"]
        constraints = [
            models.CheckConstraint(
                name="operator_has_no_company",
                condition=Q(role="operator", company=None, team=None)
                | (~Q(role="operator") & Q(company__isnull=False)),
            ),
            models.CheckConstraint(name="email_is_lower_case", condition=Q(email=Lower(F("email")))),
            models.CheckConstraint(name="role_is_known", condition=Q(role__in=["user", "admin", "operator"])),
            models.CheckConstraint(
                name="calendar_access_is_known", condition=Q(calendar_access__in=["own", "team", "all"])
            ),
            models.CheckConstraint(name="theme_is_known", condition=Q(theme__in=["system", "light", "dark"])),
        ]

    def __str__(self) -> str:
        """Return what colleagues call the user."""
        return self.display_name

    @property
    def display_name(self) -> str:
        """Return the name, else the e-mail address."""
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Return one or two letters for a small round picture."""
        words = self.display_name.replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper() if self.name else self.email[:2].upper()

    @property
    def zone(self) -> ZoneInfo:
        """Return the user's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def is_admin(self) -> bool:
        """True for an admin of a company."""
        return self.role == self.Role.ADMIN

    @property
    def is_operator(self) -> bool:
        """True for who runs the server: the admin panel only, no company, no agenda."""
        return self.role == self.Role.OPERATOR

    @property
    def is_staff(self) -> bool:
        """Return whether the admin panel opens; Django's admin asks for this name."""
        return self.is_operator

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return whether the admin panel allows `perm`: to an active operator."""
        return self.is_active and self.is_operator

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether the admin panel shows an app: to an active operator."""
        return self.is_active and self.is_operator

    def clean(self) -> None:
        """Store the address in its canonical form; refuse a team of another company."""
        self.email = canonical_email(self.email)
        if self.team is not None and self.team.company_id != self.company_id:
            raise ValidationError({"team": gettext("Choose a team of the user's own company.")})
