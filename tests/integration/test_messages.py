# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads when a run has failed: each message is a file in ``golden``, to be reviewed by eye.

After a change of a message, ``ENGAGE_GOLDEN=write`` in the environment writes the files anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import closed_port
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    KEY,
    MAIN,
    added,
    in_use,
    when_written,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import CONFIGURE, Player, connection, simulator
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

GOLDEN = Path(__file__).with_name("golden")
MOST_LINES = 12
RENAME = {
    "chat_channel_endpoint": "proactive",
    "chat_channel_previous_endpoint": "webme",
    "chat_channel_nodes_restarted": True,
}
BATCHES = {"chat_channel_batch_size": 1}
HEALTH = [{"name": "Open a chat", "ansible.builtin.fail": {"msg": "{{ chat_channel_batch[0] }} answers no chat."}}]


def no_trouble(_sim: Simulator) -> None:
    pass


def refused(*names: str) -> Callable[[Simulator], None]:
    return lambda sim: sim.set(deny_write=list(names))


def gone_after(name: str) -> Callable[[Simulator], None]:
    return lambda sim: when_written(sim, name, lambda _estate: sim.set(faults=[{"kind": "status", "status": 503}]))


def somebody_else(sim: Simulator) -> None:
    """Another administrator changes what this run has set, before it is rolled back."""
    sim.set(deny_write=["ChatServer_3"])
    when_written(sim, "ChatServer_2", lambda estate: estate.edit("ChatServer_1", "endpoints:101", "webme", "Chat_VIP"))


def overwriting(server: str, after: str) -> Callable[[Simulator], None]:
    """Return another administrator who sets the endpoint of a Chat Server right after a write of this run."""
    return lambda sim: when_written(
        sim, after, lambda estate: estate.edit(server, "endpoints:101", "webme", "Chat_VIP")
    )


def co_browse(sim: Simulator) -> None:
    sim.edit("CoBrowse_Cluster", "chat", "queueKey", KEY)


def one_more(sim: Simulator) -> None:
    when_written(sim, "ChatServer_3", added("ChatServer_4", "ChatServer_DR_A", "ChatServer_Cluster"))


# Message -> inventory host, its variables, and the trouble. <...> stands for a path of the test.
FAILURES: dict[str, tuple[dict[str, Any], dict[str, Any], Callable[[Simulator], None]]] = {
    "a Chat Server refuses the write": (MAIN, {**BATCHES, "chat_channel_backup_dir": "<b>"}, refused("ChatServer_3")),
    "the cluster refuses the write": (MAIN, {}, refused("GWE_Cluster_Main")),
    "what is changed is kept": (
        MAIN,
        {"chat_channel_on_failure": "keep", "gax_concurrency": 1},
        refused("ChatServer_3"),
    ),
    "GAX dies during the run": (DR, {"gax_retries": 0, "gax_concurrency": 1}, gone_after("ChatServer_DR_B")),
    "GAX dies after the first batch": (
        DR,
        {**BATCHES, "gax_retries": 0, "chat_channel_backup_dir": "<b>"},
        gone_after("ChatServer_DR_B"),
    ),
    "somebody else changes what is to be rolled back": (MAIN, {"gax_concurrency": 1}, somebody_else),
    "somebody else overwrites what was just written": (
        MAIN,
        {"gax_concurrency": 1, "gax_timeout": 1, "chat_channel_backup_dir": "<b>"},
        overwriting("ChatServer_2", after="ChatServer_2"),
    ),
    "somebody else overwrites what is kept": (
        MAIN,
        {"gax_concurrency": 1, "gax_timeout": 1, "chat_channel_on_failure": "keep"},
        overwriting("ChatServer_2", after="ChatServer_2"),
    ),
    "somebody else overwrites what was read back": (MAIN, {}, overwriting("ChatServer_2", after="GWE_Cluster_Main")),
    "GAX dies after a queue was created": (
        MAIN,
        {
            "gax_retries": 0,
            "gax_concurrency": 1,
            "chat_channel_queue": "Chat_New",
            "chat_channel_create_queue": True,
        },
        gone_after("ChatServer_2"),
    ),
    "the queue is missing": (MAIN, {"chat_channel_queue": "Nirvana"}, no_trouble),
    "the old endpoint is in use": (MAIN, {**RENAME, "<in use>": True}, co_browse),
    "the health check fails": (
        MAIN,
        {**BATCHES, "chat_channel_on_failure": "batch", "chat_channel_after_batch_tasks": "<health>"},
        no_trouble,
    ),
    "the password is wrong": (MAIN, {"gax_password": "not-the-password"}, no_trouble),
    "GAX cannot be reached": (MAIN, {"gax_url": f"{closed_port()}"}, no_trouble),
    "Configuration Server is read-only": (MAIN, {"gax_concurrency": 1}, lambda sim: sim.set(mode="read-only")),
    "a Chat Server is added meanwhile": (MAIN, {"chat_channel_backup_dir": "<b>"}, one_more),
    "the backup folder cannot be written": (MAIN, {"chat_channel_backup_dir": "<file>"}, no_trouble),
}


