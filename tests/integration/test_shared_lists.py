# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of one run that are in step share what they read of a GAX, but never what was read before their own tasks."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    SHARED,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.test_many_hosts import QUEUE, servers, use
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate

pytestmark = SHARED

MANY, FEW = 20, 4
MOST = 100  # requests of a run over 20 clusters that changes nothing
ALONE = 7  # requests of one host, without its log-out


def configured(clusters: int) -> Estate:
    estate = generate(clusters, 2)
    for number in range(1, clusters + 1):
        use(estate, number)
    return estate


def hosts(clusters: int) -> dict[str, dict[str, Any]]:
    return {f"gwe_{number}": {"chat_channel_cluster": f"GWE_Cluster_{number}"} for number in range(1, clusters + 1)}


def asked(sim: Simulator) -> int:
    return sum(not item["path"].endswith("logout") for item in sim.log)


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_many_clusters_that_are_as_they_should_be_cost_few_requests(play: Player, check: list[str]) -> None:
    with simulator(configured(MANY)) as sim:
        run = play(sim, CONFIGURE, hosts(MANY), connection(sim), args=["--forks", "10", *check])
        run.assert_success()
        assert len(sim.log) <= MOST
        assert not sim.journal
    reports = [run.report(f"gwe_{number}")[0] for number in range(1, MANY + 1)]
    said = "queueKey 1:webme, 2 Chat Servers, as requested."
    assert reports == [f"GWE_Cluster_{number}: {said}" for number in range(1, MANY + 1)]


def test_an_audit_of_many_clusters_costs_few_requests(play: Player) -> None:
    with simulator(configured(MANY)) as sim:
        run = play(sim, "genesys_ops.engage.audit", hosts(MANY), connection(sim), args=["--forks", "10"])
        assert run.rc == 0, run.output[-2000:]
        assert len(sim.log) <= MOST


@pytest.mark.parametrize("module", ["chat_channel", "chat_channel_info"])
@pytest.mark.parametrize("loop", ["loop", "with_items"])
def test_a_host_that_loops_over_clusters_reads_once(play: Player, module: str, loop: str) -> None:
    look = {"cluster": "GWE_Cluster_{{ item }}", "queue": QUEUE}
    task = {f"genesys_ops.engage.{module}": look, loop: list(range(1, FEW + 1))}
    with simulator(configured(FEW)) as sim:
        run = play(sim, [{"hosts": "all", "gather_facts": False, "tasks": [task]}], {"gwe": {}}, connection(sim))
        assert run.rc == 0, run.output[-2000:]
        assert not sim.journal
        assert asked(sim) <= ALONE + 1  # an audit reads the nodes, too


@pytest.mark.parametrize("strategy", ["free", "host_pinned"])
def test_hosts_that_are_not_in_step_read_for_themselves(play: Player, strategy: str) -> None:
    with simulator(configured(FEW)) as sim:
        role = {"ansible.builtin.import_role": {"name": "genesys_ops.engage.chat_channel"}}
        plays = [{"hosts": "all", "gather_facts": False, "strategy": strategy, "tasks": [role]}]
        run = play(sim, plays, hosts(FEW), connection(sim))
        assert run.rc == 0, run.output[-2000:]
        assert asked(sim) == FEW * ALONE


def _edited_before(play: Player, sim: Simulator, **keywords: Any) -> Run:
    """Let the last host change its own Chat Server with a task of the user, right before all of them look."""
    edit = {"name": servers(FEW)[0], "section": "endpoints:1", "key": "webme", "value": "Chat In"}
    plays = [
        {
            "name": "Change, then look",
            "hosts": "all",
            "gather_facts": False,
            "connection": "local",
            **keywords,
            "tasks": [
                {
                    "name": "Change by other means",
                    "ansible.builtin.uri": {
                        "url": f"{sim.url}/_sim/edit",
                        "method": "POST",
                        "body_format": "json",
                        "body": edit,
                        "status_code": [200, 204],
                    },
                    "when": f"inventory_hostname == 'gwe_{FEW}'",
                },
                {
                    "name": "Look",
                    "genesys_ops.engage.chat_channel_info": {"cluster": "{{ chat_channel_cluster }}", "queue": QUEUE},
                },
            ],
        }
    ]
    return play(sim, plays, hosts(FEW), connection(sim), args=["--forks", "2"])


@pytest.mark.parametrize("keywords", [{}, {"serial": 1}, {"strategy": "free"}], ids=str)
def test_what_a_host_has_changed_by_other_means_is_seen(play: Player, keywords: dict[str, Any]) -> None:
    with simulator(configured(FEW)) as sim:
        run = _edited_before(play, sim, **keywords)
        assert run.rc == 0, run.output[-2000:]
    found = {item.host: item.result["compliant"] for item in run.tasks("Look")}
    assert found == {**dict.fromkeys(hosts(FEW), True), f"gwe_{FEW}": False}


def test_nothing_of_it_is_left_behind(play: Player, tmp_path: Any) -> None:
    with simulator(configured(2)) as sim:
        run = play(sim, CONFIGURE, hosts(2), connection(sim), env={"TMPDIR": str(tmp_path)})
        run.assert_success()
    assert not [name for name in os.listdir(tmp_path) if "run-" in name]
