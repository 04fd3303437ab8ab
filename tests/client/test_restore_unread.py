# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore may not read an application that the run has changed: the run can still be undone, and that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.integration.estates import options_of, watch
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

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

    def __init__(self, sim: Simulator, folder: Path) -> None:
        self.sim, self.folder = sim, str(folder)
        call(sim, chat_channel, cluster=CLUSTER, queue="Webengagement_Chat", run="one", backup_dir=self.folder)
        self.writes = len(sim.journal)

    def restore(self, **more: Any) -> dict[str, Any]:
        more = {"path": self.folder, "backup_dir": self.folder, "cluster": CLUSTER, **more}
        return call(self.sim, application_rollback, **more)

    def lose(self, name: str, answer: dict[str, Any]) -> None:
        self.sim.set(**{switch: [name] if value is True else value for switch, value in answer.items()})

    def find_again(self) -> None:
        self.sim.set(deny_read=[], hidden=[])


@pytest.fixture
def unread(sim: Simulator, tmp_path: Path) -> Unread:
    return Unread(sim, tmp_path / "backup")


@pytest.mark.parametrize(("name", "answer"), ANSWERS)
def test_it_is_refused_and_names_the_application(
    demo: Estate, unread: Unread, name: str, answer: dict[str, Any]
) -> None:
    unread.lose(name, answer)
    with pytest.raises(EngageError) as caught:
        unread.restore()
    assert len(unread.sim.journal) == unread.writes
    said = str(caught.value).splitlines()
    assert said[0] == "Nothing is changed."
    assert said[1].startswith(f"Cause, application '{name}': ")
    assert "read" in said[1]
    assert said[-1].startswith(f"Next: make sure that the account may read {name}, then run the same command again")
    unread.find_again()
    unread.restore()
    assert options_of(unread.sim.estate) == options_of(demo)


@pytest.mark.parametrize("answer", [REFUSED, HIDDEN], ids=["refused", "hidden"])
def test_leave_restores_the_rest_and_the_run_can_still_be_undone(
    demo: Estate, unread: Unread, answer: dict[str, Any]
) -> None:
    unread.lose(SERVER, answer)
    said = unread.restore(on_conflict="leave")["msg"]
    before, after = options_of(demo), options_of(unread.sim.estate)
    assert {name for name in after if after[name] != before[name]} == {SERVER}
    assert "run one (configure, succeeded, " in said
    assert " was undone in part. " in said
    assert f"Left unchanged: {SERVER}." in said
    assert f"Not readable: {SERVER}. Make sure that the account may read this, then restore the run again." in said
    unread.find_again()
    unread.restore()  # it is still the newest in force
    assert options_of(unread.sim.estate) == options_of(demo)
    assert "no run is left to undo" in unread.restore()["msg"]


@pytest.mark.parametrize("answer", [REFUSED, HIDDEN], ids=["refused", "hidden"])
def test_leave_removes_no_endpoint_of_a_cluster_that_cannot_be_read(
    demo: Estate, unread: Unread, answer: dict[str, Any]
) -> None:
    broken = watch(unread.sim)
    unread.lose(CLUSTER, answer)
    said = unread.restore(on_conflict="leave")["msg"]
    assert broken == []
    assert len(unread.sim.journal) == unread.writes
    assert " is not undone. " in said
    assert f"Not readable: {CLUSTER}." in said
    unread.find_again()
    unread.restore()
    assert options_of(unread.sim.estate) == options_of(demo)
