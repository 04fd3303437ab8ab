# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about behaviours, without any GAX; and that pages, simulator and code know the same ones."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.probe import anonymous
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.evidence import (
    BEHAVIOURS,
    KEYS,
    NOT_READY,
    UNSAFE,
    problems_of,
    reasons_not_to_write,
    table,
    verdict_of,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.preflight import file_name
from ansible_collections.genesys_ops.engage.tests.simulator.evidence import _COMPUTED, _PLAYED
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches

DOCS = Path(__file__).resolve().parents[4] / "docs"


def test_the_simulator_knows_each_behaviour() -> None:
    assert {*_PLAYED, *_COMPUTED} == set(KEYS)


def rows() -> list[list[str]]:
    """Return the rows of the tables of evidence.md that have all columns."""
    lines = (DOCS / "evidence.md").read_text(encoding="utf-8").splitlines()
    return [found for line in lines if len(found := [cell.strip() for cell in line.split(" | ")]) == 6]


def test_the_page_says_which_behaviour_confirms_what() -> None:
    named = {word for row in rows() for word in re.findall(r"`(\w+)`", row[5])}
    assert named - {"obfuscated", "plain"} == set(KEYS)


def test_the_page_names_switches_that_there_are() -> None:
    switches = {item.name for item in fields(Switches)}
    named = {word for row in rows() for word in re.findall(r"`(\w+)`", row[4])}
    assert named - {"half", "text"} <= switches  # they are of faults
    assert {"list_limit", "one_session", "lock_after", "write_delay", "stale_reads", "hidden"} <= named


@pytest.mark.parametrize(
    ("key", "value", "facts", "words"),
    [
        ("expired_session", "200", {}, "An expired session is answered 200"),
        ("missing_object", "403", {}, "A missing object is answered 403"),
        ("filters", "wrong", {}, "filtered list omits objects"),
        ("list_complete", False, {}, "Lists omit objects"),
        ("parallel_requests", 1, {"parallel_requests_tried": 8}, "Only 1 of 8 simultaneous requests"),
        ("write_shows_after_ms", 12_000, {}, "A write is visible after 12 seconds"),
        ("write_keeps_the_rest", False, {"lost": ["[log] verbose"]}, "parts of the application ([log] verbose)"),
        ("write_removes", False, {}, "An option that a write omits is not removed"),
    ],
)
def test_what_cannot_be_worked_with_is_a_problem(key: str, value: Any, facts: dict[str, Any], words: str) -> None:
    (problem,) = problems_of({key: value}, facts)
    assert words in problem
    assert verdict_of({key: value}, [problem]) == NOT_READY
    assert any("PROBLEM, see below." in line for line in table({key: value}, facts))
    said = reasons_not_to_write({"format": 1, "verdict": NOT_READY, "behaviours": {key: value}}, "gax_evidence")
    assert bool(said) is (key in UNSAFE)


@pytest.mark.parametrize(
    ("key", "value", "facts"),
    [
        ("concurrent_sessions", False, {}),
        ("parallel_requests", 4, {"parallel_requests_tried": 4}),
        ("write_shows_after_ms", 10_000, {}),
        ("write_keeps_the_rest", False, {"lost": []}),
        ("missing_object", None, {}),
    ],
)
def test_what_the_collection_handles_is_none(key: str, value: Any, facts: dict[str, Any]) -> None:
    assert problems_of({key: value}, facts) == []


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"lost_only_duplicates": True}, False),
        ({"lost_only_duplicates": False}, True),
        ({}, True),  # of an earlier release, which did not tell the two apart
    ],
)
def test_duplicates_are_no_reason_not_to_write_whatever_else_is_not_ready(more: dict[str, Any], refused: bool) -> None:
    behaviours = {"write_keeps_the_rest": False, "expired_session": "440"}
    content = {"format": 1, "verdict": NOT_READY, "behaviours": behaviours, **more}
    assert bool(reasons_not_to_write(content, "gax_evidence")) is refused


def test_the_table_has_a_line_for_each_behaviour_found_out_or_not() -> None:
    lines = table({}, {})
    assert len(lines) == len(BEHAVIOURS) + 1
    assert all(line.endswith("Not found out.") for line in lines[1:])


def test_the_table_fits_a_terminal_of_eighty_columns() -> None:
    """Ansible prints eleven characters around each line of a list."""
    wide = {"session_cookies": ["BIGipServer", "GAXSESSION", "JSESSIONID"], "concurrent_sessions": "refused"}
    numbers = {"parallel_requests": 8, "write_shows_after_ms": 1500}
    lines = table({**dict.fromkeys(KEYS, "without_effect"), **numbers, **wide}, {})
    assert max(map(len, lines)) <= 80 - 11
    assert [line.split() for line in lines if "GAXSESSION" in line or "JSESSIONID" in line] == [
        ["GAXSESSION,"],
        ["JSESSIONID"],
    ]


@pytest.mark.parametrize("content", [None, [], {}, {"format": 2, "behaviours": {}}, {"format": 1, "behaviours": []}])
def test_what_is_no_evidence_is_refused(content: Any) -> None:
    with pytest.raises(BadInput, match="gax_evidence: x is not an evidence file"):
        reasons_not_to_write(content, "gax_evidence: x")


@pytest.mark.parametrize(
    ("cookie", "name"),
    [
        ("JSESSIONID", "JSESSIONID"),
        ("GAX_SESSION_7f3a", "GAX_SESSION"),
        ("BIGipServerpool_gax_prod", "BIGipServer"),
        ("NSC_hby-qspe", "NSC"),
        ("TS01a2b3c4", "TS"),
        ("AWSALBCORS", "AWSALB"),
        ("SERVERID.gax1", "SERVERID"),
        ("42", "cookie"),
    ],
)
def test_names_of_cookies_lose_what_belongs_to_the_estate(cookie: str, name: str) -> None:
    assert anonymous(cookie) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://gax.example.com:8443/gax", "gax.example.com_8443.json"),
        ("http://GAX.example.com", "gax.example.com.json"),
        ("https://[2001:db8::1]:8443/gax/", "_2001_db8__1__8443.json"),
        ("https://gw.example.com/tools/gax", "gw.example.com_tools.json"),
    ],
)
def test_an_evidence_file_is_named_after_the_address(url: str, name: str) -> None:
    assert file_name(url) == name
