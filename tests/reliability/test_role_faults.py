# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of `test_fault_matrix` through the playbook: one inventory host, with a GAX of its own, for each request.

``make role-faults`` plays all of them, ``make test`` some.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.playbook import CONFIGURE, Run
from ansible_collections.genesys_ops.engage.tests.reliability.conftest import Figure
from ansible_collections.genesys_ops.engage.tests.reliability.harness import CLUSTER, lies, lived_in, snapshot
from ansible_collections.genesys_ops.engage.tests.reliability.harness import Run as Said
from ansible_collections.genesys_ops.engage.tests.reliability.test_fault_matrix import FAULTS
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj

WHOLE = bool(os.environ.get("ENGAGE_ROLE_FAULTS"))
# Faults, and at which requests: each, or each third one. In batches a run has three times the tasks.
ALL_AT_ONCE = [(name, 0, 1) for name in FAULTS]
IN_BATCHES = [(name, 1, 3) for name in ("503", "dropped though applied")]
SOME = [("dropped though applied", 1, 8)]


class Estates:
    """So many simulators with the same estate, and how it is after a run in which nothing goes wrong."""

    def __init__(self, play: Any, stack: ExitStack) -> None:
        self._play, self._stack = play, stack
        self.sims: list[Simulator] = []
        (model,) = self.take(1)
        self.start = snapshot(model)
        self.requests = {}
        for size in (0, 1):
            self.take(1)
            self.run([model], size).assert_success()
            self.requests[size] = list(model.log)
        self.wanted = snapshot(model)

    def take(self, number: int) -> list[Simulator]:
        """Return so many simulators, as they were at the start."""
        while len(self.sims) < number:
            self.sims.append(self._stack.enter_context(Simulator(lived_in())))
        for sim in self.sims:
            sim.set(faults=[])
            sim.reset()
        return self.sims[:number]

    def run(self, sims: list[Simulator], size: int, timeout: float = 5.0) -> Run:
        """Configure the cluster of each simulator, in one run of the playbook, in batches of this size."""
        account = {"gax_username": "default", "gax_password": "password", "gax_timeout": timeout}
        how = {"gax_concurrency": 1, "gax_retries": 1, "chat_channel_batch_size": size}
        hosts = {
            f"host{number}": {"chat_channel_cluster": CLUSTER, "gax_url": sim.url} for number, sim in enumerate(sims)
        }
        run: Run = self._play(None, CONFIGURE, hosts, {**account, **how}, ("--forks", "10"))
        return run


@pytest.fixture(scope="module")
def estates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estates]:
    def play(*args: Any) -> Run:
        return playbook.play(tmp_path_factory.mktemp("play"), *args)

    with ExitStack() as stack:
        yield Estates(play, stack)


def complaints(
    run: Run, host: str, once: bool, start: dict[str, Obj], wanted: dict[str, Obj], found: dict[str, Obj]
) -> Iterator[str]:
    """Yield what the user of a host could complain about after a fault."""
    failed, report = bool(run.stats[host]["failures"]), run.report(host)
    if once and failed:
        yield f"a single fault failed the run: {report}"
    if not failed and found != wanted:
        yield f"the run said ok, but the estate is not as wanted: {report}"
    if any(found[name] not in (start[name], wanted[name]) for name in found):
        yield "an application is neither exactly as it was nor exactly as wanted"
    if failed:
        last = run.calls("chat_channel", host)[-1].result
        said = Said(None, set(), set(last["rolled_back"]), last["left"], set(last["unknown"]), set(last["untouched"]))
        yield from lies(said, start, found)
        # What is said to be unknown may be as it was.
        if not last["unknown"] and report[0].startswith("Nothing is changed") != (found == start):
            yield f"the report says {report[0]}"


@pytest.mark.parametrize("times", [1, None], ids=["once", "for good"])
@pytest.mark.parametrize(("name", "size", "step"), [*ALL_AT_ONCE, *IN_BATCHES] if WHOLE else SOME)
def test_the_playbook_tells_the_truth_and_the_next_one_converges(
    name: str, size: int, step: int, times: int | None, estates: Estates, figure: Figure
) -> None:
    writes_only = name in ("503 though applied", "hang though applied")  # it makes no difference to a read
    requests = estates.requests[size]
    indices = [item["seq"] for item in requests if item["method"] != "GET" or not writes_only][::step]
    sims = estates.take(len(indices))
    for index, sim in zip(indices, sims):
        sim.set(faults=[{**FAULTS[name], "times": times, "at": index}])
    run = estates.run(sims, size, timeout=1.0 if name.startswith("hang") else 5.0)
    found = [
        f"request {index}: {complaint}"
        for number, (index, sim) in enumerate(zip(indices, sims))
        for complaint in complaints(run, f"host{number}", times == 1, estates.start, estates.wanted, snapshot(sim))
    ]
    assert found == []
    for sim in sims:
        sim.set(faults=[])
    again = estates.run(sims, size)
    assert [host for host, counts in again.stats.items() if counts["failures"]] == []
    assert [snapshot(sim) == estates.wanted for sim in sims] == [True] * len(sims)
    figure("faults of the playbook", len(indices))
