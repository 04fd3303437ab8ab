# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit report as JUnit XML, Markdown and HTML, read again by parsers that are not ours."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import RULES
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.finding import IMPACTS, SEVERITIES
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.files import as_json
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.junit import junit
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.markdown import escaped, markdown
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.page import page
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.reasons import cost
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    UNREADABLE,
    healthy,
    mixed,
    report,
    sick,
)
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml
from lxml import etree, html

HOSTILE = "<script>alert(1)</script>]]>\"'&|`*_[x](javascript:y)\n\x00\x1b\u202e\ud800"


def three(fail_on: str = "error") -> dict[str, Any]:
    return report({"main": sick("GWE_Main", fail_on), "dr": healthy("GWE_DR"), "old": UNREADABLE})


# --- every finding in every format -----------------------------------------------------------------------------------

Found = tuple[str, str, str]  # rule, severity, impact


def everything() -> dict[str, Any]:
    """Return a result with a finding of every rule, severity and impact that the registry declares, in no order."""
    cases = [(rule.id, severity, impact) for rule in RULES.values() for severity, impact, _when in rule.cases]
    findings = [
        {
            "id": rule,
            "severity": severity,
            "impact": impact,
            "application": f"App_{number}",
            "message": f"Message {number}.",
            "expected": "",
            "actual": "",
            "hint": f"Hint {number}.",
            "fixed_by_run": False,
        }
        for number, (rule, severity, impact) in enumerate(dict.fromkeys(cases))
    ]
    return {**healthy("GWE_Main"), "findings": findings}


def in_json(made: dict[str, Any]) -> list[Found]:
    [cluster] = json.loads(as_json(made))["clusters"]
    return [(item["id"], item["severity"], item["impact"]) for item in cluster["findings"]]


def in_html(made: dict[str, Any]) -> list[Found]:
    found = []
    for row in html.fromstring(page(made)).xpath("//tr[contains(@class, 'finding')]"):
        severity, rule = (words(cell) for cell in row.xpath("./td[position() < 3]"))
        found.append((rule, severity.split()[0].lower(), _impact(severity.partition(" ")[2])))
    return found


def in_junit(made: dict[str, Any]) -> list[Found]:
    found = []
    for case in ElementTree.fromstring(junit(made)).iter("testcase"):
        for node in [*case.findall("failure"), *case.findall("system-out")]:
            severity, impact = re.match(r"(\w+) .*\nImpact: (.*)\n", node.text or "").groups()  # type: ignore[union-attr]  # matches
            found.append((case.get("name", "").split()[0], severity.lower(), impact))
    return found


def in_markdown(made: dict[str, Any]) -> list[Found]:
    icons = {"❌": "error", "⚠️": "warning", "ℹ️": "info"}
    rows = re.findall(r"^\| (\S+) (GWE\d+) \| ([^|]*) \|", markdown(made), re.MULTILINE)
    return [(rule, icons[icon], _impact(impact)) for icon, rule, impact in rows]


def _impact(words: str) -> str:
    [found] = [impact for impact in IMPACTS if cost(impact) == words]
    return found


def test_every_finding_is_in_every_format_with_the_same_rule_severity_impact_and_order() -> None:
    made = report({"main": everything()})
    expected = in_json(made)
    assert {rule for rule, _severity, _impact in expected} == set(RULES)
    assert expected == sorted(expected, key=lambda one: (IMPACTS.index(one[2]), SEVERITIES.index(one[1]), one[0]))
    assert in_html(made) == expected
    assert in_junit(made) == expected
    assert in_markdown(made) == expected


def test_a_rule_that_nobody_has_registered_is_not_lost() -> None:
    result = healthy("GWE_Main")
    result["findings"] = [{**result["findings"][0], "id": "GWE999", "severity": "error"}]
    made = report({"main": result})
    for found in (in_json(made), in_html(made), in_junit(made), in_markdown(made)):
        assert [rule for rule, *_rest in found] == ["GWE999"]
    assert len(ElementTree.fromstring(junit(made)).findall(".//failure")) == 1


