"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the visitor's IP address, "" when there is none.

    A forwarded address counts only behind the operator's own proxy, and then only the last one: the proxy added it,
    everything before it is the visitor's word.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
    return _valid(forwarded if settings.SECURE_PROXY_SSL_HEADER and forwarded else direct)


def network(address: str) -> str:
    """Return what one visitor can hardly leave: an IPv4 address, or the /64 of an IPv6 one."""
    if not address:
        return ""
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def _valid(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
