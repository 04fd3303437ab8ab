# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit report as data: what it counts, what it compares, who must fail, and that it keeps to its schema."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import RULES
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.compare import SCHEMA, compare, read_earlier
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import (
    attention,
    build,
    lines,
    read_clusters,
    worst_first,
)
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.files import as_json, write
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    UNREADABLE,
    healthy,
    sick,
)

NOW, BEFORE = "2026-11-22T20:00:00Z", "2026-11-01T08:00:00Z"
THREE = {"main": sick("GWE_Main"), "dr": healthy("GWE_DR"), "old": UNREADABLE}


def report(results: dict[str, Any], earlier: dict[str, Any] | None = None) -> dict[str, Any]:
    then = build(earlier, BEFORE, None) if earlier is not None else None
    return build(results, NOW, compare(then, read_clusters(results)) if then else None)


def found(entries: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(entry["host"], entry["id"], entry["application"]) for entry in entries if entry["severity"] != "info"]


SICK = [("main", "GWE003", "GWE_Main"), ("main", "GWE004", "Chat_B"), ("main", "GWE017", "GWE_Main")]


def test_the_numbers_are_those_of_the_clusters() -> None:
    assert report(THREE)["summary"] == {
        "clusters": 3,
        "unreadable": 1,
        "error": 1,
        "warning": 0,
        "fine": 1,
        "chat_servers": 6,
        "errors": 2,
        "warnings": 1,
        "infos": 3,  # two restarts that the changes need, and a channel in use is deprecated
        "differing": 3,
    }


def test_clusters_come_as_in_the_inventory_and_for_people_the_worst_first() -> None:
    clusters = report(THREE)["clusters"]
    assert [cluster["host"] for cluster in clusters] == ["main", "dr", "old"]
    assert [cluster["host"] for cluster in worst_first(clusters)] == ["old", "main", "dr"]


def test_names_come_as_people_count() -> None:
    clusters = read_clusters({name: healthy(name) for name in ("GWE_10", "GWE_9", "GWE", "gwe_1")})
    assert [cluster["name"] for cluster in worst_first(clusters)] == ["GWE", "gwe_1", "GWE_9", "GWE_10"]


def test_every_option_of_the_channel_is_told_with_what_is_wanted_and_found() -> None:
    options = report(THREE)["clusters"][0]["options"]
    told = {(item["application"], item["key"]): (item["wanted"], item["found"], item["differs"]) for item in options}
    assert told == {
        ("GWE_Main", "queueKey"): ("101:webme", None, True),
        ("GWE_Main", "webengagementChatQueue"): ("Webengagement_Chat", "Webengagement_Chat", False),
        ("GWE_Main", "identifyCreateContact"): (None, "3", False),
        ("GWE_Main", "refreshTaskPeriod"): ("3", "5", True),
        ("GWE_Main", "refreshPoolSize"): (None, "20", False),
        ("GWE_Main", "sessionRestorationTimeout"): (None, "30", False),
        ("GWE_Main", "connectionTimeout"): (None, "10", False),
        ("Chat_A", "webme"): ("Webengagement_Chat", "Webengagement_Chat", False),
        ("Chat_B", "webme"): ("Webengagement_Chat", None, True),
        ("Chat_A_B", "webme"): ("Webengagement_Chat", "Webengagement_Chat", False),
    }


@pytest.mark.parametrize("fail_on", ["error", "warning", "never"])
def test_a_cluster_fails_for_findings_as_severe_as_its_host_asks_for(fail_on: str) -> None:
    told = attention(read_clusters({"main": sick("GWE_Main", fail_on), "dr": healthy()}))
    assert sorted(told) == ([] if fail_on == "never" else ["main"])


def test_a_host_that_fails_is_told_why_in_a_sentence() -> None:
    assert attention(read_clusters(THREE)) == {
        "main": (
            "GWE_Main needs attention: 2 errors, 1 warning, 3 options differ. GWE003 GWE_Main: queueKey is not set: no "
            "chat can be opened. Set it to 101:webme. And 1 more: see the report."
        ),
        "old": "old could not be read: GAX cannot be reached at https://gax.example.com:8443. Check gax_url.",
    }


@pytest.mark.parametrize(
    ("result", "name", "words"),
    [
        ({}, "host", "It was not looked at"),
        ({"msg": "No.", "cluster": "GWE_Main"}, "GWE_Main", "No."),
        ({"failed": True, "msg": "No."}, "host", "No."),
    ],
)
def test_a_cluster_that_could_not_be_read_has_the_name_that_was_asked_for(
    result: dict[str, Any], name: str, words: str
) -> None:
    [cluster] = read_clusters({"host": result})
    assert (cluster["name"], cluster["status"]) == (name, "unreadable")
    assert words in cluster["problem"]


def test_the_summary_is_short_whatever_the_number_of_clusters() -> None:
    told = lines(report({f"host{number}": sick(f"GWE_{number:03}") for number in range(50)}), ["/tmp/report.html"])
    assert told[0] == (
        "50 clusters with 150 Chat Servers: 0 fine, 0 with warnings, 50 with errors, 0 could not be read."
    )
    assert told[-2:] == ["And 30 more clusters that are not fine.", "Report: /tmp/report.html"]
    assert len(told) == 24


