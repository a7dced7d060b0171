"""Every row of the fault matrix has its test, and the documents name it."""

from __future__ import annotations

import re

import pytest

from tests.integrations.icloud.faults.rows import HERE, TESTS, rows, summary

PAGE = TESTS.parent / "docs" / "reliability.md"
#: what iCloud and the network can do; the others are about our own machines
OVER_THE_WIRE = [*range(1, 38), 39]
ROW = re.compile(r"^\| (\d+) \|.*\| (?:`(test_\w+)`|–) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def documented() -> dict[int, str]:
    """Return row → the test that the documents name, or ""."""
    matrix = PAGE.read_text().partition("### Fault rows")[2].partition("\n## ")[0]
    return {int(number): name for number, name in ROW.findall(matrix)}


@pytest.mark.parametrize("row", OVER_THE_WIRE)
def test_a_row_is_shown_over_the_real_transport(row: int) -> None:
    assert rows().get(row), f"no test_fault_{row:02}_… in {HERE.name}/"


def test_the_documents_name_a_test_for_every_row_that_has_one(documented: dict[int, str]) -> None:
    assert sorted(documented) == list(range(1, 55))
    everywhere = rows(TESTS)
    for row, name in documented.items():
        allowed = rows()[row] if row in OVER_THE_WIRE else everywhere.get(row, [""])
        assert name in allowed, f"row {row}: {name or 'no test'} is named; there are {allowed}"


def test_the_counts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    print("\n".join(summary()))
    assert re.fullmatch(r"\d+ of (\d+) .*\n38 fault rows .*\n\d+ habits .*\n", capsys.readouterr().out)
