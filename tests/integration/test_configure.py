# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `configure` from inventory to options on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client import jobs
from ansible_collections.genesys_ops.engage.tests.integration.estates import writes_of
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write

DEMO_INVENTORY = COLLECTION / "tests" / "demo" / "inventory.yml"
QUEUE = jobs.QUEUE
CLUSTERS = {"direct": "GWE_Cluster_Direct", "main": "GWE_Cluster_Main", "dr": "GWE_Cluster_DR"}
CHAT_SERVERS = {host: jobs.CHAT_SERVERS[cluster] for host, cluster in CLUSTERS.items()}
QUEUE_KEYS = {"direct": "1:webme", "main": "101:webme", "dr": "101:webme"}
# Application -> (section, key, before, after): everything that the demo inventory asks for, and nothing else.
WANTED_TRIPLES = jobs.WRITTEN
WANTED_CHAT = {
    "GWE_Cluster_Direct": {
        "connectionTimeout": "10",
        "identifyCreateContact": "3",
        "queueKey": "1:webme",
        "refreshPoolSize": "10",
        "refreshTaskPeriod": "2",
        "webengagementChatQueue": QUEUE,
    },
    "GWE_Cluster_Main": {
        "connectionTimeout": "10",
        "identifyCreateContact": "3",
        "queueKey": "101:webme",
        "refreshPoolSize": "50",  # 500 chats / (2 s * 5)
        "refreshTaskPeriod": "2",
        "webengagementChatQueue": QUEUE,
    },
    "GWE_Cluster_DR": {
        "connectionTimeout": "10",
        "identifyCreateContact": "3",
        "queueKey": "101:webme",
        "refreshTaskPeriod": "2",
        "webengagementChatQueue": QUEUE,
    },
}
RESULT_KEYS = {
    "changed",
    "cluster",
    "tenant",
    "queue_key",
    "chat_servers",
    "changes",
    "findings",
    "restart_required",
}


def triples(obj: dict[str, Any]) -> list[dict[str, str]]:
    return (obj.get("options") or {}).get("property") or []


def without(obj: dict[str, Any], places: set[tuple[str, str]]) -> str:
    """Return the object as text, less the triples at these places. Order counts, of keys and of triples."""
    kept = [item for item in triples(obj) if (item["section"], item["key"]) not in places]
    return json.dumps({**obj, "options": {**(obj.get("options") or {}), "property": kept}})


def objects(estate: Estate) -> dict[tuple[str, str], dict[str, Any]]:
    return {(obj["type"], obj["dbid"]): obj for obj in estate}


@dataclass
class Story:
    """Two runs with one inventory; what is on the server and was asked of it after each."""

    before: Estate
    after: Estate
    runs: list[Run]
    journals: list[list[Write]]
    logs: list[list[Request]]


