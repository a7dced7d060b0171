"""Sealed fields, on the rows that use them."""

from __future__ import annotations

import copy
import pickle

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.forms import modelform_factory

from agenda.models import Block
from vault.envelope import VaultError
from vault.fields import Sealed


@pytest.fixture
def block(alice) -> Block:
    return Block.objects.create(owner=alice, envelope="Dentist")


def stored(block: Block) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT envelope FROM agenda_block WHERE id = %s", [Block._meta.pk.get_db_prep_value(block.pk, connection)]
        )
        return str(cursor.fetchone()[0])


def test_a_value_comes_back_as_it_was_assigned(block):
    assert Block.objects.get().envelope.reveal() == "Dentist"


def test_the_database_holds_no_plaintext(block):
    assert stored(block).startswith(f"v1.{block.owner.data_key_id.hex}.")
    assert "Dentist" not in stored(block)


def test_a_value_can_be_read_back_before_it_is_saved(alice):
    assert Block(owner=alice, envelope="Dentist").envelope.reveal() == "Dentist"


def test_the_order_of_assignment_does_not_matter(alice):
    block = Block(envelope="Dentist")
    block.owner = alice
    block.save()
    assert Block.objects.get().envelope.reveal() == "Dentist"


def test_bulk_create_and_bulk_update_seal(alice):
    blocks = Block.objects.bulk_create([Block(owner=alice, envelope=f"Event {n}") for n in range(3)])
    for block in blocks:
        block.envelope = block.envelope.reveal() + " moved"
    Block.objects.bulk_update(blocks, ["envelope"])
    assert {block.envelope.reveal() for block in Block.objects.all()} == {f"Event {n} moved" for n in range(3)}
    assert "moved" not in stored(blocks[0])


def test_sealing_and_opening_many_rows_asks_the_database_nothing_more(alice, django_assert_num_queries):
    Block(owner=alice, envelope="warm").envelope.ciphertext()
    blocks = [Block(owner=alice, envelope=f"Event {n}") for n in range(50)]
    with django_assert_num_queries(1):
        Block.objects.bulk_create(blocks)
    with django_assert_num_queries(1):
        assert all(block.envelope.reveal() for block in Block.objects.all())


def test_saving_again_keeps_the_ciphertext_until_the_value_changes(block):
    before = stored(block)
    block.save()
    assert stored(block) == before
    block.envelope = "Dentist"
    block.save()
    assert stored(block) != before


def test_a_row_swap_is_refused(alice):
    one, two = (Block.objects.create(owner=alice, envelope=text) for text in ("one", "two"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agenda_block SET envelope = %s", [stored(one)])
    assert Block.objects.get(pk=one.pk).envelope.reveal() == "one"
    with pytest.raises(VaultError, match="another row"):
        Block.objects.get(pk=two.pk).envelope.reveal()


def test_a_value_given_to_another_row_is_sealed_anew(block, bob):
    other = Block.objects.create(owner=bob, envelope=block.envelope)
    assert Block.objects.get(pk=other.pk).envelope.reveal() == "Dentist"
    assert stored(other).startswith(f"v1.{bob.data_key_id.hex}.")


def test_nothing_shows_the_plaintext_by_accident(block):
    shown = [repr(block.envelope), str(block.envelope), f"{block.envelope}", repr(block.__dict__), repr(vars(block))]
    assert not any("Dentist" in text for text in shown)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(block.envelope)


def test_equality_tells_nothing_about_the_content(alice):
    one, two = (Block(owner=alice, envelope="same").envelope for _ in range(2))
    assert one != two
    assert one != "same"  # type: ignore[comparison-overlap]


def test_it_cannot_be_searched(block):
    with pytest.raises(FieldError):
        Block.objects.filter(envelope__contains="D")
    with pytest.raises(FieldError):
        Block.objects.filter(envelope="Dentist")
    assert Block.objects.filter(envelope__isnull=False).count() == 1


def test_an_update_past_the_rows_is_refused(block):
    with pytest.raises(VaultError, match="assign it to its row"):
        Block.objects.update(envelope="plain")


def test_read_without_its_row_it_stays_shut(block):
    (value,) = Block.objects.values_list("envelope", flat=True)
    assert isinstance(value, Sealed)
    with pytest.raises(VaultError, match="load the row"):
        value.reveal()


def test_it_can_be_deferred_and_refreshed(block):
    late = Block.objects.defer("envelope").get()
    assert late.envelope.reveal() == "Dentist"
    late.envelope = "Doctor"
    late.refresh_from_db()
    assert late.envelope.reveal() == "Dentist"


def test_validation_leaves_it_alone(block):
    block.clean_fields(exclude=["changed_at"])
    block.save()
    assert Block.objects.get().envelope.reveal() == "Dentist"


def test_forms_never_have_it():
    assert "envelope" not in modelform_factory(Block, fields=["busy"])().fields
    assert Block._meta.get_field("envelope").formfield() is None


def test_a_copy_of_a_row_under_a_new_key_is_sealed_for_itself(alice):
    draft = Block(owner=alice, envelope="Dentist")
    twin = copy.copy(draft)
    twin.pk = Block().pk
    Block.objects.bulk_create([draft, twin])
    assert [block.envelope.reveal() for block in Block.objects.all()] == ["Dentist", "Dentist"]


def test_none_stays_none_and_the_empty_text_is_sealed(alice):
    block = Block.objects.create(owner=alice)
    assert Block.objects.get().envelope.reveal() == ""
    span = block.spans.model
    assert span(owner=alice).envelope is None


def test_erasing_the_data_key_erases_the_past(block, alice):
    key = alice.data_key
    type(alice).objects.filter(pk=alice.pk).update(data_key=None)
    key.delete()
    with pytest.raises(VaultError, match="erased"):
        Block.objects.get().envelope.reveal()
