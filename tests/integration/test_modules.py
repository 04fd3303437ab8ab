# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module by itself: a class runs a list of tasks, and its tests look at one step each.

No task names the connection: it comes from ``module_defaults`` with ``group/genesys_ops.engage.gax``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.bad_input import closed_port
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    Player,
    Run,
    Task,
    TaskResult,
    call,
    connection,
    play_of,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

QUEUE, ZUERICH = "Webengagement_Chat", "Chat_Kundenservice_Zürich"
CHECK = {"check_mode": True}
# A module runs in the controller's process where it can, and else as Ansible ships it: each must do the same.
WAYS = {"in process": {"gax_in_process": True}, "shipped": {"gax_in_process": False}}
DAP_PASSWORD = "Tr0ub4dor&3"
OLD_SECRET, NEW_SECRET, FIRST_SECRET = "Old-Sesame-1", "New-Sesame-2", "First-Sesame-3"


@dataclass
class Story:
    """One run of all steps, and the simulator as it is afterwards."""

    sim: Simulator
    run: Run

    def __getitem__(self, step: str) -> TaskResult:
        return self.run.task(step)


def tell(
    estate: Estate, play: Player, steps: Mapping[str, Task], *args: str, way: str = "in process"
) -> Iterator[Story]:
    """Run the steps in order, each under its title."""
    with simulator(estate) as sim:
        tasks = [{**task, "name": title} for title, task in steps.items()]
        yield Story(sim, play(sim, tasks, variables=WAYS[way], args=args))


class Steps:
    """What holds for every step of every module."""

    STEPS: ClassVar[dict[str, Task]] = {}

    def test_every_step_succeeds_without_a_warning(self, story: Story) -> None:
        assert [item.task for item in story.run.failures()] == []
        story.run.assert_success()

    def test_a_step_is_changed_exactly_when_it_writes(self, story: Story) -> None:
        for item in story.run.results:
            check = self.STEPS[item.task].get("check_mode", False)
            assert bool(item.writes) == (item.changed and not check), item.task

    def test_each_write_touches_options_only_and_each_application_once(self, story: Story) -> None:
        for item in story.run.results:
            names = [write["name"] for write in item.writes]
            assert len(names) == len(set(names)), item.task
            assert all(write["applied"] and write["other"] == [] for write in item.writes), item.task

    def test_diff_and_changes_of_check_mode_are_those_of_the_run_after_it(self, story: Story) -> None:
        for check in [name for name in self.STEPS if name.startswith("check ")]:
            real = check.removeprefix("check ")
            before, after = story[check].result, story[real].result
            assert before["changed"] is True
            assert before["diff"] == after["diff"] != []
            assert before["applications"] == after["applications"]
            assert before["restart_required"] == after["restart_required"]

    def test_the_diff_is_empty_exactly_when_nothing_changes(self, story: Story) -> None:
        for item in story.run.results:
            assert bool(item.diff) == item.changed, item.task

    def test_every_step_ends_with_a_sentence(self, story: Story) -> None:
        for item in story.run.results:
            if not item.action.endswith("_info"):
                assert item.msg, item.task


def app_options(options: Any, keywords: Mapping[str, Any] | None = None, /, **more: Any) -> Task:
    given = {"name": "ChatServer_1", "options": options, **more}
    return call("application_options", None, keywords, **given)


NEW = {"settings": {"flex-disconnect-timeout": 60, "new-option": True}, "new section": {"größe": "10 ½"}}
PASSWORDS = {"database": {"db-password": NEW_SECRET, "access_token": FIRST_SECRET, "user": "chat"}}
ALL_EXPIRE = [{"name": name, "options": {"log": {"expire": 20}}} for name in ("ChatServer_2", "ChatServer_1", "UCS")]


