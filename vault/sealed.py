"""The value of a sealed field: masked wherever it is shown, opened only by `reveal()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from vault.errors import VaultError

if TYPE_CHECKING:
    from django.db.models import Model

    from vault.fields import SealedField

MASK = "••••••"


class Sealed:
    """A secret of one row and field: either plaintext not yet saved, or ciphertext. Compared by identity only.

    Read from `values()` it belongs to no row and cannot be opened: load the row instead.
    """

    __slots__ = ("_field", "_plain", "_row", "_text")

    def __init__(self, *, plain: str | None = None, text: str | None = None) -> None:
        """Hold one of the two; `plain` is what a caller assigned, `text` what the database gave."""
        self._plain = plain
        self._text = text
        self._row: Model | None = None
        self._field: SealedField[Any, Any] | None = None

    def of(self, row: Model, field: SealedField[Any, Any]) -> Sealed:
        """Return the same value, bound to its row."""
        bound = Sealed(plain=self._plain, text=self._text)
        bound._row, bound._field = row, field
        return bound

    def loose(self) -> Sealed:
        """Return the same value without its row."""
        return Sealed(plain=self._plain, text=self._text)

    @property
    def context(self) -> str:
        """Return which row and field the ciphertext is bound to, or "" when it has none."""
        return "" if self._row is None or self._field is None else self._field.context(self._row)

    def reveal(self) -> str:
        """Return the secret; VaultError when it was altered, moved, or its data key was erased."""
        if self._plain is not None:
            return self._plain
        if self._row is None or self._field is None or self._text is None:
            raise VaultError("This sealed value was read without its row: load the row and reveal its field.")
        return self._field.open(self._text, self._row)

    def ciphertext(self) -> str:
        """Return the text for the database, sealing it now if it was not yet."""
        if self._text is not None:
            return self._text
        if self._row is None or self._field is None or self._plain is None:
            raise VaultError("A secret can only be saved through its row: assign it and save.")
        return self._field.close(self._plain, self._row)

    def __repr__(self) -> str:
        """Return a mask."""
        return f"Sealed({MASK})"

    def __str__(self) -> str:
        """Return a mask."""
        return MASK

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: a cache or a queue is no place for it."""
        raise TypeError("A sealed value cannot be pickled: pass the id of its row.")
