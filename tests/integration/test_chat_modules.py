# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module for a chat channel by itself: a class runs a list of tasks, and its tests look at one step each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player
from ansible_collections.genesys_ops.engage.tests.integration.steps import (
    CHECK,
    QUEUE,
    ZUERICH,
    Steps,
    Story,
    channel,
    chat,
    endpoint,
    tell,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate


class TestChatServerEndpoint(Steps):
    STEPS: ClassVar = {
        "add one": endpoint(chat_servers=["ChatServer_2"], tenant=None),
        "check add": endpoint(CHECK),
        "add": endpoint(),
        "add again by DBID": endpoint(tenant=101),
        "check modify": endpoint(CHECK, queue=ZUERICH),
        "modify": endpoint(queue=ZUERICH),
        "modify again": endpoint(queue=ZUERICH, chat_servers=["ChatServer_3", "ChatServer_1", "ChatServer_3"]),
        "other endpoint": endpoint(endpoint="proactive_zürich", chat_servers=["ChatServer_3"], tenant="Environment"),
        "check remove": endpoint(CHECK, state="absent"),
        "remove": endpoint(state="absent"),
        "remove again": endpoint(state="absent", queue=None),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        yield from tell(demo, play, cls.STEPS)

    def test_add_writes_one_option_on_each_chat_server_that_lacks_it(self, story: Story) -> None:
        new = [("endpoints:101", "webme", None, QUEUE)]
        assert story["add one"].written == {"ChatServer_2": new}
        assert story["add"].written == {"ChatServer_1": new, "ChatServer_3": new}
        assert story["add"].msg == "2 of 3 Chat Servers changed: ChatServer_1, ChatServer_3"

    @pytest.mark.parametrize("step", ["add again by DBID", "modify again", "remove again"])
    def test_the_same_again_changes_nothing(self, story: Story, step: str) -> None:
        assert (story[step].changed, story[step].writes) == (False, [])
        assert "as requested" in story[step].msg

    def test_modify_writes_a_queue_whose_name_is_not_ascii(self, story: Story) -> None:
        changed = [("endpoints:101", "webme", QUEUE, ZUERICH)]
        assert story["modify"].written == dict.fromkeys(["ChatServer_1", "ChatServer_2", "ChatServer_3"], changed)
        assert f"[endpoints:101] webme = {ZUERICH}" in story["modify"].diff[0]["after"]

    def test_a_chat_server_of_two_tenants_gets_the_endpoint_in_the_section_of_the_one_chosen(
        self, story: Story
    ) -> None:
        assert story["other endpoint"].written == {"ChatServer_3": [("endpoints:1", "proactive_zürich", None, QUEUE)]}

    def test_remove_takes_away_the_endpoint_and_nothing_else(self, story: Story) -> None:
        gone = [("endpoints:101", "webme", ZUERICH, None)]
        assert story["remove"].written == dict.fromkeys(["ChatServer_1", "ChatServer_2", "ChatServer_3"], gone)
        assert story.sim.options("ChatServer_1")["endpoints:101"] == {"default": "Chat In", "mobile": "Chat In"}


class TestWebEngagementChat(Steps):
    STEPS: ClassVar = {
        "check set": chat(CHECK, identify_create_contact=2, refresh_task_period=3),
        "set": chat(identify_create_contact=2, refresh_task_period=3),
        "set again": chat(identify_create_contact="2", refresh_task_period="3"),
        "set less": chat(),
        "compute pool size": chat(peak_chat_sessions=301),
        "check modify": chat(CHECK, connection_timeout=1, session_restoration_timeout=99999, endpoint="other"),
        "modify": chat(connection_timeout=1, session_restoration_timeout=99999, endpoint="other"),
        "other queue": chat(queue=ZUERICH, endpoint="other"),
        "check remove": chat(CHECK, state="absent"),
        "remove": chat(state="absent"),
        "remove again": chat(state="absent", queue=None),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        estate = demo.copy()
        estate.edit("GWE_Cluster_DR", "chat", "somebody-elses-option", "7")
        yield from tell(estate, play, cls.STEPS)

    def test_set_writes_what_is_given_and_leaves_other_options(self, story: Story) -> None:
        assert story["set"].written == {
            "GWE_Cluster_DR": [
                ("chat", "queueKey", None, "101:webme"),
                ("chat", "webengagementChatQueue", None, QUEUE),
                ("chat", "identifyCreateContact", None, "2"),
                ("chat", "refreshTaskPeriod", None, "3"),
            ]
        }
        assert story["set"].result["queue_key"] == "101:webme"

    @pytest.mark.parametrize("step", ["set again", "set less", "remove again"])
    def test_the_same_again_changes_nothing(self, story: Story, step: str) -> None:
        assert (story[step].changed, story[step].writes) == (False, [])
        assert story[step].msg == "GWE_Cluster_DR is as requested."

    def test_the_pool_size_is_computed_with_the_refresh_period_of_the_server(self, story: Story) -> None:
        # 301 sessions / (3 s * 5), rounded up
        assert story["compute pool size"].written == {"GWE_Cluster_DR": [("chat", "refreshPoolSize", None, "21")]}

    def test_modify_writes_only_what_differs(self, story: Story) -> None:
        assert story["modify"].written == {
            "GWE_Cluster_DR": [
                ("chat", "connectionTimeout", "10", "1"),
                ("chat", "queueKey", "101:webme", "101:other"),
                ("chat", "sessionRestorationTimeout", None, "99999"),
            ]
        }

    def test_a_restart_is_required_for_what_changed_and_says_how_that_is_known(self, story: Story) -> None:
        found = {item["option"]: item["evidence"] for item in story["modify"].result["restart_required"]}
        assert found == {
            "chat/queueKey": "documented",
            "chat/sessionRestorationTimeout": "assumed",
            "chat/connectionTimeout": "documented",
        }

    def test_a_queue_whose_name_is_not_ascii_is_written(self, story: Story) -> None:
        assert story["other queue"].written == {"GWE_Cluster_DR": [("chat", "webengagementChatQueue", QUEUE, ZUERICH)]}

    def test_remove_takes_away_the_options_of_the_channel_and_no_others(self, story: Story) -> None:
        assert story.sim.options("GWE_Cluster_DR")["chat"] == {"somebody-elses-option": "7"}
        assert story["remove"].result["queue_key"] == ""
        assert len(story["remove"].result["applications"][0]["changes"]) == 7


class TestChatChannelInfo(Steps):
    """Look, configure with the other modules what the look foretold, look again."""

    NAMES: ClassVar = ["ChatServer_DR_A", "ChatServer_DR_B", "ChatServer_DR_A_Backup", "ChatServer_DR_B_Backup"]
    STEPS: ClassVar = {
        "look": channel(),
        "look with a queue": channel(queue=QUEUE, connection_timeout=5),
        "look in check mode": {**channel(queue=QUEUE, connection_timeout=5), **CHECK},
        "endpoints": endpoint(chat_servers=NAMES),
        "cluster": chat(connection_timeout=5),
        "look again": channel(queue=QUEUE, connection_timeout=5),
        "look at one that is connected directly": channel(cluster="GWE_Cluster_Direct"),
        "look at another type": channel(
            cluster="GMS_Node_1", queue=QUEUE, fail_on="warning", allow_unknown_cluster=True
        ),
        "look at a queue that is missing": channel(cluster="GWE_Cluster_Main", queue="Nirvana"),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        yield from tell(demo, play, cls.STEPS)

    def test_it_never_writes(self, story: Story) -> None:
        assert all(item.writes == [] for item in story.run.calls("chat_channel_info"))

    def test_every_chat_server_is_returned_with_how_it_was_found(self, story: Story) -> None:
        found = {item["name"]: (item["origin"], item["queue"]) for item in story["look"].result["chat_servers"]}
        assert found == {
            "ChatServer_DR_A": ("via ChatServer_Cluster_DR", None),
            "ChatServer_DR_B": ("via ChatServer_Cluster_DR", None),
            "ChatServer_DR_A_Backup": ("backup of ChatServer_DR_A", None),
            "ChatServer_DR_B_Backup": ("backup of ChatServer_DR_B", None),
        }
        direct = story["look at one that is connected directly"].result["chat_servers"]
        assert [(item["name"], item["origin"], item["queue"]) for item in direct] == [
            ("ChatServer_Direct", "direct", "Chat In")
        ]

    def test_the_topology_names_what_else_the_cluster_is_connected_to(self, story: Story) -> None:
        topology = story["look"].result["topology"]
        assert [item["name"] for item in topology["application_clusters"]] == ["ChatServer_Cluster_DR"]
        assert [item["name"] for item in topology["other_connections"]] == ["Interaction_Server", "Stat_Server"]

    def test_tenant_and_queue_key_are_returned(self, story: Story) -> None:
        before, after = story["look"].result, story["look again"].result
        assert (before["tenant"]["name"], before["tenant"]["dbid"]) == ("Resources", "101")
        assert (before["queue_key"], before["queue_key_found"]) == ("101:webme", None)
        assert after["queue_key_found"] == "101:webme"

    def test_the_changes_foretold_are_those_of_the_modules_that_change(self, story: Story) -> None:
        done = story["endpoints"].result["applications"] + story["cluster"].result["applications"]
        assert story["look with a queue"].result["changes"] == done
        assert story["look in check mode"].result["changes"] == done
        assert story["look"].result["changes"] == []

    def test_what_is_missing_is_found(self, story: Story) -> None:
        found = {(item["id"], item["application"]) for item in story["look"].result["findings"]}
        expected = {("GWE003", "GWE_Cluster_DR"), ("GWE005", "GWE_Cluster_DR")}
        assert expected | {("GWE004", name) for name in self.NAMES} <= found
        assert story["look"].result["compliant"] is False

    def test_each_finding_says_what_to_do(self, story: Story) -> None:
        findings = [one for item in story.run.calls("chat_channel_info") for one in item.result["findings"]]
        keys = {"id", "severity", "impact", "fixed_by_run", "application", "message", "expected", "actual", "hint"}
        assert all(keys == set(item) and item["message"] and item["hint"] for item in findings)

    def test_after_the_changes_the_channel_has_no_error_and_nothing_to_change(self, story: Story) -> None:
        after = story["look again"].result
        assert after["changes"] == after["blocking"] == []
        assert [item for item in after["findings"] if item["severity"] == "error"] == []
        assert {item["queue"] for item in after["chat_servers"]} == {QUEUE}

    def test_an_application_of_another_type_blocks_only_on_request(self, story: Story) -> None:
        blocking = story["look at another type"].result["blocking"]
        assert ("GWE001", "GMS_Node_1", "warning") in [
            (item["id"], item["application"], item["severity"]) for item in blocking
        ]

    def test_a_missing_queue_blocks_a_run(self, story: Story) -> None:
        blocking = story["look at a queue that is missing"].result["blocking"]
        assert [item["id"] for item in blocking if "'Nirvana'" in item["message"]] == ["GWE006"]
