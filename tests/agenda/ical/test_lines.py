from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.ical.lines import clean, escape, fold, parameters, unescape, unfold, with_plain_breaks


@given(st.text())
def test_what_is_escaped_comes_back(text):
    assert unescape(escape(text)) == clean(with_plain_breaks(text))


@given(st.text().map(lambda text: clean(with_plain_breaks(text)).replace("\n", "")))
def test_what_is_folded_comes_back_and_no_line_is_too_long(line):
    physical = list(fold(line))
    assert all(len(part.encode()) <= 75 for part in physical)
    assert unfold("\n".join(physical)) == line


@pytest.mark.parametrize(
    ("written", "meant"),
    [(r"a\\nb", r"a\nb"), (r"a\nb\Nc", "a\nb\nc"), (r"\,\;\x", r",;\x"), ("\\", "\\"), (r"\\\n", "\\\n")],
)
def test_escapes_are_read_from_the_left(written, meant):
    assert unescape(written) == meant


@pytest.mark.parametrize("written", ["a\r\nb", "a\nb", "a\rb", "a\r\r\nb"])
def test_all_line_ends_are_one(written):
    assert with_plain_breaks(written) == "a\nb"


def test_quoted_parameters_may_hold_anything():
    assert parameters(';cn="A: b; c";PARTSTAT=DECLINED;CN=x') == {"CN": "A: b; c", "PARTSTAT": "DECLINED"}


@pytest.mark.parametrize("written", [";", ";A", ';A="b', ";A=b:c", 'A="b"'])
def test_broken_parameters_are_refused(written):
    with pytest.raises(ValueError, match="parameters"):
        parameters(written)
