# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each row of "A run has failed: what now?" in docs/operations.md: the message, the state, what comes next.

The messages lie in ``failures/``, one file for each row; ``ENGAGE_WRITE_FAILURES=1`` writes them anew, to be read.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.client import Gax
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import Account
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.lock import only_one
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    HOSTS,
    MAIN,
    after_write_of,
    in_use,
    options_of,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    SHARED,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.reliability.ansible import Playbooks, family, wait_until_gone
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RESTORE = "genesys_ops.engage.restore"
GOLDEN = Path(__file__).with_name("failures")
REPORTS = ("Report on the chat channel", "Report what was restored", "Show what will be restored")
PAGE = (COLLECTION / "docs" / "operations.md").read_text(encoding="utf-8")
SERVERS = ["ChatServer_1", "ChatServer_2", "ChatServer_3"]
NEW = {"chat_channel_queue": "Chat_VIP"}


@dataclass
class Case:
    """One failure: what a user has, does, sees and does next."""

    play: Player
    sim: Simulator
    home: Path
    before: Estate
    report: list[str] = field(default_factory=list)

    def run(self, playbook: str = CONFIGURE, hosts: Any = None, args: Sequence[str] = (), **variables: Any) -> Run:
        """Run a playbook, and keep what it reports."""
        given = {
            **connection(self.sim),
            "gax_concurrency": 1,
            "gax_retries": 0,
            "gax_timeout": 2,
            "chat_channel_backup_dir": str(self.home / "backup"),
            **variables,
        }
        run: Run = self.play(self.sim, playbook, hosts or MAIN, given, args=list(args))
        found = [item.result["msg"] for item in run.results if item.task.split(" : ")[-1] in REPORTS]
        self.report = found[-1] if found else []
        return run

    def fails(self, **options: Any) -> None:
        assert self.run(**options).rc != 0

    def succeeds(self, **options: Any) -> None:
        self.run(**options).assert_success()

    def next_command(self) -> list[str]:
        """Return the arguments of the command that the last report says comes next."""
        line = next(line for line in self.report if line.startswith("Next: "))
        return shlex.split(line[line.index("genesys_ops.engage.restore") :])

    def is_as_before(self) -> bool:
        return options_of(self.sim.estate) == options_of(self.before)

    def queues(self) -> list[str | None]:
        return [self.sim.options(name).get("endpoints:101", {}).get("webme") for name in SERVERS]


Story = Callable[[Case], "list[str]"]
STORIES: dict[str, Story] = {}


def row(what: str) -> Callable[[Story], Story]:
    """Register a row of the table: what happened."""

    def keep(story: Story) -> Story:
        STORIES[what] = story
        return story

    return keep


