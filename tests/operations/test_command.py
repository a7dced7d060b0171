"""The base of the operators' commands: what reaches standard output, and which exit code."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from pytest_django import Settings

from operations.command import Answer, OperatorCommand, Refusal, WrongUse, ring_running_up, secret_from_stdin
from operations.upfile import UpFile
from tests.operations.houses import manage

pytestmark = pytest.mark.django_db


def command(act: Any) -> OperatorCommand:
    """Return a command that does `act`."""

    class Acting(OperatorCommand):
        refusals = (LookupError,)

        def perform(self, **options: Any) -> Answer:
            answer: Answer = act()
            return answer

    return Acting(stdout=io.StringIO(), stderr=io.StringIO())


def run(act: Any, **options: Any) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error."""
    acting, code = command(act), 0
    try:
        call_command(acting, **options)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, acting.stdout._out.getvalue(), acting.stderr._out.getvalue()  # type: ignore[attr-defined]


def fails(error: Exception) -> Any:
    def act() -> Answer:
        raise error

    return act


def test_json_is_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    def chatty() -> Answer:
        print("a library prints this")
        return Answer([{"a": 1}], text="never seen")

    code, out, _err = run(chatty, json=True)
    assert (code, json.loads(out)) == (0, [{"a": 1}])
    assert capsys.readouterr().out == ""


def test_without_json_the_answer_is_words() -> None:
    assert run(lambda: Answer({"a": 1}, text="One a."))[:2] == (0, "One a.\n")


def test_an_answer_may_tell_of_a_failure_and_still_be_printed() -> None:
    code, out, _err = run(lambda: Answer([], exit_code=1), json=True)
    assert (code, json.loads(out)) == (1, [])


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (Refusal("The calendar is read-only."), 1, "The calendar is read-only."),
        (WrongUse("There is no user eve@example.com."), 2, "There is no user eve@example.com."),
        (PermissionDenied("Only its organiser may do that."), 1, "Only its organiser may do that."),
        (ValidationError(["Give it a title.", "Give it an end."]), 1, "Give it a title. Give it an end."),
        (LookupError("It is gone."), 1, "It is gone."),
    ],
)
def test_a_failure_is_one_sentence_on_standard_error(error: Exception, code: int, sentence: str) -> None:
    assert run(fails(error), json=True) == (code, "", sentence + "\n")


def test_the_unexpected_shows_neither_traceback_nor_message(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    code, out, err = run(fails(RuntimeError("canary")))
    assert (code, out) == (1, "")
    assert "canary" not in err
    assert "Traceback" not in err
    assert "RuntimeError: canary" in (tmp_path / "logs" / "commands.log").read_text()


@pytest.mark.parametrize(
    ("typed", "kept"), [("pass\n", "pass"), ("pass\r\n", "pass"), ("pass", "pass"), ("p \n\n", "p \n")]
)
def test_one_line_break_is_cut_from_a_secret(monkeypatch: pytest.MonkeyPatch, typed: str, kept: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed, newline=""))
    assert secret_from_stdin() == kept


def test_a_running_up_is_rung_once(settings: Settings, tmp_path: Path) -> None:
    from config.celery import app

    settings.DATA = tmp_path
    assert not ring_running_up()
    with UpFile(tmp_path) as file:
        file.write({"broker_url": settings.CELERY_BROKER_URL})
        with app.connection_for_write() as broker:
            broker.SimpleQueue("interactive").clear()
            assert ring_running_up()
            queue = broker.SimpleQueue("interactive")
            message = queue.get(block=False)
            message.ack()
    assert message.headers["task"] == "integrations.tasks.dispatch_due"


def test_a_broker_that_is_away_is_not_waited_for(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    with UpFile(tmp_path) as file:
        file.write({"broker_url": "redis://127.0.0.1:1/0"})
        assert not ring_running_up()


def test_in_production_nothing_is_made_by_itself(tmp_path: Path) -> None:
    refused = manage(tmp_path / "data", "prepare", HALFPAST_ENV="production")
    assert refused.returncode == 1
    assert "HALFPAST_SECRET_KEY" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_database_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    refused = manage(tmp_path / "data", "prepare", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_wrong_use_is_exit_code_two(tmp_path: Path) -> None:
    assert manage(tmp_path / "data", "prepare", "--no-such-thing").returncode == 2
