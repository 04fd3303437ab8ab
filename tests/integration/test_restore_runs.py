# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `restore` by runs: which one is meant, for which clusters, and what stands in its way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    MAIN,
    QUEUE,
    SERVERS,
    differing,
    endpoints,
    in_use,
    options_of,
    with_cluster,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.reliability.harness import delete
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RESTORE = "genesys_ops.engage.restore"
SHOWN = "Show what will be restored"
PERIOD, TIMEOUT = "chat_channel_refresh_task_period", "chat_channel_connection_timeout"
THREE = {**HOSTS, "direct": {"chat_channel_cluster": "GWE_Cluster_Direct", "chat_channel_queue": "Chat In"}}
CLUSTERS = {"main": "GWE_Cluster_Main", "dr": "GWE_Cluster_DR", "direct": "GWE_Cluster_Direct"}


class Field:
    """Runs of one team on one GAX, all with the same backup folder."""

    def __init__(self, play: Player, sim: Simulator, folder: Path) -> None:
        self.play, self.sim, self.folder = play, sim, folder

    def run(self, playbook: str, hosts: Any, *args: str, **variables: Any) -> Run:
        given = {**connection(self.sim), "chat_channel_backup_dir": str(self.folder), **variables}
        run: Run = self.play(self.sim, playbook, hosts, given, args=list(args))
        return run

    def configure(self, name: str, hosts: Any, **variables: Any) -> None:
        self.run(CONFIGURE, hosts, chat_channel_run=name, **variables).assert_success()

    def restore(self, hosts: Any = None, *args: str, **variables: Any) -> Run:
        return self.run(RESTORE, THREE if hosts is None else hosts, *args, **variables)

    def chat(self, option: str) -> dict[str, str | None]:
        return {host: self.sim.options(name).get("chat", {}).get(option) for host, name in CLUSTERS.items()}


def shown(run: Run, host: str) -> str:
    """Return what the user reads before anything is written."""
    return "\n".join(run.task(SHOWN, host).result["msg"])


@pytest.fixture
def field(demo: Estate, play: Player, tmp_path: Path) -> Iterator[Field]:
    with simulator(in_use(demo)) as sim:
        yield Field(play, sim, tmp_path / "backup")


