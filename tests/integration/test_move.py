# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A channel gets another endpoint, another queue, or both; clusters that share Chat Servers do not harm each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    KEY,
    QUEUE,
    SERVERS,
    Story,
    after_write_of,
    differing,
    endpoints,
    in_use,
    options_of,
    order_of,
    played,
    refuse_once,
    sharing,
    with_oddities,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RENAME = {"chat_channel_endpoint": "proactive", "chat_channel_previous_endpoint": "webme"}
# Names of applications are anybody's text: this one must reach nothing but the screen.
ODD_NAME = "Chat {{ lookup('pipe', 'echo pwned') }} 'x\""


class TestRename:
    """DR, with backups and oddities, gets another endpoint; the nodes are known to have restarted: the old one goes."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        before = with_oddities(in_use(demo))
        before.put({**before.app("ChatServer_DR_A_Backup"), "name": ODD_NAME})
        yield from played(play, before, CONFIGURE, DR, **RENAME, chat_channel_nodes_restarted=True)

    SERVERS = ("ChatServer_DR_A", "ChatServer_DR_B", ODD_NAME, "ChatServer_DR_B_Backup")

    def test_every_run_succeeds_without_a_warning(self, story: Story) -> None:
        for run in (story.check, story.done, story.again):
            run.assert_success()

    def test_new_endpoints_then_queue_key_then_the_old_endpoints(self, story: Story) -> None:
        order = order_of(story.writes)
        assert sorted(order[:4]) == sorted(self.SERVERS)
        assert order[4] == "GWE_Cluster_DR"
        assert sorted(order[5:]) == sorted(self.SERVERS)

    def test_the_journal_holds_the_rename_and_nothing_else(self, story: Story) -> None:
        came, went = ("endpoints:101", "proactive", None, QUEUE), ("endpoints:101", "webme", QUEUE, None)
        twice = ("endpoints:101", "webme", [QUEUE, QUEUE], None)
        assert written(story.writes) == {
            **{name: [came, went] for name in self.SERVERS},
            "ChatServer_DR_A": [came, twice],
            "GWE_Cluster_DR": [("chat", "queueKey", KEY, "101:proactive")],
        }
        assert differing(story.before, story.sim.estate) == {*self.SERVERS, "GWE_Cluster_DR"}

    def test_other_endpoints_of_this_and_of_another_tenant_stay(self, story: Story) -> None:
        assert [endpoints(story.sim, name) for name in self.SERVERS] == [{"default": "Chat In", "proactive": QUEUE}] * 4
        assert endpoints(story.sim, "ChatServer_DR_B", "1") == {"webme": "Chat In"}

    def test_check_mode_shows_the_same_diff(self, story: Story) -> None:
        assert story.check.shown_diff == story.done.shown_diff
        for line in ("+[endpoints:101] proactive = Webengagement_Chat", "-[endpoints:101] webme = Webengagement_Chat"):
            assert story.done.shown_diff.count(line) == 4

    def test_the_result_names_each_application_with_what_happened(self, story: Story) -> None:
        result = story.done.facts("dr")["chat_channel_result"]
        assert result["queue_key"] == "101:proactive"
        assert [item["name"] for item in result["changes"]] == [*self.SERVERS, "GWE_Cluster_DR"]
        assert [(one["key"], one["action"]) for one in result["changes"][0]["changes"]] == [
            ("proactive", "add"),
            ("webme", "remove"),
        ]
        assert story.done.report("dr")[0].endswith("2 backups, 5 applications changed.")

    def test_a_name_that_looks_like_a_template_is_only_text(self, story: Story) -> None:
        assert ODD_NAME in story.done.stdout
        assert "Chat pwned" not in story.done.output

    def test_a_second_run_writes_nothing_although_the_old_name_is_still_given(self, story: Story) -> None:
        assert story.writes_again == []
        assert story.again.stats["dr"]["changed"] == 0


class TestAnotherQueue:
    """Main moves to another queue, with another endpoint at once; DR to another queue behind the same endpoint."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        hosts = {
            "main": {**HOSTS["main"], "chat_channel_endpoint": "proactive"},
            "dr": HOSTS["dr"],
        }
        yield from played(play, in_use(demo), CONFIGURE, hosts, chat_channel_queue="Chat_VIP")

    def test_every_run_succeeds_without_a_warning(self, story: Story) -> None:
        for run in (story.check, story.done, story.again):
            run.assert_success()

    def test_the_queue_moves_behind_the_same_endpoint(self, story: Story) -> None:
        for server in SERVERS["dr"]:
            assert written(story.writes)[server] == [("endpoints:101", "webme", QUEUE, "Chat_VIP")]
        assert written(story.writes)["GWE_Cluster_DR"] == [("chat", "webengagementChatQueue", QUEUE, "Chat_VIP")]

    def test_unasked_the_old_endpoint_stays(self, story: Story) -> None:
        for server in SERVERS["main"]:
            assert (endpoints(story.sim, server)["webme"], endpoints(story.sim, server)["proactive"]) == (
                QUEUE,
                "Chat_VIP",
            )
        assert story.sim.options("GWE_Cluster_Main")["chat"]["queueKey"] == "101:proactive"

    @pytest.mark.parametrize("host", ["main", "dr"])
    def test_each_cluster_is_written_after_its_chat_servers(self, story: Story, host: str) -> None:
        order = order_of(story.writes)
        assert order.index(str(HOSTS[host]["chat_channel_cluster"])) > max(map(order.index, SERVERS[host]))

    def test_the_diff_is_the_same_in_check_mode_and_a_second_run_writes_nothing(self, story: Story) -> None:
        assert sorted(story.check.shown_diff) == sorted(story.done.shown_diff)  # two hosts, in any order
        assert story.writes_again == []


