"""Pages of the accounts."""

from accounts.views.profile import password, profile
from accounts.views.setup import setup
from accounts.views.sign_in import sign_in, sign_out
from accounts.views.theme import theme

__all__ = ["password", "profile", "setup", "sign_in", "sign_out", "theme"]
