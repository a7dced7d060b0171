"""The doors for writes to accounts."""

from accounts.services.companies import make_company
from accounts.services.users import deactivate, make_user

__all__ = ["deactivate", "make_company", "make_user"]
