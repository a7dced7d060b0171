"""Domains: which part of a host name one owner registers, by Mozilla's list of public suffixes."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList


def registrable(host: str) -> str:
    """Return the part of a host name that one owner registers. An address, and a name without a dot, is its own.

    Names under suffixes where strangers register count apart: co.uk, github.io, home.arpa.
    """
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit() or len(labels) < 2:
        return host
    return _suffixes().privatesuffix(host) or host


def same_site(one: str, other: str) -> bool:
    """Return whether two host names belong to one owner."""
    return one == other or ("." in one and registrable(one) == registrable(other))


@cache
def _suffixes() -> PublicSuffixList:
    """Return the list, read once: it takes half a second, which only those pay whose server names another host."""
    return PublicSuffixList()
