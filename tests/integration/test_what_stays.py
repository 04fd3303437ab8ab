# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something cannot be rolled back: only what a queueKey points at stays with it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    KEY,
    MAIN,
    SERVERS,
    endpoints,
    in_use,
    options_of,
    watch,
    when_written,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

CLUSTER = "GWE_Cluster_Main"
RESTORE = "genesys_ops.engage.restore"
Trouble = Callable[[Simulator], Callable[[Estate], object]]


def changed_in(sim: Simulator, before: Estate) -> set[str]:
    """Return the names of the applications whose options are not as before."""
    old, new = options_of(before), options_of(sim.estate)
    return {name for name in new if new[name] != old[name]}


@pytest.fixture
def failing(tmp_path: Path) -> dict[str, Any]:
    """Return variables of a run that fails after queueKey has moved."""
    file = tmp_path / "restart.yml"
    file.write_text(json.dumps([{"name": "Start", "ansible.builtin.fail": {"msg": "The node does not start."}}]))
    return {"chat_channel_restart_tasks": str(file)}


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
    demo: Estate, play: Player, failing: dict[str, Any], trouble: Trouble, state: str
) -> None:
    with simulator(demo) as sim:
        when_written(sim, CLUSTER, trouble(sim))
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **failing})
        report = run.report("main")
        assert report[0] == state
        assert changed_in(sim, demo) == {"ChatServer_1"}
        assert len([line for line in report if line.startswith("Not rolled back")]) == 1
        run.assert_clean()


@pytest.mark.parametrize("switch", ["deny_write", "deny_read", "hidden"])
@pytest.mark.parametrize("when", ["as it is written", "later"])
def test_a_cluster_that_stays_holds_the_endpoints_it_points_at(
    demo: Estate, play: Player, failing: dict[str, Any], switch: str, when: str
) -> None:
    with simulator(demo) as sim:
        broken = watch(sim)
        if when == "later":
            lose_permission_first(sim, failing, **{switch: [CLUSTER]})
        else:
            when_written(sim, CLUSTER, lambda _estate: sim.set(**{switch: [CLUSTER]}))
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **failing})
        report = run.report("main")
        unknown = when != "later" and switch != "deny_write"
        assert report[0] == (
            f"3 applications are changed, 1 is unknown: {CLUSTER}." if unknown else "4 applications are changed."
        )
        assert broken == []
        points = f"queueKey {KEY} of application '{CLUSTER}' would point at Chat Server 'ChatServer_1', which"
        held = [line for line in report if line.startswith("Not rolled back, each of 3 applications (ChatServer_1, ")]
        assert [points in line for line in held] == [True], report
        assert len(report) <= 12
        run.assert_clean()
        # The command in the last line undoes it, once that is possible.
        sim.set(**{switch: []})
        command = report[-1].partition("undo this run: ")[2]
        assert command.startswith("ansible-playbook genesys_ops.engage.restore ")
        play(sim, RESTORE, MAIN, connection(sim), args=words_of(command)).assert_success()
        assert changed_in(sim, demo) == set()


def lose_permission_first(sim: Simulator, failing: dict[str, Any], **switches: list[str]) -> None:
    """Let the tasks that fail change switches of the simulator before."""
    file = Path(failing["chat_channel_restart_tasks"])
    request = {"url": f"{sim.url}/_sim/switches", "method": "PATCH", "body_format": "json", "body": switches}
    tasks = [{"name": "Lose a permission", "ansible.builtin.uri": request}, *json.loads(file.read_text())]
    file.write_text(json.dumps(tasks))


def words_of(command: str) -> list[str]:
    """Return the variables that a command for the user sets; the inventory is there anyway."""
    words = shlex.split(command)
    return [word for at, word in enumerate(words) if "-e" in (word, words[at - 1])]


