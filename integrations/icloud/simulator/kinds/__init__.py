"""Every kind of fault that can be set, by name (docs/icloud.md C14)."""

from __future__ import annotations

from integrations.icloud.simulator.kinds import (
    accounts,
    bodies,
    clocks,
    listings,
    redirects,
    statuses,
    texts,
    wires,
    xmls,
)
from integrations.icloud.simulator.kinds.kind import Exchange, Kind

__all__ = ["KINDS", "Exchange", "Kind"]

#: name → kind, in the order of a reader's interest
KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in (statuses, wires, redirects, accounts, listings, bodies, xmls, texts, clocks)
    for kind in module.shelf.kinds
}
