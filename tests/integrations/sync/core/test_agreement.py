"""The base after an action."""

from __future__ import annotations

from integrations.sync.core import agreement
from integrations.sync.core.states import Base

from .values import FENCE, PLACE, TITLE, base, there, words


def test_an_agreement_keeps_both_halves_as_they_stand():
    agreed = agreement.whole(words(title="Long"), words(title="Lo"))
    assert agreed.local[TITLE] == "Long" and agreed.remote[TITLE] == "Lo"


def test_the_remote_half_has_no_fence():
    assert FENCE in agreement.whole(words(), words()).local
    assert FENCE not in agreement.whole(words(), words()).remote
    assert FENCE not in agreement.partial(None, words(), words(), {FENCE}).remote


def test_a_change_that_waits_is_still_a_change():
    local, remote = words(title="waits", place="taken"), there(place="taken").fingerprints
    agreed = agreement.partial(base(), local, remote, {PLACE})
    assert agreed == base(words(place="taken"), words(place="taken"))


def test_what_is_equal_on_both_sides_is_agreed_too():
    local, remote = words(title="same", place="new"), there(title="same", place="new").fingerprints
    assert agreement.partial(base(), local, remote, {PLACE}).local[TITLE] == "same"


def test_without_a_base_only_what_agrees_is_agreed():
    agreed = agreement.partial(None, words(title="mine"), there(title="theirs").fingerprints, {FENCE})
    assert TITLE not in agreed.local and TITLE not in agreed.remote
    assert isinstance(agreed, Base) and agreed.local[FENCE] == "agreed"
