"""Writes the list of rules into docs/icloud-simulator.md: `python -m integrations.icloud.simulator.rules_page`."""

from __future__ import annotations

import sys
from pathlib import Path

from integrations.icloud.simulator.habits import READINGS
from integrations.icloud.simulator.rules import NOT_PLAYED, RULES, Rule

PAGE = Path(__file__).resolve().parents[3] / "docs" / "icloud-simulator.md"
#: everything below this line of the page is written by this module
MARK = "<!-- written by integrations/icloud/simulator/rules_page.py -->\n"

_HEAD = (
    "| Rule | What the simulator does | Confidence | Habit: its readings, the likeliest first |\n|---|---|---|---|\n"
)


def table() -> str:
    """Return the list: guesses first, then what is sure, then what is not played."""
    guesses = [rule for rule in RULES if rule.is_guess]
    sure = [rule for rule in RULES if not rule.is_guess]
    return "\n".join(
        [
            f"## The {len(guesses)} guesses\n",
            "One report alone, an inference, or sources that contradict each other. The first contact with a real",
            "account may correct any of these.\n",
            _HEAD + "".join(map(_row, guesses)),
            f"## The other {len(sure)}\n",
            _HEAD + "".join(map(_row, sure)),
            "## Not played\n",
            "| Rule | Why |\n|---|---|\n" + "".join(f"| {number} | {why} |\n" for number, why in NOT_PLAYED.items()),
        ]
    )


def _row(rule: Rule) -> str:
    return f"| {rule.number} | {_escaped(rule.says)} | {rule.confidence} | {_habit(rule.switch)} |\n"


def _habit(switch: str) -> str:
    if not switch:
        return "–"
    return f"`{switch}`: " + ", ".join(f"`{reading}`" for reading in READINGS[switch])


def _escaped(text: str) -> str:
    return text.replace("*", "\\*").replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page; with --print only say what would be written."""
    if "--print" in arguments:
        print(table())
        return 0
    before = PAGE.read_text().partition(MARK)[0]
    PAGE.write_text(f"{before}{MARK}\n{table()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