# --- comparison ------------------------------------------------------------------------------------------------------


def test_findings_are_new_solved_or_as_before() -> None:
    world = {"main": sick("GWE_Main")}
    fine = {"main": healthy("GWE_Main")}
    assert found(report(world, fine)["comparison"]["new"]) == SICK
    assert found(report(fine, world)["comparison"]["solved"]) == SICK
    same = report(world, world)["comparison"]
    assert (found(same["standing"]), same["new"], same["solved"], same["earlier"]) == (SICK, [], [], BEFORE)


def test_another_value_that_is_found_makes_no_new_finding() -> None:
    later = copy.deepcopy(sick("GWE_Main"))
    for finding in later["findings"]:
        finding["actual"] = "something else"
    assert report({"main": later}, {"main": sick("GWE_Main")})["comparison"]["new"] == []


def test_what_cannot_be_seen_is_neither_new_nor_solved() -> None:
    earlier = {"down": sick("A"), "was_down": UNREADABLE, "gone": sick("C")}
    change = report({"down": UNREADABLE, "was_down": sick("B"), "fresh": sick("D")}, earlier)["comparison"]
    assert (change["new"], change["solved"], change["standing"]) == ([], [], [])
    assert {entry["host"]: entry["reason"] for entry in change["not_compared"]} == {
        "down": "could not be read this time",
        "was_down": "could not be read the time before",
        "fresh": "not in the earlier report",
        "gone": "not in this run",
    }


# --- the schema ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("earlier", [None, {"main": healthy("GWE_Main"), "gone": sick()}])
def test_every_report_keeps_to_the_published_schema(earlier: dict[str, Any] | None) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(as_json(report(THREE, earlier))))


def test_two_reports_about_the_same_differ_in_their_time_only() -> None:
    texts = [as_json(build(copy.deepcopy(THREE), created, None)) for created in (BEFORE, NOW)]
    assert texts[0] != texts[1]
    assert texts[0].replace(BEFORE, NOW) == texts[1]


def test_a_report_that_was_written_can_be_compared_with(tmp_path: Path) -> None:
    files = write(report(THREE), str(tmp_path / "deep" / "folder"))
    assert read_earlier(files[1]) == report(THREE)


BROKEN: dict[str, tuple[Any, str]] = {
    "is no object": ([], "at $: [] is not of type 'object'"),
    "is of another format": (
        {**report(THREE), "format": "x"},
        "at $.format: 'genesys_ops.engage audit 1' was expected",
    ),
    "lacks a part": ({key: value for key, value in report(THREE).items() if key != "clusters"}, "'clusters' is a req"),
    "holds a wrong finding": (
        {**report({"main": {**healthy(), "findings": [{**healthy()["findings"][0], "severity": "bad"}]}})},
        "at $.clusters[0]",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_an_earlier_report_that_is_none_is_refused_with_words_that_help(case: str, tmp_path: Path) -> None:
    broken, words = BROKEN[case]
    file = tmp_path / "earlier.json"
    file.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_earlier(str(file))
    assert words in str(refused.value)
    assert f"compare_with (chat_channel_compare_with): {file}" in str(refused.value)
    assert "Give the chat-channel-audit.json of an earlier audit" in str(refused.value)


@pytest.mark.parametrize(("text", "words"), [(None, "No such file"), ("{", "is no JSON"), ("\x80", "is no JSON")])
def test_an_earlier_report_that_cannot_be_read_is_refused(text: str | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=words):
        read_earlier(str(file))


# --- files -----------------------------------------------------------------------------------------------------------


def test_four_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    for _unused in range(2):  # the second run replaces them
        files = write(report(THREE), str(tmp_path))
        names = [
            "chat-channel-audit.html",
            "chat-channel-audit.json",
            "chat-channel-audit.md",
            "chat-channel-audit.xml",
        ]
        assert sorted(item.name for item in tmp_path.iterdir()) == names
        assert sorted(Path(file).name for file in files) == names
    assert [oct(item.stat().st_mode)[-3:] for item in tmp_path.iterdir()] == ["644"] * 4


def test_a_folder_that_cannot_be_made_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"report_dir \(chat_channel_report_dir\): cannot write to .*file/below"):
        write(report(THREE), str(tmp_path / "file" / "below"))


@pytest.mark.parametrize("library", ["junitparser", "jsonschema"])
def test_a_library_that_is_missing_is_named_with_what_to_do(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [earlier] = [file for file in write(report(THREE), str(tmp_path / "earlier")) if file.endswith("json")]
    monkeypatch.setitem(sys.modules, library, None)  # so that it cannot be imported
    with pytest.raises(BadInput, match=f"{library}.*run 'pip install {library}'"):
        read_earlier(earlier) if library == "jsonschema" else write(report(THREE), str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_names_that_are_no_text_do_not_stop_a_report(tmp_path: Path) -> None:
    write(report({"main": sick("GWE_\ud800_\x00_Main")}), str(tmp_path))
    assert "GWE_" in (tmp_path / "chat-channel-audit.json").read_text(encoding="utf-8")


def test_every_rule_that_is_documented_is_explained_in_the_report() -> None:
    documented = re.findall(r"^## (GWE\d+)", (SCHEMA.parent / "findings.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert list(RULES) == documented