class TestThreeRuns:
    """Run one changes three clusters, two changes two of them, three changes one."""

    @pytest.fixture(scope="class")
    @classmethod
    def ran(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
        with simulator(in_use(demo)) as sim:
            field = Field(play, sim, tmp_path_factory.mktemp("runs") / "backup")
            field.configure("one", THREE, **{PERIOD: 1})
            field.configure("two", HOSTS, **{PERIOD: 4})
            field.configure("three", MAIN, **{PERIOD: 4, TIMEOUT: 7})
            yield field

    @pytest.fixture
    def field(self, ran: Field, tmp_path: Path) -> Iterator[Field]:
        """Return the runs with a folder of their own; afterwards the estate is as they left it."""
        shutil.copytree(ran.folder, tmp_path / "backup")
        left = ran.sim.estate.copy()
        yield Field(ran.play, ran.sim, tmp_path / "backup")
        for obj in left:
            ran.sim.estate.put(obj)

    def test_run_two_of_three_is_taken_back_in_the_two_clusters_that_took_part(self, field: Field) -> None:
        run = field.restore(chat_channel_restore_run="two")
        run.assert_success()
        assert field.chat("refreshTaskPeriod") == {"main": "1", "dr": "1", "direct": "1"}
        assert field.chat("connectionTimeout")["main"] == "7"  # run three is not taken back
        assert "run two (configure, succeeded, " in shown(run, "main")
        assert "GWE_Cluster_Main [chat] refreshTaskPeriod: 4 -> 1" in shown(run, "main")
        assert shown(run, "direct").startswith("GWE_Cluster_Direct is left alone; run two (configure, succeeded, ")
        assert run.facts("direct")["chat_channel_result"]["changed"] is False

    def test_the_newest_is_the_same_on_all_hosts_and_can_be_restored_itself(self, field: Field) -> None:
        start = field.chat("connectionTimeout")
        run = field.restore(chat_channel_run="mine")
        run.assert_success()
        assert field.chat("connectionTimeout") == {**start, "main": "10"}
        assert field.chat("refreshTaskPeriod") == {"main": "4", "dr": "4", "direct": "1"}
        assert all("is left alone; run three" in shown(run, host) for host in ("dr", "direct"))
        field.restore(chat_channel_restore_run="mine-restore").assert_success()
        assert field.chat("connectionTimeout") == start

    def test_serial_hosts_take_back_the_same_run(self, field: Field) -> None:
        """Main is restored first; that makes run two the newest for nobody."""
        before = options_of(field.sim.estate)
        tasks = [{"ansible.builtin.include_role": {"name": "genesys_ops.engage.chat_channel", "tasks_from": "restore"}}]
        plays = [{"hosts": "all", "gather_facts": False, "serial": 1, "tasks": tasks}]
        given = {**connection(field.sim), "chat_channel_backup_dir": str(field.folder)}
        run = field.play(field.sim, plays, THREE, given)
        run.assert_success()
        after = options_of(field.sim.estate)
        assert {name for name in after if after[name] != before[name]} == {"GWE_Cluster_Main"}

    def test_several_runs_are_taken_back_to_what_a_run_left(self, field: Field) -> None:
        run = field.restore(chat_channel_restore_to="one")
        run.assert_success()
        assert field.chat("refreshTaskPeriod") == {"main": "1", "dr": "1", "direct": "1"}
        assert field.chat("connectionTimeout")["main"] == "10"
        first = shown(run, "main").splitlines()[0]
        assert first.startswith("GWE_Cluster_Main returns to the state after run one (configure, succeeded, ")
        assert first.index("three (") < first.index("two (")
        assert "no run has changed it since one" in shown(run, "direct")
        assert field.restore(chat_channel_restore_to="one").stats["main"]["changed"] == 0

    def test_what_a_later_run_changed_again_is_a_conflict_that_names_it(self, field: Field) -> None:
        field.configure("four", DR, **{PERIOD: 5})
        run = field.restore(chat_channel_restore_run="two")
        assert run.rc != 0
        assert "refreshTaskPeriod: the run left 4, it is now 5, by run four." in shown(run, "dr")
        assert field.chat("refreshTaskPeriod") == {"main": "1", "dr": "5", "direct": "1"}  # others go on
        field.restore(DR, chat_channel_restore_run="two", chat_channel_restore_on_conflict="overwrite").assert_success()
        assert field.chat("refreshTaskPeriod")["dr"] == "1"


class TestLeave:
    """Somebody has changed an endpoint since, and `leave` keeps it: what is announced is what happens."""

    @pytest.fixture
    def renamed(self, field: Field) -> Field:
        new = {"chat_channel_endpoint": "web_chat", "chat_channel_previous_endpoint": "webme"}
        field.configure("rename", MAIN, **new, chat_channel_nodes_restarted=True)
        field.sim.edit("ChatServer_2", "endpoints:101", "web_chat", "Theirs")
        return field

    def test_what_does_not_need_it_is_restored(self, field: Field) -> None:
        before = options_of(field.sim.estate)
        field.configure("queue", MAIN, chat_channel_queue="Chat_VIP", **{PERIOD: 4})
        field.sim.edit("ChatServer_2", "endpoints:101", "webme", "Theirs")
        run = field.restore(MAIN, chat_channel_restore_on_conflict="leave")
        run.assert_success()
        after = options_of(field.sim.estate)
        assert {name for name in after if after[name] != before[name]} == {"ChatServer_2"}
        assert field.sim.options("ChatServer_2")["endpoints:101"]["webme"] == "Theirs"
        announced = shown(run, "main").splitlines()
        assert announced[0].endswith(" will be undone.")
        assert "Left unchanged: ChatServer_2." in announced
        assert not any(line.startswith("ChatServer_2 [") for line in announced)
        (line,) = run.task("Report what was restored", "main").result["msg"]
        for words in (" was undone. 3 of 3 applications changed: ", " Left unchanged: ChatServer_2."):
            assert words in line
        assert "no run is left to undo" in shown(field.restore(MAIN), "main")

    def test_what_needs_it_stays_and_the_run_stays_in_force(self, renamed: Field) -> None:
        before = options_of(renamed.sim.estate)
        run = renamed.restore(MAIN, chat_channel_restore_on_conflict="leave")
        run.assert_success()
        assert options_of(renamed.sim.estate) == before
        announced = shown(run, "main").splitlines()
        assert announced[0].endswith(" is not undone.")
        assert not any(" -> " in line for line in announced)
        (line,) = run.task("Report what was restored", "main").result["msg"]
        assert " is not undone. There is no application to change. Left unchanged: ChatServer_2, " in line
        renamed.restore(MAIN, chat_channel_restore_on_conflict="overwrite").assert_success()
        assert {endpoints(renamed.sim, server).get("webme") for server in SERVERS["main"]} == {QUEUE}
        assert renamed.chat("queueKey")["main"] == "101:webme"


def test_a_run_that_was_rolled_back_is_not_what_a_restore_means(field: Field) -> None:
    field.configure("good", MAIN, **{PERIOD: 4})
    field.sim.set(deny_write=["GWE_Cluster_Main"])
    failed = field.run(CONFIGURE, MAIN, chat_channel_run="bad", chat_channel_endpoint="other")
    assert failed.rc != 0
    field.sim.set(deny_write=[])
    run = field.restore(MAIN)
    run.assert_success()
    assert shown(run, "main").startswith("GWE_Cluster_Main: run good (configure, succeeded")
    assert field.chat("refreshTaskPeriod")["main"] == "2"


@pytest.mark.parametrize("names", [("ВэбЧат_Москва", "ВэбЧат_Самара"), ("GWE.Main", "GWE Main"), ("gwe", "GWE")])
def test_clusters_whose_names_look_alike_have_a_backup_each(
    demo: Estate, play: Player, tmp_path: Path, names: tuple[str, str]
) -> None:
    estate = with_cluster(with_cluster(demo, names[0], "ChatServer_1"), names[1], "ChatServer_2")
    hosts = {host: {"chat_channel_cluster": name} for host, name in zip(("a", "b"), names)}
    with simulator(estate) as sim:
        field = Field(play, sim, tmp_path)
        given = {"chat_channel_allow_unknown_cluster": True}
        field.configure("one", hosts, **given)
        field.restore({"a": hosts["a"]}).assert_success()
        assert [endpoints(sim, name).get("webme") for name in ("ChatServer_1", "ChatServer_2")] == [None, QUEUE]


def test_one_cluster_name_on_two_gax_finds_its_own(demo: Estate, play: Player, tmp_path: Path) -> None:
    with simulator(demo) as first, simulator(demo) as second:
        for name, sim in (("one", first), ("two", second)):
            Field(play, sim, tmp_path).configure(name, MAIN)
        Field(play, first, tmp_path).restore(MAIN).assert_success()
        assert differing(demo, first.estate) == set()
        assert endpoints(second, "ChatServer_1")["webme"] == QUEUE


class TestOldBackups:
    """Backups of 1.0.0 are read, and only for the cluster that they name."""

    def old(self, field: Field, cluster: str) -> Path:
        """Make a backup of 1.0.0 out of the only record: <folder>/<cluster, made safe>/<time>/*.json."""
        (head,) = field.folder.rglob("run.json")
        target = field.folder / cluster / "20260102T030405000000Z"
        target.mkdir(parents=True)
        for file in head.parent.glob("0*.json"):
            new = json.loads(file.read_text(encoding="utf-8"))
            kept = ("step", "name", "dbid", "type", "family", "changes", "options", "saved")
            entry = {
                "format": "genesys_ops.engage backup 1",
                "gax_url": new["gax"][0],
                **{key: new[key] for key in kept},
            }
            (target / file.name).write_text(json.dumps(entry), encoding="utf-8")
            file.unlink()
        head.unlink()
        return target

    def test_it_is_taken_back(self, field: Field) -> None:
        before = options_of(field.sim.estate)
        field.configure("one", MAIN, chat_channel_queue="Chat_VIP")
        self.old(field, "GWE_Cluster_Main")
        run = field.restore(MAIN)
        run.assert_success()
        assert options_of(field.sim.estate) == before
        assert "run 20260102T030405000000Z (change, outcome unknown, " in shown(run, "main")
        field.restore(MAIN).assert_success()
        assert options_of(field.sim.estate) == before

    def test_another_cluster_with_the_same_old_folder_is_left_alone(self, field: Field) -> None:
        field.configure("one", MAIN, chat_channel_queue="Chat_VIP")
        self.old(field, "GWE_Cluster_DR")
        writes = len(field.sim.journal)
        run = field.restore(DR)
        assert run.rc != 0
        assert "there is no backup of 'GWE_Cluster_DR'" in shown(run, "dr")
        assert len(field.sim.journal) == writes


def test_a_cluster_that_was_renamed_and_a_server_that_was_deleted_are_named_and_hinder_nobody(field: Field) -> None:
    field.configure("one", MAIN, chat_channel_queue="Chat_VIP", **{PERIOD: 5})
    estate = field.sim.estate
    estate.put({**estate.app("GWE_Cluster_Main"), "name": "GWE_Cluster_Neu"})
    delete(estate, "ChatServer_3")
    run = field.restore(MAIN)
    run.assert_success()
    assert "Application 'GWE_Cluster_Main' (301) is now named 'GWE_Cluster_Neu'." in shown(run, "main")
    gone = "Application 'ChatServer_3' (204) no longer exists, or this account cannot read it; it is skipped."
    assert gone in shown(run, "main")
    assert [endpoints(field.sim, name)["webme"] for name in ("ChatServer_1", "ChatServer_2")] == [QUEUE, QUEUE]
    assert field.sim.options("GWE_Cluster_Neu")["chat"]["refreshTaskPeriod"] == "2"
    assert "Left unchanged: ChatServer_3." in run.task("Report what was restored").result["msg"][0]


def test_a_state_that_was_broken_before_comes_back_and_that_is_said(demo: Estate, play: Player, tmp_path: Path) -> None:
    before = in_use(demo)
    before.edit("ChatServer_3", "endpoints:101", "webme", None)
    with simulator(before) as sim:
        field = Field(play, sim, tmp_path)
        rename = {"chat_channel_endpoint": "proactive", "chat_channel_previous_endpoint": "webme"}
        field.configure("one", MAIN, chat_channel_nodes_restarted=True, chat_channel_fail_on="never", **rename)
        run = field.restore(MAIN)
        run.assert_success()
        assert options_of(sim.estate) == options_of(before)
        words = "queueKey 101:webme of 'GWE_Cluster_Main' points again at Chat Server 'ChatServer_3', which lacks"
        assert words in shown(run, "main")


def test_a_restore_asks_gax_no_more_than_a_run_does(demo: Estate, play: Player, tmp_path: Path) -> None:
    """At most three requests for each application, and no look-up by name: a GAX may ignore `name=`."""
    with simulator(in_use(demo), name_match="ignored") as sim:
        field = Field(play, sim, tmp_path)
        field.configure("one", DR, chat_channel_queue="Chat_VIP")
        requests = len(sim.log)
        field.restore(DR).assert_success()
        asked = [entry["path"] for entry in sim.log[requests:] if "/CfgApplication" in entry["path"]]
        single = [path for path in asked if path.rpartition("/")[2].isdecimal()]
        assert len(single) == 3 * (len(SERVERS["dr"]) + 1)
        assert len(asked) - len(single) <= 4  # lists: two calls, and the look right before an endpoint goes


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_a_folder_that_cannot_be_written_is_found_before_the_first_write(field: Field, folder: str) -> None:
    field.configure("one", MAIN, **{PERIOD: 5})
    (record,) = field.folder.rglob("run.json")
    (field.folder.parent / "file").write_text("")
    writes = len(field.sim.journal)
    run = field.restore(
        MAIN, chat_channel_restore_from=str(record.parent), chat_channel_backup_dir=str(field.folder.parent / folder)
    )
    assert run.rc != 0
    report, *lines = run.task("Report what was restored").result["msg"]
    assert report == "Nothing is changed."
    assert "Cause: backup_dir (chat_channel_backup_dir): cannot write to " in "\n".join(lines)
    assert len(field.sim.journal) == writes


@pytest.mark.parametrize("cluster", ["", ["GWE_Cluster_Main"], 5])
def test_a_cluster_without_a_name_is_refused_and_never_stands_for_all(field: Field, cluster: Any) -> None:
    field.configure("one", HOSTS, **{PERIOD: 5})
    writes = len(field.sim.journal)
    run = field.restore({"main": {"chat_channel_cluster": cluster}, "dr": HOSTS["dr"]}, "--limit", "main")
    assert run.rc != 0
    lines = shown(run, "main").splitlines()
    assert lines[0] == "Nothing is changed."
    assert lines[1].startswith("Cause: cluster (chat_channel_cluster) is ")
    assert len(field.sim.journal) == writes


def test_a_refused_restore_names_every_cluster_that_would_lose_its_endpoint(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    """The endpoint came with one run; others point at it since."""
    names = [f"GWE_Shared_{number}" for number in (1, 2, 3)]
    estate = demo
    for name in names:
        estate = with_cluster(estate, name, "ChatServer_1")
    with simulator(estate) as sim:
        field = Field(play, sim, tmp_path)
        given = {"chat_channel_allow_unknown_cluster": True}
        for name in names:
            field.configure(name, {name: {"chat_channel_cluster": name}}, **given)
        run = field.restore({names[0]: {"chat_channel_cluster": names[0]}}, chat_channel_restore_run=names[0])
        assert run.rc != 0
        said = shown(run, names[0])
        assert "queueKey 101:webme of 2 applications (GWE_Shared_2, GWE_Shared_3) would point at" in said
        assert "chat_channel_restore_on_conflict" in said.splitlines()[-1]
        assert endpoints(sim, "ChatServer_1")["webme"] == QUEUE


def test_a_restore_that_fails_says_how_things_are_and_what_comes_next(field: Field) -> None:
    before = options_of(field.sim.estate)
    field.configure("one", HOSTS, **{PERIOD: 5})
    field.sim.set(deny_write=["GWE_Cluster_DR"])
    run = field.restore(HOSTS)
    assert run.rc != 0
    report = run.task("Report what was restored", "dr").result["msg"]
    assert report[0] == "Nothing is changed."
    assert report[1].startswith("Cause, application 'GWE_Cluster_DR': ")
    assert report[-1] == "Next: fix the cause, then run the same command again."
    table = run.task("Show all clusters of this play").result["msg"]
    assert table[1].startswith("GWE_Cluster_DR: failed. Nothing is changed. Cause, application 'GWE_Cluster_DR': ")
    field.sim.set(deny_write=[])
    field.restore(HOSTS).assert_success()
    assert options_of(field.sim.estate) == before


def test_clusters_are_shown_once_and_without_a_warning_whatever_the_strategy_of_the_user(field: Field) -> None:
    home = {"ANSIBLE_STRATEGY": "free"}
    given = {**connection(field.sim), "chat_channel_backup_dir": str(field.folder), PERIOD: 5}
    for playbook in (CONFIGURE, RESTORE):
        run = field.play(field.sim, playbook, HOSTS, given, env=home)
        run.assert_success()
        assert len(run.tasks("Show all clusters of this play")) == 1
