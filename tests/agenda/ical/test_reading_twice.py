"""The fast path reads what icalendar reads, or declines (B5)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from agenda.ical import careful, plain
from agenda.ical.read import content_of
from agenda.ical.resource import assemble
from tests.agenda.ical.strategies import resources
from tests.agenda.ical.texts import NAMES, corpus

ALICE = frozenset({"mailto:alice@home.example"})
DECLINED = {
    "bad_folding.ics", "broken_start.ics", "broken_but_timed.ics", "private_zone.ics", "todo.ics",
}  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(resources())
def test_both_paths_understand_a_generated_event_alike(text):
    fast = plain.events(text)
    assert fast is not None
    assert fast == careful.events(text)
    assert content_of(assemble(fast), ALICE) == content_of(assemble(careful.events(text)), ALICE)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in DECLINED])
def test_both_paths_understand_a_corpus_file_alike(name):
    fast = plain.events(corpus(name))
    assert fast is not None
    assert fast == careful.events(corpus(name))


@pytest.mark.parametrize("name", sorted(DECLINED))
def test_the_fast_path_declines_what_is_not_plain(name):
    assert plain.events(corpus(name)) is None


@pytest.mark.parametrize(
    "line",
    ["SUMMARY:twice\r\nSUMMARY:twice", "FOO:bar", "no colon at all", "DTSTART;TZID:20260101T000000", "BEGIN:VJOURNAL"],
)
def test_the_fast_path_declines_a_line_it_does_not_list(line):
    text = corpus("bare_date.ics").replace("SUMMARY:Bin collection", line)
    assert plain.events(text) is None
