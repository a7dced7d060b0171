"""Wire the notices into Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Notices and the mail outbox."""

    name = "notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect receivers and checks, and mail what the accounts tell."""
        from accounts.ports import register_mail
        from notices import checks, receivers  # noqa: F401 - importing registers them
        from notices.accounts_port import LiveMail

        register_mail(LiveMail())
