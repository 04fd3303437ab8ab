# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once, on one cluster and on clusters that share Chat Servers.

In threads of one process, in two processes as of two inventory hosts, and in two processes that share no lock, as on
two machines.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.tests.reliability.conftest import Figure, use_temporary_folder
from ansible_collections.genesys_ops.engage.tests.reliability.harness import (
    QUEUE,
    Run,
    converge,
    lived_in,
    snapshot,
    triples_of,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.objects import items, with_items

SERVERS = ["ChatServer_1_01", "ChatServer_1_02", "ChatServer_1_03"]
REPETITIONS = 25
CALM = {"gax_timeout": 10.0}  # a machine under load must not look like a hang

Both = Callable[..., tuple[Run, Run]]


def elsewhere(url: str, **given: Any) -> Run:
    """Converge in another process; of what went wrong only the words come back."""
    run = converge(url, **given)
    return replace(run, problem=EngageError(str(run.problem))) if run.problem else run


def _alone(folder: Path) -> None:
    patch = pytest.MonkeyPatch()
    use_temporary_folder(patch, folder)


@pytest.fixture(scope="module", params=["threads", "processes"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """Return what runs two converge runs at once."""
    make: Callable[[], Executor] = {
        "threads": lambda: ThreadPoolExecutor(2),
        "processes": lambda: ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),
    }[request.param]
    with make() as pool:
        yield lambda sim, first, second: at_once(pool, sim, first, second)


def at_once(pool: Executor, sim: Simulator, first: dict[str, Any], second: dict[str, Any]) -> tuple[Run, Run]:
    one, two = (pool.submit(elsewhere, sim.url, **CALM, **run) for run in (first, second))
    return one.result(600), two.result(600)


def sharing(tenants: int = 1) -> Estate:
    """Return two Web Engagement Clusters, of one or two tenants, that reach the same three Chat Servers."""
    estate = lived_in(2, 3, tenants=tenants)
    owners = [{"dbid": "1"}, {"dbid": "101"}][:tenants]
    for name in [*SERVERS, "ChatServer_Cluster_1"]:
        estate.put(with_items(estate.app(name), "tenantdbids", owners))
    first, second = estate.app("GWE_Cluster_1"), estate.app("GWE_Cluster_2")
    estate.put(with_items(second, "appservers", items(first, "appservers")))
    return estate


def test_two_runs_on_one_cluster_both_succeed_and_write_everything_once(both: Both, figure: Figure) -> None:
    with Simulator(lived_in(1, 3), jitter=0.003) as sim:
        start = snapshot(sim)
        for _unused in range(REPETITIONS):
            sim.reset()
            for run in both(sim, {}, {}):
                assert run.ok, run.problem
            assert written(sim) == dict.fromkeys([*SERVERS, "GWE_Cluster_1"], 1)
            for server in SERVERS:
                assert sim.options(server) == with_endpoints(start[server], {"webme": QUEUE})
    figure("two runs at once, repetitions", REPETITIONS)


def with_endpoints(app: dict[str, Any], endpoints: dict[str, str], section: str = "endpoints:1") -> dict[str, Any]:
    """Return the options that an application should have."""
    options: dict[str, dict[str, str]] = {}
    for family, where, key, value in triples_of(app):
        if family == "options":
            options.setdefault(where, {})[key] = value
    options[section] = {**options.get(section, {}), **endpoints}
    return options


def test_clusters_that_share_chat_servers_keep_each_others_endpoints(both: Both, figure: Figure) -> None:
    with Simulator(sharing(), jitter=0.003) as sim:
        start = snapshot(sim)
        for _unused in range(REPETITIONS):
            sim.reset()
            second = {"cluster": "GWE_Cluster_2", "endpoint": "proactive", "queue": "Chat In"}
            for run in both(sim, {}, second):
                assert run.ok, run.problem
            for server in SERVERS:
                wanted = with_endpoints(start[server], {"webme": QUEUE, "proactive": "Chat In"})
                assert sim.options(server) == wanted
            assert sim.options("GWE_Cluster_1")["chat"]["queueKey"] == "1:webme"
            assert sim.options("GWE_Cluster_2")["chat"]["queueKey"] == "1:proactive"
    figure("two runs at once, repetitions", REPETITIONS)


def test_clusters_of_two_tenants_keep_each_others_sections(both: Both, figure: Figure) -> None:
    with Simulator(sharing(tenants=2), jitter=0.003) as sim:
        for _unused in range(REPETITIONS):
            sim.reset()
            for run in both(sim, {"tenant": "1"}, {"cluster": "GWE_Cluster_2", "tenant": "101"}):
                assert run.ok, run.problem
            for server in SERVERS:
                assert sim.options(server)["endpoints:1"] == {"default": "Chat In", "webme": QUEUE}
                assert sim.options(server)["endpoints:101"] == {"webme": QUEUE}
    figure("two runs at once, repetitions", REPETITIONS)


def test_runs_that_contradict_each_other_leave_one_of_them_complete(both: Both, figure: Figure) -> None:
    """They want different endpoints for one cluster: who comes last wins, or one learns of the other."""
    with Simulator(lived_in(1, 3), jitter=0.003) as sim:
        for _unused in range(REPETITIONS):
            sim.reset()
            runs = both(sim, {}, {"endpoint": "proactive"})
            assert any(run.ok for run in runs), [run.problem for run in runs]
            for run in runs:
                assert run.ok or "another administrator" in str(run.problem)
                assert run.ok or "option 'queueKey'" in str(run.problem)
            endpoint = sim.options("GWE_Cluster_1")["chat"]["queueKey"].removeprefix("1:")
            assert {sim.options(server)["endpoints:1"].get(endpoint) for server in SERVERS} == {QUEUE}
    figure("two runs at once, repetitions", REPETITIONS)


def test_what_two_machines_lose_of_each_other_the_next_run_restores(
    tmp_path_factory: pytest.TempPathFactory, figure: Figure
) -> None:
    """Two machines share no lock, so the window between guard and write is open to them."""
    second = {"cluster": "GWE_Cluster_2", "endpoint": "proactive"}
    spawn = multiprocessing.get_context("spawn")
    lost = 0
    with (
        ProcessPoolExecutor(1, spawn, _alone, (tmp_path_factory.mktemp("one"),)) as here,
        ProcessPoolExecutor(1, spawn, _alone, (tmp_path_factory.mktemp("two"),)) as there,
        Simulator(sharing(), jitter=0.003) as sim,
    ):
        for _unused in range(REPETITIONS):
            sim.reset()
            one = here.submit(elsewhere, sim.url, gax_timeout=1.0)
            two = there.submit(elsewhere, sim.url, gax_timeout=1.0, **second)
            silent = one.result(600).ok and two.result(600).ok
            endpoints = [sim.options(server)["endpoints:1"] for server in SERVERS]
            lost += silent and not all({"webme", "proactive"} <= found.keys() for found in endpoints)
            for again in (converge(sim, **CALM), converge(sim, **CALM, **second)):
                assert again.ok, again.problem
            for server in SERVERS:
                found = sim.options(server)["endpoints:1"]
                assert (found["webme"], found["proactive"]) == (QUEUE, QUEUE)
    figure("two machines at once, repetitions", REPETITIONS)
    figure("two machines at once, in which an option of one was lost unnoticed", lost)
