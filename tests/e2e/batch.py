"""Run many commands one after the other, each in a fork of a process that has Django loaded: a second saved on each.

Reads a JSON list of [words, standard input] and writes a list of [exit code, standard output, standard error].
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import django

import manage


def run(words: list[str], stdin: str) -> list[Any]:
    """Run one command in a child with files for its three streams."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        pid = os.fork()
        if not pid:
            for number, file in enumerate((given, out, err)):
                os.dup2(file.fileno(), number)
            leave(lambda: manage.django(words))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out.seek(0)
        err.seek(0)
        return [code, out.read().decode(), err.read().decode()]


def leave(act: Callable[[], int]) -> None:
    """Do it and end this process as the interpreter would."""
    code: Any = 1
    try:
        code = act()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    commands = json.load(sys.stdin)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    json.dump([run(*command) for command in commands], sys.stdout)
