# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log-ins of many hosts in one run of ansible-playbook: one that is refused, and one session for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    AS_SHIPPED,
    CONFIGURE,
    NAMESPACE,
    PASSWORD,
    SHARED,
    USER,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

HOSTS = 6
INVENTORY = {f"cluster{n}": {"chat_channel_cluster": f"GWE_Cluster_{n}"} for n in range(1, HOSTS + 1)}
SERVERS = [f"ChatServer_{cluster}_{n:02}" for cluster in range(1, HOSTS + 1) for n in (1, 2)]


def start(**switches: Any) -> Simulator:
    return simulator(generate(HOSTS, 2), latency=0.02, **switches)


def with_password(sim: Simulator, password: str) -> dict[str, Any]:
    return {**connection(sim), "gax_password": password}


class TestRefused:
    @pytest.mark.parametrize(
        ("forks", "shipped"), [(1, False), (HOSTS, False), (HOSTS, True)], ids=["one", "many", "shipped"]
    )
    def test_a_wrong_password_is_tried_once_by_two_playbooks_with_many_hosts(
        self, play: Player, forks: int, shipped: bool
    ) -> None:
        """Otherwise the account would be locked."""
        with start(lock_after=2) as sim:
            # A play of the user, then the collection's playbook, in one run: the first does not end it.
            tasks = [{f"{NAMESPACE}.application_info": {"names": ["GAX"]}, "name": "Look", "ignore_errors": True}]
            plays = [
                {"hosts": "all", "gather_facts": False, "tasks": tasks, "name": "First"},
                {"import_playbook": CONFIGURE, "name": "Second"},
            ]
            args = ["--forks", str(forks), *(AS_SHIPPED * shipped)]
            run = play(sim, plays, INVENTORY, with_password(sim, "wrong"), args)
            assert run.rc == 2
            assert sim.login_attempts == 1
            assert "log_in_refused" not in run.output
            told = [item.msg for item in run.failures()]
            assert sum("did not accept" in msg for msg in told) == 1
            assert sum("No log-in was tried" in msg for msg in told) >= HOSTS - 1
            assert [run.stats[host]["failures"] for host in INVENTORY] == [1] * HOSTS  # those of the second playbook
            assert not [write for write in sim.journal if write["applied"]]
            # The account is open: with the right password it works.
            play(sim, CONFIGURE, INVENTORY, connection(sim)).assert_success()

    def test_the_inventory_plugin_counts_as_well(self, play: Player, tmp_path: Path) -> None:
        with start(lock_after=2) as sim:
            (tmp_path / "gax.yml").write_text(f"plugin: {NAMESPACE}.gax\n")
            (tmp_path / "static.yml").write_text("all: {hosts: {cluster1: {chat_channel_cluster: GWE_Cluster_1}}}\n")
            env = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": "wrong"}
            run = play(sim, CONFIGURE, tmp_path, env=env)
            assert run.rc != 0
            assert "did not accept" in run.output
            assert "No log-in was tried" in run.output
            assert sim.login_attempts == 1

    def test_one_run_knows_nothing_of_the_one_before(self, play: Player) -> None:
        with start() as sim:
            for attempts in (1, 2):
                assert play(sim, CONFIGURE, INVENTORY, with_password(sim, "wrong")).rc == 2
                assert sim.login_attempts == attempts

    def test_shipped_modules_take_the_account_of_the_environment(self, play: Player) -> None:
        with start(lock_after=2) as sim:
            env = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": "wrong"}
            run = play(sim, CONFIGURE, INVENTORY, env=env, args=AS_SHIPPED)
            assert run.rc == 2
            assert sim.login_attempts == 1


@SHARED
class TestOneSession:
    @pytest.mark.parametrize("expired", ["401", "302"])
    def test_hosts_take_turns_where_a_log_in_ends_the_other_sessions(self, play: Player, expired: str) -> None:
        with start(one_session=True, expired=expired) as sim:
            run = play(sim, CONFIGURE, INVENTORY, connection(sim), ["--forks", str(HOSTS)])
            assert run.rc == 0, run.output[-2000:]  # with a warning where somebody waits for more than three seconds
            assert all(sim.options(name)["endpoints:1"]["webme"] == "Webengagement_Chat" for name in SERVERS)
            assert len([entry for entry in sim.log if entry["path"].endswith("session/login")]) <= 3 * HOSTS
            assert sim.login_attempts == 0

    def test_every_session_of_a_run_is_ended(self, play: Player) -> None:
        with start() as sim:
            play(sim, CONFIGURE, INVENTORY, connection(sim), ["--forks", str(HOSTS)]).assert_success()
            paths = [entry["path"].rpartition("/")[2] for entry in sim.log]
            assert paths.count("login") == paths.count("logout") >= HOSTS


def test_the_password_is_not_left_on_disk(play: Player, tmp_path: Path) -> None:
    with start() as sim:
        play(sim, CONFIGURE, INVENTORY, connection(sim), env={"TMPDIR": str(tmp_path)}).assert_success()
    left = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not any("run-" in str(file) for file in left)
    assert not any(PASSWORD.encode() in file.read_bytes() for file in left)
