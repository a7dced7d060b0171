"""The list of rules is whole: every rule is listed, has its switch where it is a guess, and is shown by a test."""

from __future__ import annotations

import re
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

from integrations.icloud.simulator.habits import READINGS, Habits, pairwise
from integrations.icloud.simulator.rules import NOT_PLAYED, RULES
from integrations.icloud.simulator.rules_page import MARK, main, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PAGE = ROOT / "docs" / "icloud-simulator.md"

#: settled, and so without a reading to choose, although nobody measured it
WITHOUT_SWITCH = {
    "Any TZID is stored that has a VTIMEZONE.": "what devices write is the phone's affair; the server stores it",
}


def all_tests() -> str:
    return "\n".join(path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__))


def numbers(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text, flags=re.MULTILINE))


def test_every_rule_of_the_server_is_listed():
    documented = numbers(r"^\*\*(A\d+)\b", (ROOT / "docs" / "icloud.md").read_text())
    listed = {rule.number for rule in RULES if rule.number.startswith("A")}
    assert listed | set(NOT_PLAYED) == documented and not listed & set(NOT_PLAYED)


def test_every_rule_is_shown_by_a_test():
    shown = numbers(r"^def test_([AC]\d+)_", all_tests())
    assert {rule.number for rule in RULES} <= shown
    assert not shown & set(NOT_PLAYED)


def test_every_contradiction_and_every_inference_is_a_switch():
    bare = {rule.says for rule in RULES if rule.confidence in ("CONFLICT", "INFERRED") and not rule.switch}
    assert bare == set(WITHOUT_SWITCH)


def test_every_switch_belongs_to_one_rule_and_is_turned_by_a_test():
    switches = [rule.switch for rule in RULES if rule.switch]
    assert sorted(switches) == sorted(READINGS)
    assert all(re.search(rf'\b{switch}=|"{switch}"', all_tests()) for switch in switches)


def test_the_first_reading_is_the_default():
    assert {name: readings[0] for name, readings in READINGS.items()} == asdict(Habits())
    assert all(len(set(readings)) == len(readings) >= 2 for readings in READINGS.values())


def test_every_rule_has_its_place_in_the_checklist():
    documented = numbers(r"^\| \*\*(C\d+)\*\*", (ROOT / "docs" / "icloud.md").read_text())
    assert {rule.checklist for rule in RULES} <= documented


def test_few_habits_hold_every_pair_of_readings():
    habits = [asdict(one) for one in pairwise()]
    met = {(a, one[a], b, one[b]) for one in habits for a, b in combinations(READINGS, 2)}
    wanted = {(a, x, b, y) for a, b in combinations(READINGS, 2) for x in READINGS[a] for y in READINGS[b]}
    assert wanted <= met and len(habits) < 40
    assert habits == [asdict(one) for one in pairwise()]


def test_the_page_lists_the_guesses():
    before, _, rest = PAGE.read_text().partition(MARK)
    assert before and rest.strip() == table().strip(), (
        "write it anew: python -m integrations.icloud.simulator.rules_page"
    )


def test_the_page_is_written_by_a_module(capsys):
    assert main(["--print"]) == 0
    assert capsys.readouterr().out.strip() == table().strip()