class TestARename:
    """The roll-back restores the old endpoint and then the queueKey that points at it."""

    @pytest.fixture
    def rename(self, tmp_path: Path) -> dict[str, Any]:
        return {
            "chat_channel_endpoint": "proactive",
            "chat_channel_previous_endpoint": "webme",
            "chat_channel_nodes_restarted": True,
            "chat_channel_batch_size": 1,
            "gax_concurrency": 1,
        }

    def test_a_queue_key_whose_old_endpoint_is_not_restored_stays_with_the_new_one(
        self, demo: Estate, play: Player, rename: dict[str, Any]
    ) -> None:
        with simulator(in_use(demo)) as sim:
            broken = watch(sim)

            def lose_permission(_estate: Estate, entry: Any) -> None:
                gone = [item for item in entry["changes"] if (item["key"], item["after"]) == ("webme", None)]
                if gone:
                    sim.set(deny_write=["ChatServer_1", "ChatServer_2"])

            sim.on_write(lose_permission)
            run = play(sim, CONFIGURE, MAIN, {**connection(sim), **rename})
            report = run.report("main")
            assert report[0] == "4 applications are changed."
            assert broken == []
            assert sim.options(CLUSTER)["chat"]["queueKey"] == "101:proactive"
            assert all("proactive" in endpoints(sim, name) for name in SERVERS["main"])
            run.assert_clean()

    @pytest.mark.parametrize("theirs", ["webme", "proactive"])
    def test_a_queue_key_whose_old_endpoint_is_there_is_restored_whatever_stays(
        self, demo: Estate, play: Player, rename: dict[str, Any], failing: dict[str, Any], theirs: str
    ) -> None:
        before = in_use(demo)
        with simulator(before) as sim:
            broken = watch(sim)
            when_written(sim, CLUSTER, lambda estate: estate.edit("ChatServer_1", "endpoints:101", theirs, "Theirs"))
            run = play(sim, CONFIGURE, MAIN, {**connection(sim), **rename, **failing})
            assert broken == []
            assert changed_in(sim, before) == {"ChatServer_1"}
            assert endpoints(sim, "ChatServer_1")[theirs] == "Theirs"
            assert sim.options(CLUSTER)["chat"]["queueKey"] == KEY
            run.assert_clean()

    def test_one_that_cannot_be_read_and_has_lost_nothing_holds_nothing(
        self, demo: Estate, play: Player, rename: dict[str, Any], failing: dict[str, Any]
    ) -> None:
        before = in_use(demo)
        with simulator(before) as sim:
            when_written(sim, CLUSTER, lambda _estate: sim.set(deny_read=["ChatServer_1"]))
            run = play(sim, CONFIGURE, MAIN, {**connection(sim), **rename, **failing})
            assert run.report("main")[0] == "1 application is changed, 3 are rolled back."
            assert changed_in(sim, before) == {"ChatServer_1"}


@pytest.mark.parametrize("switch", ["deny_write", "deny_read", "hidden"])
def test_a_retirement_sets_no_queue_key_whose_endpoint_is_not_restored(demo: Estate, play: Player, switch: str) -> None:
    before = in_use(demo)
    with simulator(before) as sim:
        broken = watch(sim)
        denied = {"deny_write": ["ChatServer_3"], switch: ["ChatServer_1", "ChatServer_3"]}
        when_written(sim, "ChatServer_1", lambda _estate: sim.set(**denied))
        run = play(sim, RETIRE, MAIN, {**connection(sim), "chat_channel_batch_size": 1})
        report = run.report("main")
        assert report[0].startswith(
            "2 applications are changed, " if switch == "deny_write" else "1 application is changed, 1 is unknown: Chat"
        )
        assert broken == []
        assert changed_in(sim, before) == {CLUSTER, "ChatServer_1"}
        holds = [line for line in report if line.startswith(f"Not rolled back, application '{CLUSTER}'")]
        assert len(holds) == 1
        assert f"queueKey {KEY}" in holds[0]
        assert "Chat Server 'ChatServer_1'" in holds[0]
        run.assert_clean()
