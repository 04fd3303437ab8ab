# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else begins to use an endpoint while a run is about to take it away, at any moment.

Immediately before endpoints go, a run looks again. Who comes between that look and the write is too late for it: that
window is counted here, and the run says what it has done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.reliability.conftest import Figure
from ansible_collections.genesys_ops.engage.tests.reliability.failing import after_writes
from ansible_collections.genesys_ops.engage.tests.reliability.harness import (
    CLUSTER,
    QUEUE,
    Run,
    call,
    converge,
    delete,
    differing,
    lies,
    option,
    snapshot,
    written,
)
from ansible_collections.genesys_ops.engage.tests.reliability.test_invariant import Pair, broken
from ansible_collections.genesys_ops.engage.tests.reliability.test_two_runs import SERVERS, sharing
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write

OTHER = "GWE_Cluster_2"  # reaches the same Chat Servers
SECTION = "endpoints:1"
ALONE = {"gax_concurrency": 1}


def in_use() -> Estate:
    """Return an estate in which the channel of the first cluster is in use, and the second one has none."""
    estate = sharing()
    for server in SERVERS:
        estate.edit(server, SECTION, "webme", QUEUE)
    estate.edit(CLUSTER, "chat", "queueKey", "1:webme")
    estate.edit(CLUSTER, "chat", "webengagementChatQueue", QUEUE)
    return estate


def point_at(estate: Estate, endpoint: str) -> None:
    """Let the other cluster use an endpoint, as its own run would."""
    estate.edit(OTHER, "chat", "queueKey", f"1:{endpoint}")
    estate.edit(OTHER, "chat", "webengagementChatQueue", QUEUE)


def rename(sim: Simulator, **more: Any) -> Run:
    return converge(sim, endpoint="new", previous_endpoint="webme", nodes_restarted=True, **ALONE, **more)


def retire(sim: Simulator, **more: Any) -> Run:
    return converge(sim, state="absent", **ALONE, **more)


def rolled_back(sim: Simulator) -> Run:
    """The endpoint comes and is rolled back, because the cluster refuses."""
    sim.set(deny_write=[CLUSTER])
    return converge(sim, **ALONE)


def module_rolled_back(sim: Simulator) -> None:
    """A module of its own rolls back."""
    sim.set(deny_write=[SERVERS[-1]])
    with pytest.raises(EngageError):
        call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE, **ALONE)


PROCEDURES: dict[str, tuple[Callable[[], Estate], Callable[[Simulator], Run | None]]] = {
    "rename": (in_use, rename),
    "retire": (in_use, retire),
    "roll-back": (sharing, rolled_back),
    "roll-back of a module": (sharing, module_rolled_back),
}


class Rival:
    """Points the other cluster at the endpoint right before one request, and looks after each of our writes."""

    def __init__(self, sim: Simulator, moment: int, endpoint: str = "webme") -> None:
        self.violations: set[Pair] = set()
        self.looked = False  # the run has read every application since, before its next write
        self._sim, self._moment, self._endpoint = sim, moment, endpoint
        self._came = False
        self._before = broken(sim.estate)
        sim.before_request(self._on_request)
        sim.on_write(self._on_write)

    def _on_request(self, entry: Request) -> None:
        if entry["seq"] == self._moment:
            point_at(self._sim.estate, self._endpoint)
            self._came, self._before = True, broken(self._sim.estate)
        elif self._came and whole_list(entry):
            self.looked = True

    def _on_write(self, estate: Estate, _entry: Write) -> None:
        now = broken(estate)
        self.violations |= now - self._before
        self._before = now


def whole_list(entry: Request) -> bool:
    """Say whether a request reads all applications, whatever their types."""
    return "filters" not in str(entry["query"]) and entry["type"] == "CfgApplication" and not entry["dbid"]


@pytest.mark.parametrize("name", PROCEDURES)
def test_whenever_somebody_begins_to_use_an_endpoint_it_stays_or_the_run_says_so(name: str, figure: Figure) -> None:
    estate, procedure = PROCEDURES[name]
    with Simulator(estate()) as sim:
        procedure(sim)
        moments = len(sim.log)
    too_late = 0
    for moment in range(3, moments):  # after the log-in
        with Simulator(estate()) as sim:
            rival = Rival(sim, moment)
            run = procedure(sim)
            if rival.violations:
                assert not rival.looked, moment
                too_late += 1
                if run is not None and name != "roll-back":
                    assert OTHER in str(run.problem), moment
    figure(f"moments at which somebody begins to use an endpoint, {name}", moments - 3)
    figure(f"moments between the last look and the write, {name}", too_late)
    assert too_late < moments / 2