@row("A write is refused")
def _refused(case: Case) -> list[str]:
    case.sim.set(deny_write=["ChatServer_2"])
    case.fails(**NEW)
    report = case.report
    assert case.is_as_before()
    case.sim.set(deny_write=[])
    case.succeeds(**NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("GAX dies in the middle of the run")
def _dead(case: Case) -> list[str]:
    after_write_of(case.sim, "ChatServer_2", lambda: case.sim.set(faults=[{"kind": "status", "status": 503}]))
    case.fails(**NEW)
    report = case.report
    assert case.queues()[0] == "Chat_VIP"
    case.sim.set(faults=[])
    playbook, *arguments = case.next_command()
    case.succeeds(playbook=playbook, args=arguments)
    assert case.is_as_before()
    return report


@row("Somebody else changes the same option meanwhile")
def _conflict(case: Case) -> list[str]:
    after_write_of(
        case.sim, "ChatServer_1", lambda: case.sim.edit("ChatServer_3", "endpoints:101", "webme", "Webengagement_VIP")
    )
    case.fails(**NEW)
    report = case.report
    assert case.queues() == ["Webengagement_Chat", "Webengagement_Chat", "Webengagement_VIP"]
    case.succeeds(**NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("Somebody else overwrites what the run has written")
def _overwritten(case: Case) -> list[str]:
    overwrite = ("ChatServer_2", "endpoints:101", "webme", "Webengagement_VIP")
    after_write_of(case.sim, "ChatServer_2", lambda: case.sim.edit(*overwrite))
    case.fails(**NEW)
    report = case.report
    assert case.queues() == ["Webengagement_Chat", "Webengagement_VIP", "Webengagement_Chat"]
    playbook, *arguments = case.next_command()
    case.fails(playbook=playbook, args=arguments)
    assert "Cause: ChatServer_2 changed since the backup." in case.report
    case.succeeds(playbook=playbook, args=arguments, chat_channel_restore_on_conflict="overwrite")
    assert case.is_as_before()
    case.succeeds(**NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("It is not known whether a write arrived")
def _unknown(case: Case) -> list[str]:
    path = f"CfgApplication/{case.sim.app('ChatServer_2')['dbid']}$"
    gone = {"faults": [{"kind": "status", "status": 503, "path": path}]}
    case.sim.before_request(
        lambda entry: (
            case.sim.set(**gone)
            if entry["method"] == "PUT"
            and re.search(path, entry["path"])
            and case.sim.switches["faults"] != gone["faults"]
            else None
        )
    )
    case.fails(**NEW)
    report = case.report
    case.sim.before_request(lambda entry: None)
    case.sim.set(faults=[])
    case.succeeds(**NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("A finding forbids the change")
def _finding(case: Case) -> list[str]:
    case.fails(chat_channel_queue="Chat_VIPP")
    report = case.report
    assert case.is_as_before()
    assert case.sim.journal == []
    case.succeeds(**NEW)
    return report


@row("The nodes have not restarted")
def _restart(case: Case) -> list[str]:
    rename = {"chat_channel_endpoint": "proactive", "chat_channel_previous_endpoint": "webme"}
    case.succeeds(**rename)
    report = case.report
    assert case.queues() == ["Webengagement_Chat"] * 3
    case.succeeds(**rename, chat_channel_nodes_restarted=True)
    assert case.queues() == [None] * 3
    return report


@row("Two inventory hosts name one cluster")
@SHARED
def _two_hosts(case: Case) -> list[str]:
    case.fails(hosts={"main": HOSTS["main"], "again": HOSTS["main"]}, args=["--forks", "1"], **NEW)
    report = case.report
    assert case.queues() == ["Chat_VIP"] * 3  # the first of them has done it
    return report


@row("Another run on this machine does not get on")
def _two_runs(case: Case) -> list[str]:
    other = Gax(HttpSettings((f"{case.sim.url}/gax",)), Account("other", "secret"))
    with only_one(other, f"CfgApplication {case.sim.app('ChatServer_2')['dbid']}", "ChatServer_2"):
        case.fails(**NEW)
    report = case.report
    assert case.is_as_before()
    case.succeeds(**NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("A run is not what was approved")
def _plan(case: Case) -> list[str]:
    plan = str(case.home / "plan")
    case.succeeds(args=["--check"], chat_channel_plan_dir=plan)
    case.fails(chat_channel_approved_plan_dir=plan, **NEW)
    report = case.report
    assert case.sim.journal == []
    case.succeeds(args=["--check"], chat_channel_plan_dir=plan, **NEW)
    case.succeeds(chat_channel_approved_plan_dir=plan, **NEW)
    assert case.queues() == ["Chat_VIP"] * 3
    return report


@row("A restore finds that an option was changed since")
def _stale(case: Case) -> list[str]:
    case.succeeds(**NEW)
    case.sim.edit("ChatServer_2", "endpoints:101", "webme", "Webengagement_VIP")
    case.fails(playbook=RESTORE)
    report = case.report
    assert case.queues() == ["Chat_VIP", "Webengagement_VIP", "Chat_VIP"]
    case.succeeds(playbook=RESTORE, chat_channel_restore_on_conflict="overwrite")
    assert case.is_as_before()
    return report


@row("There is no backup")
def _no_backup(case: Case) -> list[str]:
    case.succeeds(**NEW, chat_channel_backup_dir="")
    case.fails(playbook=RESTORE)
    report = case.report
    case.succeeds(chat_channel_queue="Webengagement_Chat")
    assert case.is_as_before()
    return report


@row("The run was ended: Ctrl-C, kill, a time limit")
def _killed(case: Case) -> list[str]:
    with Simulator(case.before, latency=0.02) as sim:  # with the account of these playbooks
        backup = {"chat_channel_backup_dir": str(case.home / "backup")}
        playbooks = Playbooks(case.home, sim, **HOSTS["main"], **backup, **NEW)
        started: list[int] = []

        def hook(*_unused: Any) -> None:
            if len(sim.journal) == 2:
                started.extend(family(process.pid))
                for pid in started:
                    os.kill(pid, 9)

        process = playbooks.start(CONFIGURE)
        sim.on_write(hook)
        process.communicate()
        wait_until_gone(started)
        sim.on_write(lambda *_unused: None)
        code, shown = playbooks.run(CONFIGURE, "--check")
        assert code == 0, shown
        said = re.search(r"Run \S+ \(configure.*? its record is \S+", " ".join(shown.split()))
        assert said, shown
        code, shown = playbooks.run(RESTORE)
        assert code == 0, shown
        assert options_of(sim.estate) == options_of(case.before)
        return [said[0]]


def normal(line: str, case: Case) -> str:
    """Return a line without what differs from run to run."""
    line = re.sub(r"127\.0\.0\.1:\d+", "GAX", line.replace(str(case.home), "HOME"))
    line = re.sub(r"\d{8}T\d{6}\.\d{3}Z", "RUN", line)
    line = re.sub(r"-[0-9a-f]{8}\b", "-12345678", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", line)
    line = re.sub(r"\d+ (second|minute)s? ago", "A MOMENT ago", line)
    line = re.sub(r"process \d+ on .+? since .+? UTC", "process 1234 on HOST since TIME", line)
    return re.sub(r"-i \S+/inventory\.yml", "-i inventory.yml", line)


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=getattr(story, "pytestmark", ())) for what, story in STORIES.items()]
)
def test_the_message_says_how_things_are_and_what_comes_next(
    what: str, demo: Estate, play: Player, tmp_path: Path
) -> None:
    before = in_use(demo)
    with simulator(before) as sim:
        case = Case(play, sim, tmp_path, before)
        lines = [normal(line, case) for line in STORIES[what](case)]
    file = GOLDEN / f"{re.sub('[^a-z]+', '_', what.lower()).strip('_')}.txt"
    text = "\n".join(lines) + "\n"
    if os.environ.get("ENGAGE_WRITE_FAILURES"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    assert 0 < len(lines) <= 12
    assert len({*lines}) == len(lines)
    said = re.search(rf"^\| {re.escape(what)} \| (.+?) \|", PAGE, re.MULTILINE)
    assert said
    assert [words for words in re.findall("`(.+?)`", said[1]) if words not in text] == []


def test_the_table_has_no_other_rows() -> None:
    table = PAGE[PAGE.index("| what has happened |") :].split("\n\n")[0].splitlines()[2:]
    assert {line.split(" | ")[0].removeprefix("| ") for line in table} == {*STORIES}
