# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes whose outcome is not known: late, lost, or not answered."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.tests.reliability.failing import KEY, SECTION, SERVERS, dbid, failing
from ansible_collections.genesys_ops.engage.tests.reliability.harness import QUEUE, call, option, written
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write


@pytest.mark.parametrize("answer", ["hang", "drop", "503"])
def test_a_write_that_lands_late_is_waited_for_and_not_repeated(sim: Simulator, answer: str) -> None:
    sim.set(late_writes={"seconds": 0.3, "answer": answer})
    result = call(sim, core.chat_server_endpoint, chat_servers=SERVERS[:2], queue=QUEUE, gax_timeout=1.0)
    assert result["changed"]
    assert written(sim) == dict.fromkeys(SERVERS[:2], 1)
    assert {option(sim, server, SECTION, KEY) for server in SERVERS[:2]} == {QUEUE}


@pytest.mark.parametrize("answer", ["hang", "drop", "503"])
def test_a_write_that_lands_after_it_was_given_up_is_named_and_the_wait_is_bounded(sim: Simulator, answer: str) -> None:
    sim.set(late_writes={"seconds": 3, "answer": answer})
    begun = time.monotonic()
    problem = failing(sim, chat_servers=SERVERS[:2], gax_retries=0, gax_timeout=0.4)
    assert time.monotonic() - begun < 3
    assert f"Cause, application '{SERVERS[0]}': PUT " in str(problem)
    assert written(sim) == {}
    time.sleep(3.2)
    assert written(sim) == {SERVERS[0]: 1}  # it can land even now: docs/reliability.md says so


def test_a_write_that_lands_just_before_it_would_be_repeated_counts_as_ours(sim: Simulator) -> None:
    requests: list[str] = []

    def hook(entry: Request) -> None:
        about_it = entry["path"].endswith(dbid(sim, SERVERS[0]))
        if about_it:
            requests.append(entry["method"])
        # The session ends with the write, so that it is repeated; and right before that it lands after all.
        sim.set(expire_after_seconds=1e-9 if about_it and requests == ["GET", "PUT"] else 0)
        if about_it and requests == ["GET", "PUT", "GET", "GET"]:
            sim.edit(SERVERS[0], SECTION, KEY, QUEUE)

    sim.before_request(hook)
    sim.set(deny_write=[SERVERS[1]])
    problem = failing(sim, chat_servers=SERVERS[:2])
    assert f"Cause, application '{SERVERS[1]}': PUT " in str(problem)
    assert problem.details["rolled_back"] == [SERVERS[0]]
    assert option(sim, SERVERS[0], SECTION, KEY) is None


@pytest.mark.parametrize("answer", ["drop", "503"])
def test_a_queue_that_is_created_late_is_waited_for(sim: Simulator, answer: str) -> None:
    sim.set(late_writes={"seconds": 0.2, "answer": answer})
    result = call(sim, core.interaction_queue, name="New Queue", tenant="1", gax_timeout=1.0)
    assert result["changed"]
    assert written(sim) == {"New Queue": 1}


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"kind": "drop"}, {"kind": "half"}, {"kind": "status"}])
def test_a_write_that_was_applied_but_not_answered_is_found_and_not_repeated(
    sim: Simulator, fault: dict[str, Any]
) -> None:
    sim.set(faults=[{**fault, "after": True, "methods": ["PUT"]}])
    result = call(sim, core.chat_server_endpoint, chat_servers=SERVERS, queue=QUEUE)
    assert [item["changed"] for item in result["applications"]] == [True] * 5
    assert written(sim) == dict.fromkeys(SERVERS, 1)


def test_a_write_that_was_answered_but_lost_is_repeated_once_it_is_seen_to_be_lost(sim: Simulator) -> None:
    sim.set(lost_writes=1)
    call(sim, core.chat_server_endpoint, chat_servers=SERVERS[:1], queue=QUEUE)
    assert [write["applied"] for write in sim.journal] == [False, True]
    assert option(sim, SERVERS[0], SECTION, KEY) == QUEUE


def test_writes_that_are_always_lost_are_an_error_within_bounded_time(sim: Simulator) -> None:
    sim.set(lost_writes=100)
    begun = time.monotonic()
    problem = failing(sim, gax_retries=2)
    assert time.monotonic() - begun < 10
    assert f"what was read back differs in [{SECTION}] {KEY}" in str(problem)
    assert [write["name"] for write in sim.journal] == [SERVERS[0]] * 3
    assert problem.details["untouched"] == SERVERS


def test_a_value_that_does_not_stick_is_an_error_and_the_others_are_rolled_back(sim: Simulator) -> None:
    def normalise(estate: Estate, entry: Write) -> None:
        if entry["name"] == SERVERS[1] and option(sim, SERVERS[1], SECTION, KEY) == QUEUE:
            estate.edit(SERVERS[1], SECTION, KEY, QUEUE.lower())

    sim.on_write(normalise)
    problem = failing(sim)
    assert "GAX answered the write with success, but what was read back differs" in str(problem)
    assert problem.details["rolled_back"] == [SERVERS[0]]
    assert list(problem.details["left"]) == [SERVERS[1]]
