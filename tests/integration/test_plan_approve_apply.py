# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is bound to a saved plan changes exactly that, at once or in batches, or stops before its first write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    HOSTS,
    MAIN,
    differing,
    in_use,
    order_of,
    with_cluster,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RENAME = {
    "chat_channel_endpoint": "proactive",
    "chat_channel_previous_endpoint": "webme",
    "chat_channel_nodes_restarted": True,
}


class Field:
    """One GAX, and a folder of plans."""

    def __init__(self, play: Player, sim: Simulator, folder: Path) -> None:
        self._play, self.sim, self.folder = play, sim, folder

    def plan(self, hosts: Any, *args: str, **variables: Any) -> Run:
        given = {**connection(self.sim), "chat_channel_plan_dir": str(self.folder), **variables}
        run: Run = self._play(self.sim, CONFIGURE, hosts, given, args=["--check", *args])
        run.assert_success()
        return run

    def apply(self, hosts: Any, *args: str, **variables: Any) -> Run:
        given = {**connection(self.sim), "chat_channel_approved_plan_dir": str(self.folder), **variables}
        run: Run = self._play(self.sim, CONFIGURE, hosts, given, args=list(args))
        return run

    def refused(self, hosts: Any, **variables: Any) -> str:
        """Apply what must be refused before the first write; return the report."""
        before, writes = list(self.sim.estate), len(self.sim.journal)
        run = self.apply(hosts, **variables)
        assert run.rc != 0
        assert (list(self.sim.estate), len(self.sim.journal)) == (before, writes)
        lines = run.task("Report on the chat channel").result["msg"]
        assert lines[0] == "Nothing is changed."
        assert len(lines) <= 12
        return "\n".join(lines)


@pytest.fixture
def field(demo: Estate, play: Player, tmp_path: Path) -> Iterator[Field]:
    with simulator(in_use(demo)) as sim:
        yield Field(play, sim, tmp_path / "plan")


def test_check_mode_saves_one_file_for_each_cluster_and_the_run_changes_just_that(field: Field) -> None:
    before = field.sim.estate.copy()
    run = field.plan(HOSTS, **RENAME)
    assert list(field.sim.estate) == list(before)
    assert sorted(file.name.rpartition("-")[0] for file in field.folder.glob("*.json")) == [
        "GWE_Cluster_DR",
        "GWE_Cluster_Main",
    ]
    assert any(line.startswith("Plan saved: ") for line in run.task("Report on the chat channel", "dr").result["msg"])
    field.apply(HOSTS, **RENAME).assert_success()
    changed = differing(before, field.sim.estate)
    text = (field.folder / "plan.md").read_text(encoding="utf-8")
    assert {name for name in changed if name.replace("_", "\\_") in text} == changed
    assert "9 applications would change in 2 clusters" in text
    again = field.apply(HOSTS, **RENAME)
    again.assert_success()
    assert {again.stats[host]["changed"] for host in HOSTS} == {0}


def test_what_is_so_already_is_skipped_and_batches_keep_to_the_plan(field: Field) -> None:
    field.plan(MAIN, **RENAME)
    field.sim.edit("ChatServer_2", "endpoints:101", "proactive", "Webengagement_Chat")
    writes = len(field.sim.journal)
    field.apply(MAIN, chat_channel_batch_size=1, **RENAME).assert_success()
    order = order_of(field.sim.journal[writes:])
    assert order[:3] == ["ChatServer_1", "ChatServer_3", "GWE_Cluster_Main"]
    assert sorted(order[3:]) == ["ChatServer_1", "ChatServer_2", "ChatServer_3"]


Meddle = Callable[[Field], Any]