class TestStopped:
    """The old endpoint of Main is in use by others; that of DR cannot go from one Chat Server."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[tuple[Simulator, Estate, Run]]:
        before = in_use(demo)
        before.edit("CoBrowse_Cluster", "chat", "queueKey", KEY)
        before.edit("ChatServer_2", "endpoints:101", "mobile", QUEUE)  # the queue stays in use, which is no harm
        hosts = {**HOSTS, "same": {**HOSTS["main"], "chat_channel_previous_endpoint": "proactive"}}
        with simulator(before) as sim:
            after_write_of(sim, "GWE_Cluster_DR", lambda: refuse_once(sim, "ChatServer_DR_B"))
            given = {**connection(sim), **RENAME, "chat_channel_nodes_restarted": True}
            yield sim, before, play(sim, CONFIGURE, hosts, given)

    def test_an_old_endpoint_that_is_in_use_stops_before_the_first_write(
        self, story: tuple[Simulator, Estate, Run]
    ) -> None:
        sim, _unused, run = story
        report = "\n".join(run.report("main"))
        assert report.startswith(
            "Nothing is changed.\nCause: GWE018 CoBrowse_Cluster: Option chat/queueKey uses endpoint"
        )
        assert report.count("GWE018") == 1
        assert not {*SERVERS["main"], "GWE_Cluster_Main"} & {write["name"] for write in sim.journal}

    def test_the_same_name_twice_is_a_slip(self, story: tuple[Simulator, Estate, Run]) -> None:
        state, cause, *_rest = story[2].report("same")
        assert state == "Nothing is changed."
        assert "chat_channel_previous_endpoint) is 'proactive', the same as endpoint" in cause

    def test_a_refusal_at_the_very_end_rolls_everything_back_in_order(
        self, story: tuple[Simulator, Estate, Run]
    ) -> None:
        sim, before, run = story
        assert options_of(sim.estate) == options_of(before)
        order = order_of(sim.journal)
        back = order.index("GWE_Cluster_DR", order.index("GWE_Cluster_DR") + 1)
        # No moment without the endpoint that queueKey names: what is written after it comes back only takes away.
        assert {(item[1], item[3]) for items in written(sim.journal[back + 1 :]).values() for item in items} == {
            ("proactive", None)
        }
        state, cause, *_rest = run.report("dr")
        assert state == "Nothing is changed: all 5 applications are rolled back."
        assert cause.startswith("Cause, application 'ChatServer_DR_B': PUT ")
        run.assert_clean()


class TestSharedChatServers:
    """Two inventory hosts whose clusters share Chat Servers, in one play: one fails, the other must still work."""

    BOTH: ClassVar = {
        "wide": {"chat_channel_cluster": "GWE_Cluster_Wide"},
        "narrow": {"chat_channel_cluster": "GWE_Cluster_Narrow"},
    }
    SHARED = ("ChatServer_1", "ChatServer_2")

    @pytest.mark.parametrize(
        ("refuses", "size"), [("ChatServer_DR_A", 0), ("ChatServer_DR_A", 1), ("GWE_Cluster_Wide", 0)]
    )
    def test_what_the_one_rolls_back_does_not_break_the_other(
        self, demo: Estate, play: Player, refuses: str, size: int
    ) -> None:
        with simulator(sharing(demo), deny_write=[refuses]) as sim:
            run = play(sim, CONFIGURE, self.BOTH, {**connection(sim), "chat_channel_batch_size": size})
            run.assert_clean()
            assert run.stats["wide"]["failures"] == 1
            assert "chat" not in sim.options("GWE_Cluster_Wide")
            assert "webme" not in endpoints(sim, "ChatServer_DR_A")
            if run.stats["narrow"]["failures"]:
                assert re.search(
                    r"queueKey was not set: endpoint 'webme' is now missing on .*\. "
                    r"Another run, or another host of this run, removed it\.",
                    "\n".join(run.report("narrow")),
                )
                assert "chat" not in sim.options("GWE_Cluster_Narrow")
                play(sim, CONFIGURE, {"narrow": self.BOTH["narrow"]}, connection(sim)).assert_success()
            assert sim.options("GWE_Cluster_Narrow")["chat"]["queueKey"] == KEY
            assert [endpoints(sim, name)["webme"] for name in self.SHARED] == [QUEUE, QUEUE]

    def test_both_can_be_renamed_in_two_runs_without_insisting(self, demo: Estate, play: Player) -> None:
        with simulator(sharing(demo)) as sim:
            play(sim, CONFIGURE, self.BOTH, connection(sim)).assert_success()
            rename = {**connection(sim), **RENAME, "chat_channel_nodes_restarted": True}
            stopped = play(sim, CONFIGURE, self.BOTH, rename)
            assert "GWE018 GWE_Cluster_Narrow" in stopped.report("wide")[1]
            assert "GWE018 GWE_Cluster_Wide" in stopped.report("narrow")[1]
            new = {**connection(sim), "chat_channel_endpoint": "proactive"}
            play(sim, CONFIGURE, self.BOTH, new).assert_success()
            play(sim, CONFIGURE, self.BOTH, rename).assert_success()
            assert [endpoints(sim, name).get("webme") for name in self.SHARED] == [None, None]
            assert [endpoints(sim, name)["proactive"] for name in self.SHARED] == [QUEUE, QUEUE]
