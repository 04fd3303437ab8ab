# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users read is in native technical English: the words in ``NOT_SAID`` stand in no message, task or page.

Code is not searched: names in backticks or in markup such as ``C(...)``, identifiers, fenced blocks of a page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION

# What is not said, as a pattern that ignores case, and what is said instead.
NOT_SAID = {
    r"put(s|ting)? back": "roll back, restore",
    r"(take|takes|taken|taking|took)( it| them)? back": "undo, restore, roll back",
    r"as wanted": "as requested",
    r"(is|are) to (go|be \w+)": "will be removed",
    r"mend(s|ed)?": "fix",
    r"(last|final|a|one) look|look (again|here|there|in|at|for|around)|look": "check, read, search",
    r"(is|are|was|were|be|nobody) told": "report, say",
    r"play along": "support",
    r"knows? nothing of": "does not know",
    r"goes with": "requires, means",
    r"of an own": "its own",
    r"not there any more": "missing, no longer exists",
    r"(breaks?|broke|broken) off": "cut off, interrupted",
    r"hinders?": "stop, affect",
    r"in the end": "finally, at the end",
    r"any age will do|will do$": "any ... is accepted",
    r"lies (with)?in": "is in",
    r"all the same": "nevertheless, still",
    r"(?<!there )is no (backup|plan|evidence|text|JSON|audit report|result)": "is not a",
    r"1 (seconds|applications|clusters|findings|errors|warnings)": "the singular",
}
SAID_RIGHTLY = re.compile(r"looks? (like|alike|the same|up)", re.IGNORECASE)
PAGES = [*COLLECTION.glob("*.md"), *(COLLECTION / "docs").glob("*.md"), *COLLECTION.glob("roles/*/README.md")]
TEXTS = [
    *(path for path in PAGES if path.name != "CHANGELOG.md"),  # of releases: it stays as it was
    *(COLLECTION / "changelogs" / "fragments").glob("*.yml"),
    *(COLLECTION / "roles").rglob("*.yml"),
    *(COLLECTION / "playbooks").glob("*.yml"),
    *(COLLECTION / "plugins").rglob("*.j2"),
]
CODE = [*(COLLECTION / "plugins").rglob("*.py")]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of the string literals of a file that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    docstrings = {id(node.body[0].value) for node in described if node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file without comments and fenced blocks."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fenced ^= line.startswith("```")
        if not fenced and not line.lstrip().startswith("#" if path.suffix == ".yml" else "```"):
            yield number, line


def without_code(text: str) -> str:
    text = re.sub(r"``?[^`\n]+``?|\b(?:[A-Z]|RV)\([^)]*\)|\b\w*_\w*\b", "_", text)
    return SAID_RIGHTLY.sub("_", text)


def said(paths: list[Path], reader: Callable[[Path], Iterator[tuple[int, str]]]) -> list[str]:
    found = []
    for path in paths:
        for number, text in reader(path):
            for pattern, instead in NOT_SAID.items():
                for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", without_code(text), re.IGNORECASE):
                    found.append(f"{path.relative_to(COLLECTION)}:{number}: '{match[0]}': {instead}")
    return found


def test_pages_and_tasks_are_in_plain_english() -> None:
    assert said(TEXTS, lines) == []


def test_messages_and_documentation_are_in_plain_english() -> None:
    assert said(CODE, strings) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("It was put back.", 1), ("need a look", 1), ("looks like GAX", 0), ("`last_look`, V(last_look)", 0)],
)
def test_words_are_found_and_code_is_not(text: str, found: int) -> None:
    hits = [word for word in NOT_SAID if re.search(rf"(?<![\w-])(?:{word})(?![\w-])", without_code(text))]
    assert len(hits) == found
