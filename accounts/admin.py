"""The operator's panel: companies, teams, users, and the audit trail to read. Nothing of anybody's agenda."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts import audit, ports
from accounts.address import client_address
from accounts.forms_admin import CompanyForm, NewUserForm, UserForm
from accounts.models import AuditEntry, Company, Team, User
from accounts.services import deactivate


@login_not_required
def _our_sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Send visitors to the one sign-in page, which has the brakes; refuse who is no operator."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""), settings.LOGIN_URL)


def _our_password_page(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    return redirect("password")


admin.site.login = _our_sign_in  # type: ignore[method-assign]
admin.site.password_change = _our_password_page  # type: ignore[method-assign,assignment]
admin.site.site_header = admin.site.site_title = settings.PRODUCT_NAME
admin.site.index_title = _("Administration")
admin.site.unregister(Group)


class Audited(admin.ModelAdmin[Any]):
    """Record each change in the audit trail; never delete here."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and record who did it: the names of the changed fields, not their content."""
        super().save_model(request, obj, form, change)
        noun = obj._meta.model_name
        audit.record(
            request.user if isinstance(request.user, User) else None,
            f"{noun}.changed" if change else f"{noun}.created",
            target=str(obj.pk),
            address=client_address(request),
            details={"fields": sorted(set(form.changed_data) - {"password"})},
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what others are linked to is deactivated, not deleted."""
        return False


@admin.register(Company)
class CompanyAdmin(Audited):
    """Companies."""

    form = CompanyForm
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Team)
class TeamAdmin(Audited):
    """Teams."""

    list_display = ["name", "company", "leader"]
    list_filter = ["company"]
    autocomplete_fields = ["company", "leader"]
    search_fields = ["name"]


@admin.register(User)
class UserAdmin(Audited):
    """Users. A password can be set, never read."""

    form = UserForm
    list_display = ["email", "name", "company", "team", "role", "calendar_access", "is_active", "last_login"]
    list_filter = ["company", "role", "is_active"]
    search_fields = ["email", "name"]
    autocomplete_fields = ["company", "team"]
    readonly_fields = ["last_login", "created_at", "is_active"]
    actions = ["deactivate_users"]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for a first password when the user is new."""
        return super().get_form(request, obj, change=change, **({} if obj else {"form": NewUserForm}), **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Mail the user whose password or address was changed for him."""
        super().save_model(request, obj, form, change)
        if change and "new_password" in form.changed_data:
            ports.mail().password_changed(obj)
        if change and "email" in form.changed_data:
            ports.mail().email_changed(obj, form.initial["email"])

    @admin.action(description=_("Deactivate: end sessions, erase the password, stop the sync"))
    def deactivate_users(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Deactivate the chosen users."""
        for user in queryset.filter(is_active=True):
            if user != request.user and isinstance(request.user, User):
                deactivate(user, actor=request.user)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """The audit trail, to read."""

    list_display = ["at", "action", "outcome", "actor_id", "target", "address"]
    list_filter = ["action", "outcome"]
    search_fields = ["actor_id", "target", "address"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Return False."""
        return False
