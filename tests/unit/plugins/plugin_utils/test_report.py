# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit report as data: what it counts, what it compares, who must fail, and that it keeps to its schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import visible
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.console import lines
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import (
    attention,
    most_urgent,
    read_clusters,
)
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.files import as_json, write
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.reasons import reasons
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.run import build
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import CHAT_A, CHAT_A_B, World
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    BEFORE,
    NOW,
    UNREADABLE,
    healthy,
    looked_at,
    mixed,
    report,
    sick,
)

SCHEMA = COLLECTION / "docs" / "audit-report.schema.json"
THREE = {"main": sick("GWE_Main"), "dr": healthy("GWE_DR"), "old": UNREADABLE}


def found(entries: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(entry["host"], entry["id"], entry["application"]) for entry in entries]


SICK = [("main", "GWE003", "GWE_Main"), ("main", "GWE004", "Chat_B"), ("main", "GWE017", "GWE_Main")]


def test_the_numbers_are_those_of_the_clusters() -> None:
    assert report(THREE)["summary"] == {
        "clusters": 3,
        "unreadable": 1,
        "error": 1,
        "warning": 0,
        "fine": 1,
        "chat_servers": 6,
        "backups": 2,
        "errors": 2,
        "warnings": 1,
        "infos": 3,  # two restarts that the changes need, and a channel in use is deprecated
        "differing": 3,
        "fixed_by_run": 3,
    }


def test_clusters_come_as_in_the_inventory_and_for_people_by_what_it_costs() -> None:
    wrong_backup = World()
    wrong_backup.option(CHAT_A_B, "endpoints:101", "webme", None)
    results = {"dr": healthy("GWE_DR"), "backup": looked_at(wrong_backup), "old": UNREADABLE, "main": sick("GWE_Main")}
    clusters = report(results)["clusters"]
    assert [cluster["host"] for cluster in clusters] == ["dr", "backup", "old", "main"]
    # No chat at all comes before what is not known, and that before what may be lost one day.
    assert [cluster["host"] for cluster in most_urgent(clusters)] == ["main", "old", "backup", "dr"]


def test_names_come_as_people_count() -> None:
    clusters = read_clusters({name: healthy(name) for name in ("GWE_10", "GWE_9", "GWE", "gwe_1")})
    assert [cluster["name"] for cluster in most_urgent(clusters)] == ["GWE", "gwe_1", "GWE_9", "GWE_10"]


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
    told = attention(read_clusters({"main": sick("GWE_Main", fail_on), "dr": healthy()}), written=True)
    assert sorted(told) == ([] if fail_on == "never" else ["main"])


def test_a_host_that_fails_is_told_why_in_a_sentence() -> None:
    assert attention(read_clusters(THREE), written=True) == {
        "main": (
            "GWE_Main needs attention: 2 errors, 1 warning, 3 options differ. GWE003 GWE_Main: queueKey is not set: no "
            "chat can be opened. Set [chat] queueKey = 101:webme; `configure` does so. And 1 more: see the report."
        ),
        "old": "old could not be read: GAX cannot be reached at https://gax.example.com:8443. Check gax_url.",
    }


def test_where_no_report_is_written_nobody_is_sent_to_it() -> None:
    said = attention(read_clusters(THREE), written=False)["main"]
    assert said.endswith(" does so. And 1 more: report_dir (chat_channel_report_dir) writes a report of all.")


