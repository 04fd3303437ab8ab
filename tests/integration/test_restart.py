# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be restarted is handed over to the user's own play: as a fact, and as a handler topic to listen to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    QUEUE,
    SERVERS,
    endpoints,
    in_use,
    options_of,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, Run, connection, simulator
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

TOPIC = "genesys restart required"
ROLE = "genesys_ops.engage.chat_channel"
RENAME = {"chat_channel_endpoint": "proactive", "chat_channel_previous_endpoint": "webme"}
FACT = "{{ chat_channel_restart_required | map(attribute='option') | join(', ') }}"


def user_play(handler: dict[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    """Return what a user writes: the role, a handler of their own, and a task that looks at the fact."""
    return [
        {
            "name": "The user's own play",
            "hosts": "all",
            "gather_facts": False,
            "roles": [{"role": ROLE}],
            "post_tasks": [{"name": "Later", "ansible.builtin.debug": {"msg": f"restart for: {FACT}"}}],
            "handlers": [{"name": "Restart", "listen": TOPIC, **handler}],
            **keywords,
        }
    ]


SAYING = {"ansible.builtin.debug": {"msg": f"{{{{ inventory_hostname }}}} restarts for {FACT}"}}


def restarts(run: Run) -> dict[str, str]:
    return {item.host: item.msg for item in run.tasks("Restart")}


class TestConfigure:
    """Main changes an option that needs a restart, DR one that takes effect at once; then neither changes any."""

    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls, demo: Estate, play: Player) -> Iterator[list[Run]]:
        hosts = {
            "main": {**HOSTS["main"], "chat_channel_connection_timeout": 4, "chat_channel_refresh_task_period": 1},
            "dr": {**HOSTS["dr"], "chat_channel_identify_create_contact": 1},
        }
        with simulator(in_use(demo)) as sim:
            given = connection(sim)
            modes: list[list[str]] = [["--check"], [], []]
            yield [play(sim, user_play(SAYING), hosts, given, args=mode) for mode in modes]

    def test_every_run_succeeds_without_a_warning(self, runs: list[Run]) -> None:
        for run in runs:
            run.assert_success()

    @pytest.mark.parametrize("number", [0, 1])
    def test_the_handler_runs_for_the_host_that_needs_it_only(self, runs: list[Run], number: int) -> None:
        expected = "main restarts for chat/refreshTaskPeriod, chat/connectionTimeout"
        assert restarts(runs[number]) == {"main": expected}

    def test_the_report_names_the_options(self, runs: list[Run]) -> None:
        line = "estart the Web Engagement nodes, one by one, to apply refreshTaskPeriod, connectionTimeout."
        check, done, again = (run.report("main") for run in runs)
        assert f"Afterwards, r{line}" in check
        assert f"R{line}" in done
        assert line not in "\n".join(again)
        assert not [line for line in runs[1].report("dr") if line.startswith("Restart")]

    def test_the_fact_says_application_option_and_evidence(self, runs: list[Run]) -> None:
        assert runs[1].facts("main")["chat_channel_restart_required"] == [
            {"application": "GWE_Cluster_Main", "option": "chat/refreshTaskPeriod", "evidence": "assumed"},
            {"application": "GWE_Cluster_Main", "option": "chat/connectionTimeout", "evidence": "documented"},
        ]
        result = runs[1].facts("main")["chat_channel_result"]["restart_required"]
        assert result == runs[1].facts("main")["chat_channel_restart_required"]

    def test_without_a_change_nobody_is_told(self, runs: list[Run]) -> None:
        assert runs[1].facts("dr")["chat_channel_result"]["changed"]
        assert runs[1].facts("dr")["chat_channel_restart_required"] == []
        assert runs[2].tasks("Restart") == []
        assert [item.msg for item in runs[2].tasks("Later")] == ["restart for: "] * 2


class TestRename:
    """The nodes still use the old endpoint: it goes only after their restart, in the same run or in a later one."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(
        cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[tuple[Simulator, dict[str, Run], list[dict[str, str]]]]:
        """Main has no tasks that restart nodes, DR has; then, of Main, the nodes have restarted."""
        file = tmp_path_factory.mktemp("tasks") / "restart.yml"
        file.write_text(json.dumps([{"name": "Restart nodes", "ansible.builtin.debug": {"msg": "restarted"}}]))
        hosts = {"main": HOSTS["main"], "dr": {**HOSTS["dr"], "chat_channel_restart_tasks": str(file)}}
        with simulator(in_use(demo)) as sim:
            given = {**connection(sim), **RENAME}
            runs, found = {}, []
            for name, more in (("first", {}), ("again", {}), ("restarted", {"chat_channel_nodes_restarted": True})):
                runs[name] = play(sim, user_play(SAYING), hosts, {**given, **more})
                found.append(endpoints(sim, "ChatServer_1"))
            yield sim, runs, found

    def test_every_run_succeeds_without_a_warning(self, story: Any) -> None:
        for run in story[1].values():
            run.assert_success()

    def test_without_tasks_that_restart_the_old_endpoint_stays_until_the_nodes_have(self, story: Any) -> None:
        _unused, runs, found = story
        both = {"default": "Chat In", "mobile": "Chat In", "webme": QUEUE, "proactive": QUEUE}
        assert found == [both, both, {name: queue for name, queue in both.items() if name != "webme"}]
        line = (
            "Endpoint 'webme' stays on 3 Chat Servers until the nodes have restarted. "
            "Then run again with chat_channel_nodes_restarted: true."
        )
        assert [line in run.report("main") for run in runs.values()] == [True, True, False]
        results = {name: run.facts("main")["chat_channel_result"] for name, run in runs.items()}
        assert results["again"]["changed"] is False
        assert [item["name"] for item in results["restarted"]["changes"]] == SERVERS["main"]

    def test_with_tasks_that_restart_they_lie_between_queue_key_and_the_removal(self, story: Any) -> None:
        sim, runs, _unused = story
        mine = {*SERVERS["dr"], "GWE_Cluster_DR"}
        steps = [
            ["restart"] if item.task == "Restart nodes" else sorted(mine & {*item.written})
            for item in runs["first"].results
            if item.host == "dr" and item.status == "ok"
        ]
        assert list(filter(None, steps)) == [
            sorted(SERVERS["dr"]),
            ["GWE_Cluster_DR"],
            ["restart"],
            sorted(SERVERS["dr"]),
        ]
        assert [endpoints(sim, name) for name in SERVERS["dr"]] == [{"default": "Chat In", "proactive": QUEUE}] * 4

    def test_who_restarts_in_the_run_is_not_asked_to_restart_at_its_end(self, story: Any) -> None:
        _unused, runs, _unused = story
        assert restarts(runs["first"]) == {"main": "main restarts for chat/queueKey"}
        assert not [line for line in runs["first"].report("dr") if line.startswith("Restart")]
        assert runs["first"].facts("dr")["chat_channel_result"]["restart_required"] == []

    def test_a_run_that_changes_nothing_restarts_nothing(self, story: Any) -> None:
        for name in ("again", "restarted"):
            ran = [item.host for item in story[1][name].tasks("Restart nodes") if item.status != "skipped"]
            assert (ran, restarts(story[1][name])) == ([], {})


class TestFailingRestart:
    """A node does not come up again: its endpoint must not go."""

    @pytest.fixture(scope="class", params=["rollback", "keep"])
    @classmethod
    def story(
        cls, demo: Estate, play: Player, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[tuple[str, Simulator, Estate, Run]]:
        before = in_use(demo)
        file = tmp_path_factory.mktemp("tasks") / "restart.yml"
        file.write_text(json.dumps([{"name": "Start", "ansible.builtin.fail": {"msg": "The node does not start."}}]))
        with simulator(before) as sim:
            variables = {
                **connection(sim),
                **RENAME,
                "chat_channel_on_failure": request.param,
                "chat_channel_restart_tasks": str(file),
            }
            yield request.param, sim, before, play(sim, user_play(SAYING), DR, variables)

    def test_the_old_endpoint_stays(self, story: tuple[str, Simulator, Estate, Run]) -> None:
        _unused, sim, _unused, run = story
        assert run.rc != 0
        assert all("webme" in endpoints(sim, name) for name in SERVERS["dr"])
        run.assert_clean()

    def test_the_new_one_goes_with_queue_key_or_both_stay(self, story: tuple[str, Simulator, Estate, Run]) -> None:
        mode, sim, before, run = story
        report = run.report("dr")
        assert "Cause: Task 'Start' failed: The node does not start." in report
        again = "Restart the Web Engagement nodes again; they may still use what was rolled back."
        assert (again in report) == (mode == "rollback")
        if mode == "rollback":
            assert options_of(sim.estate) == options_of(before)
            assert report[0] == "Nothing is changed: all 5 applications are rolled back."
        else:
            assert sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == "101:proactive"
            assert all("proactive" in endpoints(sim, name) for name in SERVERS["dr"])
            assert report[:2] == [
                "5 applications are changed.",
                f"Changed: {', '.join([*SERVERS['dr'], 'GWE_Cluster_DR'])}.",
            ]


def test_restore_hands_over_too(demo: Estate, play: Player, tmp_path: Any) -> None:
    restoring = {"name": "Restore", "ansible.builtin.include_role": {"name": ROLE, "tasks_from": "restore"}}
    with simulator(in_use(demo)) as sim:
        variables = {**connection(sim), "chat_channel_backup_dir": str(tmp_path)}
        changed = {**variables, "chat_channel_connection_timeout": 4}
        play(sim, "genesys_ops.engage.configure", DR, changed).assert_success()
        run = play(sim, user_play(SAYING, roles=[], tasks=[restoring]), DR, variables)
        run.assert_success()
        assert restarts(run) == {"dr": "dr restarts for chat/connectionTimeout"}
        assert sim.options("GWE_Cluster_DR")["chat"]["connectionTimeout"] == "10"
