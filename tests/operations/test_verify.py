"""`manage.py verify`: its table and its exit code."""

from __future__ import annotations

import sys
from pathlib import Path

from operations.verify import Check, Result, checks, run, table, verdict

OK, BAD, LEFT = Result("types", "ok", 1.0), Result("tests", "FAILED", 2.0), Result("Dockerfile", "NOT RUN", 0.0)


def test_the_exit_code_is_true() -> None:
    assert verdict([OK], strict=True) == 0
    assert verdict([OK, BAD], strict=False) == 1


def test_what_could_not_run_fails_in_ci_and_is_loud_elsewhere() -> None:
    assert verdict([OK, LEFT], strict=False) == 0
    assert verdict([OK, LEFT], strict=True) == 1
    assert "NOT RUN, so nothing is known about it: Dockerfile." in table([OK, LEFT])


def test_the_table_names_what_failed() -> None:
    assert table([OK, BAD]).endswith("Failed: tests.")
    assert table([OK]).endswith("Everything holds.")


def test_a_check_is_run_and_its_words_are_shown_only_when_it_fails() -> None:
    said: list[str] = []
    assert run(Check("good", [sys.executable, "-c", "print('quiet')"]), said.append).outcome == "ok"
    assert run(Check("bad", [sys.executable, "-c", "print('loud'); exit(3)"]), said.append).outcome == "FAILED"
    assert run(Check("away", ["/no/such/tool"]), said.append).outcome == "NOT RUN"
    words = "\n".join(said)
    assert "loud" in words
    assert "quiet" not in words


def test_every_promised_check_is_there_and_further_words_go_to_pytest(tmp_path: Path) -> None:
    made = checks(tmp_path, ["-k", "story"])
    assert [check.name for check in made] == [
        "code style",
        "format",
        "types",
        "import contracts",
        "migrations",
        "deployment",
        "settings pages",
        "compose file",
        "Dockerfile",
        "tests",
    ]
    assert list(made[-1].command[-2:]) == ["-k", "story"]
