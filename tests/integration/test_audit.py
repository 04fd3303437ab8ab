# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `audit`: what people see, which files they get, when a pipeline fails, and that nothing is written."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import closed_port
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    USER,
    Player,
    Run,
    TaskResult,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

AUDIT = "genesys_ops.engage.audit"
CLUSTERS = {"direct": "GWE_Cluster_Direct", "main": "GWE_Cluster_Main", "dr": "GWE_Cluster_DR"}
HOSTS = {host: {"chat_channel_cluster": name} for host, name in CLUSTERS.items()}
FILES = [f"chat-channel-audit.{kind}" for kind in ("html", "json", "md", "xml")]


def report_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "chat-channel-audit.json").read_text(encoding="utf-8"))
    return found


def of(report: dict[str, Any], host: str) -> dict[str, Any]:
    return next(cluster for cluster in report["clusters"] if cluster["host"] == host)


def said(run: Run, host: str) -> str:
    return run.task("Show the state of the chat channel", host).msg


def summary(run: Run) -> list[str]:
    found: list[str] = run.task("Show the summary of the audit").result["msg"]
    return found


def failure(run: Run, host: str) -> TaskResult:
    return run.task("Fail if the cluster needs attention", host)


@dataclass
class Story:
    """An audit, a run of configure, and audits after it."""

    sim: Simulator
    folder: Path
    first: Run
    writes_before: int
    second: Run
    third: Run


