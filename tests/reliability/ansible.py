# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the real ansible-playbook for one cluster, and ends it in the ways in which a run ends too early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.genesys_ops.engage.tests import ansible_runs
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTIONS
from ansible_collections.genesys_ops.engage.tests.reliability.harness import CLUSTER
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

TIME_LIMIT = 600  # seconds for one run, far more than the slowest needs on a busy machine


class Playbooks:
    """Runs playbooks of the collection against a simulator, with an inventory of one cluster."""

    def __init__(self, home: Path, sim: Simulator, **variables: Any) -> None:
        self._home = home
        host = {
            "ansible_python_interpreter": sys.executable,
            "gax_url": sim.url,
            "gax_username": "default",
            "gax_password": "password",
            "gax_timeout": 2,
            "gax_concurrency": 1,
            "chat_channel_cluster": CLUSTER,
            **variables,
        }
        self._inventory = home / "inventory.yml"
        self._inventory.write_text(json.dumps({"all": {"hosts": {"main": host}}}), encoding="utf-8")

        (home / "ansible.cfg").touch()

    def start(self, playbook: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a playbook as a terminal does: in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "ansible", "playbook", *self._options(playbook, *arguments)],
            env=self._environment(),
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, playbook: str, *arguments: str) -> tuple[int, str]:
        """Run a playbook to its end; return its exit code and what it showed."""
        done = ansible_runs.run(
            "playbook", self._options(playbook, *arguments), self._environment(), self._home, TIME_LIMIT
        )
        return done.returncode, done.stdout + done.stderr

    def _options(self, playbook: str, *arguments: str) -> list[str]:
        return ["-i", str(self._inventory), playbook, *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GAX_"))}
        return {
            **kept,
            "HOME": str(self._home),
            "ANSIBLE_CONFIG": str(self._home / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._home / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
            "ANSIBLE_NOCOLOR": "1",
        }


def family(pid: int) -> list[int]:
    """Return a process and everything that it started, as far as it can still be told."""
    return [pid, *(number for child in _children(pid) for number in family(child))]


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


def wait_until_gone(pids: list[int]) -> None:
    """Wait until processes that are not our own children have ended."""
    deadline = time.monotonic() + TIME_LIMIT
    while any(_is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process does not end"
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
