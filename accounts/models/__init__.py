"""Rows of the accounts."""

from accounts.models.audit import AuditEntry
from accounts.models.company import Company, Team
from accounts.models.setup import SetupLink
from accounts.models.sign_in import SignInAttempt
from accounts.models.user import User, canonical_email

__all__ = ["AuditEntry", "Company", "SetupLink", "SignInAttempt", "Team", "User", "canonical_email"]
