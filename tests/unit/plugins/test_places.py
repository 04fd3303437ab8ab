# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders import only those below them, and comments name only pages that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.docs import architecture_page
from ansible_collections.genesys_ops.engage.tests.docs.findings_page import anchors

ROOT = Path(__file__).resolve().parents[3]
MODULE_UTILS = ROOT / "plugins" / "module_utils"
# From the top. What is not in a folder lies below all of them.
ORDER = ["_module", "_run", "_write", "_chat", "_gax", "_model", ""]
PURE = ["_chat", "_model"]
SOURCES = sorted(MODULE_UTILS.rglob("*.py"))
CITED = re.compile(r"\bdocs/[\w/-]+\.md(?:#[\w-]+)?")


def folder(path: Path) -> str:
    parts = path.relative_to(MODULE_UTILS).parts
    return parts[0] if len(parts) > 1 else ""


def imported(path: Path) -> Iterator[Path]:
    """Yield the files and folders of module_utils that a file imports, whether at its top or in a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            yield base.with_suffix(".py") if base.with_suffix(".py").exists() else base


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_a_folder_imports_only_those_below_it(path: Path) -> None:
    here = ORDER.index(folder(path))
    upwards = [str(target) for target in imported(path) if ORDER.index(folder(target)) < here]
    assert upwards == []


@pytest.mark.parametrize("path", [path for path in SOURCES if folder(path) in PURE], ids=lambda path: path.name)
def test_pure_folders_import_nothing_that_needs_requests(path: Path) -> None:
    reached, waiting = set(), [path]
    while waiting:
        for target in imported(waiting.pop()):
            if target.suffix and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert [target.name for target in reached if folder(target) == "_gax"] == []
    assert [
        target.name for target in (path, *reached) if re.search(r"^\s*(import|from) requests", target.read_text(), re.M)
    ] == []


def test_every_page_that_is_named_exists() -> None:
    files = [path for place in ("plugins", "roles", "tests", "playbooks") for path in (ROOT / place).rglob("*")]
    cited = [
        (path.relative_to(ROOT), place)
        for path in files
        if path.suffix in {".py", ".yml", ".j2", ".md", ".sh"} and "output" not in path.parts
        for place in CITED.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(cited) > 40
    known: dict[Path, dict[str, str]] = {}
    wrong = []
    for path, place in cited:
        name, _hash, anchor = place.partition("#")
        page = ROOT / name
        if not page.is_file() or (anchor and anchor not in known.setdefault(page, anchors(page))):
            wrong.append(f"{path}: {place}")
    assert wrong == []


def test_sources_are_named_by_their_place_in_docs() -> None:
    bare = re.compile(r"\b\w+\.md,? sections? \d")
    wrong = [path.name for path in SOURCES if bare.search(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_the_page_on_architecture_has_a_line_for_each_file() -> None:
    text = architecture_page.PAGE.read_text(encoding="utf-8")
    assert text == architecture_page.page(), "run: python tests/docs/architecture_page.py"
    assert "|  |" not in text, "a file has no docstring"
