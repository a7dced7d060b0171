"""Fingerprints: one keyed hash per field group, so that two versions are compared without keeping either."""

from __future__ import annotations

from collections.abc import Callable, Collection

from agenda.content import EventContent, FieldGroup
from integrations.sync.core.states import Fingerprints


def fingerprints(content: EventContent, hash: Callable[[bytes], str]) -> dict[FieldGroup, str]:
    """Return the fingerprint of every field group, the fence included. `hash` is keyed with the user's data key.

    The group's name is hashed too, so that a title and a place of the same words do not look alike.
    """
    return {group: hash(group.encode() + b"\0" + content.canonical(group)) for group in FieldGroup}


def differing(a: Fingerprints, b: Fingerprints, groups: Collection[FieldGroup]) -> set[FieldGroup]:
    """Return those of `groups` whose fingerprints differ; a group that only one of them has differs."""
    return {group for group in groups if a.get(group) != b.get(group)}