class TestThreeClustersOfTheDemo:
    """The demo inventory: a cluster with one Chat Server of its own, one with three, one with backups."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        with Simulator(demo, user="automation", password="Demo-4711") as sim:
            story = Story(demo, demo, [], [], [])
            for _unused in range(2):
                journal, log = len(sim.journal), len(sim.log)
                story.runs.append(play(sim, CONFIGURE, DEMO_INVENTORY, env={"GAX_URL": sim.url}))
                story.journals.append(sim.journal[journal:])
                story.logs.append(sim.log[log:])
            story.after = sim.estate
            yield story

    def test_the_run_succeeds_without_a_warning(self, story: Story) -> None:
        story.runs[0].assert_success()
        assert all(story.runs[0].stats[host]["changed"] > 0 for host in CLUSTERS)

    @pytest.mark.parametrize("host", CHAT_SERVERS)
    def test_every_chat_server_and_backup_has_the_endpoint(self, story: Story, host: str) -> None:
        section = "endpoints:" + QUEUE_KEYS[host].split(":")[0]
        found = {name: story.after.options(name)[section]["webme"] for name in CHAT_SERVERS[host]}
        assert found == dict.fromkeys(CHAT_SERVERS[host], QUEUE)

    @pytest.mark.parametrize("cluster", WANTED_CHAT)
    def test_section_chat_of_each_cluster_is_exactly_as_wanted(self, story: Story, cluster: str) -> None:
        assert story.after.options(cluster)["chat"] == WANTED_CHAT[cluster]

    def test_the_journal_holds_exactly_the_wanted_triples(self, story: Story) -> None:
        found = {name: sorted(items, key=lambda item: item[:2]) for name, items in written(story.journals[0]).items()}
        assert found == WANTED_TRIPLES
        assert {change["family"] for write in story.journals[0] for change in write["changes"]} == {"options"}

    def test_each_changed_application_is_written_once(self, story: Story) -> None:
        assert sorted(writes_of(story.journals[0])) == sorted(WANTED_TRIPLES)
        assert {(write["method"], write["applied"]) for write in story.journals[0]} == {("PUT", True)}

    def test_nothing_but_options_is_written(self, story: Story) -> None:
        assert [write["other"] for write in story.journals[0]] == [[]] * len(WANTED_TRIPLES)

    @pytest.mark.parametrize("host", CLUSTERS)
    def test_the_cluster_is_written_after_all_its_chat_servers(self, story: Story, host: str) -> None:
        order = writes_of(story.journals[0])
        assert order.index(CLUSTERS[host]) > max(order.index(name) for name in CHAT_SERVERS[host])

    def test_all_else_on_the_server_is_byte_for_byte_as_before(self, story: Story) -> None:
        before, after = objects(story.before), objects(story.after)
        assert list(before) == list(after)
        for place, old in before.items():
            changed = {item[:2] for item in WANTED_TRIPLES.get(old.get("name", ""), ())}
            if old["type"] == "CfgApplication" and changed:
                assert without(after[place], changed) == without(old, changed)
            else:
                assert json.dumps(after[place]) == json.dumps(old)

    def test_oddities_of_the_written_objects_survive(self, story: Story) -> None:
        doubled, odd = story.after.app("ChatServer_2"), story.after.app("ChatServer_3")
        assert triples(doubled).count({"section": "log", "key": "expire", "value": "10"}) == 2
        assert {"section": "health-service", "key": "", "value": ""} in triples(odd)
        assert odd["tenantdbids"]["mode"] == story.before.app("ChatServer_3")["tenantdbids"]["mode"]
        assert doubled["redundancytype"] == "CFGHTColdStanby"

    @pytest.mark.parametrize("name", WANTED_TRIPLES)
    def test_options_that_were_there_keep_their_order(self, story: Story, name: str) -> None:
        def places(estate: Estate) -> list[tuple[str, str]]:
            return [(item["section"], item["key"]) for item in triples(estate.app(name))]

        added = {item[:2] for item in WANTED_TRIPLES[name] if item[2] is None}
        assert [place for place in places(story.after) if place not in added] == places(story.before)

    def test_other_endpoints_in_the_same_section_are_untouched(self, story: Story) -> None:
        endpoints = story.after.options("ChatServer_1")["endpoints:101"]
        assert endpoints == {"default": "Chat In", "mobile": "Chat In", "webme": QUEUE}

    @pytest.mark.parametrize("host", CLUSTERS)
    def test_the_result_for_later_tasks_has_every_key_of_the_interface(self, story: Story, host: str) -> None:
        result = story.runs[0].facts(host)["chat_channel_result"]
        assert set(result) == RESULT_KEYS
        assert result["changed"] is True
        assert result["cluster"] == CLUSTERS[host]
        assert result["tenant"] == {"direct": "Environment"}.get(host, "Resources")
        assert result["queue_key"] == QUEUE_KEYS[host]
        assert result["chat_servers"] == CHAT_SERVERS[host]
        assert [item["name"] for item in result["changes"]] == [*CHAT_SERVERS[host], CLUSTERS[host]]

    @pytest.mark.parametrize("host", CLUSTERS)
    def test_the_changes_that_are_reported_are_those_that_were_written(self, story: Story, host: str) -> None:
        for item in story.runs[0].facts(host)["chat_channel_result"]["changes"]:
            found = [(one["section"], one["key"], one["before"], one["after"]) for one in item["changes"]]
            assert sorted(found, key=lambda one: one[:2]) == WANTED_TRIPLES[item["name"]]
            actions = {"add" if one["before"] is None else "update": one["action"] for one in item["changes"]}
            assert all(action == meant for meant, action in actions.items())

    def test_restarts_are_named_with_their_evidence(self, story: Story) -> None:
        found = {
            host: {
                (item["application"], item["option"], item["evidence"])
                for item in story.runs[0].facts(host)["chat_channel_result"]["restart_required"]
            }
            for host in CLUSTERS
        }
        assert found["direct"] == {
            ("GWE_Cluster_Direct", "chat/refreshTaskPeriod", "assumed"),
            ("GWE_Cluster_Direct", "chat/webengagementChatQueue", "assumed"),
        }
        assert found["main"] == {
            ("GWE_Cluster_Main", "chat/queueKey", "documented"),
            ("GWE_Cluster_Main", "chat/refreshPoolSize", "documented"),
            ("GWE_Cluster_Main", "chat/refreshTaskPeriod", "assumed"),
            ("GWE_Cluster_Main", "chat/webengagementChatQueue", "assumed"),
        }

    def test_the_findings_of_before_are_kept(self, story: Story) -> None:
        found = {
            (item["id"], item["application"]) for item in story.runs[0].facts("main")["chat_channel_result"]["findings"]
        }
        assert {("GWE003", "GWE_Cluster_Main"), ("GWE004", "ChatServer_1"), ("GWE005", "GWE_Cluster_Main")} <= found

    def test_the_run_ends_with_a_sentence_for_a_person(self, story: Story) -> None:
        state, restart, *findings, name = story.runs[0].report("main")
        assert state == "GWE_Cluster_Main: queueKey 101:webme, 3 Chat Servers, 4 applications changed."
        assert restart.startswith("Restart the Web Engagement nodes, one by one, to apply queueKey, ")
        assert all(line.startswith("GWE") for line in findings)
        assert re.match(r"Run \d{8}T\d{6}[\w.]*Z, ", name)
        assert name.endswith("Z, no backup: chat_channel_backup_dir is not set.")
        assert {story.runs[0].report(host)[-1] for host in CLUSTERS} == {name}
        assert story.runs[0].task("Show all clusters of this play").result["msg"] == [
            "GWE_Cluster_Direct: 2 applications changed.",
            "GWE_Cluster_Main: 4 applications changed.",
            "GWE_Cluster_DR: 5 applications changed.",
        ]

    def test_a_restart_is_said_once_for_each_cluster(self, story: Story) -> None:
        assert story.runs[0].stdout.count("Restart the") == len(CLUSTERS)

    def test_no_path_of_a_file_of_tasks_is_shown(self, story: Story) -> None:
        assert "included:" not in story.runs[0].stdout

    def test_a_second_run_changes_nothing_and_says_so(self, story: Story) -> None:
        again = story.runs[1]
        again.assert_success()
        assert {host: again.stats[host]["changed"] for host in CLUSTERS} == dict.fromkeys(CLUSTERS, 0)
        for host in CLUSTERS:
            result = again.facts(host)["chat_channel_result"]
            assert (result["changed"], result["changes"], result["restart_required"]) == (False, [], [])

    def test_a_second_run_writes_nothing(self, story: Story) -> None:
        assert story.journals[1] == []
        assert {entry["method"] for entry in story.logs[1] if "/cfg/" in entry["path"]} == {"GET"}

    @pytest.mark.parametrize("host", CLUSTERS)
    def test_after_a_run_no_error_is_left_to_report(self, story: Story, host: str) -> None:
        found = story.runs[1].facts(host)["chat_channel_result"]["findings"]
        assert [item for item in found if item["severity"] == "error"] == []
        assert not {"GWE003", "GWE004", "GWE005", "GWE006", "GWE008"} & {item["id"] for item in found}


def test_the_table_names_the_host_where_two_gax_have_a_cluster_of_one_name(demo: Estate, play: Player) -> None:
    cluster = {"chat_channel_cluster": "GWE_Cluster_Main"}
    with simulator(demo) as one, simulator(demo) as other:
        hosts = {
            "GWE_Cluster_Main": {**cluster, **connection(one)},
            "test_GWE_Cluster_Main": {**cluster, **connection(other)},
        }
        run = play(one, CONFIGURE, hosts)
        run.assert_success()
    assert run.task("Show all clusters of this play").result["msg"] == [
        "GWE_Cluster_Main: 4 applications changed.",
        "test_GWE_Cluster_Main: GWE_Cluster_Main: 4 applications changed.",
    ]