class TestApplicationOptions(Steps):
    STEPS: ClassVar = {
        "check set": app_options(NEW, CHECK),
        "set": app_options(NEW),
        "set as text": app_options({"settings": {"flex-disconnect-timeout": "60", "new-option": "true"}}),
        "modify": app_options({"settings": {"flex-disconnect-timeout": 61, "new-option": True}}),
        "set several": call("application_options", applications=ALL_EXPIRE),
        "set one more": call(
            "application_options", applications=[*ALL_EXPIRE, {"name": "ORS", "options": {"log": {"expire": 20}}}]
        ),
        "check remove": app_options({"settings": {"new-option": None}}, CHECK, state="absent"),
        "remove": app_options({"settings": {"new-option": None}}, state="absent"),
        "remove again": app_options({"settings": {"new-option": "any value"}}, state="absent"),
        "remove section": app_options({"new section": {}, "no such section": None}, state="absent"),
        "check exclusive": app_options({"endpoints:101": {"default": "Chat In", "sms": 1}}, CHECK, exclusive=True),
        "exclusive": app_options({"endpoints:101": {"default": "Chat In", "sms": 1}}, exclusive=True),
        "exclusive again": app_options({"endpoints:101": {"default": "Chat In", "sms": "1"}}, exclusive=True),
        "check annex": app_options({"settings": {"session-restoration-mode": "x"}}, CHECK, family="annex"),
        "annex": app_options({"settings": {"session-restoration-mode": "x"}}, family="annex"),
        "annex again": app_options({"settings": {"session-restoration-mode": "x"}}, family="annex"),
        "check secret": app_options(PASSWORDS, CHECK),
        "secret": app_options(PASSWORDS),
        "secret again": app_options(PASSWORDS),
    }

    @pytest.fixture(scope="class", params=WAYS)
    @classmethod
    def story(cls, demo: Estate, play: Player, request: pytest.FixtureRequest) -> Iterator[Story]:
        estate = demo.copy()
        estate.edit("ChatServer_1", "database", "db-password", OLD_SECRET)
        yield from tell(estate, play, cls.STEPS, "--diff", "-vvvv", way=request.param)

    def test_set_adds_and_updates_exactly_what_was_named(self, story: Story) -> None:
        assert story["set"].written == {
            "ChatServer_1": [
                ("settings", "flex-disconnect-timeout", "45", "60"),
                ("settings", "new-option", None, "true"),
                ("new section", "größe", None, "10 ½"),
            ]
        }

    def test_changes_say_what_was_there_and_what_was_done(self, story: Story) -> None:
        (application,) = story["set"].result["applications"]
        assert (application["name"], application["dbid"], application["changed"]) == ("ChatServer_1", "202", True)
        keys = ("section", "key", "before", "after", "action")
        assert [tuple(change[key] for key in keys) for change in application["changes"]] == [
            ("settings", "flex-disconnect-timeout", "45", "60", "update"),
            ("settings", "new-option", None, "true", "add"),
            ("new section", "größe", None, "10 ½", "add"),
        ]

    @pytest.mark.parametrize("step", ["set as text", "remove again", "exclusive again", "annex again", "secret again"])
    def test_the_same_again_changes_nothing(self, story: Story, step: str) -> None:
        assert (story[step].changed, story[step].writes) == (False, [])
        assert "as wanted" in story[step].msg

    def test_modify_writes_only_the_option_that_differs(self, story: Story) -> None:
        assert story["modify"].written == {"ChatServer_1": [("settings", "flex-disconnect-timeout", "60", "61")]}

    def test_several_applications_are_changed_in_one_call_duplicates_included(self, story: Story) -> None:
        assert story["set several"].written == {
            "ChatServer_2": [("log", "expire", ["10", "10"], ["20", "20"])],
            "ChatServer_1": [("log", "expire", "10", "20")],
            "UCS": [("log", "expire", None, "20")],
        }

    def test_applications_are_returned_in_the_order_given(self, story: Story) -> None:
        names = [item["name"] for item in story["set several"].result["applications"]]
        assert names == ["ChatServer_2", "ChatServer_1", "UCS"]

    def test_the_message_counts_and_names_what_changed(self, story: Story) -> None:
        assert story["set one more"].msg == "1 of 4 applications changed: ORS"
        assert story["check remove"].msg == "1 of 1 application would change: ChatServer_1"

    def test_remove_takes_away_one_option(self, story: Story) -> None:
        assert story["remove"].written == {"ChatServer_1": [("settings", "new-option", "true", None)]}

    def test_remove_takes_away_a_whole_section(self, story: Story) -> None:
        assert story["remove section"].written == {"ChatServer_1": [("new section", "größe", "10 ½", None)]}

    def test_exclusive_removes_what_is_not_named_from_the_sections_that_are(self, story: Story) -> None:
        assert story["exclusive"].written == {
            "ChatServer_1": [("endpoints:101", "mobile", "Chat In", None), ("endpoints:101", "sms", None, "1")]
        }

    def test_the_annex_is_changed_apart_from_the_options(self, story: Story) -> None:
        assert [change["family"] for change in story["annex"].writes[0]["changes"]] == ["annex"]
        assert story.sim.options("ChatServer_1", "annex") == {"settings": {"session-restoration-mode": "x"}}
        assert story.sim.options("ChatServer_1")["settings"]["session-restoration-mode"] == "simple"

    def test_secrets_arrive_on_the_server(self, story: Story) -> None:
        assert story.sim.options("ChatServer_1")["database"] == PASSWORDS["database"]

    def test_secrets_are_shown_nowhere_even_with_all_details(self, story: Story) -> None:
        assert "db-password" in story.run.output
        for secret in (OLD_SECRET, NEW_SECRET, FIRST_SECRET):
            assert secret not in story.run.output
            assert secret not in str([item.result for item in story.run.results])

    def test_a_secret_that_changes_is_seen_to_change(self, story: Story) -> None:
        changes = {item["key"]: item for item in story["secret"].result["applications"][0]["changes"]}
        assert changes["db-password"]["before"] != changes["db-password"]["after"]
        assert changes["access_token"]["before"] is None
        assert "[database] user = chat" in story["secret"].diff[0]["after"]

    def test_nothing_of_section_chat_is_changed_so_that_nothing_has_to_restart(self, story: Story) -> None:
        assert [item.result["restart_required"] for item in story.run.results] == [[]] * len(self.STEPS)


