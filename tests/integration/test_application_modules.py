# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module for any application by itself: a class runs a list of tasks, and its tests look at one step each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, TaskResult, call
from ansible_collections.genesys_ops.engage.tests.integration.steps import (
    CHECK,
    WAYS,
    Steps,
    Story,
    app_options,
    info,
    tell,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

DAP_PASSWORD = "Tr0ub4dor&3"
OLD_SECRET, NEW_SECRET, FIRST_SECRET = "Old-Sesame-1", "New-Sesame-2", "First-Sesame-3"
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
        assert "as requested" in story[step].msg

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
        "nothing": info(types=["SNMPAgent"]),
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
