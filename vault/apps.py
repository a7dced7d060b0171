"""Wire the vault into Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    """The vault: nothing else in the house holds key material."""

    name = "vault"
    verbose_name = _("Vault")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers and checks."""
        from vault import checks, receivers  # noqa: F401 - importing registers them
