# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore may not read an application that the run has changed: the run stays to be undone, and that is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import MAIN, options_of, watch
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RESTORE = "genesys_ops.engage.restore"
CLUSTER, SERVER = "GWE_Cluster_Main", "ChatServer_3"
# How GAX may answer what this account may not read: it refuses that, or has never heard of it.
REFUSED, HIDDEN = {"deny_read": True, "denied": "403-json"}, {"hidden": True, "missing_object": "404"}
ANSWERS = [
    (SERVER, REFUSED),
    (SERVER, {"deny_read": True, "denied": "500-text"}),
    (SERVER, HIDDEN),
    (SERVER, {"hidden": True, "missing_object": "200-empty"}),
    (CLUSTER, {"deny_read": True, "denied": "403-text"}),
    (CLUSTER, {"hidden": True, "missing_object": "204"}),
]


class Unread:
    """A run that has configured cluster Main, and an account that has lost a permission since."""

    def __init__(self, play: Player, sim: Simulator, folder: Path) -> None:
        self.play, self.sim, self.folder = play, sim, folder
        self.run(CONFIGURE, chat_channel_run="one").assert_success()
        self.writes = len(sim.journal)

    def run(self, playbook: str, **variables: Any) -> Run:
        given = {**connection(self.sim), "chat_channel_backup_dir": str(self.folder), **variables}
        run: Run = self.play(self.sim, playbook, MAIN, given)
        run.assert_clean()
        return run

    def lose(self, name: str, answer: dict[str, Any]) -> None:
        self.sim.set(**{switch: [name] if value is True else value for switch, value in answer.items()})

    def find_again(self) -> None:
        self.sim.set(deny_read=[], hidden=[])


@pytest.fixture
def unread(demo: Estate, play: Player, tmp_path: Path) -> Iterator[Unread]:
    with simulator(demo) as sim:
        yield Unread(play, sim, tmp_path / "backup")


@pytest.mark.parametrize(("name", "answer"), ANSWERS)
def test_it_is_refused_and_names_the_application(
    demo: Estate, unread: Unread, name: str, answer: dict[str, Any]
) -> None:
    unread.lose(name, answer)
    run = unread.run(RESTORE)
    assert run.rc != 0
    assert len(unread.sim.journal) == unread.writes
    said = run.task("Show what will be restored").result["msg"]
    assert said[0] == "Nothing is changed."
    assert said[1].startswith(f"Cause, application '{name}': ")
    assert "read" in said[1]
    assert said[-1].startswith(f"Next: make sure that the account may read {name}, then run the same command again")
    unread.find_again()
    unread.run(RESTORE).assert_success()
    assert options_of(unread.sim.estate) == options_of(demo)


@pytest.mark.parametrize("answer", [REFUSED, HIDDEN], ids=["refused", "hidden"])
def test_leave_restores_the_rest_and_the_run_stays_to_be_undone(
    demo: Estate, unread: Unread, answer: dict[str, Any]
) -> None:
    unread.lose(SERVER, answer)
    run = unread.run(RESTORE, chat_channel_restore_on_conflict="leave")
    run.assert_success()
    before, after = options_of(demo), options_of(unread.sim.estate)
    assert {name for name in after if after[name] != before[name]} == {SERVER}
    (said,) = run.task("Report what was restored").result["msg"]
    assert "run one (configure, succeeded, " in said
    assert " was undone in part. " in said
    assert f"Left unchanged: {SERVER}." in said
    assert f"Not readable: {SERVER}. Make sure that the account may read this, then restore the run again." in said
    unread.find_again()
    unread.run(RESTORE).assert_success()  # it is still the newest in force
    assert options_of(unread.sim.estate) == options_of(demo)
    again = unread.run(RESTORE)
    assert "no run is left to undo" in again.output


@pytest.mark.parametrize("answer", [REFUSED, HIDDEN], ids=["refused", "hidden"])
def test_leave_removes_no_endpoint_of_a_cluster_that_cannot_be_read(
    demo: Estate, unread: Unread, answer: dict[str, Any]
) -> None:
    broken = watch(unread.sim)
    unread.lose(CLUSTER, answer)
    run = unread.run(RESTORE, chat_channel_restore_on_conflict="leave")
    run.assert_success()
    assert broken == []
    assert len(unread.sim.journal) == unread.writes
    (said,) = run.task("Report what was restored").result["msg"]
    assert " is not undone. " in said
    assert f"Not readable: {CLUSTER}." in said
    unread.find_again()
    unread.run(RESTORE).assert_success()
    assert options_of(unread.sim.estate) == options_of(demo)
