"""Houses with a cast, made once and copied; they share the Valkey of the test run, each with a database of its own."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.house import House, people

_databases = itertools.count(1)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings that let commands keep compiled modules, wherever the tests run: it halves their start."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled"))}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, compiled: dict[str, str]) -> House:
    """A house with Alice, Bob and Mallory, to be copied."""
    house = House(tmp_path_factory.mktemp("model") / "data", settings=compiled)
    people(house)
    return house


@pytest.fixture(scope="module")
def houses(model: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., House]]:
    """Return a maker of houses with a cast, each called with further settings; they are closed at the end."""
    made: list[House] = []

    def make(**settings: str) -> House:
        folder = tmp_path_factory.mktemp("house") / "data"
        shutil.copytree(model.folder, folder)
        broker = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{next(_databases)}"
        made.append(House(folder, broker, {**model.settings, **settings}))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def empty(tmp_path: Path, compiled: dict[str, str]) -> House:
    """A data folder that is not there yet."""
    return House(tmp_path / "data", settings=compiled)
