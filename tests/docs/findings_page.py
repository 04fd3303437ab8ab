#!/usr/bin/env python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the rules into docs/findings.md, below its introduction: ``python tests/docs/findings_page.py``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import RULES
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.registry import Rule

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "findings.md"
MARK = "<!-- The rest is written by tests/docs/findings_page.py from the rules. -->\n"


def anchors(page: Path) -> dict[str, str]:
    """Return the headings of a page by their anchors."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-"): heading for heading in headings}


def page() -> str:
    """Return the whole page, with the introduction that it has."""
    before, _mark, _after = PAGE.read_text(encoding="utf-8").partition(MARK)
    headings = anchors(DOCS / "evidence.md")
    return before + MARK + "".join(_rule(rule, headings) for rule in RULES.values())


def _rule(rule: Rule, headings: dict[str, str]) -> str:
    lines = ["", f"## {rule.id}: {rule.title}", "", rule.sentence, "", "| severity | impact | when |", "|---|---|---|"]
    lines += [f"| {severity} | {impact} | {when} |" for severity, impact, when in rule.cases]
    if rule.text:
        lines += ["", inspect.cleandoc(rule.text)]
    if rule.sources:
        links = (f"[{headings[source.partition('#')[2]]}]({source})" for source in rule.sources)
        lines += ["", f"Sources: {', '.join(links)}."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