@pytest.mark.parametrize(
    ("result", "name", "words"),
    [
        ({}, "host", "It was not audited"),
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


def said(results: dict[str, Any], earlier: dict[str, Any] | None = None, **run: Any) -> list[str]:
    made = report(results, earlier, **run)
    return lines(made, reasons(made["clusters"]), ["/tmp/report.html"])


def test_the_run_ends_with_the_reasons_and_the_command_that_takes_them_away() -> None:
    assert said(THREE, inventory=["/srv/gax.yml"]) == [
        "3 clusters with 4 Chat Servers and 2 backups: 1 fine, 0 with warnings, 1 with errors, 1 could not be read.",
        "2 errors, 1 warning, 3 options differ from the inventory.",
        "No chat can be opened on GWE_Main: queueKey is not set (GWE003)",
        "old could not be read: GAX cannot be reached at https://gax.example.com:8443. Check gax_url.",
        "Some chats are lost on GWE_Main: Endpoint 'webme' is missing in section [endpoints:101] (GWE004)",
        "Nothing is lost now on GWE_Main: [chat] refreshTaskPeriod differs from what the inventory says (GWE017)",
        "GWE_Main: 2 errors, 1 warning, 3 options differ",
        "old: could not be read",
        "3 of 3 findings can be fixed with: ansible-playbook genesys_ops.engage.configure -i /srv/gax.yml --limit main",
        "Report: /tmp/report.html",
    ]


def test_of_clusters_with_one_name_on_several_gax_the_host_is_told() -> None:
    live = {"live": healthy("GWE_Main"), "test": healthy("GWE_Main"), "dr": healthy("GWE_DR")}
    told = said({**live, "test": sick("GWE_Main")}, live)
    for line in (
        "No chat can be opened on GWE_Main (test): queueKey is not set (GWE003)",
        "GWE_Main (test): 2 errors, 1 warning, 3 options differ",
        "New: GWE_Main (test): GWE003 GWE_Main: queueKey is not set: no chat can be opened.",
    ):
        assert line in told
    unread = said({**live, "test": {**UNREADABLE, "cluster": "GWE_Main"}, "dr": sick("GWE_DR")})
    assert any(line.startswith("GWE_Main (test) could not be read: ") for line in unread)
    assert any(line.startswith("No chat can be opened on GWE_DR: ") for line in unread)


def test_why_a_cluster_could_not_be_read_is_said_once() -> None:
    refused = {**UNREADABLE, "msg": "GAX did not accept user 'automation'."}
    missing = {host: {**UNREADABLE, "msg": f"there is no application '{host}'."} for host in ("GWE_Mian", "GWE_DX")}
    told = said({"first": refused, "second": refused, **missing})
    assert sum("did not accept" in line for line in told) == 1
    assert "2 clusters could not be read: there is no application …." in told
    for host in missing:  # the name is in no line above
        assert any(line.endswith(f": there is no application '{host}'.") for line in told)


def test_the_summary_is_short_whatever_the_number_of_clusters() -> None:
    many = {f"host{number}": sick(f"GWE_{number:03}") for number in range(50)}
    told = said(many, {host: healthy(result["cluster"]["name"]) for host, result in many.items()})
    assert told[2] == "No chat can be opened on 50 clusters: queueKey is not set (GWE003)"
    assert "And 38 more clusters that are not fine." in told
    assert "And 145 more new findings." in told
    assert len(told) < 40


def test_what_cannot_be_seen_reaches_no_terminal_and_no_file(tmp_path: Path) -> None:
    name = "GWE\x1b]0;owned\x07\x9b31m\u202e\u2028\x00\ud800"
    world = World()
    world.attribute(CHAT_A, "name", f"Chat{name}")
    world.option(CHAT_A, "endpoints:101", "webme", f"Queue{name}")
    results = {name: sick(name), "chat": looked_at(world), "down": {"msg": name, "cluster": name}}
    made = report(results, {"gone": sick(name)})
    files = write(made, str(tmp_path))
    texts = [Path(file).read_text(encoding="utf-8") for file in files]
    texts += said(results, {"gone": sick(name)}) + list(attention(made["clusters"], written=True).values())
    assert not [text for text in texts if set(text) & set("\x1b\x07\x9b\u202e\u2028\x00\ufffd")]
    assert visible(name) in texts[0]


# --- comparison ------------------------------------------------------------------------------------------------------


def test_findings_are_new_solved_or_as_before() -> None:
    world = {"main": sick("GWE_Main")}
    fine = {"main": healthy("GWE_Main")}
    assert found(report(world, fine)["comparison"]["new"]) == SICK
    assert found(report(fine, world)["comparison"]["solved"]) == SICK
    same = report(world, world)["comparison"]
    assert (found(same["standing"]), same["new"], same["solved"], same["earlier"]) == (SICK, [], [], BEFORE)


def test_only_errors_and_warnings_are_new_or_solved() -> None:
    later = copy.deepcopy(healthy("GWE_Main"))
    assert [finding["severity"] for finding in later["findings"]] == ["info"]
    change = report({"main": later}, {"main": {**later, "findings": []}})["comparison"]
    assert (change["new"], change["solved"], change["standing"]) == ([], [], [])


def test_a_cluster_that_vanished_is_named_unless_the_run_was_limited() -> None:
    told = said({"main": healthy("GWE_Main")}, {"main": healthy("GWE_Main"), "old": sick("GWE_Old")})
    assert "No longer in the inventory: GWE_Old." in told
    told = said({"main": healthy("GWE_Main")}, {"main": healthy("GWE_Main"), "old": sick("GWE_Old")}, limit="main")
    assert not [line for line in told if "GWE_Old" in line]


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
        "was_down": "could not be read last time",
        "fresh": "not in the earlier report",
        "gone": "not in this run",
    }


# --- the schema ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("earlier", [None, {"main": healthy("GWE_Main"), "gone": sick()}])
@pytest.mark.parametrize("results", [THREE, mixed(24), {}], ids=["three", "mixed", "none"])
def test_every_report_keeps_to_the_published_schema(results: dict[str, Any], earlier: dict[str, Any] | None) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    gax = [{"address": "https://gax.example.com", "version": "8.5.290.08", "account": "automation"}]
    made = report(results, earlier, name="run", gax=gax, inventory=["hosts"], limit="main")
    jsonschema.Draft202012Validator(schema).validate(json.loads(as_json(made)))
    assert set(made) == set(schema["properties"])


def test_two_reports_about_the_same_differ_in_their_time_only() -> None:
    texts = [as_json(build(read_clusters(copy.deepcopy(THREE)), created)) for created in (BEFORE, NOW)]
    assert texts[0] != texts[1]
    assert texts[0].replace(BEFORE, NOW) == texts[1]


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
