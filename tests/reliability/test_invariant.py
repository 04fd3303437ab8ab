# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After every single write of every procedure, no queueKey points at a Chat Server without that endpoint.

The real playbooks run, and something goes wrong at each place. What was broken before the run does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.reliability.ansible import Playbooks
from ansible_collections.genesys_ops.engage.tests.reliability.harness import CLUSTER, lived_in
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

Pair = tuple[str, str]
Trouble = Callable[[Simulator, "list[Write]"], None]

SERVERS = ["ChatServer_1_01", "ChatServer_1_02", "ChatServer_1_01_Backup", "ChatServer_1_02_Backup"]
SECTION = "endpoints:1"
MOVE = ("-e", "chat_channel_endpoint=new", "-e", "chat_channel_previous_endpoint=webme")


def broken(estate: Estate) -> set[Pair]:
    """Return each application with a queueKey, and each Chat Server below it without that endpoint."""
    found = set()
    apps = {app["dbid"]: app for app in estate.all("CfgApplication")}
    for app in apps.values():
        tenant, _unused, endpoint = estate.options(app["name"]).get("chat", {}).get("queueKey", "").partition(":")
        below = _below(app, apps) if endpoint else set()
        for name in below:
            if endpoint not in estate.options(name).get(f"endpoints:{tenant}", {}):
                found.add((str(app["name"]), name))
    return found


def _below(app: dict[str, Any], apps: dict[str, dict[str, Any]]) -> set[str]:
    """Return the names of the Chat Servers that an application leads to, with their backups."""
    names = set()
    for link in app.get("appservers", {}).get("conninfo", []):
        target = apps[link["appserverdbid"]]
        if target["subtype"] == "CFGChatServer":
            names |= {
                target["name"],
                *(apps[number]["name"] for number in [target["backupserverdbid"]] if number != "0"),
            }
        elif target["subtype"] == "CFGApplicationCluster":
            names |= _below(target, apps)
    return names


class Guard:
    """Looks at the estate after every write, and makes trouble."""

    def __init__(self, sim: Simulator, trouble: Trouble) -> None:
        self.violations: list[tuple[str, set[Pair]]] = []
        self.writes: list[Write] = []
        self._sim, self._trouble, self._before = sim, trouble, broken(sim.estate)
        trouble(sim, self.writes)
        sim.on_write(self._look)

    def _look(self, estate: Estate, entry: Write) -> None:
        self.writes.append(entry)
        new = broken(estate) - self._before
        if new:
            self.violations.append((f"write {len(self.writes)}, {entry['name']}", new))
        self._trouble(self._sim, self.writes)


def nothing(_sim: Simulator, _writes: list[Write]) -> None:
    pass


def refused(name: str, times: int = 0) -> Trouble:
    """One application takes no more writes, after so many."""

    def trouble(sim: Simulator, writes: list[Write]) -> None:
        if sum(entry["name"] == name for entry in writes) >= times:
            sim.set(deny_write=[name])

    return trouble


def read_only(after: int) -> Trouble:
    """Configuration Server takes no more writes at all: what was changed cannot be put back."""

    def trouble(sim: Simulator, writes: list[Write]) -> None:
        if len(writes) >= after:
            sim.set(mode="read-only")

    return trouble


TROUBLES: dict[str, Trouble] = {
    "nothing": nothing,
    "a Chat Server refuses": refused(SERVERS[1]),
    "a backup refuses, after its first write": refused(SERVERS[3], 1),
    "the cluster refuses": refused(CLUSTER),
    "the cluster refuses, after its first write": refused(CLUSTER, 1),
    "read-only after 2 writes": read_only(2),
    "read-only after 5 writes": read_only(5),
    "read-only after 7 writes": read_only(7),
}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(lived_in(1, 2, backups=True)) as running:
        yield running


def in_use(sim: Simulator) -> None:
    """Let the channel be in use."""
    for name in SERVERS:
        sim.edit(name, SECTION, "webme", "Webengagement_Chat")
    sim.edit(CLUSTER, "chat", "queueKey", "1:webme")
    sim.edit(CLUSTER, "chat", "webengagementChatQueue", "Webengagement_Chat")


def after_a_move(sim: Simulator, playbooks: Playbooks) -> None:
    in_use(sim)
    code, shown = playbooks.run("genesys_ops.engage.configure", *MOVE)
    assert code == 0, shown


@pytest.mark.parametrize("name", TROUBLES)
@pytest.mark.parametrize("procedure", ["configure", "move", "retire", "restore"])
def test_no_queue_key_ever_points_at_nothing(sim: Simulator, tmp_path: Path, procedure: str, name: str) -> None:
    playbooks = Playbooks(tmp_path, sim, chat_channel_backup_dir=str(tmp_path / "b"), chat_channel_batch_size=2)
    if procedure == "restore":
        after_a_move(sim, playbooks)
    elif procedure != "configure":
        in_use(sim)
    guard = Guard(sim, TROUBLES[name])
    playbook, options = ("configure", MOVE) if procedure == "move" else (procedure, ())
    code, shown = playbooks.run(f"genesys_ops.engage.{playbook}", *options)
    assert "Traceback" not in shown
    assert guard.violations == [], shown
    if name == "nothing":
        assert code == 0, shown
        assert len(guard.writes) >= 5
        assert broken(sim.estate) == set()


def test_the_test_notices_an_endpoint_that_goes_too_early(sim: Simulator) -> None:
    in_use(sim)
    assert broken(sim.estate) == set()
    sim.edit(SERVERS[3], SECTION, "webme", None)
    assert broken(sim.estate) == {(CLUSTER, SERVERS[3])}
