"""The queue: what celery is told."""

from __future__ import annotations

import time

import pytest
from kombu.exceptions import OperationalError

from config.celery import app


def test_tasks_survive_a_worker_and_speak_json_alone() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result


def test_the_round_is_handed_out_each_minute_by_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    schedule = app.conf.beat_schedule
    assert schedule["dispatch-due"]["schedule"] == 60
    assert schedule["dispatch-due"]["options"]["expires"] < 60
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)


def test_a_broker_that_is_away_keeps_nobody_waiting() -> None:
    started = time.monotonic()
    with app.connection_for_write("redis://127.0.0.1:1/0") as broker, pytest.raises(OperationalError):
        app.send_task("integrations.tasks.dispatch_due", connection=broker)
    assert time.monotonic() - started < 5