def rewrite(change: Callable[[dict[str, Any]], Any], resign: bool = True) -> Meddle:
    def meddle(field: Field) -> None:
        (file,) = field.folder.glob("*.json")
        content = json.loads(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(json.dumps({**content, **({"check": checksum(content)} if resign else {})}), encoding="utf-8")

    return meddle


def new_server(field: Field) -> None:
    estate = field.sim.estate
    raw = estate.app("GWE_Cluster_Main")
    more = {**raw["appservers"]["conninfo"][0], "appserverdbid": estate.app("ChatServer_DR_A")["dbid"]}
    estate.put({**raw, "appservers": {"conninfo": [*raw["appservers"]["conninfo"], more]}})


CASES: dict[str, tuple[Meddle, dict[str, Any], str]] = {
    "another variable": (
        lambda field: None,
        {"chat_channel_endpoint": "other"},
        "ChatServer_1 [endpoints:101] other would change to 'Webengagement_Chat', which is not in the plan.",
    ),
    "another value before": (
        lambda field: field.sim.edit("ChatServer_2", "endpoints:101", "webme", "Chat_VIP"),
        {},
        "ChatServer_2 [endpoints:101] webme is now 'Chat_VIP'; it was 'Webengagement_Chat' when the plan was made.",
    ),
    "one more Chat Server": (
        new_server,
        {"chat_channel_remove_in_use": True},
        "ChatServer_DR_A [endpoints:101] proactive would change to 'Webengagement_Chat', which is not in the plan.",
    ),
    "no plan": (
        lambda field: [file.unlink() for file in field.folder.glob("*.json")],
        {},
        "contains no plan for 'GWE_Cluster_Main'.",
    ),
    "edited": (
        rewrite(lambda plan: plan.update(made="2020-01-01T00:00:00+00:00"), resign=False),
        {},
        "was edited or truncated",
    ),
    "too old": (
        rewrite(lambda plan: plan.update(made="2026-01-01T00:00:00+00:00")),
        {"chat_channel_plan_max_age": 24},
        "plan_max_age (chat_channel_plan_max_age) allows 24. Make a new plan.",
    ),
    "another GAX": (
        rewrite(lambda plan: plan.update(gax=["https://elsewhere:443/gax"])),
        {},
        "is for another cluster or GAX: DBID 301 on https://elsewhere:443/gax; this is DBID 301 on http://127.0.0.1:",
    ),
    "another cluster": (
        rewrite(lambda plan: plan.update(cluster={"name": "GWE_Cluster_Main", "dbid": "4711"})),
        {},
        "is for another cluster or GAX: DBID 4711",
    ),
    "another version": (rewrite(lambda plan: plan.update(version="9.9.9")), {}, "was made with version 9.9.9"),
}


@pytest.mark.parametrize("case", CASES)
def test_anything_else_stops_before_the_first_write_and_is_said(field: Field, case: str) -> None:
    meddle, variables, words = CASES[case]
    field.plan(MAIN, **RENAME)
    meddle(field)
    assert words in field.refused(MAIN, **{**RENAME, **variables})


def test_a_folder_that_cannot_be_written_is_named(field: Field) -> None:
    field.folder.write_text("")
    given = {**connection(field.sim), "chat_channel_plan_dir": str(field.folder)}
    run = field._play(field.sim, CONFIGURE, MAIN, {**given, **RENAME}, args=["--check"])
    assert run.rc != 0
    report = "\n".join(run.task("Report on the chat channel").result["msg"])
    assert f"plan_dir (chat_channel_plan_dir): cannot write to {field.folder}: File exists" in report


def test_clusters_whose_names_look_alike_have_a_plan_each(demo: Estate, play: Player, tmp_path: Path) -> None:
    names = ("GWE.Main", "GWE Main")
    estate = with_cluster(with_cluster(demo, names[0], "ChatServer_1"), names[1], "ChatServer_2")
    hosts = {
        host: {"chat_channel_cluster": name, "chat_channel_allow_unknown_cluster": True}
        for host, name in zip(("a", "b"), names)
    }
    with simulator(estate) as sim:
        field = Field(play, sim, tmp_path)
        field.plan(hosts)
        assert len(list(tmp_path.glob("*.json"))) == 2
        field.apply(hosts).assert_success()
        assert {"ChatServer_1", "ChatServer_2"} < {*order_of(sim.journal)}
