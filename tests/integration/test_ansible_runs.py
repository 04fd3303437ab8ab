# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run in a fork of the server shows, returns and leaves behind what a run in a new process does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests import ansible_runs
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.playbook import CONFIGURE, call, command, environment
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

# What a program finds that Ansible starts: what it inherits, and what there is in its place.
FINDS = """
import os, resource, signal, sys
print(sorted(os.environ.items()), os.getcwd(), os.umask(0o22), sys.stdin.read(), os.listdir("/proc/self/fd"))
print(resource.getrlimit(resource.RLIMIT_NOFILE), [signal.getsignal(number) for number in signal.valid_signals()])
"""
TASKS = [
    {"name": "What a program finds", "ansible.builtin.command": {"argv": [sys.executable, "-c", FINDS]}},
    {
        "name": "Templates",
        "ansible.builtin.debug": {"msg": "{{ lookup('env', 'HOME') }} {{ playbook_dir }} {{ 3 | pow(2) }}"},
    },
    {"name": "An undefined variable", "ansible.builtin.debug": {"msg": "{{ nothing }}"}},
    {"name": "A program that is not there", "ansible.builtin.command": "no-such-program"},
    {"name": "Something to warn of", "ansible.builtin.debug": {"msg": "shown"}, "when": "{{ true }}"},
    call("application_info", names=["ChatServer_1"]),
    call("application_options", name="ChatServer_1", options={"log": {"verbose": "trace"}}),
]
MAIN = {"main": {"chat_channel_cluster": "GWE_Cluster_Main"}}
MISTYPED = {"main": {"chat_channel_cluster": "GWE_Cluster_Mian"}}


def lines(text: str, home: Path, url: str = "nowhere") -> list[str]:
    """Return the lines of a text without what differs between any two runs: places, times, and numbers of processes."""
    text = re.sub(r"/tmp/ansible-server-\w+/home", "HOME", text).replace(str(home), "HOME").replace(url, "URL")
    text = re.sub(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d:?\d\d\.\d+|0:00:0\d\.\d+", "TIME", text)
    text = re.sub(r"(?<=ansible-tmp-)[\d.-]+|(?<=ansible-local-)\w+|_payload_\w{8}|(?<=/)tmp\w{8}\b", "DRAWN", text)
    return text.replace("('ENGAGE_NEW_PROCESSES', '1')", "('ENGAGE_NEW_PROCESSES', '')").splitlines()


@pytest.mark.parametrize(
    ("what", "hosts", "arguments", "code"),
    [
        (CONFIGURE, MAIN, ["--diff"], 0),
        (CONFIGURE, MAIN, ["--check", "-vvv"], 0),
        (CONFIGURE, MISTYPED, [], 2),
        (TASKS, None, ["--diff"], 0),
        (TASKS, None, ["-vvv"], 0),
        ("no-such-playbook.yml", None, [], 1),
        (CONFIGURE, MAIN, ["--no-such-option"], 2),
    ],
)
def test_playbooks(
    demo: Estate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str | list[playbook.Task],
    hosts: dict[str, dict[str, str]] | None,
    arguments: Sequence[str],
    code: int,
) -> None:
    seen = []
    for way in ("", "1"):
        monkeypatch.setenv("ENGAGE_NEW_PROCESSES", way)
        home = tmp_path / f"home{way}"
        home.mkdir()
        with playbook.simulator(demo) as sim:
            run = playbook.play(home, sim, what, hosts, playbook.connection(sim), args=arguments)
            files = sorted(str(file.relative_to(home)) for file in home.rglob("*"))
            results = [f"{item.task} {item.status} {item.result}" for item in run.results]
            text = "\n".join([run.stdout, run.stderr, *results, *files])
            seen.append(lines(text, home, sim.url))
        assert run.rc == code
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("inventory", ["-i", "hosts.yml", "--list"]),
        ("inventory", ["-i", "engage.gax.yml", "--graph"]),
        ("doc", ["-t", "inventory", "genesys_ops.engage.gax"]),
        ("config", ["dump", "--only-changed"]),
    ],
)
def test_other_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, arguments: list[str]) -> None:
    seen = []
    for way in ("", "1"):
        monkeypatch.setenv("ENGAGE_NEW_PROCESSES", way)
        home = tmp_path / f"home{way}"
        home.mkdir()
        (home / "hosts.yml").write_text("all: {hosts: {main: {gax_url: '{{ url }}'}}}\n", encoding="utf-8")
        (home / "engage.gax.yml").write_text("plugin: genesys_ops.engage.gax\ngax_url: http://\n", encoding="utf-8")
        seen.append(lines("\n".join(map(str, command(program, arguments, environment(home), home))), home))
    assert seen[0] == seen[1]


def test_a_run_that_takes_too_long_is_killed_and_the_next_is_not_harmed(tmp_path: Path) -> None:
    slow = [{"name": "Wait", "ansible.builtin.pause": {"seconds": 60}}]
    (tmp_path / "slow.yml").write_text(str([{"hosts": "localhost", "tasks": slow}]), encoding="utf-8")
    env = environment(tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        ansible_runs.run("playbook", ["slow.yml"], env, tmp_path, 1)
    assert ansible_runs.run("playbook", ["--version"], env, tmp_path, 60).returncode == 0


def test_random_numbers_differ_from_run_to_run(tmp_path: Path) -> None:
    """A run begins with what was drawn before the fork, unless it draws anew: names of folders would recur."""
    drawn = set()
    for name in ("first", "second"):
        home = tmp_path / name
        home.mkdir()
        run = playbook.play(home, None, [TASKS[0]], args=["-vvv"])
        drawn |= set(re.findall(r"ansible-tmp-[\d.]+-\d+-(\d+)", run.stdout))
    assert len(drawn) == 2
