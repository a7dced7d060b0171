"""The documents are true where a machine can tell: links lead somewhere, cited rules and named commands exist."""

from __future__ import annotations

import argparse
import ast
import importlib.util
import pkgutil
import re
import shlex
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from operations import simulate_icloud

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
WITH_COMMANDS = [ROOT / "README.md", ROOT / "docs" / "operations.md"]
FIRST_TWO = {"up", "verify"}  # manage.py itself answers to these


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tracked(suffix: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    paths = [ROOT / name for name in listed if name.endswith(suffix)]
    return [path for path in paths if path.is_file()]


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors that headings get: lower case, blanks to dashes, punctuation gone."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_relative_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{ids(page)} links to {target}"
        assert not anchor or anchor in anchors(found), f"{ids(page)} links to {target}: no such heading"


def remarks(path: Path) -> Iterator[str]:
    """The comments and docstrings of a Python file: where rules are cited."""
    with path.open("rb") as lines:
        for token in tokenize.tokenize(lines.readline):
            if token.type == tokenize.COMMENT:
                yield token.string.partition("noqa")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
            yield getattr(node, "name", "").replace("_", " ")


@cache
def written_rules() -> frozenset[str]:
    icloud = (ROOT / "docs" / "icloud.md").read_text()
    reliability = (ROOT / "docs" / "reliability.md").read_text()
    rules = set(re.findall(r"^(?:\| )?\*\*([ACD]\d+)\b", icloud, flags=re.MULTILINE))
    rules |= set(re.findall(r"^\| (I\d+) \|", reliability, flags=re.MULTILINE))
    faults = reliability.partition("### Fault rows")[2].partition("## 5.")[0]
    return frozenset(
        rules | {f"row {int(number)}" for number in re.findall(r"^\| (\d+) \|", faults, flags=re.MULTILINE)}
    )


def test_all_rules_are_written_down():
    expected = {
        *(f"A{n}" for n in range(1, 79)),
        *(f"C{n}" for n in range(1, 18)),
        *(f"D{n}" for n in range(1, 21)),
        *(f"I{n}" for n in range(1, 27)),
        *(f"row {n}" for n in range(1, 55)),
    }
    assert written_rules() == expected


def cited(remark: str) -> Iterator[str]:
    yield from re.findall(r"\b[ACDI][1-9]\d?\b", remark)
    for number in re.findall(r"\b(?:fault|fault row|row)s? 0*([1-9]\d?)\b", remark):
        yield f"row {number}"


def test_every_rule_that_code_cites_is_written_down():
    for path in tracked(".py"):
        for remark in remarks(path):
            unknown = set(cited(remark)) - written_rules()
            assert not unknown, f"{ids(path)} cites {sorted(unknown)}: {remark.strip()[:100]}"


def test_every_page_that_code_cites_exists():
    for path in tracked(".py"):
        for remark in remarks(path):
            for page, section in re.findall(r"\bdocs/([\w/-]+\.md)(?: §(\d+))?", remark):
                found = ROOT / "docs" / page
                assert found.exists(), f"{ids(path)} cites docs/{page}"
                assert not section or f"\n## {section}." in found.read_text(), (
                    f"{ids(path)} cites docs/{page} §{section}"
                )


def command_lines() -> Iterator[list[str]]:
    """Every `manage.py …` in the code blocks and tables that tell how to run something."""
    for page in WITH_COMMANDS:
        for block in re.findall(r"```(.*?)```", page.read_text(), flags=re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                if "manage.py " in line:
                    yield shlex.split(line.partition("manage.py ")[2], comments=True)
    for row in re.findall(r"^\| `([a-z_]+(?: .*)?)` \|", WITH_COMMANDS[1].read_text(), flags=re.MULTILINE):
        if row.split()[0] not in {"connection", "outcome", "reason", "seconds", "imported", "local", "conflicts"}:
            yield re.sub(r"[\[\]|\\…]", " ", row).split()


def options(parser: argparse.ArgumentParser) -> set[str]:
    """All options of a command, those of its subcommands included."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= {name for sub in action.choices.values() for name in options(sub)}
    return found


def parser_of(name: str) -> argparse.ArgumentParser:
    """The parser of a command that is Django's."""
    assert name in get_commands(), f"no command {name}"
    return load_command_class(get_commands()[name], name).create_parser("manage.py", name)


@pytest.mark.parametrize("words", list(command_lines()), ids=lambda words: " ".join(words[:2]))
def test_every_command_named_in_the_documents_exists_with_its_options(words):
    name = words[0]
    if name in FIRST_TWO:
        return
    known = options(simulate_icloud.parser() if name == "simulate_icloud" else parser_of(name))
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= known, f"{name} does not know {sorted(used - known)}"


def test_every_place_that_the_glossary_names_exists():
    apps = r"(?:config|operations|integrations|agenda|accounts|vault)"
    for name in re.findall(rf"`({apps}(?:\.\w+)+)`", (ROOT / "docs" / "glossary.md").read_text()):
        owner, _, last = name.rpartition(".")
        found = pkgutil.resolve_name(owner)
        assert hasattr(found, last) or importlib.util.find_spec(name), f"docs/glossary.md names {name}"


def test_every_locked_package_is_among_the_notices():
    locked = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), flags=re.MULTILINE)
    notices = re.sub(r"[-_.]+", "-", (ROOT / "THIRD_PARTY.md").read_text()).lower()
    missing = [
        name
        for name in locked
        if not re.search(rf"[|`] ?{re.escape(re.sub(r'[-_.]+', '-', name).lower())}[ `]", notices)
    ]
    assert not missing, f"THIRD_PARTY.md does not name {missing}"
