"""The base after an action: what both sides have agreed on now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from agenda.content import MERGED_GROUPS, FieldGroup
from integrations.sync.core.fingerprint import differing
from integrations.sync.core.states import Base, Fingerprints


def whole(local: Fingerprints, remote: Fingerprints) -> Base:
    """Return the base when both sides stand as they should: after a creation, or for RecordAgreement."""
    return Base(dict(local), _only(remote, MERGED_GROUPS))


def partial(base: Base | None, local: Fingerprints, remote: Fingerprints, groups: Collection[FieldGroup]) -> Base:
    """Return the base after `groups` were carried over; `local` and `remote` are as they stand after it.

    Groups that are equal on both sides are agreed as well. All others keep their half: a change that has to wait is
    still a change.
    """
    before = base or Base({}, {})
    agreed = {*groups, *MERGED_GROUPS} - (differing(local, remote, MERGED_GROUPS) - {*groups})
    return Base(
        {**before.local, **_only(local, agreed)},
        {**before.remote, **_only(remote, agreed - {FieldGroup.FENCE})},
    )


def _only(fingerprints: Fingerprints, groups: Collection[FieldGroup]) -> Mapping[FieldGroup, str]:
    return {group: text for group, text in fingerprints.items() if group in groups}
