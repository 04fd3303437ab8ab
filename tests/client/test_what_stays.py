# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something cannot be rolled back: only what a queueKey points at stays with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    KEY,
    QUEUE,
    SERVERS,
    endpoints,
    in_use,
    options_of,
    watch,
    when_written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

CLUSTER = "GWE_Cluster_Main"
Trouble = Callable[[Simulator], Callable[[Estate], object]]


def changed_in(sim: Simulator, before: Estate) -> set[str]:
    """Return the names of the applications whose options are not as before."""
    old, new = options_of(before), options_of(sim.estate)
    return {name for name in new if new[name] != old[name]}


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Return the options of a run in steps, as the role takes them when it has tasks that restart the nodes."""
    run = {"run": "one", "backup_dir": str(tmp_path / "backup"), "one_step": True, "restarts": True}
    return {"cluster": CLUSTER, "queue": QUEUE, **run}


def failed(
    sim: Simulator, given: dict[str, Any], restart: Callable[[], object] = lambda: None, starts: bool = False
) -> list[str]:
    """Take step by step, as the role does, until one fails, or the node that must restart does not start.

    Return the lines that the user sees. ``restart`` is what happens while the node restarts.
    """
    with pytest.raises(EngageError) as caught:
        while True:
            step = call(sim, chat_channel, **given)
            assert step["steps_left"], "no step has failed"
            if step["restart_now"] and not starts:
                restart()
                call(sim, chat_channel, **given, after_failure="The node does not start.")
    return str(caught.value).splitlines()


def overwritten(sim: Simulator) -> Callable[[Estate], object]:
    return lambda estate: estate.edit("ChatServer_1", "endpoints:101", "webme", "Theirs")


def unreadable(sim: Simulator) -> Callable[[Estate], object]:
    return lambda _estate: sim.set(deny_read=["ChatServer_1"])


def hidden(sim: Simulator) -> Callable[[Estate], object]:
    return lambda _estate: sim.set(hidden=["ChatServer_1"])


def not_writable(sim: Simulator) -> Callable[[Estate], object]:
    return lambda _estate: sim.set(deny_write=["ChatServer_1"])


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (overwritten, "1 application is overwritten, 3 are rolled back."),
        (unreadable, "1 application is changed, 3 are rolled back."),
        (hidden, "1 application is changed, 3 are rolled back."),
        (not_writable, "1 application is changed, 3 are rolled back."),
    ],
)
def test_a_chat_server_that_stays_holds_nothing(
    demo: Estate, sim: Simulator, given: dict[str, Any], trouble: Trouble, state: str
) -> None:
    when_written(sim, CLUSTER, trouble(sim))
    report = failed(sim, given)
    assert report[0] == state
    assert changed_in(sim, demo) == {"ChatServer_1"}
    assert len([line for line in report if line.startswith("Not rolled back")]) == 1


@pytest.mark.parametrize("switch", ["deny_write", "deny_read", "hidden"])
@pytest.mark.parametrize("when", ["as it is written", "later"])
def test_a_cluster_that_stays_holds_the_endpoints_it_points_at(
    demo: Estate, sim: Simulator, given: dict[str, Any], switch: str, when: str
) -> None:
    broken = watch(sim)
    lose = {switch: [CLUSTER]}
    if when == "later":
        report = failed(sim, given, restart=lambda: sim.set(**lose))
    else:
        when_written(sim, CLUSTER, lambda _estate: sim.set(**lose))
        report = failed(sim, given)
    unknown = when != "later" and switch != "deny_write"
    assert report[0] == (
        f"3 applications are changed, 1 is unknown: {CLUSTER}." if unknown else "4 applications are changed."
    )
    assert broken == []
    points = f"queueKey {KEY} of application '{CLUSTER}' would point at Chat Server 'ChatServer_1', which"
    held = [line for line in report if line.startswith("Not rolled back, each of 3 applications (ChatServer_1, ")]
    assert [points in line for line in held] == [True], report
    assert len(report) <= 12
    # The run can be undone once that is possible.
    assert "-e chat_channel_restore_run=one" in report[-1]
    sim.set(**{switch: []})
    folder = given["backup_dir"]
    call(sim, application_rollback, path=folder, backup_dir=folder, cluster=CLUSTER, restore_run="one")
    assert changed_in(sim, demo) == set()


class TestARename:
    """The roll-back restores the old endpoint and then the queueKey that points at it."""

    @pytest.fixture
    def rename(self, given: dict[str, Any]) -> dict[str, Any]:
        names = {"endpoint": "proactive", "previous_endpoint": "webme"}
        return {**given, **names, "nodes_restarted": True, "batch_size": 1, "gax_concurrency": 1}

    def test_a_queue_key_whose_old_endpoint_is_not_restored_stays_with_the_new_one(
        self, demo: Estate, start: Start, rename: dict[str, Any]
    ) -> None:
        sim = start(in_use(demo))
        broken = watch(sim)

        def lose_permission(_estate: Estate, entry: Any) -> None:
            gone = [item for item in entry["changes"] if (item["key"], item["after"]) == ("webme", None)]
            if gone:
                sim.set(deny_write=["ChatServer_1", "ChatServer_2"])

        sim.on_write(lose_permission)
        report = failed(sim, rename, starts=True)
        assert report[0] == "4 applications are changed."
        assert broken == []
        assert sim.options(CLUSTER)["chat"]["queueKey"] == "101:proactive"
        assert all("proactive" in endpoints(sim, name) for name in SERVERS["main"])

    @pytest.mark.parametrize("theirs", ["webme", "proactive"])
    def test_a_queue_key_whose_old_endpoint_is_there_is_restored_whatever_stays(
        self, demo: Estate, start: Start, rename: dict[str, Any], theirs: str
    ) -> None:
        before = in_use(demo)
        sim = start(before)
        broken = watch(sim)
        when_written(sim, CLUSTER, lambda estate: estate.edit("ChatServer_1", "endpoints:101", theirs, "Theirs"))
        failed(sim, rename)
        assert broken == []
        assert changed_in(sim, before) == {"ChatServer_1"}
        assert endpoints(sim, "ChatServer_1")[theirs] == "Theirs"
        assert sim.options(CLUSTER)["chat"]["queueKey"] == KEY

    def test_one_that_cannot_be_read_and_has_lost_nothing_holds_nothing(
        self, demo: Estate, start: Start, rename: dict[str, Any]
    ) -> None:
        before = in_use(demo)
        sim = start(before)
        when_written(sim, CLUSTER, lambda _estate: sim.set(deny_read=["ChatServer_1"]))
        assert failed(sim, rename)[0] == "1 application is changed, 3 are rolled back."
        assert changed_in(sim, before) == {"ChatServer_1"}


@pytest.mark.parametrize("switch", ["deny_write", "deny_read", "hidden"])
def test_a_retirement_sets_no_queue_key_whose_endpoint_is_not_restored(
    demo: Estate, start: Start, given: dict[str, Any], switch: str
) -> None:
    before = in_use(demo)
    sim = start(before)
    broken = watch(sim)
    denied = {"deny_write": ["ChatServer_3"], switch: ["ChatServer_1", "ChatServer_3"]}
    when_written(sim, "ChatServer_1", lambda _estate: sim.set(**denied))
    report = failed(sim, {**given, "state": "absent", "batch_size": 1}, starts=True)
    assert report[0].startswith(
        "2 applications are changed, " if switch == "deny_write" else "1 application is changed, 1 is unknown: Chat"
    )
    assert broken == []
    assert changed_in(sim, before) == {CLUSTER, "ChatServer_1"}
    holds = [line for line in report if line.startswith(f"Not rolled back, application '{CLUSTER}'")]
    assert len(holds) == 1
    assert f"queueKey {KEY}" in holds[0]
    assert "Chat Server 'ChatServer_1'" in holds[0]
