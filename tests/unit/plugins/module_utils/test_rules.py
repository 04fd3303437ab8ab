# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule is registered once, with everything that pages, reports and tests need."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.channel import Channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks import registry
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import FILES, RULES, judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.finding import (
    IMPACTS,
    NO_CHAT,
    NOTHING_NOW,
    SEVERITIES,
    Finding,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.registry import rule
from ansible_collections.genesys_ops.engage.tests.docs.findings_page import DOCS, PAGE, anchors, page
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.faults import ALONE, FAULTS
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import World

CHECKS = sorted(Path(registry.__file__).parent.glob("*.py"))


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test a registry of its own."""
    monkeypatch.setattr(registry, "RULES", dict(registry.RULES))


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/docs/findings_page.py"


def test_every_file_of_rules_is_imported_and_every_function_bears_the_id_of_its_rule() -> None:
    with_rules = [path.stem for path in CHECKS if "\n@rule(" in path.read_text(encoding="utf-8")]
    assert sorted(module.__name__.rpartition(".")[2] for module in FILES) == with_rules
    for item in RULES.values():
        assert getattr(item.check, "__name__", "").startswith(f"{item.id.lower()}_")
    assert [f"GWE{number:03}" for number in range(1, len(RULES) + 1)] == list(RULES)


@pytest.mark.parametrize("item", RULES.values(), ids=RULES)
def test_every_rule_says_what_it_is_about_and_what_it_costs(item: registry.Rule) -> None:
    assert re.fullmatch(r"\S.*[^.]", item.title)
    assert re.fullmatch(r"\S.*\.", item.sentence)
    assert item.cases
    for severity, impact, when in item.cases:
        assert severity in SEVERITIES
        assert impact in IMPACTS
        assert re.fullmatch(r"\S.*[^.]", when)
    for source in item.sources:
        name, _hash, anchor = source.partition("#")
        assert anchor in anchors(DOCS / name), f"{item.id} names {source}, which does not exist"


def test_every_severity_and_impact_that_a_rule_declares_is_found_in_some_estate() -> None:
    found = set()
    for fault in (*FAULTS, *ALONE):
        world = World()
        fault.plant(world)
        found |= {(item.id, item.severity, item.impact) for item in judge(world.channel()).now}
    declared = {
        (item.id, severity, impact)
        for item in RULES.values()
        if not item.about_run
        for severity, impact, _when in item.cases
    }
    assert declared - found - OF_A_RUN == set()


# Found by the estates of test_planning.py and test_overview.py: they need a plan.
OF_A_RUN = {("GWE017", "warning", "nothing now"), ("GWE017", "warning", "contacts are wrong")}


def test_findings_are_built_with_named_arguments() -> None:
    calls = [
        (path.name, node.lineno, len(node.args))
        for path in CHECKS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    ]
    assert len(calls) > 20
    assert [call for call in calls if call[2]] == []


def test_an_id_that_is_not_registered_cannot_be_shown() -> None:
    finding = Finding(severity="error", impact=NO_CHAT, application="A", message="Wrong.")
    with pytest.raises(ValueError, match=r"No rule has made this finding: Wrong\."):
        finding.shown()


@pytest.mark.usefixtures("spare")
def test_an_id_is_registered_once_and_a_rule_finds_only_what_it_declares() -> None:
    def check(channel: Channel) -> Iterator[Finding]:
        yield Finding(severity="error", impact=NO_CHAT, application="A", message="Wrong.")

    with pytest.raises(ValueError, match=r"GWE001 is registered twice\."):
        rule("GWE001", "T", "S.", sources=())(check)
    rule("GWE999", "T", "S.", ("info", NOTHING_NOW, "never"), sources=())(check)
    with pytest.raises(ValueError, match=r"GWE999 does not declare error, no chat can be opened: Wrong\."):
        list(registry.RULES["GWE999"].findings(World().channel()))
