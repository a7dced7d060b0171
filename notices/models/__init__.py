"""Rows of the notices."""

from notices.models.notice import Notice
from notices.models.outgoing_mail import OutgoingMail

__all__ = ["Notice", "OutgoingMail"]
