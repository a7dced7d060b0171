"""Run as a script: which fault rows, rules and ways to read the evidence are shown, by how many tests."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from integrations.icloud.simulator.habits import READINGS, pairwise
from integrations.icloud.simulator.rules import RULES

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[2]
SIMULATOR = HERE.parent / "simulator"


def shown(folder: Path, number: str) -> dict[str, list[str]]:
    """Return number → the names of the tests below a folder that bear it; `number` is a pattern with one group."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for name, said in re.findall(rf"^def (test_{number}_\w+)", path.read_text(), flags=re.MULTILINE):
            found[said].append(name)
    return found


def rows(folder: Path = HERE) -> dict[int, list[str]]:
    """Return fault row → its tests; by default those over the real transport against the simulated iCloud."""
    return {int(number): names for number, names in shown(folder, r"fault_(\d\d)").items()}


def summary() -> list[str]:
    """Return the counts, a sentence each."""
    faults, rules = rows(), shown(SIMULATOR, r"([AC]\d+)")
    listed = {rule.number for rule in RULES}
    tests = sum(map(len, rules.values()))
    return [
        f"{len(listed & set(rules))} of {len(listed)} numbered rules of iCloud are shown by {tests} tests.",
        f"{len(faults)} fault rows are shown over the real transport by {sum(map(len, faults.values()))} tests.",
        f"{len(READINGS)} habits are lived through in {len(pairwise())} iClouds, in which any two readings meet.",
    ]


if __name__ == "__main__":
    print("\n".join(summary()))
