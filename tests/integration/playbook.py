# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real ansible-playbook against a simulator and returns what a user, and a later task, would see."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests import ansible_runs
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTIONS
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write

HERE = Path(__file__).resolve().parent
NAMESPACE = "genesys_ops.engage"
CONFIGURE, RETIRE = f"{NAMESPACE}.configure", f"{NAMESPACE}.retire"
# Not the account default/password of the demo: Ansible masks the text of a password wherever it occurs, so that
# "check gax_password" becomes "check gax_********".
USER, PASSWORD = "engage", "Zwölf&Boxkämpfer"
TIME_LIMIT = 600  # seconds for one run of a command, far more than the slowest needs on a busy machine
# The whole suite runs in both ways: in the controller's process, and, with this set, as shipped modules.
SHIPPED = {"gax_in_process": False, "ansible_python_interpreter": sys.executable}
AS_SHIPPED = ["--extra-vars", json.dumps(SHIPPED)]
AS_MODULES = AS_SHIPPED if os.environ.get("ENGAGE_AS_MODULES") else []
# For tests of what docs/inventory.md says that the hosts of a run do not share when modules are shipped.
SHARED = pytest.mark.skipif(bool(AS_MODULES), reason="shipped modules share no session, no claims and no reads")

Task = dict[str, Any]


