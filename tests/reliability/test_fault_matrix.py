# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of a converge run goes wrong in every way, once or from then on.

A retry is safe everywhere: a read changes nothing, a write is looked up before it is repeated, and a log-in that was
not answered is repeated once. So a single fault must never fail a run. Only a refused log-in is never repeated, because
that could lock the account: see `test_a_refused_log_in_is_never_repeated`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.tests.reliability.conftest import Figure
from ansible_collections.genesys_ops.engage.tests.reliability.harness import (
    Run,
    call,
    converge,
    differing,
    lies,
    lived_in,
    snapshot,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

FAULTS: dict[str, dict[str, Any]] = {
    "503": {"kind": "status"},
    "503 though applied": {"kind": "status", "after": True},
    "dropped": {"kind": "drop"},
    "dropped though applied": {"kind": "drop", "after": True},
    "half an answer": {"kind": "half"},
    "hang": {"kind": "hang"},
    "hang though applied": {"kind": "hang", "after": True},
}
LANES = 10  # runs that wait for a hanging GAX at the same time, each with a GAX and a cluster of its own

Play = Callable[..., list[str]]


class Lane:
    """A simulator and the cluster that is configured on it, again and again from the start."""

    def __init__(self, number: int) -> None:
        self.cluster = f"GWE_Cluster_{number}"
        self.sim = Simulator(lived_in(LANES))
        self.sim.start()
        self.start = snapshot(self.sim)
        assert self.run(1).ok
        self.requests = list(self.sim.log)
        self.wanted = snapshot(self.sim)

    def run(self, concurrency: int, timeout: float = 3.0) -> Run:
        return converge(self.sim, self.cluster, gax_concurrency=concurrency, gax_timeout=timeout)

    def play(self, index: int, fault: dict[str, Any], concurrency: int) -> Iterator[str]:
        """Play one fault; yield what a user could complain about."""
        self.sim.reset()
        self.sim.set(faults=[{**fault, "at": index}])
        first = self.run(concurrency, timeout=1.0 if fault["kind"] == "hang" else 3.0)
        found = snapshot(self.sim)
        if len(self.sim.log) <= index:
            yield "the fault never struck"
        if fault["times"] == 1 and not first.ok:
            yield f"a single fault failed the run: {first.problem}"
        if first.ok and found != self.wanted:
            yield f"the run said ok, but {differing(self.wanted, found)} are not as wanted"
        if any(found[name] not in (self.start[name], self.wanted[name]) for name in found):
            yield "an application is neither exactly as it was nor exactly as wanted"
        if not first.ok:
            yield from lies(first, self.start, found)
        self.sim.set(faults=[])
        second = self.run(concurrency)
        if not second.ok or snapshot(self.sim) != self.wanted:
            yield f"the next run did not converge: {second.problem}"
        writes = len(self.sim.journal)
        third = self.run(concurrency)
        if third.changed or len(self.sim.journal) != writes:
            yield "a run after a good one changed something"


@pytest.fixture(scope="module")
def play() -> Iterator[Play]:
    """Return what plays a fault at each request of a run, or of its writes, and returns all complaints."""
    with ExitStack() as stack:
        free: SimpleQueue[Lane] = SimpleQueue()
        for number in range(1, LANES + 1):
            lane = Lane(number)
            stack.callback(lane.sim.stop)
            free.put(lane)

        def at(index: int, fault: dict[str, Any], concurrency: int) -> list[str]:
            mine = free.get()
            try:
                return [f"request {index}: {complaint}" for complaint in mine.play(index, fault, concurrency)]
            finally:
                free.put(mine)

        def everywhere(name: str, times: int | None, figure: Figure, concurrency: int = 1, step: int = 1) -> list[str]:
            # "Though applied" makes no difference to a read.
            only_writes = name in ("503 though applied", "hang though applied")
            indices = [item["seq"] for item in lane.requests if item["method"] != "GET" or not only_writes][::step]
            figure("faults", len(indices))
            with ThreadPoolExecutor(LANES) as pool:
                found = pool.map(lambda index: at(index, {**FAULTS[name], "times": times}, concurrency), indices)
                return [complaint for complaints in found for complaint in complaints]

        yield everywhere


@pytest.mark.parametrize("name", FAULTS)
def test_when_gax_fails_for_good_the_run_tells_the_truth_and_the_next_one_converges(
    name: str, play: Play, figure: Figure
) -> None:
    assert play(name, None, figure) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_single_fault_never_fails_a_run(name: str, play: Play, figure: Figure) -> None:
    assert play(name, 1, figure) == []


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize("name", FAULTS)
def test_the_same_holds_with_requests_in_parallel(name: str, times: int | None, play: Play, figure: Figure) -> None:
    assert play(name, times, figure, concurrency=8, step=5) == []


CONNECTION = {"applications": ["ChatServer_1_01", "ChatServer_1_02"], "server": "UCS"}
JOBS: dict[str, Callable[[Simulator], core.Result]] = {
    "connect": lambda sim: call(sim, core.application_connection, **CONNECTION, local_timeout=9, gax_concurrency=1),
    "disconnect": lambda sim: call(sim, core.application_connection, **CONNECTION, state="absent", gax_concurrency=1),
    "create a queue": lambda sim: call(sim, core.interaction_queue, name="New Queue", tenant="1"),
}


@pytest.mark.parametrize("name", [name for name in FAULTS if "hang" not in name])
@pytest.mark.parametrize("job", JOBS)
def test_a_single_fault_never_fails_a_smaller_job(job: str, name: str, figure: Figure) -> None:
    with Simulator(lived_in()) as sim:
        assert JOBS[job](sim)["changed"]
        wanted, requests = list(sim.estate), len(sim.log)
        for index in range(requests):
            sim.reset()
            sim.set(faults=[{**FAULTS[name], "at": index, "times": 1}])
            assert JOBS[job](sim)["changed"]
            assert list(sim.estate) == wanted, index
    figure("faults", requests)


@pytest.mark.parametrize("name", ["503", "dropped", "hang"])
def test_a_single_fault_never_fails_the_deletion_of_a_queue(name: str) -> None:
    with Simulator(lived_in()) as sim:
        JOBS["create a queue"](sim)
        sim.set(faults=[{**FAULTS[name], "methods": ["DELETE"], "times": 1}])
        assert call(sim, core.interaction_queue, name="New Queue", tenant="1", state="absent")["changed"]


@pytest.mark.parametrize("answer", ["401", "403", "200-html"])
def test_a_refused_log_in_is_never_repeated(answer: str) -> None:
    with Simulator(lived_in(), login_failure=answer) as sim:
        run = converge(sim, gax_password="wrong", gax_retries=3)
        assert "did not accept user 'default'" in str(run.problem)
        assert sim.login_attempts == 1


@pytest.mark.parametrize("answer", ["401", "403", "302", "200-html"])
def test_a_session_that_ends_at_any_request_never_fails_a_run(answer: str, figure: Figure) -> None:
    """Not even without retries. Only the request that confirms a log-in must not fail: that log-in did not work."""
    ending = -1
    with Simulator(lived_in(), expired=answer) as sim:
        sim.before_request(lambda entry: sim.set(expire_after_seconds=1e-9 if entry["seq"] == ending else 0))
        assert converge(sim, gax_concurrency=1).ok
        wanted, requests = snapshot(sim), list(sim.log)
        indices = [item["seq"] for item in requests if not item["path"].endswith("user/info")]
        for ending in indices:
            sim.reset()
            run = converge(sim, gax_concurrency=1, gax_retries=0)
            assert run.ok, (ending, run.problem)
            assert snapshot(sim) == wanted
            assert len(sim.log) > len(requests) or "cfg/objects" not in requests[ending]["path"]
    figure("faults", len(indices))
