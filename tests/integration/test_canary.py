# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch by batch, with the user's own look at each batch; what happens when that look does not please."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    QUEUE,
    SERVERS,
    in_use,
    options_of,
    order_of,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    Run,
    TaskResult,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate

ONE_BY_ONE = {"chat_channel_batch_size": 1}
# What a user might write: a pause, and a look at the Chat Servers of the batch.
LOOK: list[dict[str, Any]] = [
    {"name": "Wait", "ansible.builtin.pause": {"seconds": 0}},
    {
        "name": "Look",
        "ansible.builtin.assert": {
            "that": "not (unhealthy | default('nobody')) in chat_channel_batch",
            "fail_msg": "{{ chat_channel_batch[0] }} answers no chat",
            "success_msg": "well: {{ chat_channel_batch | join(', ') }}",
        },
    },
]


def looks(run: Run, name: str = "Look") -> list[TaskResult]:
    """Return the looks that were taken. Before the first write the file is only read, and its tasks are skipped."""
    return [item for item in run.tasks(name) if item.status != "skipped"]


def tasks_file(folder: Path, tasks: Any = None) -> str:
    file = folder / "look.yml"
    file.write_text(json.dumps(LOOK if tasks is None else tasks), encoding="utf-8")
    return str(file)


class TestWell:
    """Every batch is well: in check mode, one by one, and while the channel is retired two by two."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(
        cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[tuple[Simulator, Run, Run, int, Run]]:
        file = tasks_file(tmp_path_factory.mktemp("tasks"))
        with simulator(demo) as sim:
            variables = {**connection(sim), "chat_channel_after_batch_tasks": file}
            check = play(sim, CONFIGURE, DR, {**variables, **ONE_BY_ONE}, args=["--check"])
            done = play(sim, CONFIGURE, DR, {**variables, **ONE_BY_ONE})
            writes = len(sim.journal)
            retired = play(sim, RETIRE, DR, {**variables, "chat_channel_batch_size": 2})
            yield sim, check, done, writes, retired

    def test_every_run_succeeds_without_a_warning(self, story: Any) -> None:
        _unused, check, done, _unused, retired = story
        for run in (check, done, retired):
            run.assert_success()

    def test_the_look_comes_after_each_chat_server_and_before_the_next(self, story: Any) -> None:
        _unused, _unused, done, *_unused = story
        assert [item.msg for item in looks(done)] == [f"well: {name}" for name in SERVERS["dr"]]
        _plan, *calls = done.calls("chat_channel")
        steps = sorted([*looks(done), *calls], key=done.results.index)
        assert [item.task.endswith("Look") for item in steps] == [False, True] * 4 + [False, False]
        assert [list(item.written) for item in steps if item.writes] == [
            [name] for name in (*SERVERS["dr"], "GWE_Cluster_DR")
        ]

    def test_the_cluster_is_written_after_the_last_look(self, story: Any) -> None:
        sim, _unused, done, writes, _unused = story
        assert order_of(sim.journal[:writes]) == [*SERVERS["dr"], "GWE_Cluster_DR"]
        assert done.results.index(done.calls("chat_channel")[-1]) > done.results.index(looks(done)[-1])

    def test_check_mode_does_not_look(self, story: Any) -> None:
        _unused, check, *_unused = story
        assert looks(check) == []
        assert looks(check, "Wait") == []

    def test_while_an_endpoint_goes_each_batch_is_looked_at_too(self, story: Any) -> None:
        *_unused, retired = story
        a, b, c, d = SERVERS["dr"]
        assert [item.msg for item in looks(retired)] == [f"well: {a}, {b}", f"well: {c}, {d}"]


class TestUnwell:
    """Three clusters, each with another `chat_channel_on_failure`; the second Chat Server of each is not well."""

    MODES = (("rollback", 1), ("batch", 2), ("keep", 3))

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Estate, Run]]:
        hosts = {
            mode: {
                "chat_channel_cluster": f"GWE_Cluster_{number}",
                "chat_channel_on_failure": mode,
                "unhealthy": f"ChatServer_{number}_02",
            }
            for mode, number in cls.MODES
        }
        file = tasks_file(tmp_path_factory.mktemp("tasks"))
        before = generate(3, 3)
        with simulator(before) as sim:
            variables = {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file}
            yield sim, before, play(sim, CONFIGURE, hosts, variables)

    @staticmethod
    def changed(sim: Simulator, number: int) -> list[bool]:
        """Return which Chat Servers of a cluster have the new endpoint now."""
        names = [f"ChatServer_{number}_{index:02}" for index in (1, 2, 3)]
        return ["webme" in sim.options(name)["endpoints:1"] for name in names]

    @pytest.mark.parametrize(
        ("number", "left"), [(1, [False, False, False]), (2, [True, False, False]), (3, [True, True, False])]
    )
    def test_what_stays_changed_is_what_was_asked_for(
        self, story: tuple[Simulator, Estate, Run], number: int, left: list[bool]
    ) -> None:
        assert self.changed(story[0], number) == left

    @pytest.mark.parametrize(("mode", "number"), MODES)
    def test_nothing_is_begun_after_the_failure(
        self, story: tuple[Simulator, Estate, Run], mode: str, number: int
    ) -> None:
        sim, _unused, run = story
        assert not {f"ChatServer_{number}_03", f"GWE_Cluster_{number}"} & set(order_of(sim.journal))
        assert run.stats[mode]["failures"] == 1

    @pytest.mark.parametrize(("mode", "number"), MODES)
    def test_the_last_word_says_why_and_which_batch(
        self, story: tuple[Simulator, Estate, Run], mode: str, number: int
    ) -> None:
        batch = f"ChatServer_{number}_02"
        assert f"Cause: Task 'Look' failed after batch {batch}: {batch} answers no chat" in story[2].report(mode)

    @pytest.mark.parametrize(
        ("mode", "lines"),
        [
            ("rollback", ["Nothing is changed: both applications are rolled back."]),
            ("batch", ["1 application is changed, 1 is rolled back.", "Changed: ChatServer_2_01."]),
            ("keep", ["2 applications are changed.", "Changed: ChatServer_3_01, ChatServer_3_02."]),
        ],
    )
    def test_the_first_words_say_what_is_rolled_back_and_what_stays(
        self, story: tuple[Simulator, Estate, Run], mode: str, lines: list[str]
    ) -> None:
        report = story[2].report(mode)
        assert report[: len(lines)] == lines
        # What stays can be taken back from the record of the run, although no backup was asked for.
        assert (f"--limit {mode} -e chat_channel_backup_dir=" in report[-1]) == (mode != "rollback")
        story[2].assert_clean()


class TestUnwellAtTheEnd:
    """While DR is renamed and the nodes have restarted, the last Chat Server is not well without the old endpoint."""

    @pytest.mark.parametrize("mode", ["rollback", "batch"])
    def test_no_queue_key_is_without_its_endpoint(self, demo: Estate, play: Player, tmp_path: Path, mode: str) -> None:
        with_old = {"that": "restarted is not defined or 'DR_B_Backup' not in chat_channel_batch[0]"}
        file = tasks_file(tmp_path, [{"name": "Look", "ansible.builtin.assert": with_old}])
        restart = tmp_path / "restart.yml"
        restart.write_text(json.dumps([{"name": "Restart", "ansible.builtin.set_fact": {"restarted": True}}]))
        before = in_use(demo)
        with simulator(before) as sim:
            variables = {
                **connection(sim),
                **ONE_BY_ONE,
                "chat_channel_endpoint": "proactive",
                "chat_channel_previous_endpoint": "webme",
                "chat_channel_after_batch_tasks": file,
                "chat_channel_restart_tasks": str(restart),
                "chat_channel_on_failure": mode,
            }
            run = play(sim, CONFIGURE, DR, variables)
            assert run.rc != 0
            assert "Cause: Task 'Look' failed after batch ChatServer_DR_B_Backup: Assertion failed" in run.report("dr")
            again = "Restart the Web Engagement nodes again; they may still use what was rolled back."
            assert (again in run.report("dr")) == (mode == "rollback")
            if mode == "rollback":
                assert options_of(sim.estate) == options_of(before)
                assert run.report("dr")[0] == "Nothing is changed: all 5 applications are rolled back."
                return
            assert sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == "101:proactive"
            found = [sim.options(name)["endpoints:101"] for name in SERVERS["dr"]]
            assert [one["proactive"] for one in found] == [QUEUE] * 4
            assert [one.get("webme") for one in found] == [None, None, None, QUEUE]


def test_slips_stop_before_the_first_write(demo: Estate, play: Player, tmp_path: Path) -> None:
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "missing": (
            {"chat_channel_after_batch_tasks": "no.yml"},
            "chat_channel_after_batch_tasks: there is no file 'no.yml'. A relative path starts in /",
        ),
        "folder": ({"chat_channel_restart_tasks": str(tmp_path)}, f"restart_tasks: there is no file '{tmp_path}'"),
        "mode": ({"chat_channel_on_failure": "ask"}, "rollback, batch, keep"),
    }
    clusters = {"missing": "GWE_Cluster_DR", "folder": "GWE_Cluster_Main", "mode": "GWE_Cluster_Direct"}
    hosts = {name: {"chat_channel_cluster": clusters[name], **given} for name, (given, _unused) in cases.items()}
    broken = tasks_file(tmp_path, [{"name": "Look", "ansible.builtin.nonsense": {}}])
    with simulator(demo) as sim:
        for args in (["--check"], []):
            run = play(sim, CONFIGURE, hosts, connection(sim), args=args)
            for name, (_unused, words) in cases.items():
                assert words in "\n".join([*run.report(name), run.failures(name)[0].msg]), name
            run.assert_clean()
        unreadable = play(sim, CONFIGURE, DR, {**connection(sim), "chat_channel_after_batch_tasks": broken})
        assert unreadable.rc != 0
        assert "ansible.builtin.nonsense" in unreadable.output
        assert sim.journal == []


@pytest.mark.parametrize("args", [["--check"], []])
def test_a_run_that_has_no_place_for_its_record_stops_in_check_mode_too(
    demo: Estate, play: Player, tmp_path: Path, args: list[str]
) -> None:
    file = tasks_file(tmp_path, [])
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, DR, {**connection(sim), "chat_channel_backup_dir": f"{file}/backup"}, args=args)
        assert f"Cause: backup_dir (chat_channel_backup_dir): cannot write to {file}/backup" in run.report("dr")[1]
        nowhere = {"XDG_STATE_HOME": "", "HOME": ""}
        batches = play(sim, CONFIGURE, DR, {**connection(sim), **ONE_BY_ONE}, args=args, env=nowhere)
        assert "Steps, such as batches, require one: set backup_dir." in batches.report("dr")[1]
        play(sim, CONFIGURE, DR, connection(sim), args=args, env=nowhere).assert_success()
        assert {write["name"] for write in sim.journal} == ({*SERVERS["dr"], "GWE_Cluster_DR"} if not args else set())


def test_a_template_that_is_not_defined_is_never_written(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        given = {"chat_channel_endpoint": "{{ nope }}", "chat_channel_create_queue": True}
        run = play(sim, CONFIGURE, DR, {**connection(sim), **given}, env={"ANSIBLE_ERROR_ON_UNDEFINED_VARS": "0"})
        assert run.rc == 2
        assert "'nope' is undefined" in run.output
        assert sim.journal == []


def test_a_path_of_a_task_file_may_begin_with_a_home(demo: Estate, play: Player, tmp_path: Path) -> None:
    Path(tasks_file(tmp_path, [{"ansible.builtin.debug": {"msg": "here"}}])).rename(tmp_path / "here.yml")
    with simulator(demo) as sim:
        given = {"chat_channel_after_batch_tasks": "~/here.yml", "chat_channel_restart_tasks": "$HOME/here.yml"}
        run = play(sim, CONFIGURE, DR, {**connection(sim), **given}, env={"HOME": str(tmp_path)})
        run.assert_success()
        assert run.stdout.count('"msg": "here"') == 2


@pytest.mark.parametrize("earlier", [False, True])
def test_a_file_that_the_users_tasks_cannot_include_is_a_failure_that_is_rolled_back(
    demo: Estate, play: Player, tmp_path: Path, earlier: bool
) -> None:
    """Ansible records no failed task then; one that failed earlier on this host is not the cause."""
    file = tasks_file(tmp_path, [{"ansible.builtin.include_tasks": str(tmp_path / "{{ chat_channel_batch[0] }}.yml")}])
    rescued = {"block": [{"ansible.builtin.fail": {"msg": "long ago"}}], "rescue": [{"ansible.builtin.meta": "noop"}]}
    role = {"ansible.builtin.include_role": {"name": "genesys_ops.engage.chat_channel"}}
    with simulator(demo) as sim:
        variables = {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file}
        tasks = [*([rescued] if earlier else []), role]
        run = play(sim, [{"hosts": "all", "gather_facts": False, "tasks": tasks}], DR, variables)
        assert run.rc != 0
        assert run.report("dr")[:2] == [
            "Nothing is changed: ChatServer_DR_A is rolled back.",
            "Cause: A task failed, here or on another host, or a file of tasks could not be included after batch "
            "ChatServer_DR_A: see the error above.",
        ]
        assert len(sim.journal) == 2
        assert options_of(sim.estate) == options_of(demo)


def test_the_report_does_not_show_what_a_task_hides(demo: Estate, play: Player, tmp_path: Path) -> None:
    """Ansible hands the message of a failed task over in clear. It may show it itself, but once."""
    file = tasks_file(tmp_path, [{"name": "Log in", "ansible.builtin.fail": {"msg": "of abc"}, "no_log": True}])
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, DR, {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file})
        assert run.report("dr")[:2] == [
            "Nothing is changed: ChatServer_DR_A is rolled back.",
            "Cause: Task 'Log in' failed after batch ChatServer_DR_A: its reason is hidden by no_log.",
        ]
        assert run.output.count("of abc") <= 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("line 1\n\tline 2 \n", "line 1 line 2"),
        ("GET http://u:********@h", re.escape("GET http://u:********@h")),
        ("\x1b[31mred", re.escape("\\u{1b}[31mred")),
        ("", "(it gave no reason|.*Unknown error)."),  # the latter are words of core 2.21
        (None, "(it gave no reason|.*Unknown error)."),
    ],
)
def test_whatever_a_task_says_that_failed_the_run_is_rolled_back(
    demo: Estate, play: Player, tmp_path: Path, said: str | None, shown: str
) -> None:
    file = tasks_file(tmp_path, [{"name": "Look", "ansible.builtin.fail": {"msg": said}}])
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, DR, {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file})
        state, cause, *_rest = run.report("dr")
        assert state == "Nothing is changed: ChatServer_DR_A is rolled back."
        assert re.fullmatch(f"Cause: Task 'Look' failed after batch ChatServer_DR_A: {shown}", cause)
        assert options_of(sim.estate) == options_of(demo)


@pytest.mark.parametrize("slip", [{"chat_channel_queue": "blank "}, {"chat_channel_peak_chat_sessions": True}])
def test_a_slip_between_two_steps_claims_nothing_about_earlier_ones(
    demo: Estate, play: Player, tmp_path: Path, slip: dict[str, Any]
) -> None:
    file = tasks_file(tmp_path, [{"ansible.builtin.set_fact": slip}])
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, DR, {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file})
        assert "webme" in sim.options("ChatServer_DR_A")["endpoints:101"]
        state, cause, *_rest = run.report("dr")
        assert state == "This step changed nothing, and what earlier steps of this run changed is not rolled back."
        assert next(iter(slip)) in cause
        assert run.facts("dr")["chat_channel_result"]["changed"]


def test_a_task_that_stops_all_hosts_rolls_all_of_them_back(demo: Estate, play: Player, tmp_path: Path) -> None:
    """Before core 2.18, a task with any_errors_fatal in a block that has a rescue stops its own host only."""
    look = {"ansible.builtin.assert": {"that": "inventory_hostname != 'dr'"}, "any_errors_fatal": True, "name": "Look"}
    file = tasks_file(tmp_path, [look])
    with simulator(demo) as sim:
        variables = {**connection(sim), **ONE_BY_ONE, "chat_channel_after_batch_tasks": file}
        run = play(sim, CONFIGURE, {**DR, "main": {"chat_channel_cluster": "GWE_Cluster_Main"}}, variables)
        assert run.report("dr")[0] == "Nothing is changed: ChatServer_DR_A is rolled back."
        if run.stats["main"]["failures"]:
            assert run.report("main")[0] == "Nothing is changed: ChatServer_1 is rolled back."
            assert options_of(sim.estate) == options_of(demo)
        else:
            assert "4 applications changed." in run.report("main")[0]
