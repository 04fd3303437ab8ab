# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of all playbooks when a keyword or a setting of Ansible is around them. See `test_keywords`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.genesys_ops.engage.tests.integration.estates import options_of
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    PASSWORD,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate

CELLS = ("configure", "retire", "restore", "export", "audit")
CLUSTERS = {
    "configure_1": 1,
    "configure_2": 2,
    "retire_1": 3,
    "retire_2": 4,
    "restore_1": 5,
    "restore_2": 6,
    "audit_1": 7,
    "audit_2": 8,
    "export_1": 7,
    "export_2": 8,
}
HOSTS: dict[str, dict[str, Any]] = {
    host: {"chat_channel_cluster": f"GWE_Cluster_{number}", "chat_channel_batch_size": number % 2 ^ 1}
    for host, number in CLUSTERS.items()
}
IN_USE = ("retire_1", "retire_2", "restore_1", "restore_2", "audit_1")
REPORTS = ("Report on the chat channel", "Report what was restored")
ROLE = f"{NAMESPACE}.chat_channel"
TASKS: dict[str, list[dict[str, Any]]] = {
    "audit": [{"tasks_from": "audit"}, {"tasks_from": "audit_report"}],
    "export": [{"tasks_from": "export"}],
    "configure": [{}],
    "retire": [{"vars": {"chat_channel_state": "absent"}}],
    "restore": [{"tasks_from": "restore"}],
}


@dataclass(frozen=True)
class Keyword:
    """How a keyword is set, and what is then otherwise than without it.

    Keywords of ``play`` or ``task`` belong to a user's own play around the role; the others meet our playbooks.
    """

    play: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)
    hosts: Mapping[str, Any] = field(default_factory=dict)
    config: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    args: tuple[str, ...] = ()
    check: bool = False  # nothing is written, as with --check
    stops: bool = False  # the first failure ends the run: each playbook has a run of its own
    ignored: bool = False  # failures do not count
    silent: bool = False  # Ansible shows no result
    once: bool = False  # only the first host of each play is worked on, though both are audited
    # Playbook -> a word of why nothing is done; None where it may be done as well.
    refused: Mapping[str, str | None] = field(default_factory=dict)
    warning: str = ""  # Ansible's own


def together(entries: Sequence[Keyword]) -> Keyword:
    """Return one entry that sets all of these."""
    dicts = {
        part: {key: value for entry in entries for key, value in getattr(entry, part).items()}
        for part in ("play", "task", "hosts", "env")
    }
    return Keyword(
        **dicts,
        config="".join(entry.config for entry in entries),
        args=tuple(word for entry in entries for word in entry.args),
    )


def hosts_of(cell: str) -> tuple[str, str]:
    return f"{cell}_1", f"{cell}_2"


WRITING = ("configure", "retire", "restore")


@dataclass(frozen=True)
class Ready:
    """A GAX with channels in use, its estate, and the backup of the run that made them."""

    sim: Simulator
    estate: Estate
    backup: Path


def get_ready(play: Player, backup: Path) -> Iterator[Ready]:
    """Let a run make the channels that the playbooks need, and keep its record. Its simulator runs until the end."""
    with simulator(generate(8, 2)) as sim:
        given = {**connection(sim), "chat_channel_backup_dir": str(backup)}
        play(sim, CONFIGURE, {host: HOSTS[host] for host in IN_USE}, given).assert_success()
        sim.set(deny_write=[f"ChatServer_{CLUSTERS[f'{cell}_2']}_02" for cell in WRITING])
        yield Ready(sim, sim.estate.copy(), backup)