@dataclass(frozen=True)
class TaskResult:
    """What one task returned on one host. Requests and writes are those since the result before, on any host."""

    task: str
    action: str
    host: str
    status: str
    result: dict[str, Any]
    requests: list[Request]
    writes: list[Write]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def msg(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def diff(self) -> list[dict[str, Any]]:
        found = self.result.get("diff") or []
        return found if isinstance(found, list) else [found]

    @property
    def written(self) -> dict[str, list[tuple[str, str, Any, Any]]]:
        """Application -> (section, key, before, after) of each applied write, options and annex alike."""
        return written(self.writes)


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook."""

    rc: int
    stdout: str
    stderr: str
    results: list[TaskResult]
    stats: dict[str, dict[str, int]]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    def task(self, name: str, host: str | None = None) -> TaskResult:
        """Return the only result of the task of this name, on this host."""
        found = self.tasks(name, host)
        assert len(found) == 1, f"{len(found)} results of {name!r}"
        return found[0]

    def tasks(self, name: str, host: str | None = None) -> list[TaskResult]:
        """Return the results of the task of this name; the role's name in front of it does not count."""
        return [item for item in self.results if item.task.split(" : ")[-1] == name and host in (None, item.host)]

    def calls(self, module: str, host: str | None = None) -> list[TaskResult]:
        action = f"{NAMESPACE}.{module}"
        return [item for item in self.results if item.action == action and host in (None, item.host)]

    def facts(self, host: str) -> dict[str, Any]:
        """Return the facts that tasks set on a host."""
        facts: dict[str, Any] = {}
        for item in self.results:
            if item.host == host:
                facts.update(item.result.get("ansible_facts") or {})
        return facts

    def report(self, host: str) -> list[str]:
        """Return the lines in which the role reports on the chat channel of a host, or none."""
        return [str(line) for item in self.tasks("Report on the chat channel", host) for line in item.result["msg"]]

    def failures(self, host: str | None = None) -> list[TaskResult]:
        return [item for item in self.results if item.failed and host in (None, item.host)]

    @property
    def shown_diff(self) -> list[str]:
        """Return the lines of all diffs on the screen."""
        return [line for line in self.stdout.splitlines() if re.match(r"[-+@]", line)]

    def assert_clean(self) -> None:
        """Fail when the user saw a warning, a deprecation or a traceback."""
        for word in ("Traceback", "WARNING", "MODULE FAILURE"):
            assert word not in self.output, around(word, self.output)
        for item in self.results:
            assert not item.result.get("warnings"), item
            assert not item.result.get("deprecations"), item
            assert not item.msg.startswith("Task failed"), item  # how core 2.19 begins what no module says itself

    def assert_success(self) -> None:
        assert self.rc == 0, [item.msg for item in self.failures()] or self.output[-2000:]
        self.assert_clean()


def around(word: str, text: str) -> str:
    """Return the lines around a word."""
    place = text.index(word)
    return text[max(0, place - 500) : place + 1500]


def written(writes: Sequence[Write]) -> dict[str, list[tuple[str, str, Any, Any]]]:
    """Return application -> (section, key, before, after) of the applied writes."""
    found: dict[str, list[tuple[str, str, Any, Any]]] = {}
    for write in writes:
        if write["applied"]:
            triples = [(item["section"], item["key"], item["before"], item["after"]) for item in write["changes"]]
            found.setdefault(str(write["name"]), []).extend(triples)
    return found


def simulator(estate: Estate, **switches: Any) -> Simulator:
    """Return a simulator that knows the account of these tests."""
    return Simulator(estate, user=USER, password=PASSWORD, **switches)


def connection(sim: Simulator | str) -> dict[str, Any]:
    """Return the connection options of a simulator, or of any address."""
    url = sim if isinstance(sim, str) else sim.url
    return {"gax_url": url, "gax_username": USER, "gax_password": PASSWORD}


def call(module: str, title: str | None = None, keywords: Mapping[str, Any] | None = None, /, **options: Any) -> Task:
    """Return a task that calls a module of the collection. ``keywords`` are the task's own, such as ``register``."""
    return {"name": title or module, f"{NAMESPACE}.{module}": options, **(keywords or {})}


def play_of(tasks: Sequence[Task], defaults: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a play on localhost that goes on after a failed task, with connection options by module_defaults."""
    return {
        "name": "Tasks of a test",
        "hosts": "localhost",
        "gather_facts": False,
        "ignore_errors": True,
        "module_defaults": {f"group/{NAMESPACE}.gax": dict(defaults)},
        "tasks": list(tasks),
        **keywords,
    }


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a user who has set nothing: no GAX_*, no settings of Ansible, no proxy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GAX_", "ANSIBLE_", "PYTEST")) and not name.lower().endswith("_proxy")
    }
    (home / "ansible.cfg").touch()
    return {
        **kept,
        "ANSIBLE_CONFIG": str(home / "ansible.cfg"),
        "ANSIBLE_HOME": str(home / "ansible"),
        "XDG_STATE_HOME": str(home / "state"),  # where records of runs are kept
        "ANSIBLE_LOCAL_TEMP": str(home / "local"),
        "ANSIBLE_REMOTE_TEMP": str(home / "remote"),
        "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "ENGAGE_RECORD": str(home / "results.jsonl"),
        **(extra or {}),
    }


def command(program: str, arguments: Sequence[str], env: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """Run a program of Ansible, such as ``playbook`` or ``doc``, without a terminal."""
    done = ansible_runs.run(program, arguments, env, cwd, TIME_LIMIT)
    return done.returncode, done.stdout, done.stderr


def write_inventory(home: Path, hosts: Mapping[str, Mapping[str, Any]], variables: Mapping[str, Any]) -> Path:
    """Write an inventory of local hosts."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    file = home / "inventory.yml"
    content = {"all": {"vars": {**local, **variables}, "hosts": {name: dict(own) for name, own in hosts.items()}}}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def play(
    home: Path,
    sim: Simulator | None,
    what: str | Sequence[Task],
    inventory: Path | Mapping[str, Mapping[str, Any]] | None = None,
    variables: Mapping[str, Any] | None = None,
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Run:
    """Run a playbook by name, or tasks, or whole plays; ``variables`` and ``inventory`` make the inventory.

    Tasks run on localhost and get the connection to the simulator by module_defaults. Playbooks and plays get it only
    from ``variables`` or ``env``.
    """
    if isinstance(what, str):
        playbook = what
    else:
        plays = list(what) if "hosts" in what[0] else [play_of(what, connection(sim) if sim else {})]
        file = home / "playbook.yml"
        file.write_text(json.dumps(plays), encoding="utf-8")
        playbook = str(file)
    hosts = inventory if isinstance(inventory, Path) else None
    if hosts is None:
        hosts = write_inventory(home, inventory or {"localhost": {}}, variables or {})
    simulator = {"ENGAGE_SIMULATOR": sim.url} if sim else {}
    before = (len(sim.log), len(sim.journal)) if sim else (0, 0)
    full = environment(home, {**simulator, **(env or {})})
    rc, stdout, stderr = command("playbook", ["-i", str(hosts), *AS_MODULES, *args, playbook], full, home)
    return Run(rc, stdout, stderr, *_recorded(home / "results.jsonl", sim, before))


def _recorded(
    file: Path, sim: Simulator | None, before: tuple[int, int]
) -> tuple[list[TaskResult], dict[str, dict[str, int]]]:
    results, stats = [], {}
    requests, writes = before
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        entry = json.loads(line)
        if "stats" in entry:
            stats = entry["stats"]
            continue
        now = (entry.pop("log", 0), entry.pop("journal", 0))
        results.append(
            TaskResult(
                **entry,
                requests=sim.log[requests : now[0]] if sim else [],
                writes=sim.journal[writes : now[1]] if sim else [],
            )
        )
        requests, writes = now
    return results, stats


Player = Callable[..., Run]
