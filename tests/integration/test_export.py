# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `export`: one file for each GAX, and a rehearsal on it is the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    PASSWORD,
    USER,
    Player,
    Run,
    Task,
    call,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import Heard, leaks, listen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate, load

EXPORT = f"{NAMESPACE}.export"
WRITE = "Export what matters to its clusters"
DAP_PASSWORD = "Tr0ub4dor&3"


def file_of(sim: Simulator, folder: Path) -> Path:
    return folder / (sim.url.removeprefix("http://").replace(":", "_") + ".yml")


@dataclass
class Story:
    """One inventory with two GAX, and the runs on it by name."""

    demo: Simulator
    other: Simulator
    folder: Path
    heard: Heard
    runs: dict[str, Run] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def leaders(self, run: str) -> list[str]:
        """Return the hosts that read a GAX, in any run once for each."""
        return [item.host for item in self.runs[run].tasks(WRITE) if item.status != "skipped"]


class TestTwoGax:
    """The hosts main, dr and direct share a GAX, whose address is spelt in two ways; far has one of its own."""

    RUNS: ClassVar[dict[str, list[str]]] = {
        "check": ["--check", "--diff"],
        "first": ["--diff"],
        "again": ["-vvv"],
        "limit": ["--limit", "dr,far", "--check", "--diff"],
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
        folder = tmp_path_factory.mktemp("work") / "estate"
        estate = demo.copy()
        # A secret that is part of what matters: the Chat Server is connected to a Database Access Point.
        server = estate.app("ChatServer_1")
        server["appservers"]["conninfo"].append({"appserverdbid": "106", "id": "default"})
        estate.put(server)
        with (
            simulator(estate, forbid_writes=True) as sim,
            simulator(generate(1, 2), forbid_writes=True) as other,
        ):
            story = Story(sim, other, folder, listen(sim))
            hosts = {
                "main": {**connection(sim), "chat_channel_cluster": "GWE_Cluster_Main"},
                "far": {**connection(other), "chat_channel_cluster": "GWE_Cluster_1"},
                "dr": {**connection(sim.url + "/gax/"), "chat_channel_cluster": "GWE_Cluster_DR"},
                "direct": {
                    **connection(f"{sim.url},http://127.0.0.1:9"),
                    "chat_channel_cluster": "GWE_Cluster_Direct",
                    "chat_channel_tenant": 1,
                },
            }
            for name, args in cls.RUNS.items():
                story.runs[name] = play(sim, EXPORT, hosts, {"chat_channel_export_dir": str(folder)}, args=args)
                story.texts[name] = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*"))}
            yield story

    @pytest.mark.parametrize("name", RUNS)
    def test_every_run_succeeds_without_a_warning(self, story: Story, name: str) -> None:
        story.runs[name].assert_success()

    def test_nothing_is_ever_written_to_gax(self, story: Story) -> None:
        for sim in (story.demo, story.other):
            assert (sim.violations, sim.journal) == ([], [])

    def test_there_is_one_file_for_each_gax_with_all_its_clusters(self, story: Story) -> None:
        assert set(story.texts["first"]) == {file_of(sim, story.folder).name for sim in (story.demo, story.other)}
        clusters = {
            sim.url: {obj["name"] for obj in load(file_of(sim, story.folder)) if obj["name"].startswith("GWE_Cluster")}
            for sim in (story.demo, story.other)
        }
        assert clusters == {
            story.demo.url: {"GWE_Cluster_Main", "GWE_Cluster_DR", "GWE_Cluster_Direct"},
            story.other.url: {"GWE_Cluster_1"},
        }

    def test_each_gax_is_read_once_in_a_run(self, story: Story) -> None:
        assert sorted(story.leaders("first")) == ["far", "main"]
        log_ins = [entry for entry in story.demo.log if entry["path"].endswith("session/login")]
        assert len(log_ins) == len(self.RUNS)

    def test_check_mode_writes_nothing_and_shows_what_the_run_does(self, story: Story) -> None:
        assert story.texts["check"] == {}
        check, first = story.runs["check"], story.runs["first"]
        assert sorted(check.shown_diff) == sorted(first.shown_diff) != []  # hosts come in any order
        assert check.stats == first.stats
        assert [first.stats[host]["changed"] for host in ("main", "far", "dr", "direct")] == [1, 1, 0, 0]

    def test_the_second_run_changes_nothing(self, story: Story) -> None:
        assert story.texts["again"] == story.texts["first"]
        assert not any(stats["changed"] for stats in story.runs["again"].stats.values())
        assert story.runs["again"].task(WRITE, "main").msg.endswith("tenants, 2 folders.")
        assert "is up to date" in story.runs["again"].task(WRITE, "main").msg

    def test_a_limit_leaves_other_clusters_out(self, story: Story) -> None:
        assert sorted(story.leaders("limit")) == ["dr", "far"]
        (diff,) = story.runs["limit"].task(WRITE, "dr").diff
        assert "GWE_Cluster_DR" in diff["after"]
        assert "GWE_Cluster_Main" not in diff["after"]
        assert story.runs["limit"].task(WRITE, "far").changed is False

    def test_no_secret_is_in_a_file_or_on_the_screen(self, story: Story) -> None:
        (text,) = [
            text for name, text in story.texts["first"].items() if name == file_of(story.demo, story.folder).name
        ]
        shown = "".join(run.output for run in story.runs.values())
        assert "username, value: ucs_owner" in text
        assert "password, value: '********'" in text
        secrets = [DAP_PASSWORD, PASSWORD, *story.heard.passwords, *story.heard.cookies]
        assert len(secrets) > 6
        assert leaks(text + shown, *secrets) == []


class TestRehearsal:
    """What the estate says and does, the copy says and does, with the same inventory."""

    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
        folder = tmp_path_factory.mktemp("estate")
        hosts = {name: {"chat_channel_cluster": f"GWE_Cluster_{name}"} for name in ("Main", "DR")}
        with simulator(demo) as sim:
            variables = {**connection(sim), "chat_channel_export_dir": str(folder)}
            exported = play(sim, EXPORT, hosts, variables)
            exported.assert_success()
            with Simulator(file_of(sim, folder), user="rehearsal", password="only-here") as copy:
                extra = [f"gax_url={copy.url}", "gax_username=rehearsal", "gax_password=only-here"]
                args = [part for text in extra for part in ("-e", text)]
                rehearsed = play(copy, CONFIGURE, hosts, variables, args=[*args, "--diff"])
                untouched = len(sim.journal) == 0
                real = play(sim, CONFIGURE, hosts, variables, args=["--diff"])
                yield {
                    "rehearsed": rehearsed,
                    "real": real,
                    "untouched": untouched,
                    "writes": (written(copy.journal), written(sim.journal)),
                }

    def test_both_succeed(self, runs: dict[str, Any]) -> None:
        runs["rehearsed"].assert_success()
        runs["real"].assert_success()

    def test_the_rehearsal_does_not_touch_the_gax_of_the_inventory(self, runs: dict[str, Any]) -> None:
        assert runs["untouched"]

    def test_the_run_does_what_the_rehearsal_did(self, runs: dict[str, Any]) -> None:
        rehearsed, real = runs["rehearsed"], runs["real"]
        assert sorted(rehearsed.shown_diff) == sorted(real.shown_diff) != []  # hosts come in any order
        assert rehearsed.stats == real.stats
        for host in ("Main", "DR"):
            assert rehearsed.facts(host)["chat_channel_result"] == real.facts(host)["chat_channel_result"]
        copy, estate = runs["writes"]
        assert copy == estate
        assert len(estate) == 9


class TestWhatGoesWrong:
    def test_a_gax_that_cannot_be_read_stops_no_other(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        hosts = {
            "far": {**connection("http://127.0.0.1:9"), "gax_retries": 0, "chat_channel_cluster": "GWE_Cluster_Main"},
            "main": {**connection(sim), "chat_channel_cluster": "GWE_Cluster_Main"},
        }
        run = play(sim, EXPORT, hosts, {"chat_channel_export_dir": str(tmp_path)})
        assert run.rc == 2
        assert [item.host for item in run.failures()] == ["far"]
        assert "No GAX can be reached" in run.failures("far")[0].msg
        assert "Traceback" not in run.output
        assert [file.name for file in tmp_path.iterdir()] == [file_of(sim, tmp_path).name]

    def test_a_wrong_name_is_told_and_no_file_is_written(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        hosts = {
            "main": {"chat_channel_cluster": "GWE_Cluster_Main"},
            "dr": {"chat_channel_cluster": "GWE_Cluster_dr"},
        }
        run = play(sim, EXPORT, hosts, {**connection(sim), "chat_channel_export_dir": str(tmp_path)})
        assert run.rc == 2
        assert "'GWE_Cluster_dr'. Did you mean 'GWE_Cluster_DR'" in run.failures()[0].msg
        assert list(tmp_path.iterdir()) == []

    def test_serial_is_refused(self, sim: Simulator, play: Player, tmp_path: Path) -> None:
        include = {"ansible.builtin.include_role": {"name": f"{NAMESPACE}.chat_channel", "tasks_from": "export"}}
        plays = [{"name": "x", "hosts": "all", "gather_facts": False, "serial": 1, "tasks": [{"name": "x", **include}]}]
        hosts = {name: {"chat_channel_cluster": f"GWE_Cluster_{name}"} for name in ("Main", "DR")}
        run = play(sim, plays, hosts, {**connection(sim), "chat_channel_export_dir": str(tmp_path)})
        assert run.rc == 2
        assert "Remove serial from the play" in run.failures()[0].msg
        assert list(tmp_path.iterdir()) == []

    def test_without_a_folder_the_variable_is_named(self, sim: Simulator, play: Player) -> None:
        run = play(sim, EXPORT, {"main": {"chat_channel_cluster": "GWE_Cluster_Main"}}, connection(sim))
        assert run.rc == 2
        assert "chat_channel_export_dir" in run.failures()[0].msg


@pytest.mark.parametrize("folder", ["", " ", 3, ["a"]])
def test_a_folder_that_is_none_is_refused_before_anything_is_read(sim: Simulator, play: Player, folder: Any) -> None:
    """An empty one would be the root of the file system."""
    hosts = {"main": {"chat_channel_cluster": "GWE_Cluster_Main"}}
    run = play(sim, EXPORT, hosts, {**connection(sim), "chat_channel_export_dir": folder})
    assert run.rc == 2
    assert run.failures()[0].msg.startswith("chat_channel_export_dir must be the path of a folder, as text.")
    assert not any(call.requests for call in run.results)


def test_the_address_may_come_from_the_environment(sim: Simulator, play: Player, tmp_path: Path) -> None:
    env = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}
    hosts = {"main": {"chat_channel_cluster": "GWE_Cluster_Main"}}
    run = play(sim, EXPORT, hosts, {"chat_channel_export_dir": str(tmp_path)}, env=env)
    run.assert_success()
    assert file_of(sim, tmp_path).exists()


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "shipped"])
def test_the_module_alone(sim: Simulator, play: Player, tmp_path: Path, in_process: bool) -> None:
    tasks: list[Task] = [
        call("estate_export", title, path=str(tmp_path / name), clusters=[{"cluster": "GWE_Cluster_Main"}])
        for title, name in {"as yaml": "x.yml", "as json": "x.json", "wrong": "x.txt"}.items()
    ]
    run = play(sim, tasks, variables={"gax_in_process": in_process})
    run.assert_clean()
    assert run.task("as yaml").result["objects"] == {"applications": 13, "scripts": 13, "tenants": 2, "folders": 2}
    assert list(load(tmp_path / "x.json")) == list(load(tmp_path / "x.yml"))
    assert "must end in .yml, .yaml, .json" in run.task("wrong").msg
