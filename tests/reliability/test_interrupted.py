# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real ansible-playbook is ended in the middle of its writes; backups are put back with the real playbook."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.reliability.ansible import Playbooks, family, wait_until_gone
from ansible_collections.genesys_ops.engage.tests.reliability.harness import (
    CLUSTER,
    QUEUE,
    call,
    differing,
    lived_in,
    option,
    snapshot,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

SERVERS = [f"ChatServer_1_{number:02}" for number in range(1, 9)]
CONFIGURE, RESTORE = "genesys_ops.engage.configure", "genesys_ops.engage.restore"
BACKUP = ("-e", "chat_channel_backup_dir=~/genesys-backup")
WANTED = {"queueKey": "1:webme", "webengagementChatQueue": QUEUE, "connectionTimeout": "10"}

End = Callable[[int], object]


def kill_everything(pid: int) -> None:
    for process in family(pid):
        os.kill(process, signal.SIGKILL)


ENDS: dict[str, End] = {
    "kill -9": kill_everything,
    "kill -9 of ansible-playbook alone": lambda pid: os.kill(pid, signal.SIGKILL),
    "SIGTERM": lambda pid: os.kill(pid, signal.SIGTERM),
    "Ctrl-C": lambda pid: os.killpg(pid, signal.SIGINT),
}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(lived_in(1, 8), latency=0.02) as running:
        yield running


@pytest.fixture
def playbooks(sim: Simulator, tmp_path: Path) -> Playbooks:
    return Playbooks(tmp_path, sim)


def run_until(sim: Simulator, playbooks: Playbooks, write: int, end: End, arguments: tuple[str, ...] = BACKUP) -> None:
    """Configure the cluster; end that at once when so many writes are applied, before GAX answers the last of them."""
    started: list[int] = []

    def hook(*_unused: Any) -> None:
        if len(sim.journal) == write:
            started.extend(family(process.pid))
            end(process.pid)

    process = playbooks.start(CONFIGURE, *arguments)
    sim.on_write(hook)
    process.communicate()
    assert process.returncode != 0
    wait_until_gone(started)
    time.sleep(0.2)  # the last request may still be under way


def runs(folder: Path) -> list[Path]:
    """Return the folders of the runs that saved something, oldest first: they are named by their time."""
    return sorted(file.parent for file in (folder / "genesys-backup").glob("*/*/run.json"))


@pytest.mark.parametrize("how", ENDS)
def test_after_a_run_that_was_ended_the_next_converges_and_the_backups_take_everything_back(
    sim: Simulator, playbooks: Playbooks, tmp_path: Path, how: str
) -> None:
    start = snapshot(sim)
    run_until(sim, playbooks, 3, ENDS[how])
    changed = differing(start, snapshot(sim))
    # A worker whose parent was killed goes on to its end; nobody reads what it says.
    complete = {*SERVERS, CLUSTER} if how == "kill -9 of ansible-playbook alone" else set(SERVERS)
    assert set(SERVERS[:3]) <= changed <= complete
    (interrupted,) = runs(tmp_path)
    assert_saved(interrupted, start, [*SERVERS, CLUSTER])

    code, shown = playbooks.run(CONFIGURE, *BACKUP)
    assert code == 0, shown
    if how != "Ctrl-C":
        assert f"Run {interrupted.parent.name} (configure, " in " ".join(shown.split())
    assert {option(sim, server, "endpoints:1", "webme") for server in SERVERS} == {QUEUE}
    assert sim.options(CLUSTER)["chat"] == WANTED
    rest = [name for name in (*SERVERS, CLUSTER) if name not in changed]
    completed = runs(tmp_path)[1:]
    assert len(completed) == bool(rest)
    for folder in completed:
        assert_saved(folder, start, rest)
    for folder in (*completed, interrupted):  # the newest first
        call(sim, application_rollback, path=str(folder))
    assert snapshot(sim) == start


def assert_saved(folder: Path, start: dict[str, Any], names: list[str]) -> None:
    """The folder holds these applications, as they were, in complete files for their owner only."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    saved = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("0*.json")]
    assert {entry["name"]: entry["options"] for entry in saved} == {name: first_values(start[name]) for name in names}


def first_values(app: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the options of an application; of duplicates the first counts."""
    options: dict[str, dict[str, str]] = {}
    for triple in app["options"]["property"]:
        options.setdefault(triple["section"], {}).setdefault(triple["key"], triple["value"])
    return options


def test_restore_shows_then_takes_back_exactly_what_a_run_changed(
    sim: Simulator, playbooks: Playbooks, tmp_path: Path
) -> None:
    start = snapshot(sim)
    assert playbooks.run(CONFIGURE, *BACKUP)[0] == 0
    configured, writes = snapshot(sim), len(sim.journal)

    code, shown = playbooks.run(RESTORE, *BACKUP, "--check", "--diff")
    assert code == 0, shown
    assert "-[chat] queueKey = 1:webme" in shown
    assert f"--- before: {SERVERS[0]} (options)" in shown
    assert "9 of 9 applications would change" in shown
    assert (snapshot(sim), len(sim.journal)) == (configured, writes)

    code, shown = playbooks.run(RESTORE, *BACKUP)
    assert code == 0, shown
    assert snapshot(sim) == start


def test_one_application_is_restored_from_a_folder_with_only_its_file(
    sim: Simulator, playbooks: Playbooks, tmp_path: Path
) -> None:
    start = snapshot(sim)
    assert playbooks.run(CONFIGURE, *BACKUP)[0] == 0
    configured = snapshot(sim)
    (backup,) = runs(tmp_path)
    (file,) = backup.glob(f"*-{SERVERS[1]}-options.json")  # without run.json
    one = tmp_path / "one"
    one.mkdir()
    (one / file.name).write_bytes(file.read_bytes())

    code, shown = playbooks.run(RESTORE, *BACKUP, "-e", f"chat_channel_restore_from={one}")
    assert code == 0, shown
    assert snapshot(sim) == {**configured, SERVERS[1]: start[SERVERS[1]]}


def test_a_stale_backup_is_refused_with_the_option_and_both_values(
    sim: Simulator, playbooks: Playbooks, tmp_path: Path
) -> None:
    assert playbooks.run(CONFIGURE, *BACKUP)[0] == 0
    sim.edit(SERVERS[2], "endpoints:1", "webme", "Theirs")
    configured, writes = snapshot(sim), len(sim.journal)
    code, shown = playbooks.run(RESTORE, *BACKUP)
    assert code != 0
    assert f"{SERVERS[2]} [endpoints:1] webme: the run left {QUEUE}, it is now Theirs." in shown
    assert (snapshot(sim), len(sim.journal)) == (configured, writes)


@pytest.mark.parametrize("write", [1, 2, 3, 4])
@pytest.mark.parametrize("kept", [BACKUP, ()], ids=["with a backup", "without one"])
def test_a_run_that_was_killed_at_any_write_is_taken_back_by_a_restore(
    tmp_path: Path, write: int, kept: tuple[str, ...]
) -> None:
    with Simulator(lived_in(1, 3), latency=0.02) as sim:
        playbooks = Playbooks(tmp_path, sim)
        start = snapshot(sim)
        run_until(sim, playbooks, write, kill_everything, kept)
        assert len(differing(start, snapshot(sim))) >= write
        code, shown = playbooks.run(RESTORE, *kept)
        assert code == 0, shown
        assert snapshot(sim) == start
        assert "(configure, not finished, " in shown
        code, shown = playbooks.run(CONFIGURE, "--check", *kept)
        assert code == 0, shown
        assert "did not finish" not in shown  # it is over, now that it is taken back


NAMED = ("-e", "chat_channel_run=CHG1")
RESTART = "Restart the Web Engagement nodes, one by one, to apply queueKey, webengagementChatQueue."
HANDLER = "Leave the restart to the handlers of the play"


@pytest.mark.parametrize(
    ("how", "stepwise"),
    [("kill -9", False), ("kill -9 of ansible-playbook alone", True)],
    ids=["one call", "batches and restart tasks"],
)
def test_the_repeat_of_a_run_that_was_killed_after_its_last_write_ends_it_and_sees_to_the_restart(
    tmp_path: Path, how: str, stepwise: bool
) -> None:
    tasks = tmp_path / "restart.yml"
    tasks.write_text(json.dumps([{"name": "Restart nodes", "ansible.builtin.debug": {"msg": "nodes restarted"}}]))
    given = (*NAMED, "-e", "chat_channel_batch_size=2", "-e", f"chat_channel_restart_tasks={tasks}")
    given = given if stepwise else NAMED
    with Simulator(lived_in(1, 3), latency=0.02) as sim:
        playbooks = Playbooks(tmp_path, sim)
        run_until(sim, playbooks, 4, ENDS[how], given)
        assert sim.options(CLUSTER)["chat"] == WANTED
        writes = len(sim.journal)
        code, shown = playbooks.run(CONFIGURE, *given)
        assert code == 0, shown
        assert len(sim.journal) == writes
        assert "4 applications changed." in shown
        assert [RESTART in shown, HANDLER in shown, "nodes restarted" in shown] == [
            not stepwise,
            not stepwise,
            stepwise,
        ]
        code, shown = playbooks.run(CONFIGURE, *given)
        assert code == 0, shown
        assert "as requested." in shown
        assert not [word for word in (RESTART, HANDLER, "nodes restarted", "did not finish") if word in shown]


def test_the_repeat_of_a_killed_run_that_fails_says_what_is_changed(tmp_path: Path) -> None:
    given = (*NAMED, "-e", "chat_channel_batch_size=2", "-e", "chat_channel_on_failure=batch")
    with Simulator(lived_in(1, 3), latency=0.02) as sim:
        playbooks = Playbooks(tmp_path, sim)
        start = snapshot(sim)
        run_until(sim, playbooks, 1, kill_everything, given)
        assert differing(start, snapshot(sim)) == {SERVERS[0]}
        sim.set(deny_write=SERVERS[1])
        code, shown = playbooks.run(CONFIGURE, *given)
        assert code == 2, shown
        assert "1 application is changed, " in shown
        assert f"Changed: {SERVERS[0]}." in shown
        assert "Restart the Web Engagement nodes, one by one" not in shown
