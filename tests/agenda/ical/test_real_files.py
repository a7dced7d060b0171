"""The files that icalendar and recurring-ical-events ship: odd, broken and plain ones, collected over many years."""

from __future__ import annotations

from tests.agenda.ical.realfiles import read_twice, real_files, resources


def test_the_packages_still_ship_their_files():
    assert len(real_files()) >= 250 and len(resources()) >= 1_000


def test_both_paths_understand_every_real_file_alike():
    """B5: the fast path says what the careful one says, or declines."""
    whole, apart = read_twice(real_files()), read_twice(resources())
    print(whole, apart, sep="\n")
    assert whole.differing == apart.differing == ()
    assert apart.events > 1_250
    assert apart.share >= 0.9, "too few real events take the fast path"
