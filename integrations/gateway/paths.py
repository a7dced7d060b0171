"""Hrefs: decoded and host-less inside Halfpast, quoted again on the wire."""

from __future__ import annotations

from collections import OrderedDict
from urllib.parse import quote, unquote, urljoin, urlsplit

from integrations.gateway.errors import NotUnderstood

_SAFE = "/@:~"
_KEPT = 20_000


def identity(url: str) -> str:
    """Return the decoded path of a URL: what names a resource whatever host, port or spelling it came with."""
    return unquote(urlsplit(url).path) or "/"


def collection(path: str) -> str:
    """Return a collection's path with its final slash."""
    return path if path.endswith("/") else path + "/"


def parent(path: str) -> str:
    """Return the collection that a path lies in."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def origin(url: str) -> str:
    """Return scheme, host and port of a URL; "" for what is none, which no door lets through."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def plain_path(href: str) -> bool:
    """Tell whether an href is merely a path, as nearly all are: no host, query or fragment."""
    return href[:1] == "/" and href[1:2] != "/" and "?" not in href and "#" not in href


def joined(base: str, href: str) -> str:
    """Return an href as an absolute URL, read relative to the URL it came from."""
    try:
        return urljoin(base, quote(href.strip(), safe="%" + _SAFE + "?#[]!$&'()*+,;="))
    except ValueError:
        raise NotUnderstood("the server names an address that is not a valid URL") from None


class Spelling:
    """Remembers how a server writes those hrefs that we would quote differently, so that it gets its own back."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._raw: OrderedDict[str, str] = OrderedDict()

    def learn(self, raw: str) -> str:
        """Return the identity of a path as a server wrote it, and keep its spelling when it is not ours."""
        path = unquote(raw)
        if quote(path, safe=_SAFE) != raw:
            self._raw[path] = raw
            if len(self._raw) > _KEPT:
                self._raw.popitem(last=False)
        return path or "/"

    def quoted(self, path: str) -> str:
        """Return a path as it is sent."""
        return self._raw.get(path) or quote(path, safe=_SAFE)
