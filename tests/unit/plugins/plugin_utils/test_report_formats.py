# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit report as JUnit XML, Markdown and HTML, read again by parsers that are not ours."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import RULES
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.compare import compare
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import build, read_clusters
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.junit import junit
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.markdown import escaped, markdown
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.page import page
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import UNREADABLE, healthy, sick
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml
from lxml import etree, html

NOW = "2026-11-22T20:00:00Z"
HOSTILE = "<script>alert(1)</script>]]>\"'&|`*_[x](javascript:y)\n\x00\x1b\u202e\ud800"


def report(results: dict[str, Any], earlier: dict[str, Any] | None = None) -> dict[str, Any]:
    comparison = compare(build(earlier, NOW, None), read_clusters(results)) if earlier else None
    return build(results, NOW, comparison)


def three(fail_on: str = "error") -> dict[str, Any]:
    return report({"main": sick("GWE_Main", fail_on), "dr": healthy("GWE_DR"), "old": UNREADABLE})


# --- JUnit XML -------------------------------------------------------------------------------------------------------


def suites(text: str) -> dict[str, Any]:
    return {suite.name: suite for suite in JUnitXml.fromroot(etree.fromstring(text.encode()))}


@pytest.mark.parametrize(
    ("fail_on", "failed"), [("error", ["GWE003", "GWE004"]), ("warning", ["GWE003", "GWE004", "GWE017"]), ("never", [])]
)
def test_a_rule_fails_where_the_inventory_host_asks_for_it(fail_on: str, failed: list[str]) -> None:
    cases = list(suites(junit(three(fail_on)))["GWE_Main (main)"])
    assert [case.name.split()[0] for case in cases if any(isinstance(one, Failure) for one in case.result)] == failed
    assert [case.name.split()[0] for case in cases[1:]] == list(RULES)


def test_a_failure_says_what_is_wrong_and_what_to_do() -> None:
    [case] = [case for case in suites(junit(three()))["GWE_Main (main)"] if case.name.startswith("GWE004")]
    [result] = case.result
    assert result.message == "Chat_B: Endpoint 'webme' is missing in section [endpoints:101]: some chats are lost."
    assert result.text.splitlines() == [
        "ERROR Chat_B: Endpoint 'webme' is missing in section [endpoints:101]: some chats are lost.",
        "Expected: Webengagement_Chat",
        "What to do: Set the endpoint.",
    ]


def test_findings_that_are_not_severe_enough_are_in_the_output_of_a_case_that_passes() -> None:
    [case] = [case for case in suites(junit(three()))["GWE_Main (main)"] if case.name.startswith("GWE017")]
    assert (case.result, case.system_out.splitlines()[0]) == (
        [],
        "WARNING GWE_Main: [chat] refreshTaskPeriod differs from what the inventory says.",
    )


def test_a_cluster_that_could_not_be_read_is_an_error() -> None:
    [case] = suites(junit(three()))["old"]
    assert [type(one) for one in case.result] == [Error]
    assert "GAX cannot be reached" in case.result[0].text


def test_another_parser_counts_the_same() -> None:
    root = ElementTree.fromstring(junit(three()))
    assert {key: root.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": str(3 + 2 * len(RULES)),
        "failures": "2",
        "errors": "1",
    }
    assert len(root.findall(".//failure")) == 2


@given(st.text(max_size=30))
def test_any_name_makes_xml_that_can_be_read(name: str) -> None:
    text = junit(report({"main": sick(name), "down": {"msg": name}}))
    assert len(list(ElementTree.fromstring(text.encode("utf-8")).iter("testsuite"))) == 2


def test_characters_that_xml_does_not_know_are_replaced() -> None:
    [suite, *_unused] = suites(junit(report({"main": sick(HOSTILE)})))
    assert suite.startswith("<script>alert(1)</script>]]>\"'&|`*_[x](javascript:y)")
    assert "\ufffd\ufffd" in suite


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_the_markdown_names_what_is_wrong_the_worst_first() -> None:
    text = markdown(three())
    rows = [line for line in text.splitlines() if line.startswith(("| ❌ GWE", "| ⚠️ GWE"))]
    assert [row.split(" | ")[0:3] for row in rows] == [
        ["| ❌ GWE003", "GWE_Main", "GWE_Main"],
        ["| ❌ GWE004", "GWE_Main", "Chat_B"],
        ["| ⚠️ GWE017", "GWE_Main", "GWE_Main"],
    ]
    assert "3 clusters, 6 Chat Servers: **2 errors**, **1 warning**, 3 options differ from the inventory." in text


