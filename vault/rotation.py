"""Re-wrap data keys under the current master key. What they sealed is not touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vault.errors import VaultError
from vault.models import DataKey
from vault.wrapping import current_prefix, unwrap, wrap


@dataclass
class Progress:
    """Counts of one rotation."""

    rewrapped: int = 0
    already: int = 0
    failed: int = 0


def rotate(progress: Progress) -> Iterator[Progress]:
    """Re-wrap what the current master key does not wrap yet, one row at a time; yields after each.

    Each row is one statement of its own, so a kill loses nothing and the next call goes on where this one stopped.
    A row that another process rewrote meanwhile is left as that process put it.
    """
    waiting = DataKey.objects.exclude(wrapped__startswith=current_prefix()).order_by("pk")
    progress.already = DataKey.objects.filter(wrapped__startswith=current_prefix()).count()
    for key in list(waiting.values_list("pk", flat=True)):
        try:
            progress.rewrapped += _rewrap(DataKey.objects.get(pk=key))
        except VaultError:
            progress.failed += 1
        except DataKey.DoesNotExist:
            continue  # erased meanwhile
        yield progress


def _rewrap(key: DataKey) -> int:
    wrapped = wrap(unwrap(key.wrapped, key.pk), key.pk)
    return DataKey.objects.filter(pk=key.pk, wrapped=key.wrapped).update(wrapped=wrapped)
