# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be restarted is handed over to the user's own play: as a fact, and as a handler topic to listen to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    SERVERS,
    endpoints,
    in_use,
    options_of,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, Run, connection, simulator
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

TOPIC, OURS = "genesys restart required", "Say what must be restarted"
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
        assert [item.host for item in runs[number].tasks(OURS)] == ["main"]

    def test_the_handler_of_the_role_names_the_options(self, runs: list[Run]) -> None:
        assert runs[1].task(OURS).msg == (
            "GWE_Cluster_Main: the Web Engagement nodes must be restarted before chat/refreshTaskPeriod, "
            "chat/connectionTimeout take effect."
        )

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
        assert runs[2].tasks("Restart") + runs[2].tasks(OURS) == []
        assert [item.msg for item in runs[2].tasks("Later")] == ["restart for: "] * 2


class TestRename:
    """The nodes restart after `queueKey` has changed, and before the endpoint goes that they still use."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[tuple[Simulator, Run]]:
        with simulator(in_use(demo)) as sim:
            yield sim, play(sim, user_play(SAYING), HOSTS, {**connection(sim), **RENAME})

    def test_it_succeeds_without_a_warning(self, story: tuple[Simulator, Run]) -> None:
        story[1].assert_success()

    @pytest.mark.parametrize("host", ["main", "dr"])
    def test_the_restart_lies_between_queue_key_and_the_removal(self, story: tuple[Simulator, Run], host: str) -> None:
        steps = {"on a batch of Chat Servers": "endpoint", "chat options of the Web Engagement Cluster": "key"}
        known = {**steps, "Restart": "restart"}
        order = [
            word
            for item in story[1].results
            for end, word in known.items()
            if item.host == host and item.task.endswith(end) and item.status == "ok"
        ]
        assert order == ["endpoint", "key", "restart", "endpoint"]

    def test_each_handler_runs_once_for_each_host(self, story: tuple[Simulator, Run]) -> None:
        assert restarts(story[1]) == dict.fromkeys(HOSTS, "") | {
            host: f"{host} restarts for chat/queueKey" for host in HOSTS
        }
        assert len(story[1].tasks("Restart")) == 2


class TestFailingRestart:
    """A node does not come up again: its endpoint must not go."""

    @pytest.fixture(scope="class", params=["rollback", "keep"])
    @classmethod
    def story(
        cls, demo: Estate, play: Player, request: pytest.FixtureRequest
    ) -> Iterator[tuple[str, Simulator, Estate, Run]]:
        before = in_use(demo)
        failing = {"ansible.builtin.fail": {"msg": "The node does not start."}}
        with simulator(before) as sim:
            variables = {**connection(sim), **RENAME, "chat_channel_on_failure": request.param}
            yield request.param, sim, before, play(sim, user_play(failing), DR, variables)

    def test_the_old_endpoint_stays(self, story: tuple[str, Simulator, Estate, Run]) -> None:
        _unused, sim, _unused, run = story
        assert run.rc != 0
        assert all("webme" in endpoints(sim, name) for name in SERVERS["dr"])
        run.assert_clean()

    def test_the_new_one_goes_with_queue_key_or_both_stay(self, story: tuple[str, Simulator, Estate, Run]) -> None:
        mode, sim, before, run = story
        last = run.failures("dr")[-1].msg
        assert last.startswith("The node does not start.")
        if mode == "rollback":
            assert options_of(sim.estate) == options_of(before)
            assert last.endswith("Restart the Web Engagement nodes.")
        else:
            assert sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == "101:proactive"
            assert all("proactive" in endpoints(sim, name) for name in SERVERS["dr"])
            assert f"stay changed: {', '.join(SERVERS['dr'])}, GWE_Cluster_DR." in last


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
