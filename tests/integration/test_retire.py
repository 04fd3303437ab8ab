# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `retire` takes a channel away, and nothing else; it stops where somebody else would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    KEY,
    MAIN,
    QUEUE,
    SERVERS,
    TUNING,
    Story,
    after_write_of,
    differing,
    endpoints,
    in_use,
    options_of,
    order_of,
    played,
    with_cluster,
    with_oddities,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    Run,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

# What goes from section [chat] of a cluster: section, key, before, after.
CHAT_GOES = [
    ("chat", key, value, None)
    for key, value in {
        **TUNING,
        "connectionTimeout": "10",
        "queueKey": KEY,
        "webengagementChatQueue": QUEUE,
    }.items()
]


class TestRetired:
    """DR has backups and oddities. Main has the same queueKey on other Chat Servers, which is nobody's concern."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        yield from played(play, with_oddities(in_use(demo)), RETIRE, DR)

    def test_every_run_succeeds_without_a_warning(self, story: Story) -> None:
        for run in (story.check, story.done, story.again):
            run.assert_success()

    def test_the_options_of_the_channel_are_gone_and_others_stay(self, story: Story) -> None:
        assert story.after.options("GWE_Cluster_DR")["chat"] == {"somebodyElses": "1"}
        assert sorted(written(story.writes)["GWE_Cluster_DR"]) == sorted(CHAT_GOES)

    @pytest.mark.parametrize("server", SERVERS["dr"])
    def test_the_endpoint_is_gone_from_every_chat_server_and_backup(self, story: Story, server: str) -> None:
        assert story.after.options(server)["endpoints:101"] == {"default": "Chat In"}

    def test_a_doubled_endpoint_goes_twice(self, story: Story) -> None:
        assert written(story.writes)["ChatServer_DR_A"] == [("endpoints:101", "webme", [QUEUE, QUEUE], None)]

    def test_an_endpoint_of_another_tenant_or_of_the_annex_stays(self, story: Story) -> None:
        assert story.after.options("ChatServer_DR_B")["endpoints:1"] == {"webme": "Chat In"}
        assert story.after.options("ChatServer_DR_B_Backup", "annex")["endpoints:101"] == {"webme": "x"}

    def test_nothing_else_is_written(self, story: Story) -> None:
        assert differing(story.before, story.after) == {"GWE_Cluster_DR", *SERVERS["dr"]}
        assert [write["other"] for write in story.writes] == [[]] * 5
        assert story.after.options("ChatServer_DR_A")["log"] == story.before.options("ChatServer_DR_A")["log"]
        empty = {"section": "empty-section", "key": "", "value": ""}
        assert empty in story.after.app("ChatServer_DR_B")["options"]["property"]

    def test_queue_key_goes_before_any_endpoint(self, story: Story) -> None:
        first, *rest = order_of(story.writes)
        assert first == "GWE_Cluster_DR"
        assert sorted(rest) == sorted(SERVERS["dr"])

    def test_check_mode_shows_the_same_diff(self, story: Story) -> None:
        assert story.check.shown_diff == story.done.shown_diff
        for line in ("-[chat] queueKey = 101:webme", "-[endpoints:101] webme = Webengagement_Chat"):
            assert line in story.done.shown_diff
        assert not [line for line in story.done.shown_diff if line[0] == "+" and not line.startswith("+++")]

    def test_the_result_says_what_is_gone(self, story: Story) -> None:
        result = story.done.facts("dr")["chat_channel_result"]
        assert (result["changed"], result["queue_key"], len(result["changes"])) == (True, "", 5)
        assert {item["option"] for item in result["restart_required"]} >= {"chat/queueKey", "chat/connectionTimeout"}
        state, restart, *_findings = story.done.report("dr")
        assert state == "GWE_Cluster_DR: no chat channel, 2 Chat Servers and 2 backups, 5 applications changed."
        assert restart.startswith("Restart the Web Engagement nodes, one by one, to apply ")

    def test_a_second_run_writes_nothing_and_says_so(self, story: Story) -> None:
        assert story.writes_again == []
        assert story.again.stats["dr"]["changed"] == 0
        assert story.again.report("dr")[0].endswith("2 backups, as requested.")


@dataclass
class Asked:
    """A channel that others use: retired without a word, told otherwise, and once more without."""

    sim: Simulator
    stopped: Run
    writes_stopped: int
    insisted: Run
    again: Run
    writes_again: int


class TestInUse:
    """Everybody who can share a channel shares that of Main; then the user insists."""

    USERS = (
        ("GMS_Node_1", "chat/default_chat_endpoint", "uses endpoint 'webme'"),
        ("GMS_Node_1", "service.mobile_chat/_chat_endpoint", "uses endpoint 'webme'"),
        ("CoBrowse_Cluster", "chat/queueKey", "uses endpoint 'webme'"),
        ("GWE_Cluster_Second", "chat/queueKey", "uses endpoint 'webme'"),
        ("GWE_Cluster_Second", "chat/webengagementChatQueue", f"names the same queue '{QUEUE}'"),
        ("ChatServer_2", "endpoints:101/mobile", f"names the same queue '{QUEUE}'"),
    )

    @pytest.fixture(scope="class", params=[0, 2])
    @classmethod
    def story(cls, demo: Estate, play: Player, request: pytest.FixtureRequest) -> Iterator[Asked]:
        """In one call, and in batches."""
        chat = {"queueKey": KEY, "webengagementChatQueue": QUEUE}
        estate = with_cluster(in_use(demo), "GWE_Cluster_Second", "ChatServer_Cluster", **chat)
        estate.edit("GMS_Node_1", "chat", "default_chat_endpoint", "Resources:webme")
        estate.edit("GMS_Node_1", "service.mobile_chat", "_chat_endpoint", "Resources:webme")
        estate.edit("CoBrowse_Cluster", "chat", "queueKey", KEY)
        estate.edit("ChatServer_2", "endpoints:101", "mobile", QUEUE)
        with simulator(estate) as sim:
            variables = connection(sim)
            stopped = play(sim, RETIRE, MAIN, variables)
            unasked = len(sim.journal)
            insists = {"chat_channel_remove_in_use": True, "chat_channel_batch_size": request.param}
            insisted = play(sim, RETIRE, MAIN, {**variables, **insists})
            writes = len(sim.journal)
            again = play(sim, RETIRE, MAIN, variables)
            yield Asked(sim, stopped, unasked, insisted, again, len(sim.journal) - writes)

    def test_it_stops_before_the_first_write_and_names_every_user(self, story: Asked) -> None:
        assert story.writes_stopped == 0
        report = "\n".join(story.stopped.report("main"))
        assert report.startswith("Nothing is changed.\nCause: GWE018")
        for application, option, words in self.USERS:
            assert f"GWE018 {application}: Option {option} {words}" in report
        assert report.count("GWE018") == len(self.USERS)
        story.stopped.assert_clean()

    def test_it_says_what_to_do(self, story: Asked) -> None:
        report = "\n".join(story.stopped.report("main"))
        assert "Remove that use first" in report
        assert "chat_channel_remove_in_use" in report

    def test_the_same_queue_key_on_other_chat_servers_is_no_use(self, story: Asked) -> None:
        assert "GWE_Cluster_DR" not in "\n".join(story.stopped.report("main"))

    def test_told_otherwise_it_goes_on_and_leaves_the_users_as_they_are(self, story: Asked) -> None:
        sim = story.sim
        story.insisted.assert_success()
        assert [endpoints(sim, name).get("webme") for name in SERVERS["main"]] == [None] * 3
        assert endpoints(sim, "ChatServer_2")["mobile"] == QUEUE
        assert sim.options("CoBrowse_Cluster")["chat"]["queueKey"] == KEY
        assert sim.options("GWE_Cluster_Second")["chat"]["queueKey"] == KEY
        assert order_of(sim.journal)[0] == "GWE_Cluster_Main"
        users = [f"{name} ({option})" for name, option, words in sorted(self.USERS) if words.startswith("uses")]
        assert f"Endpoint 'webme' was removed, but is still named by {', '.join(users)}." in story.insisted.report(
            "main"
        )
        assert "still named by" not in "\n".join(story.again.report("main"))

    def test_a_second_run_need_not_be_told(self, story: Asked) -> None:
        story.again.assert_success()
        assert story.writes_again == 0


class TestTroubleAndSlips:
    """In the middle of the removal a Chat Server refuses, or GAX is gone; and names of what is not there."""

    SLIPS = (
        (
            "main",
            {"chat_channel_state": "absent", "chat_channel_endpoint": "mobile"},
            ("GWE003", "GWE_Cluster_Main: queueKey does not point at the channel to retire", "chat_channel_endpoint"),
        ),
        ("dr", {"chat_channel_state": "gone"}, ("chat_channel_state", "present, absent", "gone")),
    )

    @pytest.fixture(scope="class")
    @classmethod
    def refused(cls, demo: Estate, play: Player) -> Iterator[tuple[Simulator, Estate, Run]]:
        before = with_oddities(in_use(demo))
        with simulator(before, deny_write=["ChatServer_DR_B_Backup"]) as sim:
            yield sim, before, play(sim, RETIRE, DR, {**connection(sim), "chat_channel_batch_size": 1})

    def test_a_refusal_rolls_everything_back(self, refused: tuple[Simulator, Estate, Run]) -> None:
        sim, before, run = refused
        assert run.rc != 0
        assert options_of(sim.estate) == options_of(before)

    def test_endpoints_come_back_before_queue_key(self, refused: tuple[Simulator, Estate, Run]) -> None:
        order = order_of(refused[0].journal)
        assert order[:4] == ["GWE_Cluster_DR", *SERVERS["dr"][:3]]
        assert sorted(order[4:7]) == sorted(SERVERS["dr"][:3])
        assert order[7:] == ["GWE_Cluster_DR"]

    def test_it_says_what_was_rolled_back(self, refused: tuple[Simulator, Estate, Run]) -> None:
        run = refused[2]
        state, cause, *_rest = run.report("dr")
        assert state == "Nothing is changed: all 4 applications are rolled back."
        assert cause.startswith("Cause, application 'ChatServer_DR_B_Backup': PUT ")
        run.assert_clean()

    def test_when_gax_is_gone_for_good_it_says_what_is_left_and_the_next_run_finishes(
        self, demo: Estate, play: Player
    ) -> None:
        with simulator(in_use(demo)) as sim:
            gone = [{"kind": "status", "status": 503}]
            after_write_of(sim, "ChatServer_DR_A", lambda: sim.set(faults=gone))
            variables = {**connection(sim), "gax_retries": 0, "chat_channel_batch_size": 1}
            run = play(sim, RETIRE, DR, variables)
            assert run.rc != 0
            assert run.report("dr")[:2] == [
                "1 application is changed, 1 is unknown: ChatServer_DR_A.",
                "Changed: GWE_Cluster_DR.",
            ]
            assert "restore" in run.report("dr")[-1]
            run.assert_clean()
            sim.set(faults=[])
            after = play(sim, RETIRE, DR, variables)
            after.assert_success()
            assert after.report("dr")[0].endswith("2 backups, 3 applications changed.")
            assert [endpoints(sim, name) for name in SERVERS["dr"]] == [{"default": "Chat In"}] * 4

    def test_slips_write_nothing_and_name_the_variable(self, demo: Estate, play: Player) -> None:
        hosts = {host: {**HOSTS[host], **given} for host, given, _unused in self.SLIPS}
        with simulator(in_use(demo)) as sim:
            run = play(sim, CONFIGURE, hosts, connection(sim))
            assert sim.journal == []
        for host, _unused, words in self.SLIPS:
            message = "\n".join([*run.report(host), run.failures(host)[0].msg])
            assert [word for word in words if word not in message] == []
