"""Rows 1 to 6: writes whose answer is lost or a refusal."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_fault_01_a_write_that_was_stored_and_whose_answer_was_lost_is_not_sent_again(scene):
    scene.breaks("reset-after", verb="PUT")
    scene.meet()
    assert scene.sync().outcome == "retry"
    assert scene.fired == ["reset-after"]
    scene.holds("Dentist", "Kick-off")
    assert scene.writes == [("PUT", 201)]
