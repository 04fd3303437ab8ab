# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts of a run need the same new queue: one creates it, says so, and deletes it if nobody needs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import interaction_queue
from ansible_collections.genesys_ops.engage.plugins.module_utils._run import shared
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import lock
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

NEW = "Chat_New"
QUEUE = f"Interaction Queue '{NEW}'"
LONG = 30.0  # seconds, for what must happen


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the run its private folder, as the action plugin does; let those who wait for a lock say so at once."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(shared, "_known", {"folder": folder, "name": "test"})
    monkeypatch.setattr(lock, "WARN_AFTER", 0.0)


def host(at: str, number: int, **more: Any) -> Any:
    """Do what an inventory host does; return its result, or what it raised."""
    channel = {"cluster": f"GWE_Cluster_{number}", "queue": NEW, "create_queue": True, "gax_timeout": LONG}
    try:
        return call(at, chat_channel, host=f"host_{number}", **{**channel, **more})
    except EngageError as problem:
        return problem


def writes_of(number: int) -> list[str]:
    return [f"ChatServer_{number}_01", f"ChatServer_{number}_02", f"GWE_Cluster_{number}"]


def queues(sim: Simulator) -> list[str]:
    return [script["name"] for script in sim.estate.all("CfgScript") if script["name"] == NEW]


class Two:
    """Host 1 creates the queue while host 2 waits for the same; each stops before its first write of an option."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.creating, self.both = Event(), Event()
        self.goes_on = {1: Event(), 2: Event()}
        every = sim.estate.all("CfgApplication")
        self._owner = {item["dbid"]: number for item in every for number in (1, 2) if item["name"] in writes_of(number)}
        self._pool = ThreadPoolExecutor(2)
        self._results: dict[int, Future[Any]] = {}

    def script(self, seen: Seen, pass_on: PassOn) -> Reply:
        if seen.method == "POST" and seen.path == "cfg/objects":
            self.creating.set()
            assert self.both.wait(LONG)
        if seen.method == "PUT":
            assert self.goes_on[self._owner[seen.path.rpartition("/")[2]]].wait(LONG)
        return pass_on()

    def begin(self, at: str) -> None:
        warnings: list[str] = []
        self._results[1] = self._pool.submit(host, at, 1)
        assert self.creating.wait(LONG)
        self._results[2] = self._pool.submit(host, at, 2, warnings=warnings)
        until = time.monotonic() + LONG
        while not any(f"Waiting for {QUEUE}" in said for said in warnings):
            assert time.monotonic() < until
            time.sleep(0.02)
        self.both.set()

    def end(self, number: int) -> Any:
        """Let a host go on, and return what became of it."""
        self.goes_on[number].set()
        return self._results[number].result(LONG)


@pytest.fixture
def two(start: Start) -> Iterator[Two]:
    story = Two(start(generate(2, 2)))
    with between(story.sim.url, story.script) as server:
        story.begin(server.url)
        yield story
        for number in (1, 2):
            story.end(number)


def test_one_of_three_says_that_it_was_created(start: Start) -> None:
    sim = start(generate(3, 2), latency=0.05)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda number: host(sim.url, number), (1, 2, 3)))
    said = [any(f"{QUEUE} was created." in line for line in item["summary"]) for item in found]
    assert sorted(said) == [False, False, True]
    assert [item["queue_created"] for item in found] == said
    assert [any(QUEUE in part["after_header"] for part in item["diff"]) for item in found] == said
    assert [item["changed"] for item in found] == [True] * 3
    assert [write["method"] for write in sim.journal].count("POST") == 1


def test_in_check_mode_each_says_that_it_would_be_created(start: Start) -> None:
    sim = start(generate(2, 2))
    for number in (1, 2):
        found = host(sim.url, number, check_mode=True)
        assert found["queue_created"]
        assert f"{QUEUE} would be created." in found["summary"]
    assert sim.journal == []


def test_the_module_for_queues_says_it_once_too(start: Start) -> None:
    sim = start(latency=0.05)
    with ThreadPoolExecutor(3) as pool:
        work = [pool.submit(call, sim, interaction_queue, name=NEW, tenant="1", gax_timeout=LONG) for _host in range(3)]
        found = [item.result() for item in work]
    assert sorted(item["changed"] for item in found) == [False, False, True]
    words = {True: f"{QUEUE} in tenant 'Environment' was created.", False: "there, as requested."}
    for item in found:
        assert item["msg"].endswith(words[item["changed"]])
        assert bool(item["diff"]) is item["changed"]
    assert queues(sim) == [NEW]


def test_who_has_not_created_it_does_not_delete_it(two: Two) -> None:
    two.sim.set(deny_write=writes_of(2))
    failed = two.end(2)
    assert isinstance(failed, EngageError)
    assert str(failed).splitlines()[0] == "Nothing is changed."
    assert NEW not in str(failed)
    assert queues(two.sim) == [NEW]
    done = two.end(1)
    assert (done["queue_created"], queues(two.sim)) == (True, [NEW])


def test_who_has_created_it_does_not_delete_it_while_another_host_needs_it(two: Two) -> None:
    two.sim.set(deny_write=writes_of(1))
    failed = str(two.end(1))
    assert failed.splitlines()[0] == f"No application is changed; {QUEUE} is there now."
    assert f"{QUEUE}, which this run created, stays: it is in use by inventory host host_2." in failed
    done = two.end(2)
    assert (done["changed"], done["queue_created"], queues(two.sim)) == (True, False, [NEW])
    assert two.sim.options("GWE_Cluster_2")["chat"]["webengagementChatQueue"] == NEW


def test_who_has_created_it_deletes_it_when_the_others_have_failed(two: Two) -> None:
    two.sim.set(deny_write=[*writes_of(1), *writes_of(2)])
    two.end(2)
    assert queues(two.sim) == [NEW]
    failed = str(two.end(1))
    assert failed.splitlines()[0] == "Nothing is changed."
    assert f"{QUEUE}, which this run had created, was deleted." in failed
    assert queues(two.sim) == []


def test_it_is_deleted_although_there_is_no_place_for_a_record(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    sim = start(generate(1, 2), deny_write=writes_of(1))
    failed = str(host(sim.url, 1))
    assert failed.splitlines()[0] == "Nothing is changed."
    assert f"{QUEUE}, which this run had created, was deleted." in failed
    assert queues(sim) == []


def test_who_begins_while_it_is_deleted_waits_and_creates_it_anew(start: Start) -> None:
    sim = start(generate(2, 2), deny_write=writes_of(1))
    deleting, begun = Event(), Event()

    def script(seen: Seen, pass_on: PassOn) -> Reply:
        if seen.method == "DELETE":
            deleting.set()
            assert begun.wait(LONG)
            time.sleep(0.3)  # time enough for another host to read everything, if it did not wait
        return pass_on()

    with between(sim.url, script) as server, ThreadPoolExecutor(2) as pool:
        first = pool.submit(host, server.url, 1)
        assert deleting.wait(LONG)
        second = pool.submit(host, server.url, 2)
        begun.set()
        assert f"{QUEUE}, which this run had created, was deleted." in str(first.result(LONG))
        assert second.result(LONG)["queue_created"]
    assert queues(sim) == [NEW]