def test_the_markdown_tells_what_has_changed() -> None:
    text = markdown(report({"main": sick("GWE_Main")}, {"main": healthy("GWE_Main")}))
    assert "5 new, 1 solved, 0 as before." in text
    assert "| **new** | ❌ GWE003 |" in text


def test_the_markdown_fits_into_a_comment_whatever_the_number_of_clusters() -> None:
    many = markdown(report({f"host{number}": sick(f"GWE_{number}") for number in range(200)}))
    assert len(many) < 65_536
    assert "And 150 clusters more: see the HTML page." in many
    assert "And 500 findings more: see the HTML page." in many


@given(st.text(max_size=60))
def test_a_name_never_leaves_its_cell_and_never_becomes_markup(name: str) -> None:
    text = escaped(name)
    assert "\n" not in text
    assert not re.search(r"(?<!\\)(?:\\\\)*[|<>`*\[\]]", text)


# --- HTML ------------------------------------------------------------------------------------------------------------


def tree(results: dict[str, Any], earlier: dict[str, Any] | None = None) -> Any:
    return html.parse(io.BytesIO(page(report(results, earlier)).encode("utf-8", "replace"))).getroot()


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


def test_the_page_needs_no_other_file() -> None:
    root = tree({"main": sick()})
    assert {node.get("href")[:1] for node in root.xpath("//a|//*[local-name()='use']")} == {"#"}
    assert root.xpath("//@src|//@style|//@*[starts-with(name(), 'on')]") == []
    assert [node.get("href") for node in root.xpath("//link")] == ["data:,"]


def test_every_link_leads_somewhere() -> None:
    root = tree({"main": sick(), "dr": healthy()})
    anchors = {node.get("id") for node in root.xpath("//*[@id]")}
    assert {node.get("href")[1:] for node in root.xpath("//a|//*[local-name()='use']")} <= anchors


def test_no_id_occurs_twice() -> None:
    ids = tree({f"host{number}": sick() for number in range(3)}).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_names_of_applications_are_never_markup() -> None:
    root = tree({HOSTILE: sick(HOSTILE), "down": {"msg": HOSTILE}}, {HOSTILE: healthy(HOSTILE)})
    assert len(root.xpath("//script")) == 1
    assert any("<script>alert(1)</script>" in words(node) for node in root.xpath("//bdi"))


def test_a_picture_says_in_words_what_it_shows() -> None:
    [picture] = tree({"main": sick("GWE_Main")}).xpath("//*[@class='picture']")
    assert picture.get("role") == "img"
    told = {node.get("id"): words(node) for node in picture.xpath("./*[local-name()='title' or local-name()='desc']")}
    assert list(told) == picture.get("aria-labelledby").split()
    assert list(told.values()) == [
        "Topology of GWE_Main",
        "Web Engagement Cluster GWE_Main, queueKey is not set, reaches 3 Chat Servers. Application Cluster Chats: "
        "3 Chat Servers. Chat Server Chat_B: webme is missing, 1 error. Interaction Queue Webengagement_Chat, enabled. "
        "Strategy: Route. Contacts: fine.",
    ]


def test_the_options_that_differ_say_so_in_words() -> None:
    rows = tree({"main": sick("GWE_Main")}).xpath("//tr[@class='differs']")
    assert [[words(cell) for cell in row] for row in rows] == [
        ["≠ differs", "GWE_Main", "[chat] queueKey", "101:webme", "not there"],
        ["≠ differs", "GWE_Main", "[chat] refreshTaskPeriod", "3", "5"],
        ["≠ differs", "Chat_B", "[endpoints:101] webme", "Webengagement_Chat", "not there"],
    ]


def test_what_is_new_is_marked() -> None:
    root = tree({"main": sick("GWE_Main")}, {"main": healthy("GWE_Main")})
    marked = [row.get("data-level") for row in root.xpath("//tr[contains(@class, 'finding')]")]
    assert marked == ["error new", "error new", "warning new", "info new", "info new"]
    assert "5 new, 1 solved, 0 as before." in words(root)


def test_a_report_about_nothing_is_a_page_too() -> None:
    assert "No cluster was looked at" in words(tree({}))