def plays_of(keyword: Keyword, cells: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return our playbooks, or the plays of a user who calls the role, each for hosts of its own."""
    plays: list[dict[str, Any]] = []
    for cell in cells:
        if not (keyword.play or keyword.task):
            plays.append({"import_playbook": f"{NAMESPACE}.{cell}", "vars": {"chat_channel_hosts": f"{cell}_*"}})
            continue
        tasks: list[dict[str, Any]] = [
            {
                "name": f"Role {number}",
                "ansible.builtin.import_role": {"name": ROLE, "tasks_from": role.get("tasks_from", "main")},
                "vars": role.get("vars", {}),
                **keyword.task,
            }
            for number, role in enumerate(TASKS[cell])
        ]
        plays.append(
            {"name": f"Play {cell}", "hosts": f"{cell}_*", "gather_facts": False, "tasks": tasks, **keyword.play}
        )
    return plays


@dataclass
class Story:
    """What became of one entry: the runs of its playbooks, and the options of all applications before and after."""

    keyword: Keyword
    predicts: bool
    runs: dict[str, Run]
    home: Path
    before: dict[str, Any]
    after: dict[str, Any]

    def changed(self, host: str) -> int:
        """Return how many applications of a host's cluster are not as before: none or all of them, if all is well."""
        number = CLUSTERS[host]
        names = (f"GWE_Cluster_{number}", f"ChatServer_{number}_01", f"ChatServer_{number}_02")
        return sum(self.before[name] != self.after[name] for name in names)

    def report(self, host: str) -> str:
        """Return the first line of what is said of a host's cluster."""
        run = self.runs[host.partition("_")[0]]
        lines = [line for title in REPORTS for item in run.tasks(title, host) for line in item.result.get("msg", ())]
        return str(lines[0]) if lines else ""

    def table(self, cell: str) -> list[str]:
        """Return what is said of all clusters of a playbook at its end."""
        shown = self.runs[cell].tasks("Show all clusters of this play")
        return [line for item in shown for line in item.result.get("msg", ()) if item.host.startswith(cell)]


def tell(ready: Ready, keyword: Keyword, play: Player, home: Path, *args: str) -> Story:
    """Run all playbooks on the estate that is ready: at once, or one by one where the first failure ends a run."""
    for obj in ready.estate.copy():
        ready.sim.estate.put(obj)
    backup = shutil.copytree(ready.backup, home / "backup")
    (home / "vars.yml").write_text(json.dumps({"secret": PASSWORD}), encoding="utf-8")
    (home / "ansible.cfg").write_text(keyword.config, encoding="utf-8")
    variables = {
        **connection(ready.sim),
        "chat_channel_backup_dir": str(backup),
        "chat_channel_report_dir": str(home / "report"),
        "chat_channel_export_dir": str(home / "export"),
    }
    hosts = {host: {**own, **keyword.hosts} for host, own in HOSTS.items()}
    env = {"ANSIBLE_CONFIG": str(home / "ansible.cfg"), **keyword.env}
    runs: dict[str, Run] = {}
    predicts = "--check" in args or keyword.check
    for cells in [(cell,) for cell in CELLS] if keyword.stops and (keyword.refused or not predicts) else [CELLS]:
        file = home / f"{cells[0]}.yml"
        file.write_text(json.dumps(plays_of(keyword, cells)), encoding="utf-8")
        runs |= dict.fromkeys(cells, play(ready.sim, str(file), hosts, variables, [*keyword.args, *args], env))
    return Story(keyword, predicts, runs, home, options_of(ready.estate), options_of(ready.sim.estate))


def complaints(story: Story) -> Iterator[str]:
    """Yield everything that is not as it must be."""
    keyword = story.keyword
    for cell in CELLS:
        for host in hosts_of(cell):
            yield from (f"{host}: {text}" for text in _of_host(story, cell, host))
        messages = [item.msg for host in hosts_of(cell) for item in story.runs[cell].failures(host)]
        word = keyword.refused.get(cell)
        if word and not any(word in msg for msg in messages):
            yield f"{cell} is not refused with '{word}', but {messages}"
    if None not in keyword.refused.values():
        yield from _of_files(story)
    for run in {id(run): run for run in story.runs.values()}.values():
        failed = any(counts["failures"] for counts in run.stats.values())
        once = "not supported in the free strategy" in run.output  # Ansible itself ends the run
        if run.rc not in ((1, 2) if once else (2,) if failed else (0,)):
            yield f"exit code {run.rc}"
        warnings = [line for line in run.output.splitlines() if "WARNING" in line]
        yield from {line for line in warnings if not (keyword.warning and keyword.warning in line)}
        if "Traceback" in run.output or "unreachable=1" in run.output:
            yield run.output


def _of_files(story: Story) -> Iterator[str]:
    keyword = story.keyword
    audited = [entry["name"] for entry in _json(story.home / "report" / "chat-channel-audit.json").get("clusters", [])]
    if audited != ([] if "audit" in keyword.refused else ["GWE_Cluster_7", "GWE_Cluster_8"]):
        yield f"the report is about {audited}"
    exported = [file.read_text(encoding="utf-8") for file in (story.home / "export").glob("*.yml")]
    if bool(exported) != ("export" not in keyword.refused and not story.predicts):
        yield f"{len(exported)} files exported"
    if exported and ("GWE_Cluster_8" in exported[0]) == keyword.once:
        yield "the wrong clusters were exported"


def _json(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def _reached(story: Story, cell: str, host: str) -> bool:
    return cell not in story.keyword.refused and (host.endswith("_1") or cell == "audit" or not story.keyword.once)


def _fails(story: Story, cell: str, host: str) -> bool:
    """Say whether a host is one that fails: its Chat Server refuses a write, or its cluster is not configured."""
    writes = cell in WRITING and not story.predicts
    return _reached(story, cell, host) and host.endswith("_2") and (writes or cell == "audit")


def _of_host(story: Story, cell: str, host: str) -> Iterator[str]:
    keyword, run, report = story.keyword, story.runs[cell], story.report(host)
    reached, fails = _reached(story, cell, host), _fails(story, cell, host)
    writes = cell in WRITING and not story.predicts and reached and not fails
    if story.changed(host) != (3 if writes else 0):
        yield f"{story.changed(host)} applications changed"
    failed = bool(run.stats.get(host, {}).get("failures"))
    if cell not in keyword.refused and failed != (fails and not keyword.ignored):
        yield f"failures: {[item.msg for item in run.failures(host)]}"
    if not reached or cell not in WRITING or keyword.silent:
        return
    expected = "would change" if story.predicts else "Nothing is changed" if fails else "applications changed"
    if expected not in report or (fails and not report.startswith(expected)):
        yield f"the report says '{report}'"
    if run.facts(host)["chat_channel_result"]["changed"] is fails:
        yield "chat_channel_result.changed is wrong"
    cluster = f"GWE_Cluster_{CLUSTERS[host]}: "
    lines = [line for line in story.table(cell) if line.startswith(cluster)]
    if story.table(cell) and not any("Nothing is changed" in line if fails else "change" in line for line in lines):
        yield f"the table says {lines}"
