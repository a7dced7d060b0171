"""An answer that ends a request early."""

from __future__ import annotations

from integrations.icloud.simulator.message import Answer, page


class Refused(Exception):
    """Raised anywhere while a request is looked at; the server sends `answer`."""

    def __init__(self, status: int, *, html: bool = False, answer: Answer | None = None) -> None:
        """Refuse with an empty body, with the small page, or with a ready answer."""
        super().__init__(status)
        self.answer = answer or (page(status) if html else Answer(status))


def with_element(status: int, element: str) -> Refused:
    """Return a refusal that names a DAV precondition, in single quotes as the server writes it (A38)."""
    body = f"<?xml version='1.0' encoding='UTF-8'?><error xmlns='DAV:'><{element}/></error>"
    return Refused(status, answer=Answer(status, (("Content-Type", "text/xml; charset=utf-8"),), body.encode()))