class TestAudit:
    """One estate before and after it is configured; cluster DR is left as it is."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
        folder = tmp_path_factory.mktemp("reports")
        with simulator(demo) as sim:

            def run(playbook: str, *args: str, **variables: Any) -> Run:
                return play(sim, playbook, HOSTS, {**connection(sim), **variables}, args=args)

            first = run(AUDIT, chat_channel_report_dir=str(folder / "1"))
            before = len(sim.journal)
            run(CONFIGURE, "--limit", "main,direct").assert_success()
            compared = {"chat_channel_compare_with": str(folder / "1" / "chat-channel-audit.json")}
            writes = len(sim.journal)
            second = run(AUDIT, chat_channel_report_dir=str(folder / "2"), **compared)
            third = run(AUDIT, "--check", chat_channel_report_dir=str(folder / "3"), **compared)
            assert len(sim.journal) == writes
            yield Story(sim, folder, first, before, second, third)

    def test_a_cluster_that_is_not_configured_fails_the_run(self, story: Story) -> None:
        assert story.first.rc == 2
        assert sorted(host for host, stats in story.first.stats.items() if stats["failures"]) == sorted(CLUSTERS)

    def test_the_user_sees_no_warning_and_no_traceback(self, story: Story) -> None:
        for run in (story.first, story.second, story.third):
            for word in ("Traceback", "WARNING", "MODULE FAILURE", "DEPRECATION"):
                assert word not in run.output

    def test_each_cluster_is_told_in_one_line(self, story: Story) -> None:
        assert said(story.first, "main") == (
            "GWE_Cluster_Main: 5 errors, 0 warnings, 5 options differ; `configure` fixes 5 of 5 findings."
        )
        assert said(story.first, "direct") == (
            "GWE_Cluster_Direct: 2 errors, 0 warnings, 2 options differ; `configure` fixes 2 of 2 findings."
        )

    def test_the_run_ends_with_a_summary(self, story: Story) -> None:
        [inventory] = report_in(story.folder / "1")["run"]["inventory"]
        assert summary(story.first) == [
            "3 clusters with 6 Chat Servers and 2 backups: 0 fine, 0 with warnings, 3 with errors, 0 could not be "
            "read.",
            "13 errors, 0 warnings, 13 options differ from the inventory.",
            "No chat can be opened on 2 clusters: queueKey is not set (GWE003)",
            "No chat can be opened on 2 clusters: Endpoint 'webme' is missing in section [endpoints:101] (GWE004, 7 "
            "applications)",
            "Some chats are lost on 2 clusters: webengagementChatQueue is not set (GWE005)",
            "Some chats are lost on GWE_Cluster_Direct: Endpoint 'webme' names another queue (GWE005)",
            "Some chats are lost on GWE_Cluster_Direct: webengagementChatQueue names another queue (GWE005)",
            "GWE_Cluster_DR: 6 errors, 0 warnings, 6 options differ",
            "GWE_Cluster_Main: 5 errors, 0 warnings, 5 options differ",
            "GWE_Cluster_Direct: 2 errors, 0 warnings, 2 options differ",
            f"13 of 13 findings can be fixed with: ansible-playbook genesys_ops.engage.configure -i {inventory}",
            f"Report: {story.folder}/1/chat-channel-audit.html",
        ]

    def test_a_host_that_fails_says_why(self, story: Story) -> None:
        assert failure(story.first, "main").msg == (
            "GWE_Cluster_Main needs attention: 5 errors, 0 warnings, 5 options differ. GWE003 GWE_Cluster_Main: "
            "queueKey is not set: no chat can be opened. Set [chat] queueKey = 101:webme; `configure` does so. And "
            "4 more: see the report."
        )

    def test_the_report_says_where_it_comes_from(self, story: Story) -> None:
        run = report_in(story.folder / "1")["run"]
        [gax] = run["gax"]
        assert (gax["address"], gax["account"]) == (f"{story.sim.url}/gax", USER)
        assert re.fullmatch(r"9\.0\.\d+\.\d+", gax["version"])
        assert re.match(r"\d{8}T\d{6}", run["name"])
        page = (story.folder / "1" / FILES[0]).read_text(encoding="utf-8")
        assert f"{gax['address']}</bdi>, version {gax['version']}, as <bdi>{USER}" in page

    def test_the_report_holds_what_is_on_the_server_and_what_is_wanted(self, story: Story) -> None:
        main = of(report_in(story.folder / "1"), "main")
        assert main["topology"]["application_clusters"][0]["name"] == "ChatServer_Cluster"
        servers = {server["name"]: (server["group"], server["queue"]) for server in main["chat_servers"]}
        assert servers == {f"ChatServer_{number}": ("ChatServer_Cluster", None) for number in (1, 2, 3)}
        assert {"application": "ChatServer_1", "section": "endpoints:101", "key": "webme"}.items() <= main["options"][
            -3
        ].items()
        assert (main["options"][-3]["wanted"], main["options"][-3]["found"]) == ("Webengagement_Chat", None)

    @pytest.mark.parametrize("number", ["1", "2", "3"])
    def test_there_are_four_files_and_the_data_keeps_to_the_schema(self, story: Story, number: str) -> None:
        folder = story.folder / number
        assert sorted(file.name for file in folder.iterdir()) == [*FILES, "history"]
        [kept] = (folder / "history").iterdir()
        assert kept.read_bytes() == (folder / FILES[1]).read_bytes()
        schema = json.loads((COLLECTION / "docs" / "audit-report.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(report_in(folder))
        assert "<h1>Chat channel audit</h1>" in (folder / FILES[0]).read_text(encoding="utf-8")
        assert "# Chat channel audit" in (folder / FILES[2]).read_text(encoding="utf-8")

    def test_a_pipeline_sees_the_failed_rules_as_tests(self, story: Story) -> None:
        root = ElementTree.parse(story.folder / "1" / "chat-channel-audit.xml").getroot()
        failed = [case for case in root.iter("testcase") if case.find("failure") is not None]
        assert {case.get("name", "").split()[0] for case in failed if "(main)" in case.get("classname", "")} == {
            "GWE003",
            "GWE004",
            "GWE005",
        }

    def test_after_a_run_what_it_has_fixed_is_solved(self, story: Story) -> None:
        change = report_in(story.folder / "2")["comparison"]
        assert change["earlier"] == report_in(story.folder / "1")["created"]
        assert {entry["host"] for entry in change["solved"] if entry["severity"] == "error"} == {"main", "direct"}
        assert {entry["host"] for entry in change["standing"] if entry["severity"] == "error"} == {"dr"}
        assert [entry for entry in change["new"] if entry["severity"] != "info"] == []
        assert any(line.startswith(f"Since {change['earlier']}: ") for line in summary(story.second))

    def test_only_what_is_wrong_still_fails(self, story: Story) -> None:
        assert story.second.rc == 2
        assert [host for host, stats in story.second.stats.items() if stats["failures"]] == ["dr"]
        assert [cluster["status"] for cluster in report_in(story.folder / "2")["clusters"]] == ["fine", "fine", "error"]

    def test_check_mode_writes_the_same_report(self, story: Story) -> None:
        reports = [report_in(story.folder / number) for number in ("2", "3")]
        for report in reports:
            assert report.pop("created")
            assert report.pop("run")
            assert report.pop("trend")
        assert json.dumps(reports[0]) == json.dumps(reports[1])
        assert story.third.rc == 2

    def test_nothing_is_ever_written_and_nothing_counts_as_changed(self, story: Story) -> None:
        assert story.writes_before == 0
        for run in (story.first, story.second, story.third):
            assert {stats["changed"] for stats in run.stats.values()} == {0}


class TestTrouble:
    """Inventory hosts that cannot be looked at, beside one that can."""

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Path]]:
        folder = tmp_path_factory.mktemp("report")
        hosts = {
            "no_name": {},
            "no_number": {"chat_channel_cluster": "GWE_Cluster_DR", "chat_channel_refresh_task_period": "often"},
            "out_of_range": {"chat_channel_cluster": "GWE_Cluster_DR", "chat_channel_refresh_task_period": 7},
            "undefined": {"chat_channel_cluster": "GWE_Cluster_DR", "chat_channel_queue": "{{ nothing_like_it }}"},
            "no_queue": {"chat_channel_cluster": "GWE_Cluster_DR", "chat_channel_queue": None},
            "unknown": {"chat_channel_cluster": "GWE_Cluster_Mian"},
            "down": {"chat_channel_cluster": "GWE_Cluster_DR", **connection(closed_port()), "gax_retries": 0},
            "main": {"chat_channel_cluster": "GWE_Cluster_Main", "chat_channel_fail_on": "never"},
        }
        with simulator(demo) as sim:
            variables = {**connection(sim), "chat_channel_report_dir": str(folder)}
            yield play(sim, AUDIT, hosts, variables), folder

    def test_every_host_is_in_the_report_in_the_order_of_the_inventory(self, run: tuple[Run, Path]) -> None:
        clusters = report_in(run[1])["clusters"]
        assert [(cluster["host"], cluster["status"]) for cluster in clusters] == [
            ("no_name", "unreadable"),
            ("no_number", "unreadable"),
            ("out_of_range", "unreadable"),
            ("undefined", "unreadable"),
            ("no_queue", "unreadable"),
            ("unknown", "unreadable"),
            ("down", "unreadable"),
            ("main", "error"),
        ]
        assert [cluster["name"] for cluster in clusters[5:]] == [
            "GWE_Cluster_Mian",
            "GWE_Cluster_DR",
            "GWE_Cluster_Main",
        ]

    @pytest.mark.parametrize(
        ("host", "words"),
        [
            ("no_name", "missing required arguments: chat_channel_cluster"),
            ("no_number", "chat_channel_refresh_task_period"),
            ("out_of_range", "refresh_task_period (chat_channel_refresh_task_period) must be 1 to 5 seconds, not 7."),
            ("undefined", "nothing_like_it"),
            ("no_queue", "chat_channel_queue"),
            ("unknown", "Did you mean 'GWE_Cluster_Main'"),
            ("down", "gax_url"),
        ],
    )
    def test_it_says_why_a_cluster_could_not_be_read(self, run: tuple[Run, Path], host: str, words: str) -> None:
        assert words in of(report_in(run[1]), host)["problem"]
        assert words in failure(run[0], host).msg
        assert "could not be read: " in failure(run[0], host).msg

    def test_the_run_fails_for_them_alone_and_looks_at_the_rest(self, run: tuple[Run, Path]) -> None:
        assert run[0].rc == 2
        assert [host for host, stats in run[0].stats.items() if not stats["failures"]] == ["main"]
        assert "GWE_Cluster_Main: 5 errors" in said(run[0], "main")

    def test_the_summary_counts_them(self, run: tuple[Run, Path]) -> None:
        assert summary(run[0])[0].endswith("0 fine, 0 with warnings, 1 with errors, 7 could not be read.")


class TestExit:
    """When a run fails: on findings as severe as asked for, and on input that cannot be used."""

    @pytest.fixture(scope="class")
    @classmethod
    def sim(cls, demo: Estate, play: Player) -> Iterator[Simulator]:
        """Return a simulator whose cluster DR is configured, with one warning: a Chat Server is disabled."""
        estate = demo.copy()
        estate.put({**estate.app("ChatServer_DR_B"), "state": "CFGDisabled"})
        with simulator(estate) as running:
            variables = {**connection(running), "chat_channel_fail_on": "never"}
            play(running, CONFIGURE, {"dr": HOSTS["dr"]}, variables).assert_success()
            yield running

    @pytest.mark.parametrize(("fail_on", "rc"), [("error", 0), ("warning", 2), ("never", 0)])
    def test_it_fails_on_findings_as_severe_as_asked_for(
        self, sim: Simulator, play: Player, fail_on: str, rc: int
    ) -> None:
        run = play(sim, AUDIT, {"dr": HOSTS["dr"]}, {**connection(sim), "chat_channel_fail_on": fail_on})
        assert run.rc == rc
        assert "1 warning" in said(run, "dr")
        assert summary(run)[-1] == "No report was written: report_dir (chat_channel_report_dir) is not set."

    def test_an_option_that_differs_from_the_inventory_is_a_warning(self, sim: Simulator, play: Player) -> None:
        variables = {**connection(sim), "chat_channel_fail_on": "warning", "chat_channel_connection_timeout": 3}
        run = play(sim, AUDIT, {"dr": HOSTS["dr"]}, variables)
        assert said(run, "dr") == (
            "GWE_Cluster_DR: 0 errors, 2 warnings, 1 option differs; `configure` fixes 1 of 2 findings."
        )
        assert run.rc == 2

    def test_an_earlier_report_that_is_none_costs_the_comparison_alone(
        self, sim: Simulator, play: Player, tmp_path: Path
    ) -> None:
        (tmp_path / "old.json").write_text("{}", encoding="utf-8")
        paths = {
            "chat_channel_report_dir": str(tmp_path / "new"),
            "chat_channel_compare_with": str(tmp_path / "old.json"),
        }
        run = play(sim, AUDIT, {"dr": HOSTS["dr"]}, {**connection(sim), **paths})
        assert run.rc == 0
        [notice] = report_in(tmp_path / "new")["notices"]
        assert notice.startswith(f"Not compared with an earlier report: {tmp_path}/old.json is not an audit report")
        assert notice in summary(run)

    @pytest.mark.parametrize("status", [404, 500, 403])
    def test_a_gax_that_does_not_tell_its_version_is_audited_all_the_same(
        self, sim: Simulator, play: Player, tmp_path: Path, status: int
    ) -> None:
        sim.set(faults=[{"kind": "status", "status": status, "methods": ["GET"], "path": "version"}])
        variables = {**connection(sim), "chat_channel_report_dir": str(tmp_path), "gax_retries": 0}
        run = play(sim, AUDIT, {"dr": HOSTS["dr"]}, variables)
        sim.set(faults=[])
        assert run.rc == 0
        assert [gax["version"] for gax in report_in(tmp_path)["run"]["gax"]] == [""]

    def test_a_limit_reports_on_the_hosts_that_are_left(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        variables = {**connection(sim), "chat_channel_report_dir": str(tmp_path)}
        play(sim, AUDIT, HOSTS, variables, args=["--limit", "dr"])
        assert [cluster["host"] for cluster in report_in(tmp_path)["clusters"]] == ["dr"]

    def test_every_night_is_compared_with_the_one_before(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        variables = {
            **connection(sim),
            "chat_channel_report_dir": str(tmp_path),
            "chat_channel_compare_with": "latest",
            "chat_channel_report_keep": 2,
            "chat_channel_run": "night-7",
        }
        runs = []
        for _night in range(3):
            runs.append(play(sim, AUDIT, {"dr": HOSTS["dr"]}, variables))
            time.sleep(1)  # nights are further apart than the whole seconds in which reports are dated
        assert "Not compared with an earlier report; there is none" in " ".join(summary(runs[0]))
        assert " ".join(summary(runs[2])).count(": 0 new, 0 solved, 1 as before.") == 1
        assert len(list((tmp_path / "history").iterdir())) == 2
        report = report_in(tmp_path)
        assert len(report["trend"]) == 3
        assert report["run"]["name"] == "night-7"
        assert [Path(source).name for source in report["run"]["inventory"]] == ["inventory.yml"]


class TestNothing:
    """An audit that had nothing to look at must not be a green job."""

    @pytest.mark.parametrize(
        ("inventory", "args", "words"),
        [
            ("all: {hosts: {}}", [], "has no host 'all'"),
            ("all: {hosts: {}}", ["-e", "chat_channel_hosts=clusters"], "has no host 'clusters'"),
            ("all: {hosts: {main: {}}}", ["-e", "chat_channel_hosts=clusters"], "has no host 'clusters'"),
            (
                "all: {hosts: {main: {}}, children: {clusters: {hosts: {dr: {}}}}}",
                ["-e", "chat_channel_hosts=clusters", "--limit", "main"],
                "has no host 'clusters' within --limit main",
            ),
        ],
    )
    def test_it_fails_and_says_where_it_looked(
        self, play: Player, tmp_path: Path, inventory: str, args: list[str], words: str
    ) -> None:
        file = tmp_path / "inventory.yml"
        file.write_text(inventory, encoding="utf-8")
        run = play(None, AUDIT, file, args=[*args, "-e", f"chat_channel_report_dir={tmp_path}/report"])
        assert run.rc == 2
        [failure] = run.failures()
        assert failure.msg.startswith(f"Nothing was audited: the inventory ({file}) {words}.")

    def test_an_inventory_that_is_not_there_fails(self, play: Player, tmp_path: Path) -> None:
        run = play(None, AUDIT, tmp_path / "inventroy.yml")
        assert run.rc == 2
        assert "Nothing was audited" in run.failures()[0].msg

    @pytest.mark.parametrize("strategy", ["free", "host_pinned"])
    def test_it_fails_whatever_the_strategy_of_the_user_is(self, play: Player, tmp_path: Path, strategy: str) -> None:
        run = play(None, AUDIT, tmp_path / "inventroy.yml", env={"ANSIBLE_STRATEGY": strategy})
        assert run.rc == 2


LOOK_AND_REPORT = [
    {"name": part, "ansible.builtin.include_role": {"name": "genesys_ops.engage.chat_channel", "tasks_from": part}}
    for part in ("audit", "audit_report")
]
NO_REPORT = (
    "No report was written: one report covers all hosts of the play, and all must be audited first. Remove serial from "
    "the play, and run it with strategy linear."
)


class TestTogether:
    """One report is about all hosts, so that they have to wait for each other."""

    @pytest.mark.parametrize("strategy", ["free", "host_pinned"])
    def test_the_playbook_makes_one_report_whatever_the_strategy_of_the_user_is(
        self, sim: Simulator, play: Player, tmp_path: Path, strategy: str
    ) -> None:
        variables = {**connection(sim), "chat_channel_report_dir": str(tmp_path)}
        run = play(sim, AUDIT, HOSTS, variables, env={"ANSIBLE_STRATEGY": strategy})
        assert len(run.calls("chat_channel_report")) == 1
        assert [cluster["status"] for cluster in report_in(tmp_path)["clusters"]] == ["error"] * 3
        assert run.rc == 2

    @pytest.mark.parametrize("serial", [1, 2])
    def test_a_play_in_batches_gets_no_report(self, sim: Simulator, play: Player, tmp_path: Path, serial: int) -> None:
        mine = {"hosts": "all", "gather_facts": False, "tasks": LOOK_AND_REPORT, "serial": serial}
        run = play(sim, [mine], HOSTS, {**connection(sim), "chat_channel_report_dir": str(tmp_path / "report")})
        assert run.rc == 2
        assert {failure.msg for failure in run.failures()} == {NO_REPORT}
        assert not (tmp_path / "report").exists()

    @pytest.mark.parametrize("strategy", ["free", "host_pinned"])
    def test_a_play_whose_hosts_do_not_wait_gets_no_report(
        self, sim: Simulator, play: Player, tmp_path: Path, strategy: str
    ) -> None:
        mine = {"hosts": "all", "gather_facts": False, "tasks": LOOK_AND_REPORT, "strategy": strategy}
        run = play(sim, [mine], HOSTS, {**connection(sim), "chat_channel_report_dir": str(tmp_path / "report")})
        assert run.rc != 0
        assert run.calls("chat_channel_report") == []
        # Ansible says it itself, unless a host comes so far while the others are still read.
        refused = {item.msg for item in run.failures()} == {NO_REPORT}
        assert refused or "not supported in the free strategy" in run.output
        assert not (tmp_path / "report").exists()

    def test_a_play_whose_hosts_wait_gets_one(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        mine = {"hosts": "all", "gather_facts": False, "tasks": LOOK_AND_REPORT}
        run = play(sim, [mine], HOSTS, {**connection(sim), "chat_channel_report_dir": str(tmp_path)})
        assert len(run.calls("chat_channel_report")) == 1
        assert len(report_in(tmp_path)["clusters"]) == 3


class TestSettingsOfTheUser:
    """Whatever a user has set for other plays, the audit runs on the controller, and one host stops no other."""

    @pytest.mark.parametrize(
        ("settings", "variables"),
        [
            ("[privilege_escalation]\nbecome = True\nbecome_user = nobody\n", {}),
            ("[defaults]\ntransport = ssh\nany_errors_fatal = True\n", {}),
            ("", {"ansible_connection": "ssh", "ansible_host": "192.0.2.1", "ansible_become": True}),
            ("", {"ansible_python_interpreter": "/nowhere/python", "ansible_connection": "ssh"}),
        ],
    )
    def test_it_reports_on_all_hosts(
        self, sim: Simulator, play: Player, tmp_path: Path, settings: str, variables: dict[str, Any]
    ) -> None:
        (tmp_path / "user.cfg").write_text(settings, encoding="utf-8")
        hosts = {"typo": {"chat_channel_cluster": "GWE_Cluster_Mian"}, **HOSTS}
        given = {**connection(sim), "chat_channel_report_dir": str(tmp_path), "chat_channel_fail_on": "never"}
        run = play(sim, AUDIT, hosts, {**given, **variables}, env={"ANSIBLE_CONFIG": str(tmp_path / "user.cfg")})
        statuses = {cluster["host"]: cluster["status"] for cluster in report_in(tmp_path)["clusters"]}
        assert statuses == {"typo": "unreadable", "direct": "error", "main": "error", "dr": "error"}
        assert [failure.host for failure in run.failures() if failure.task.endswith("needs attention")] == ["typo"]


class TestLibraries:
    """The report needs nothing that a run does not need."""

    def test_no_report_is_lost_for_want_of_a_library(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        for library in ("junitparser", "jsonschema", "lxml"):
            (tmp_path / f"{library}.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
        path = {"PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
        variables = {
            **connection(sim),
            "chat_channel_report_dir": str(tmp_path / "report"),
            "chat_channel_compare_with": "latest",
        }
        for _night in range(2):
            run = play(sim, AUDIT, {"main": HOSTS["main"]}, variables, env=path)
        assert sorted(file.name for file in (tmp_path / "report").iterdir()) == [*FILES, "history"]
        assert any(": 0 new, 0 solved, 5 as before." in line for line in summary(run))
