# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role makes what is missing - connections to Universal Contact Server, the queue - when asked, never otherwise."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate

CHAT_SERVERS = ["ChatServer_1", "ChatServer_2", "ChatServer_3"]
UCS = "181"
HOST = {"main": {"chat_channel_cluster": "GWE_Cluster_Main"}}
ASKED = {"chat_channel_contact_server": "UCS", "chat_channel_create_queue": True}
WANTED = {"chat_channel_queue": "Chat_New", "chat_channel_identify_create_contact": 3}


def lacking(demo: Estate) -> Estate:
    """Return the demo estate without connections from the Chat Servers of Main to UCS."""
    estate = demo.copy()
    for name in CHAT_SERVERS:
        app: dict[str, Any] = copy.deepcopy(estate.app(name))
        kept = [item for item in app["appservers"]["conninfo"] if item["appserverdbid"] != UCS]
        app["appservers"]["conninfo"] = kept
        estate.put(app)
    return estate


def connected_to(sim: Simulator, name: str) -> list[str]:
    return [item["appserverdbid"] for item in sim.app(name)["appservers"]["conninfo"]]


@dataclass
class Story:
    """What happened without being asked, in check mode, in a run and in a second one."""

    sim: Simulator
    unasked: Run
    writes_unasked: int
    checked: Run
    writes_checked: int
    done: Run
    again: Run
    writes_again: int


class TestWhatIsMissing:
    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        with simulator(lacking(demo)) as sim:

            def run(*args: str, **variables: Any) -> Run:
                return play(sim, CONFIGURE, HOST, {**connection(sim), **WANTED, **variables}, args=list(args))

            unasked = run()
            writes_unasked = len(sim.journal)
            checked = run("--check", "--diff", **ASKED)
            writes_checked = len(sim.journal)
            done = run("--diff", **ASKED)
            writes = len(sim.journal)
            again = run(**ASKED)
            yield Story(sim, unasked, writes_unasked, checked, writes_checked, done, again, len(sim.journal) - writes)

    def test_unasked_it_stops_and_says_what_is_missing(self, story: Story) -> None:
        report = "\n".join(story.unasked.report("main"))
        assert report.startswith("Nothing is changed.\nCause: GWE006 GWE_Cluster_Main: ")
        for word in ("'Chat_New'", "chat_channel_queue", "GWE010", *CHAT_SERVERS, "Universal Contact Server"):
            assert word in report
        assert story.writes_unasked == 0

    def test_check_mode_predicts_it_and_writes_nothing(self, story: Story) -> None:
        story.checked.assert_success()
        assert story.writes_checked == 0
        assert story.checked.shown_diff == story.done.shown_diff
        assert "[connection to UCS] connprotocol = addp" in "\n".join(story.done.shown_diff)

    def test_the_queue_is_made_in_the_tenant_of_the_cluster(self, story: Story) -> None:
        story.done.assert_success()
        (queue,) = [item for item in story.sim.estate if item.get("name") == "Chat_New"]
        assert (queue["type"], queue["subtype"], queue["tenantdbid"]) == ("CfgScript", "CFGInteractionQueue", "101")
        assert queue["folderid"] == "146"

    def test_every_chat_server_is_connected_and_keeps_its_other_connections(self, story: Story) -> None:
        for name in CHAT_SERVERS:
            assert connected_to(story.sim, name) == ["180", "104", UCS]
            assert story.sim.options(name)["endpoints:101"]["webme"] == "Chat_New"
        added = story.sim.app("ChatServer_1")["appservers"]["conninfo"][-1]
        assert (added["id"], added["connprotocol"], added["timoutlocal"]) == ("default", "addp", "7")

    def test_the_result_tells_it(self, story: Story) -> None:
        result = story.done.facts("main")["chat_channel_result"]
        assert result["changed"]
        assert {item["family"] for item in result["changes"]} == {"connections", "options"}

    def test_a_second_run_changes_nothing(self, story: Story) -> None:
        story.again.assert_success()
        assert story.writes_again == 0
        assert not story.again.facts("main")["chat_channel_result"]["changed"]


def test_in_steps_a_queue_that_is_all_that_is_missing_is_made_too(demo: Estate, play: Player) -> None:
    batches = {**ASKED, "chat_channel_queue": "Chat_New", "chat_channel_batch_size": 1}
    with simulator(demo) as sim:
        play(sim, CONFIGURE, HOST, {**connection(sim), **batches}).assert_success()
        (queue,) = [item for item in sim.estate.all("CfgScript") if item["name"] == "Chat_New"]
        sim.estate.remove("CfgScript", queue["dbid"])
        run = play(sim, CONFIGURE, HOST, {**connection(sim), **batches})
        run.assert_success()
        assert [item["name"] for item in sim.estate.all("CfgScript")].count("Chat_New") == 1
        assert run.facts("main")["chat_channel_result"]["changed"]
        assert "Interaction Queue 'Chat_New' was created." in run.report("main")


@pytest.mark.parametrize("batches", [0, 1])
def test_of_several_hosts_that_need_it_one_says_that_it_made_the_queue(play: Player, batches: int) -> None:
    hosts = {f"gwe_{number}": {"chat_channel_cluster": f"GWE_Cluster_{number}"} for number in (1, 2, 3)}
    asked = {"chat_channel_create_queue": True, "chat_channel_queue": "Chat_New", "chat_channel_batch_size": batches}
    with simulator(generate(3, 2), latency=0.05) as sim:
        run = play(sim, CONFIGURE, hosts, {**connection(sim), **asked}, args=["--forks", "3"])
        run.assert_success()
        assert [item["name"] for item in sim.estate.all("CfgScript")].count("Chat_New") == 1
    said = ["Interaction Queue 'Chat_New' was created." in run.report(host) for host in hosts]
    assert sorted(said) == [False, False, True]
