"""One request with all that is needed to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from xml.etree.ElementTree import Element

from integrations.icloud.simulator.account import Account
from integrations.icloud.simulator.collection import Collection
from integrations.icloud.simulator.habits import Habits
from integrations.icloud.simulator.markup import parsed
from integrations.icloud.simulator.message import Request
from integrations.icloud.simulator.place import Place
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.world import World


class Addresses(Protocol):
    """The hosts as clients are told about them."""

    def shard_url(self, account: Account) -> str:
        """Return the numbered host that serves an account, as "http://127.0.0.1:8081" (A2)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An authenticated request at a known place."""

    world: World
    request: Request
    account: Account
    place: Place
    addresses: Addresses

    @property
    def habits(self) -> Habits:
        """Return the server's habits."""
        return self.world.habits

    @property
    def collection(self) -> Collection:
        """Return the collection that the path names; 404 when there is none."""
        found = self.account.collections.get(self.place.collection)
        if found is None:
            raise Refused(404)
        return found

    def body(self) -> Element:
        """Return the request's XML; 400 when it is none."""
        return parsed(self.request.body)
