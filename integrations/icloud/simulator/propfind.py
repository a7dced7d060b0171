"""PROPFIND, of every place there is."""

from __future__ import annotations

from integrations.icloud.simulator import multistatus
from integrations.icloud.simulator.asked import Asked
from integrations.icloud.simulator.markup import caldav, dav
from integrations.icloud.simulator.message import Answer
from integrations.icloud.simulator.multistatus import Row, element, text_element
from integrations.icloud.simulator.refusal import Refused
from integrations.icloud.simulator.rows import collection_row, member_row


def propfind(asked: Asked) -> Answer:
    """Answer a PROPFIND."""
    wanted = _wanted(asked)
    kind = asked.place.kind
    if kind in ("root", "well-known", "principal"):
        rows = [_account_row(asked, wanted)]
    elif kind == "home":
        rows = _home_rows(asked, wanted)
    elif kind == "collection":
        rows = _collection_rows(asked, wanted)
    else:
        rows = [_member_row(asked, wanted)]
    return multistatus.answer(rows, empty_reason=asked.habits.empty_reason)


def _wanted(asked: Asked) -> list[str]:
    """Return the names that were asked for; none means all."""
    if not asked.request.body.strip():
        return []
    root = asked.body()
    if root.tag != dav("propfind"):
        raise Refused(400, html=True)
    prop = root.find(dav("prop"))
    return [] if prop is None else list(dict.fromkeys(child.tag for child in prop))


def _account_row(asked: Asked, wanted: list[str]) -> Row:
    """Return the row of the root or the principal, which have Depth 0 alone (A7)."""
    if asked.request.depth != "0":
        raise Refused(400, html=True)
    known = _principal(asked)
    at_root = asked.place.kind == "root"
    if at_root:
        known = {dav("current-user-principal"): known[dav("current-user-principal")]}
    found = {name: known[name] for name in wanted or known if name in known}
    return Row("/" if at_root else asked.account.principal, wanted, found, frozenset(wanted) - set(found))


def _principal(asked: Asked) -> dict[str, str]:
    """Return what the principal says; a resource type is not among it (A8)."""
    account = asked.account
    principal = text_element(dav("href"), account.principal)
    home = text_element(dav("href"), asked.addresses.shard_url(account) + account.home)
    return {
        dav("current-user-principal"): element(dav("current-user-principal"), principal),
        dav("principal-URL"): element(dav("principal-URL"), principal),
        dav("displayname"): text_element(dav("displayname"), account.full_name),
        caldav("calendar-home-set"): element(caldav("calendar-home-set"), home),
        caldav("calendar-user-address-set"): element(caldav("calendar-user-address-set"), _addresses(asked)),
        caldav("schedule-inbox-URL"): element(
            caldav("schedule-inbox-URL"), text_element(dav("href"), f"{account.home}inbox/")
        ),
        caldav("schedule-outbox-URL"): element(
            caldav("schedule-outbox-URL"), text_element(dav("href"), f"{account.home}outbox/")
        ),
    }


def _addresses(asked: Asked) -> str:
    preferred = f"mailto:{asked.account.apple_id}"
    return "".join(
        text_element(dav("href"), address, 'preferred="1"' if address == preferred else "")
        for address in asked.account.calendar_addresses
    )


def _home_rows(asked: Asked, wanted: list[str]) -> list[Row]:
    rows = [collection_row(asked, None, wanted)]
    if asked.request.depth != "0":
        rows += [collection_row(asked, one, wanted) for one in asked.account.collections.values()]
    return rows


def _collection_rows(asked: Asked, wanted: list[str]) -> list[Row]:
    collection = asked.collection
    rows = [collection_row(asked, collection, wanted)]
    if asked.request.depth != "0":
        view = asked.world.view(collection, asked.habits.lag_listing)
        rows += [member_row(asked, collection, resource, wanted) for resource in view.resources.values()]
    return rows


def _member_row(asked: Asked, wanted: list[str]) -> Row:
    view = asked.world.view(asked.collection, asked.habits.lag_listing)
    resource = view.resources.get(asked.place.name)
    if resource is None:
        raise Refused(404)
    return member_row(asked, asked.collection, resource, wanted)
