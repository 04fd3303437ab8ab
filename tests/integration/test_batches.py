# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `configure` in batches, and over many Chat Servers at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import DR, QUEUE, SERVERS, options_of, writes_of
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    PASSWORD,
    SHIPPED,
    USER,
    Player,
    Run,
    call,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import Heard, leaks, listen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate


class TestBatchesOfOne:
    """`chat_channel_batch_size: 1` with -vvvv, the connection in the environment; one Chat Server refuses the write."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[tuple[Simulator, Run, Heard]]:
        hosts = {
            "main": {"chat_channel_cluster": "GWE_Cluster_Main"},
            "dr": {"chat_channel_cluster": "GWE_Cluster_DR", "chat_channel_tenant": 101},
        }
        with simulator(demo, deny_write=["ChatServer_2"]) as sim:
            heard = listen(sim)
            run = play(
                sim,
                CONFIGURE,
                hosts,
                {"chat_channel_batch_size": 1, "chat_channel_session_restoration_timeout": 30},
                args=["-vvvv"],
                env={"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD},
            )
            yield sim, run, heard

    def test_there_is_one_step_for_each_chat_server_and_one_for_the_cluster(
        self, story: tuple[Simulator, Run, Heard]
    ) -> None:
        _unused, run, _unused = story
        plan, *steps = run.calls("chat_channel", "dr")
        assert plan.result["steps_left"] == ["chat_servers"] * 4 + ["cluster", "last_look"]
        assert [one.result["batch"] for one in steps] == [*([name] for name in SERVERS["dr"]), [], []]
        order = [name for name in writes_of(story[0].journal) if name in (*SERVERS["dr"], "GWE_Cluster_DR")]
        assert order == [*SERVERS["dr"], "GWE_Cluster_DR"]

    def test_the_other_cluster_is_configured_to_its_end(self, story: tuple[Simulator, Run, Heard]) -> None:
        sim, run, _unused = story
        assert run.stats["dr"]["failures"] == 0
        assert run.facts("dr")["chat_channel_result"]["changed"]
        assert run.report("dr")[0] == (
            "GWE_Cluster_DR: queueKey 101:webme, 2 Chat Servers and 2 backups, 5 applications changed."
        )
        assert [run.facts("dr")["chat_channel_result"]["chat_servers"]] == [SERVERS["dr"]]
        assert [item["name"] for item in run.facts("dr")["chat_channel_result"]["changes"]] == [
            *SERVERS["dr"],
            "GWE_Cluster_DR",
        ]
        assert sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == "101:webme"

    def test_the_first_failure_stops_later_chat_servers_and_the_cluster(
        self, story: tuple[Simulator, Run, Heard]
    ) -> None:
        sim, run, _unused = story
        assert run.rc != 0
        assert run.stats["main"]["failures"] == 1
        assert len(run.calls("chat_channel", "main")) == 3  # the look ahead, and two steps
        assert not {"ChatServer_3", "GWE_Cluster_Main"} & set(writes_of(sim.journal))

    def test_the_batch_before_the_failure_is_rolled_back(
        self, story: tuple[Simulator, Run, Heard], demo: Estate
    ) -> None:
        sim, _unused, _unused = story
        assert written(sim.journal)["ChatServer_1"] == [
            ("endpoints:101", "webme", None, QUEUE),
            ("endpoints:101", "webme", QUEUE, None),
        ]
        for name in [*SERVERS["main"], "GWE_Cluster_Main"]:
            assert json.dumps(sim.app(name)) == json.dumps(demo.app(name))

    def test_the_failure_names_the_application_and_what_to_check(self, story: tuple[Simulator, Run, Heard]) -> None:
        _unused, run, _unused = story
        state, cause, *rest = run.report("main")
        assert state == "Nothing is changed: ChatServer_1 is rolled back."
        assert cause.startswith("Cause, application 'ChatServer_2': PUT ")
        assert "permissions" in cause
        assert rest == ["Next: fix the cause, then run the same command again."]
        assert run.failures("main")[-1].msg == "GWE_Cluster_Main: the report above says what failed."
        first = run.task("Show all clusters of this play").result["msg"][0]
        assert first == f"GWE_Cluster_Main: failed. {state} {cause}"
        run.assert_clean()

    def test_a_refused_write_is_tried_once(self, story: tuple[Simulator, Run, Heard]) -> None:
        sim, _unused, _unused = story
        assert writes_of(sim.journal).count("ChatServer_2") == 1

    def test_only_tuning_options_that_are_given_are_written(self, story: tuple[Simulator, Run, Heard]) -> None:
        sim, _unused, _unused = story
        assert written(sim.journal)["GWE_Cluster_DR"] == [
            ("chat", "queueKey", None, "101:webme"),
            ("chat", "webengagementChatQueue", None, QUEUE),
            ("chat", "sessionRestorationTimeout", None, "30"),
        ]

    def test_no_secret_is_shown(self, story: tuple[Simulator, Run, Heard]) -> None:
        _unused, run, heard = story
        assert len(heard.passwords) == len(heard.cookies) > 0
        assert leaks(run.output, PASSWORD, *heard.passwords, *heard.cookies) == []


class TestManyChatServers:
    """A generated estate: three clusters with ten Chat Servers each, in one inventory, every tuning option given."""

    TUNING: ClassVar = {
        "chat_channel_identify_create_contact": 2,
        "chat_channel_refresh_task_period": 5,
        "chat_channel_refresh_pool_size": 20,
        "chat_channel_peak_chat_sessions": 400,  # of no effect beside refresh_pool_size
        "chat_channel_session_restoration_timeout": 60,
        "chat_channel_connection_timeout": 4,
        "chat_channel_endpoint": "proactive",
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, play: Player) -> Iterator[tuple[Simulator, Run]]:
        hosts = {f"cluster_{number}": {"chat_channel_cluster": f"GWE_Cluster_{number}"} for number in (1, 2, 3)}
        hosts["cluster_1"]["chat_channel_batch_size"] = "4"
        with simulator(generate(3, 10, applications=50, tenants=2)) as sim:
            yield sim, play(sim, CONFIGURE, hosts, {**connection(sim), **cls.TUNING})

    def test_all_thirty_chat_servers_and_three_clusters_are_written_once(self, story: tuple[Simulator, Run]) -> None:
        sim, run = story
        run.assert_success()
        names = [f"ChatServer_{cluster}_{index:02}" for cluster in (1, 2, 3) for index in range(1, 11)]
        assert sorted(writes_of(sim.journal)) == sorted([*names, "GWE_Cluster_1", "GWE_Cluster_2", "GWE_Cluster_3"])
        assert all(write["applied"] and write["other"] == [] for write in sim.journal)

    @pytest.mark.parametrize(("number", "tenant"), [(1, "1"), (2, "101"), (3, "1")])
    def test_each_cluster_uses_the_dbid_of_its_own_tenant(
        self, story: tuple[Simulator, Run], number: int, tenant: str
    ) -> None:
        sim, run = story
        assert run.facts(f"cluster_{number}")["chat_channel_result"]["queue_key"] == f"{tenant}:proactive"
        assert sim.options(f"ChatServer_{number}_10")[f"endpoints:{tenant}"] == {
            "default": "Chat In",
            "proactive": QUEUE,
        }

    def test_every_tuning_option_that_is_given_is_written_as_it_is(self, story: tuple[Simulator, Run]) -> None:
        sim, _unused = story
        assert sim.options("GWE_Cluster_2")["chat"] == {
            "queueKey": "101:proactive",
            "webengagementChatQueue": QUEUE,
            "identifyCreateContact": "2",
            "refreshTaskPeriod": "5",
            "refreshPoolSize": "20",
            "sessionRestorationTimeout": "60",
            "connectionTimeout": "4",
        }

    @pytest.mark.parametrize(("number", "sizes"), [(1, [4, 4, 2]), (2, [10]), (3, [10])])
    def test_ten_chat_servers_are_three_steps_in_batches_of_four_and_else_one_call(
        self, story: tuple[Simulator, Run], number: int, sizes: list[int]
    ) -> None:
        calls = story[1].calls("chat_channel", f"cluster_{number}")
        if len(sizes) == 1:
            assert [len(one.result["applications"]) for one in calls] == [11]
        else:
            assert calls[0].result["steps_left"] == ["chat_servers"] * 3 + ["cluster", "last_look"]
            assert [len(one.result["batch"]) for one in calls[1:]] == [*sizes, 0, 0]

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_each_cluster_comes_after_its_chat_servers(self, story: tuple[Simulator, Run], number: int) -> None:
        order = writes_of(story[0].journal)
        last = max(index for index, name in enumerate(order) if name.startswith(f"ChatServer_{number}_"))
        assert order.index(f"GWE_Cluster_{number}") > last


def test_steps_of_shipped_modules_are_one_run(demo: Estate, play: Player) -> None:
    """Each call is a process of its own then, and must know what the steps before it did."""
    shipped = {**SHIPPED, "chat_channel_batch_size": 1}
    with simulator(demo) as sim:
        sim.set(deny_write=[SERVERS["dr"][2]])
        failed = play(sim, CONFIGURE, DR, {**connection(sim), **shipped})
        assert failed.report("dr")[0] == "Nothing is changed: both applications are rolled back."
        assert options_of(sim.estate) == options_of(demo)
        sim.set(deny_write=[])
        done = play(sim, CONFIGURE, DR, {**connection(sim), **shipped})
        assert "5 applications changed." in done.report("dr")[0]
        assert "did not finish" not in failed.output + done.output


def test_the_table_of_clusters_keeps_the_order_of_the_inventory(demo: Estate, play: Player) -> None:
    hosts = {name: {"chat_channel_batch_size": "many", **DR["dr"]} for name in ("e", "d", "c", "b", "a", "f")}
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, hosts, connection(sim))
        assert run.task("Show all clusters of this play").result["msg"] == [
            f"{name}: failed, as said above." for name in hosts
        ]


def test_a_call_for_some_chat_servers_does_not_speak_for_the_channel(demo: Estate, play: Player) -> None:
    some = call("chat_channel", "some", cluster="GWE_Cluster_DR", queue=QUEUE, chat_servers=["ChatServer_DR_A"])
    with simulator(demo) as sim:
        first, again = play(sim, [some, some]).calls("chat_channel")
        assert first.msg == "GWE_Cluster_DR: only ChatServer_DR_A, 1 application changed."
        assert (again.msg, again.changed) == ("GWE_Cluster_DR: only ChatServer_DR_A, as requested.", False)
        assert again.result["queue_key"] == ""