def endpoint(keywords: Mapping[str, Any] | None = None, /, **given: Any) -> Task:
    defaults = {"chat_servers": ["ChatServer_1", "ChatServer_2", "ChatServer_3"], "tenant": "Resources", "queue": QUEUE}
    return call("chat_server_endpoint", None, keywords, **{**defaults, **given})


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
        assert "as wanted" in story[step].msg

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


def chat(keywords: Mapping[str, Any] | None = None, /, **given: Any) -> Task:
    return call("web_engagement_chat", None, keywords, **{"cluster": "GWE_Cluster_DR", "queue": QUEUE, **given})


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
        assert story[step].msg == "GWE_Cluster_DR is as wanted."

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


def channel(**given: Any) -> Task:
    return call("chat_channel_info", **{"cluster": "GWE_Cluster_DR", **given})


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
        "look at another type": channel(cluster="GMS_Node_1", queue=QUEUE, fail_on="warning"),
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
        keys = {"id", "severity", "application", "message", "expected", "actual", "hint"}
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


def info(**given: Any) -> Task:
    return call("application_info", **given)


class TestApplicationInfo(Steps):
    STEPS: ClassVar = {
        "everything": {**info(), "register": "everything"},
        "everything back": call("application_options", applications="{{ everything.applications }}"),
        "annex back": call(
            "application_options",
            name="UCS_DAP",
            family="annex",
            options="{{ (everything.applications | selectattr('name', 'eq', 'UCS_DAP') | first).annex }}",
        ),
        "names": info(names=["ChatServer_DR_B", "UCS_DAP", "ChatServer_DR_B"]),
        "types": info(types=["ChatServer", "CFGContactServer"]),
        "tenant": info(tenant="Environment", types=["ApplicationCluster", "ChatServer"]),
        "tenant by DBID": info(tenant=1, types=["CFGApplicationCluster", "CFGChatServer"]),
        "nothing": info(types=["NoSuchType"]),
        "connected to": info(connected_to="ChatServer_Cluster"),
        "all together": info(
            names=["GMS_Node_1", "CoBrowse_Cluster", "ORS"],
            types=["ApplicationCluster"],
            tenant="Resources",
            connected_to="ChatServer_Cluster",
        ),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        yield from tell(demo, play, cls.STEPS, "-vvvv")

    @staticmethod
    def names(result: TaskResult) -> list[str]:
        return [item["name"] for item in result.result["applications"]]

    def test_without_a_filter_every_application_is_returned_in_full(self, story: Story) -> None:
        found = {item["name"]: item["options"] for item in story["everything"].result["applications"]}
        assert list(found) == [obj["name"] for obj in story.sim.estate.all("CfgApplication")]
        assert found["ChatServer_1"] == story.sim.options("ChatServer_1")

    def test_all_of_it_given_to_application_options_changes_nothing(self, story: Story) -> None:
        back = story["everything back"]
        assert (back.changed, back.writes) == (False, [])
        assert len(back.result["applications"]) == len(story["everything"].result["applications"])

    def test_a_masked_password_given_back_is_not_written(self, story: Story) -> None:
        assert (story["annex back"].changed, story["annex back"].writes) == (False, [])
        assert story.sim.options("UCS_DAP", "annex")["default"]["password"] == DAP_PASSWORD

    def test_names_are_returned_once_each_in_the_order_given(self, story: Story) -> None:
        assert self.names(story["names"]) == ["ChatServer_DR_B", "UCS_DAP"]

    def test_an_application_is_returned_with_names_instead_of_numbers(self, story: Story) -> None:
        server = story["names"].result["applications"][0]
        assert (server["dbid"], server["type"], server["state"]) == ("206", "CFGChatServer", "CFGEnabled")
        assert server["tenants"] == [{"dbid": "101", "name": "Resources"}]
        assert server["backup"] == "ChatServer_DR_B_Backup"
        first = server["connections"][0]
        assert (first["name"], first["dbid"], first["port_id"]) == ("Interaction_Server", "180", "default")

    def test_the_password_of_a_database_access_point_is_masked(self, story: Story) -> None:
        annex = story["names"].result["applications"][1]["annex"]["default"]
        assert annex["username"] == "ucs_owner"
        assert set(annex["password"]) == {"*"}
        assert DAP_PASSWORD not in story.run.output

    def test_types_with_and_without_prefix_filter(self, story: Story) -> None:
        types = {item["type"] for item in story["types"].result["applications"]}
        assert types == {"CFGChatServer", "CFGContactServer"}
        assert len(self.names(story["types"])) == 9

    @pytest.mark.parametrize("step", ["tenant", "tenant by DBID"])
    def test_a_tenant_filters_by_name_and_number(self, story: Story, step: str) -> None:
        assert self.names(story[step]) == ["ChatServer_Direct", "ChatServer_3", "GWE_Cluster_Direct"]

    def test_a_filter_that_nothing_fits_returns_an_empty_list(self, story: Story) -> None:
        assert story["nothing"].result["applications"] == []

    def test_connected_to_filters(self, story: Story) -> None:
        assert self.names(story["connected to"]) == ["GWE_Cluster_Main", "GMS_Node_1", "CoBrowse_Cluster"]

    def test_filters_together_narrow_down(self, story: Story) -> None:
        assert self.names(story["all together"]) == ["CoBrowse_Cluster"]


class TestBothWays:
    """The same task in the controller's process and shipped, each against an estate of its own."""

    TASKS: ClassVar = {
        "reads": info(names=["UCS_DAP", "ChatServer_1"]),
        "changes": app_options({"database": {"db-password": NEW_SECRET, "größe": 1.5}}),
        "looks": channel(queue=QUEUE),
        "finds bad input": endpoint(queue="Nirvana"),
        "lacks an option": call("web_engagement_chat", cluster="GWE_Cluster_DR"),
        "has an option without a value": chat(queue=None),
        "has a misspelt option": info(nmaes=["UCS"]),
        "has a wrong type": chat(refresh_pool_size="many"),
        "has a wrong choice": chat(state="gone"),
        "has too many options": app_options({}, applications=[]),
        "has a string for a list": info(names="UCS,ORS"),
        "has a template": info(names=["{{ 'U' ~ 'CS' }}"]),
        "has no options": call("application_options", name="UCS", options={}),
        "lacks the cluster": call("chat_channel_info"),
        "cannot log in": info(gax_password="wrong"),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def results(cls, demo: Estate, play: Player) -> dict[str, list[dict[str, Any]]]:
        with simulator(demo) as here, simulator(demo) as shipped:
            plays = [
                play_of([{**task, "name": title} for title, task in cls.TASKS.items()], connection(sim), vars=way)
                for sim, way in ((here, WAYS["in process"]), (shipped, WAYS["shipped"]))
            ]
            run = play(None, plays)
        found: dict[str, list[dict[str, Any]]] = {}
        for item in run.results:
            text = json.dumps(item.result).replace(here.url, "<url>").replace(shipped.url, "<url>")
            kept = {key: value for key, value in json.loads(text).items() if key[0] != "_" and key != "exception"}
            found.setdefault(item.task, []).append(kept)
        return found

    @pytest.mark.parametrize("title", TASKS)
    def test_both_return_the_same(self, results: dict[str, list[dict[str, Any]]], title: str) -> None:
        here, shipped = results[title]
        assert here == shipped


class TestConnection:
    """Other places for the connection than module_defaults."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        with simulator(demo) as sim:
            given = connection(sim)
            in_environment = {name.upper(): value for name, value in given.items()}
            read = {"names": ["UCS"]}
            tasks = [
                {**call("application_info", "of the task", **read, **given)},
                {**call("application_info", "of its environment", **read), "environment": in_environment},
                call("application_info", "plain", **read, **given, gax_password_transport="plain"),
                call("application_info", "pair", **read, **{**given, "gax_url": f"{closed_port()} , {sim.url}/"}),
                {**call("application_info", "in the background", **read, **given), "async": 60, "poll": 1},
                {**call("application_info", "elsewhere", **read, **given), "delegate_to": "somewhere"},
            ]
            hosts = {"localhost": {}, "somewhere": {}}
            run = play(sim, [{**play_of(tasks, {}), "hosts": "localhost"}], hosts)
            yield Story(sim, run)

    @pytest.mark.parametrize(
        "step", ["of the task", "of its environment", "plain", "pair", "in the background", "elsewhere"]
    )
    def test_the_connection_works(self, story: Story, step: str) -> None:
        assert [item["name"] for item in story[step].result["applications"]] == ["UCS"]

    def test_the_run_shows_no_warning(self, story: Story) -> None:
        story.run.assert_success()
