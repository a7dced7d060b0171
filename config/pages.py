"""Writes docs/settings.md and .env.example from the table of settings: `python -m config.pages [--check]`."""

from __future__ import annotations

import sys
from pathlib import Path

from config.table import TABLE, Setting
from operations.datafolder import ROOT

_HEAD = """# Settings

All settings are environment variables. None is needed to try Halfpast: `python3 manage.py up` chooses what is missing.
This page and `.env.example` are written from `config/table.py` by `python -m config.pages`.

| Name | Default | Meaning |
|---|---|---|
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    return _HEAD + "".join(_row(setting) for setting in TABLE)


def example() -> str:
    """Return .env.example: every setting, explained, with its default and nothing secret."""
    head = "# Settings of Halfpast, for docker compose: copy to .env and fill in. Written from config/table.py.\n"
    return head + "".join(_lines(setting) for setting in TABLE)


def pages() -> dict[Path, str]:
    """Return each written file with what it should say."""
    return {ROOT / "docs" / "settings.md": settings_page(), ROOT / ".env.example": example()}


def main(arguments: list[str]) -> int:
    """Write the files; with --check only compare, and return 1 when one is out of date."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run `python -m config.pages`.")
        return int(bool(stale))
    for path in stale:
        path.write_text(pages()[path])
    return 0


def _row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default else "–"
    secret = " **Secret.**" if setting.secret else ""
    return f"| `{setting.name}` | {default} | {setting.meaning.replace('|', '/')}{secret} |\n"


def _lines(setting: Setting) -> str:
    """Return a comment of at most 120 characters a line, and the variable."""
    words, comment = setting.meaning.split(), "#"
    lines = []
    for word in words:
        if len(comment) + len(word) + 1 > 118:
            lines.append(comment)
            comment = "#"
        comment += f" {word}"
    return "\n" + "\n".join([*lines, comment, f"{setting.name}={setting.default}"]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
