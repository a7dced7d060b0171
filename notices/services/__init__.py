"""The doors for writes to notices and mails."""

from notices.services.telling import forget, mark_read, resolve, resolve_all_about, tell
from notices.services.writing import write

__all__ = ["forget", "mark_read", "resolve", "resolve_all_about", "tell", "write"]
