"""Who may ask for the pages: a browser on this machine, and for writes one that shows these very pages."""

from __future__ import annotations

from integrations.icloud.simulator.message import Answer, Request

_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


def refuses(request: Request, port: int) -> str:
    """Return why a request is refused, or "": a foreign Host is a rebound name, a foreign Origin another site."""
    host = request.header("host")
    if host not in (f"127.0.0.1:{port}", f"localhost:{port}"):
        return "These pages answer under their own address alone."
    if request.method not in ("GET", "HEAD") and request.header("origin") != f"http://{host}":
        return "Another site asked for this change, so nothing was done."
    return ""


def protected(answer: Answer) -> Answer:
    """Return an answer with what keeps a browser from being fooled."""
    return answer.with_headers(*_HEADERS)