# --- one moment at a time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("procedure", [retire, rename])
def test_what_somebody_uses_since_the_plan_stays_and_is_named(procedure: Callable[..., Run]) -> None:
    """Cases of two hosts of one play: one takes away what the other one has just begun to use."""
    with Simulator(in_use()) as sim:
        start = snapshot(sim)
        after_writes(sim, 1, lambda estate: point_at(estate, "webme"))
        run = procedure(sim)
        assert {option(sim, server, SECTION, "webme") for server in SERVERS} == {QUEUE}
        assert OTHER in str(run.problem)
        assert broken(sim.estate) == set()
        now = snapshot(sim)
        assert list(lies(run, {**start, OTHER: now[OTHER]}, now)) == []


def test_never_stopping_for_findings_is_no_leave_to_remove_what_is_in_use() -> None:
    with Simulator(in_use()) as sim:
        point_at(sim.estate, "webme")
        run = retire(sim, fail_on="never")
        assert sim.journal == []
        assert OTHER in str(run.problem)
        assert {option(sim, server, SECTION, "webme") for server in SERVERS} == {QUEUE}
        assert retire(sim, remove_in_use=True).ok
        assert {option(sim, server, SECTION, "webme") for server in SERVERS} == {None}


@pytest.mark.parametrize("what", ["renamed", "deleted", "hidden", "deny_read"])
def test_an_application_that_is_gone_or_renamed_hinders_no_roll_back_of_others(what: str, tmp_path: Path) -> None:
    with Simulator(sharing()) as sim:
        start = snapshot(sim)
        steps = {"run": "run", "one_step": True, "batch_size": 1, "backup_dir": str(tmp_path)}
        for _batch in range(2):
            assert converge(sim, **ALONE, **steps).ok
        first = sim.app(SERVERS[0])
        if what == "deleted":
            delete(sim.estate, SERVERS[0])
        elif what in ("hidden", "deny_read"):
            sim.set(**{what: [SERVERS[0]]})
        else:
            sim.estate.put({**first, "name": "Renamed"})
        run = converge(sim, **ALONE, **{**steps, "after_failure": "The health check failed."})
        if what == "deleted":
            assert run.rolled_back == {SERVERS[1]}
            assert run.left == {SERVERS[0]: "it can no longer be found."}
            assert SERVERS[0] in str(run.problem)
        elif what in ("hidden", "deny_read"):
            assert run.rolled_back == {SERVERS[1]}
            why = {"hidden": "this account cannot read it", "deny_read": "lacks permission"}
            assert why[what] in run.left[SERVERS[0]]
            assert run.unknown == set()
        else:  # it is found by its DBID
            assert (run.rolled_back, run.left) == ({SERVERS[1], "Renamed"}, {})
            assert "webme" not in sim.options("Renamed").get(SECTION, {})
        assert "The health check failed." in str(run.problem)
        assert snapshot(sim)[SERVERS[1]] == start[SERVERS[1]]


def test_a_state_that_was_broken_before_comes_back_on_each_path_and_is_told(tmp_path: Path) -> None:
    """One Chat Server never had the endpoint at which the cluster points."""
    estate = in_use()
    estate.edit(SERVERS[0], SECTION, "webme", None)
    with Simulator(estate) as sim:
        start = snapshot(sim)
        sim.set(deny_write=[CLUSTER])
        run = converge(sim, identify_create_contact=3, **ALONE)
        assert (run.rolled_back, run.left) == ({SERVERS[0]}, {})
        assert differing(start, snapshot(sim)) == set()
        sim.set(deny_write=[])
        assert converge(sim, run="run", backup_dir=str(tmp_path), identify_create_contact=3).ok
        result = call(sim, application_rollback, path=str(tmp_path))
        assert differing(start, snapshot(sim)) == set()
        assert any("which lacks that endpoint, as before" in line for line in result["lines"])


def test_a_chat_server_that_comes_during_the_run_is_named() -> None:
    with Simulator(sharing()) as sim:

        def add(new: Estate) -> None:
            raw = new.app(SERVERS[0])
            new.put({**raw, "dbid": "9999", "name": "Late_Chat", "options": {"property": []}, "backupserverdbid": "0"})
            above = new.app("ChatServer_Cluster_1")
            links = above["appservers"]["conninfo"]
            new.put({**above, "appservers": {"conninfo": [*links, {**links[0], "appserverdbid": "9999"}]}})

        after_writes(sim, 1, add)
        run = converge(sim, **ALONE)
        assert "Late_Chat" in str(run.problem)
        assert run.left.keys() == {*SERVERS, CLUSTER}
        assert converge(sim).changed == {"Late_Chat"}


def test_when_gax_dies_in_the_middle_the_message_fits_on_one_screen() -> None:
    with Simulator(sharing()) as sim:
        after_writes(sim, 2, lambda estate: sim.set(faults=[{"kind": "drop"}]))
        start = snapshot(sim)
        run = converge(sim, gax_concurrency=8)
        said = str(run.problem)
        assert list(lies(run, start, snapshot(sim))) == []
        assert len(said.splitlines()) <= 12
        assert len(said) < 2500
        assert any(server in said.splitlines()[0] + said.splitlines()[1] for server in SERVERS)
        assert len(written(sim)) >= 2