def normal(line: str, folder: Path) -> str:
    """Return a line without what differs from run to run: addresses, run names, folders."""
    line = re.sub(r"http://127\.0\.0\.1:\d+", "http://gax.example.com", line).replace(str(folder), "/home/me")
    line = re.sub(r"\d{8}T\d{6}[.\d]*Z[\w.-]*?(?=[/:\s]|\.?$)", "RUN", line)
    line = re.sub(r"-[0-9a-f]{8}(?=$|[.:/\s])", "-ID", line)
    return re.sub(r"/\S*/(inventory\.yml|genesys_ops\.engage/runs)", r"/home/me/\1", line)


@pytest.fixture(scope="module")
def messages(demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """Run the playbook once, with an inventory host and a simulator for each failure."""
    folder = tmp_path_factory.mktemp("messages")
    (folder / "health.yml").write_text(json.dumps(HEALTH), encoding="utf-8")
    (folder / "file").touch()
    places = {"<b>": "backup", "<health>": "health.yml", "<file>": "file"}
    hosts = {}
    with contextlib.ExitStack() as stack:
        for name, (host, given, trouble) in FAILURES.items():
            estate = in_use(demo) if "<in use>" in given else demo
            sim = stack.enter_context(simulator(estate))
            trouble(sim)
            variables = {key: str(folder / places[value]) if value in places else value for key, value in given.items()}
            variables.pop("<in use>", None)
            [own] = host.values()
            hosts[name.replace(" ", "_")] = {**connection(sim), **own, **variables}
        run = play(None, CONFIGURE, hosts)
        run.assert_clean()
        # Where the backup is stands on the screen as often as in reports: Ansible says what a failed task says twice.
        backups = Counter(line for host in hosts for line in run.report(host) if line.startswith("Backup of"))
        assert backups
        assert {line: run.stdout.count(line) for line in backups} == backups
        found = {}
        for name in FAILURES:
            report = run.report(name.replace(" ", "_"))
            found[name] = [normal(line, folder) for line in report]
        yield found


@pytest.mark.parametrize("name", FAILURES)
def test_the_message_is_as_reviewed(messages: dict[str, list[str]], name: str) -> None:
    file = GOLDEN / f"{name.replace(' ', '_')}.txt"
    text = "\n".join(messages[name]) + "\n"
    if os.environ.get("ENGAGE_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FAILURES)
def test_it_fits_one_screen_and_says_nothing_twice(messages: dict[str, list[str]], name: str) -> None:
    lines = messages[name]
    assert 2 <= len(lines) <= MOST_LINES
    sentences = [part for line in lines for part in re.split(r"(?<=[a-z)])[.;] ", line)]
    assert len(set(sentences)) == len(sentences)
    assert lines[-1].startswith("Next: ")


def test_every_file_is_a_message() -> None:
    names = {name.replace(" ", "_") for name in FAILURES}
    assert {file.stem for file in GOLDEN.glob("*.txt")} == names
