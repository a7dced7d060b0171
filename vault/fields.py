"""A model field whose content is sealed at rest."""

from __future__ import annotations

import uuid
import zlib
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from vault import envelope
from vault.errors import VaultError
from vault.sealed import Sealed

__all__ = ["Sealed", "SealedField"]

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:

    class _TextField(models.TextField[_ST, _GT]):
        _pyi_private_set_type: Sealed | str  # type: ignore[assignment]
        _pyi_private_get_type: Sealed  # type: ignore[assignment]
        _pyi_lookup_exact_type: Any

else:

    class _TextField(models.TextField):
        def __class_getitem__(cls, _types: Any) -> type:
            return cls


class SealedAttribute(DeferredAttribute):
    """Keep the secret with the row as a Sealed; hand it out bound to that row."""

    field: SealedField[Any, Any]

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        """Return a Sealed, or None; on the class, the attribute itself."""
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        return value if value is None else value.of(instance, self.field)

    def __set__(self, instance: models.Model, value: Any) -> None:
        """Take a str (sealed at save), a Sealed of this row or of another, or None."""
        instance.__dict__[self.field.attname] = self.field.taken(value, instance)


class SealedField(_TextField[_ST, _GT]):
    """Text that only its row can open. Assign `str` or None; read a `Sealed` and call `.reveal()`.

    `key` is the dotted path from the row to its DataKey, each step a foreign key: keep the steps before the last one
    cached and sealing costs no query. The ciphertext is bound to model, primary key and field; it cannot be
    searched, compared, put in a form or written by `QuerySet.update`.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, key: str = "", compressed: bool = False, **kwargs: Any) -> None:
        """Seal under the data key at `key`; `compressed` for long texts."""
        self.key = key
        self.compressed = compressed
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what a migration needs."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        kwargs["key"] = self.key
        if self.compressed:
            kwargs["compressed"] = True
        return name, path, args, kwargs

    # -- between Python and the database

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        """Wrap what the database gave; nothing is opened yet."""
        return None if value is None else Sealed(text=value)

    def get_prep_value(self, value: Any) -> Any:
        """Return ciphertext for a value that came through its row; refuse anything else."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, Sealed):
            return value.ciphertext()
        raise VaultError(f"{self.name} is sealed: assign it to its row and save, or use bulk_update.")

    def to_python(self, value: Any) -> Any:
        """Leave the value alone: validation must not turn it into text."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Return ciphertext: a serialised row never holds the secret."""
        value: Sealed | None = getattr(obj, self.attname)
        return "" if value is None else value.ciphertext()

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow `isnull` alone."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Return None: a secret never echoes back into a form."""
        return None

    # -- between the row and its secret

    def taken(self, value: Any, row: models.Model) -> Sealed | None:
        """Return what the row keeps for an assigned value; a secret of another row is sealed anew for this one."""
        if value is None:
            return None
        if isinstance(value, str):
            return Sealed(plain=value)
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}.")
        if value.context and value.context != self.context(row):
            return Sealed(plain=value.reveal())
        return value.loose()

    def context(self, row: models.Model) -> str:
        """Return what the ciphertext is bound to: `app.Model:pk:field`."""
        if row.pk is None:
            raise VaultError("A row needs its primary key before a secret can be sealed for it.")
        return f"{row._meta.app_label}.{row._meta.object_name}:{row.pk}:{self.attname}"

    def close(self, plain: str, row: models.Model) -> str:
        """Return the ciphertext of `plain` for this row, and let the row keep it."""
        body = plain.encode()
        text = envelope.seal(zlib.compress(body) if self.compressed else body, self.data_key_id(row), self.context(row))
        row.__dict__[self.attname] = Sealed(text=text)
        return text

    def open(self, text: str, row: models.Model) -> str:
        """Return the plaintext of `text`, which must have been sealed for this row."""
        body = envelope.unseal(text, self.context(row))
        return (zlib.decompress(body) if self.compressed else body).decode()

    def data_key_id(self, row: models.Model) -> uuid.UUID:
        """Follow `key` to the data key's id, without reading the data key itself."""
        *path, last = self.key.split(".")
        at: Any = row
        for step in path:
            at = getattr(at, step)
        key_id: uuid.UUID | None = getattr(at, f"{last}_id")
        if key_id is None:
            raise VaultError("There is no data key to seal with: the owner's was erased.")
        return key_id