# --- JUnit XML -------------------------------------------------------------------------------------------------------


def suites(text: str) -> dict[str, Any]:
    return {suite.name: suite for suite in JUnitXml.fromroot(etree.fromstring(text.encode()))}


@pytest.mark.parametrize(
    ("fail_on", "failed"), [("error", ["GWE003", "GWE004"]), ("warning", ["GWE003", "GWE004", "GWE017"]), ("never", [])]
)
def test_a_rule_fails_where_the_inventory_host_asks_for_it(fail_on: str, failed: list[str]) -> None:
    cases = list(suites(junit(three(fail_on)))["GWE_Main (main)"])
    assert [case.name.split()[0] for case in cases if any(isinstance(one, Failure) for one in case.result)] == failed
    # What is wrong comes first, then every other rule, so that a CI system sees what was looked at.
    first = ["GWE003", "GWE004", "GWE017", "GWE015"]
    assert [case.name.split()[0] for case in cases[1:]] == [*first, *(rule for rule in RULES if rule not in first)]


def test_a_failure_says_what_is_wrong_and_what_to_do() -> None:
    [case] = [case for case in suites(junit(three()))["GWE_Main (main)"] if case.name.startswith("GWE004")]
    [result] = case.result
    assert result.message == "Chat_B: Endpoint 'webme' is missing in section [endpoints:101]: some chats are lost."
    assert result.text.splitlines() == [
        "ERROR Chat_B: Endpoint 'webme' is missing in section [endpoints:101]: some chats are lost.",
        "Impact: some chats are lost",
        "Expected: Webengagement_Chat",
        "What to do: Set [endpoints:101] webme = Webengagement_Chat; `configure` does so.",
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


def test_hostile_names_are_shown_as_they_are() -> None:
    [suite, *_unused] = suites(junit(report({"main": sick(HOSTILE)})))
    assert suite.startswith("<script>alert(1)</script>]]>\"'&|`*_[x](javascript:y)")
    assert "\ufffd" not in suite


# --- Markdown --------------------------------------------------------------------------------------------------------


def test_the_markdown_names_what_is_wrong_the_worst_first() -> None:
    text = markdown(three())
    rows = [line for line in text.splitlines() if line.startswith(("| ❌ GWE", "| ⚠️ GWE"))]
    assert [row.split(" | ")[0:4] for row in rows] == [
        ["| ❌ GWE003", "No chat can be opened", "GWE_Main", "GWE_Main"],
        ["| ❌ GWE004", "Some chats are lost", "GWE_Main", "Chat_B"],
        ["| ⚠️ GWE017", "Nothing is lost now", "GWE_Main", "GWE_Main"],
    ]
    assert text.splitlines()[4] == "- ❌ **No chat can be opened on GWE_Main**: queueKey is not set (GWE003)"
    assert (
        "3 clusters, 4 Chat Servers and 2 backups: **2 errors**, **1 warning**, 3 options differ from the inventory."
        in text
    )


def test_the_markdown_tells_what_has_changed() -> None:
    text = markdown(report({"main": sick("GWE_Main")}, {"main": healthy("GWE_Main"), "old": healthy("GWE_Old")}))
    assert "3 new, 0 solved, 0 as before." in text
    assert "| **new** | ❌ GWE003 |" in text
    assert "Not in this run: GWE_Old." in text


@pytest.mark.parametrize("name", ["GWE_{}", "x" * 250 + "{}", "<|>" * 80 + "{}", "ж" * 250 + "{}"])
def test_the_markdown_fits_into_a_comment_whatever_the_number_of_clusters_and_their_names(name: str) -> None:
    results = {name.format(number): sick(name.format(number)) for number in range(200)}
    results |= {f"down{number}": {"msg": name.format(number) * 20} for number in range(50)}
    then = {host: healthy(name.format(0)) for host in results}
    text = markdown(report(results, then, inventory=[name] * 20))
    assert len(text) < 32_768
    assert "**No chat can be opened on 200 clusters**: queueKey is not set (GWE003)" in text
    assert re.search(r"And \d+ clusters more; see the HTML page\.", text)
    assert re.search(r"And \d+ findings more; see the HTML page\.", text)


@given(st.text(max_size=60))
def test_a_name_never_leaves_its_cell_and_never_becomes_markup(name: str) -> None:
    text = escaped(name)
    assert "\n" not in text
    assert not re.search(r"(?<!\\)(?:\\\\)*[|<>`*\[\]]", text)


# --- HTML ------------------------------------------------------------------------------------------------------------


def tree(results: dict[str, Any], earlier: dict[str, Any] | None = None) -> Any:
    return html.parse(io.BytesIO(page(report(results, earlier)).encode())).getroot()


def words(node: Any) -> str:
    return " ".join(node.text_content().split())


def test_the_page_needs_no_other_file() -> None:
    root = tree({"main": sick()})
    links = {node.get("href") for node in root.xpath("//a|//*[local-name()='use']")}
    assert {link for link in links if not link.startswith("#")} == {
        node.get("href") for node in root.xpath("//dl[@class='rules']//a")
    }
    assert root.xpath("//@src|//@style|//@*[starts-with(name(), 'on')]") == []
    assert [node.get("href") for node in root.xpath("//link")] == ["data:,"]


def test_every_link_leads_somewhere() -> None:
    root = tree({"main": sick(), "dr": healthy(), "old": UNREADABLE})
    anchors = {f"#{node.get('id')}" for node in root.xpath("//*[@id]")}
    choices = {f"#show={node.get('value')}" for node in root.xpath("//option")}
    links = {node.get("href") for node in root.xpath("//a|//*[local-name()='use']")}
    assert {link for link in links if link.startswith("#")} <= anchors | choices


def test_every_rule_leads_to_its_place_in_the_documentation() -> None:
    headings = re.findall(r"^## (GWE.*)$", (COLLECTION / "docs" / "findings.md").read_text("utf-8"), re.MULTILINE)
    made = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert [link.get("href").split("#")[1] for link in tree({}).xpath("//dl[@class='rules']//a")] == made


def test_no_id_occurs_twice() -> None:
    ids = tree({f"host{number}": sick() for number in range(3)}).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_names_of_applications_are_never_markup() -> None:
    root = tree({HOSTILE: sick(HOSTILE), "down": {"msg": HOSTILE}}, {HOSTILE: healthy(HOSTILE)})
    assert len(root.xpath("//script")) == 1
    assert any("<script>alert(1)</script>" in words(node) for node in root.xpath("//bdi"))


def test_the_first_thing_to_be_read_is_what_is_wrong() -> None:
    told = [words(item) for item in tree(mixed(12)).xpath("//ol[@class='reasons']/li")]
    assert told[:3] == [
        "No chat can be opened on 2 clusters: queueKey is not set GWE003 GWE_001, GWE_003 · configure fixes it",
        "GWE_008 could not be read: GAX cannot be reached at https://gax.example.com:8443. Check gax_url.",
        "Some chats are lost on 2 clusters: Endpoint 'webme' is missing in section [endpoints:101] GWE004 "
        "GWE_001, GWE_009 · 4 applications · configure fixes it",
    ]


def test_a_closed_row_says_its_worst_reason() -> None:
    rows = {words(row.xpath(".//bdi")[0]): row for row in tree(mixed(12)).xpath("//details/summary[*[@class='title']]")}
    told = {name: words(found[0]) for name, row in rows.items() if (found := row.xpath(".//*[@class='worst']"))}
    assert told["GWE_001"] == "No chat can be opened: queueKey is not set"
    assert told["GWE_009"] == (
        "Some chats are lost: Endpoint 'webme' is missing in section [endpoints:101] (ChatServer_GWE_009_Prod_00 and 2 "
        "more)"
    )
    assert "GWE_000" not in told


def test_equal_findings_of_a_cluster_are_one_row_with_the_chat_servers_to_unfold() -> None:
    [row] = tree({"main": mixed(12)["host009"]}).xpath("//tr[contains(@class, 'finding error')]")
    assert [words(item) for item in row.xpath(".//details//li")] == [
        f"ChatServer_GWE_009_Prod_0{number}" for number in range(3)
    ]


def test_the_command_says_how_the_audit_reached_gax() -> None:
    made = report({"main": sick()}, inventory=["/srv/gax.yml"], arguments=["-e", "@/srv/my gax.json"])
    command = "ansible-playbook genesys_ops.engage.configure -i /srv/gax.yml -e '@/srv/my gax.json'"
    assert command in words(html.fromstring(page(made)))
    assert command in markdown(made)


def test_what_to_do_shows_commands_as_code_and_says_once_that_configure_does_it() -> None:
    found = html.fromstring(page(report({"main": sick()}))).xpath("//tr[contains(@class, 'finding')]/td[5]")
    assert words(found[0]) == "Set [chat] queueKey = 101:webme; configure does so."
    assert [code.text for code in found[0].iter("code")] == ["configure"]
    assert any(words(cell).endswith("or correct the inventory. configure fixes it") for cell in found)


def test_the_page_says_where_it_comes_from() -> None:
    gax = [{"address": "https://gax.example.com:8443", "version": "8.5.290.08", "account": "automation"}]
    made = report({"main": sick()}, name="night-7", gax=gax, inventory=["/srv/gax.yml"], limit="main")
    facts = {words(row[0]): words(row[1]) for row in html.fromstring(page(made)).xpath("//dl[@class='run']/div")}
    assert facts == {
        "When": "22 November 2026, 20:00 UTC",
        "GAX": "https://gax.example.com:8443, version 8.5.290.08, as automation",
        "Inventory": "/srv/gax.yml",
        "Limited to": "main",
        "Run": "night-7",
        "Collection": f"genesys_ops.engage {made['run']['collection']}",
    }
    assert "ansible-playbook genesys_ops.engage.configure -i /srv/gax.yml --limit main" in words(
        html.fromstring(page(made))
    )


def test_the_options_that_differ_say_so_in_words() -> None:
    rows = tree({"main": sick("GWE_Main")}).xpath("//tr[@class='differs']")
    assert [[words(cell) for cell in row] for row in rows] == [
        ["≠ differs", "GWE_Main", "[chat] queueKey", "101:webme", "not there"],
        ["≠ differs", "GWE_Main", "[chat] refreshTaskPeriod", "3", "5"],
        ["≠ differs", "Chat_B", "[endpoints:101] webme", "Webengagement_Chat", "not there"],
    ]


def test_what_is_new_is_open_and_marked() -> None:
    then = {host: healthy(result.get("cluster", {}).get("name", "")) for host, result in mixed(8).items()}
    root = tree(mixed(8), {**then, "host001": mixed(8)["host001"], "old": healthy("GWE_Old")})
    marked = root.xpath("//tr[contains(@class, 'finding') and contains(@data-level, 'new')]")
    assert [words(row.xpath("./td[2]")[0]) for row in marked] == ["GWE003", "GWE005", "GWE004"]
    opened = [
        words(node.xpath("./summary//bdi")[0]) for node in root.xpath("//details[contains(@class, 'cluster')][@open]")
    ]
    assert opened == ["GWE_003", "GWE_004", "GWE_006"]
    assert root.xpath("//details[@class='changes']/@open")
    assert "3 new, 0 solved, 3 as before. 1 cluster was not compared." in words(root)
    assert "No longer in the inventory: GWE_Old." in words(root)


def test_a_report_about_nothing_is_a_page_too() -> None:
    assert "No cluster was audited" in words(tree({}))
