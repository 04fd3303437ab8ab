# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests are under way at the same time."""

from __future__ import annotations

import time

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION
from ansible_collections.genesys_ops.engage.tests.reliability.harness import QUEUE, call, converge, written
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request

SERVERS = [f"ChatServer_1_{number:02}" for number in range(1, 25)]
DEFAULT = CONNECTION["gax_concurrency"]["default"]
CALM = {"gax_timeout": 10.0}  # a machine under load must not look like a hang


class InFlight:
    """Counts, at the arrival of each request, the requests that have no answer yet."""

    def __init__(self, sim: Simulator) -> None:
        self.most = 0
        self._sim = sim
        sim.before_request(self._count)

    def _count(self, entry: Request) -> None:
        self.most = max(self.most, sum(item["status"] is None for item in self._sim.log))


@pytest.mark.parametrize("limit", [1, 2, 5, DEFAULT])
def test_the_limit_is_used_and_never_exceeded(limit: int) -> None:
    with Simulator(generate(1, 24), latency=0.02 * limit) as sim:  # a busy machine needs time to begin so many
        seen = InFlight(sim)
        assert converge(sim, gax_concurrency=limit, **CALM).ok
        assert seen.most == limit


def test_the_limit_holds_while_changes_are_rolled_back() -> None:
    with Simulator(generate(1, 24), latency=0.03, deny_write=[SERVERS[-1]]) as sim:
        seen = InFlight(sim)
        with pytest.raises(EngageError) as caught:
            call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE, gax_concurrency=3, **CALM)
        assert len(caught.value.details["rolled_back"]) > 10
        assert seen.most == 3


def test_one_at_a_time_finishes_each_application_before_the_next() -> None:
    with Simulator(generate(1, 24)) as sim:
        call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE, gax_concurrency=1, **CALM)
        dbids = [sim.app(server)["dbid"] for server in SERVERS]
        one_by_one = [(method, dbid) for dbid in dbids for method in ("GET", "PUT", "GET")]
        seen = [(item["method"], item["dbid"]) for item in sim.log if item["type"] == "CfgApplication"]
        assert [entry for entry in seen if entry[1]] == one_by_one


def test_one_at_a_time_begins_nothing_after_a_failure() -> None:
    with Simulator(generate(1, 24), deny_write=[SERVERS[1]]) as sim:
        with pytest.raises(EngageError) as caught:
            call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE, gax_concurrency=1, **CALM)
        assert set(written(sim)) == {SERVERS[0]}
        assert caught.value.details["rolled_back"] == [SERVERS[0]]
        assert set(caught.value.details["untouched"]) == set(SERVERS[1:])


def test_the_default_is_several_times_faster_than_one_at_a_time() -> None:
    seconds = {}
    for limit in (1, DEFAULT):
        with Simulator(generate(1, 24), latency=0.06) as sim:  # so that waiting counts, also on a busy machine
            start = time.monotonic()
            call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE, gax_concurrency=limit, **CALM)
            seconds[limit] = time.monotonic() - start
    assert seconds[DEFAULT] * 2 < seconds[1], seconds
