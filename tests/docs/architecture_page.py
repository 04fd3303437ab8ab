#!/usr/bin/env python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tree of plugins/ into docs/architecture.md: ``python tests/docs/architecture_page.py``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- This tree is written by tests/docs/architecture_page.py. -->\n", "<!-- end of the tree -->\n"
# From above to below, as imports go; then what Ansible finds by its place.
ROOMS = ("_module", "_run", "_write", "_chat", "_gax", "_model", "")
OTHERS = ("plugin_utils", "inventory", "doc_fragments")


def sentence(file: Path) -> str:
    """Return the first sentence of a file's docstring, on one line."""
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    first = re.match(r"(.+?[.])(\s|$)", " ".join(text.split("\n\n")[0].split()) + " ")
    return first[1].rstrip(":.").replace("``", "`") + "." if first else ""


def tree() -> str:
    """Return a table for each folder with one line for each of its files."""
    plugins = ROOT / "plugins"
    folders = [plugins / "module_utils" / room for room in ROOMS] + [plugins / name for name in OTHERS]
    parts = []
    for folder in folders:
        files = sorted(folder.glob("*.py")) if folder.name == "module_utils" else sorted(folder.rglob("*.py"))
        rows = [f"| `{file.relative_to(folder)}` | {sentence(file)} |\n" for file in files]
        parts.append(f"\n**`{folder.relative_to(plugins)}/`**\n\n| file | what is in it |\n|---|---|\n{''.join(rows)}")
    return "".join(parts)


def page() -> str:
    """Return the whole page, with the tree of today."""
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}{tree()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
