# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook in check mode, with writes forbidden: it writes nothing, and shows what the run after it does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    NAMESPACE,
    Player,
    Run,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Violation, Write

# All but the one that asks no GAX: it starts a program on this machine.
PLAYBOOKS = sorted({file.stem for file in (COLLECTION / "playbooks").glob("*.yml")} - {"simulator"})


@dataclass(frozen=True)
class Rehearsal:
    """What a playbook needs: the playbook whose rehearsal it follows, variables, and how many applications it changes.

    `<tmp>` in a variable is a directory of the test. `files`: it writes a file, and shows what changes there.
    """

    after: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    applications: int = 0
    files: bool = False

    @property
    def changes(self) -> bool:
        return bool(self.applications) or self.files


# The cluster is GWE_Cluster_DR: two Chat Servers with backups.
VARIABLES = {
    "chat_channel_cluster": "GWE_Cluster_DR",
    "chat_channel_refresh_task_period": 2,
    "chat_channel_peak_chat_sessions": 500,
    "chat_channel_backup_dir": "<tmp>",
}

# Each playbook below playbooks/ needs a line here.
REHEARSALS = {
    "audit": Rehearsal(after="configure", variables={"chat_channel_report_dir": "<tmp>/report"}),
    "configure": Rehearsal(applications=5),
    "export": Rehearsal(variables={"chat_channel_export_dir": "<tmp>/export"}, files=True),
    "preflight": Rehearsal(),
    "restore": Rehearsal(after="retire", applications=5),
    "retire": Rehearsal(after="configure", applications=5),
}


@dataclass
class Story:
    """A playbook in check mode and then for real."""

    sim: Simulator
    directory: Path
    check: Run
    check_violations: list[Violation]
    check_writes: list[Write]
    check_kept_everything: bool
    real: Run
    real_writes: list[Write]


def outcome(run: Run) -> list[tuple[str, str, str, bool, Any, Any]]:
    """Return what each task reported, less what tells check mode from the run: messages and time stamps."""
    return [
        (
            item.task,
            item.host,
            item.status,
            item.changed,
            item.diff,
            (item.result.get("applications"), item.result.get("changes"), item.result.get("restart_required")),
        )
        for item in run.results
    ]


def test_every_playbook_has_a_rehearsal() -> None:
    assert PLAYBOOKS
    assert sorted(REHEARSALS) == PLAYBOOKS


@pytest.fixture(scope="module")
def rehearse(demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Story]]:
    """Return a function that tells the story of a playbook; each is played once."""
    stories: dict[str, Story] = {}

    def told(name: str) -> Story:
        rehearsal = REHEARSALS[name]
        if rehearsal.after:
            earlier = once(rehearsal.after)
            sim, directory = earlier.sim, earlier.directory
        else:
            sim, directory = stack.enter_context(simulator(demo)), tmp_path_factory.mktemp("rehearsal")
        variables = {**VARIABLES, **connection(sim), **rehearsal.variables}
        given = {
            key: value.replace("<tmp>", str(directory)) if isinstance(value, str) else value
            for key, value in variables.items()
        }
        estate, writes, violations = list(sim.estate), len(sim.journal), len(sim.violations)
        sim.set(forbid_writes=True)
        check = play(sim, f"{NAMESPACE}.{name}", {"dr": given}, args=["--check", "--diff"])
        kept, first = list(sim.estate) == estate, len(sim.journal)
        sim.set(forbid_writes=False)
        real = play(sim, f"{NAMESPACE}.{name}", {"dr": given}, args=["--diff"])
        return Story(
            sim,
            directory,
            check,
            sim.violations[violations:],
            sim.journal[writes:first],
            kept,
            real,
            sim.journal[first:],
        )

    def once(name: str) -> Story:
        if name not in stories:
            stories[name] = told(name)
        return stories[name]

    with contextlib.ExitStack() as stack:
        yield once


@pytest.mark.parametrize("name", PLAYBOOKS)
class TestPlaybook:
    def test_check_mode_succeeds_without_an_attempt_to_write(self, rehearse: Callable[[str], Story], name: str) -> None:
        story = rehearse(name)
        story.check.assert_success()
        assert (story.check_violations, story.check_writes) == ([], [])
        assert story.check_kept_everything

    def test_the_run_after_it_succeeds_and_changes_what_it_should(
        self, rehearse: Callable[[str], Story], name: str
    ) -> None:
        story = rehearse(name)
        story.real.assert_success()
        assert len(written(story.real_writes)) == REHEARSALS[name].applications

    def test_every_task_reports_the_same_in_both(self, rehearse: Callable[[str], Story], name: str) -> None:
        story = rehearse(name)
        assert outcome(story.check) == outcome(story.real)

    def test_the_diff_on_the_screen_is_the_same_in_both(self, rehearse: Callable[[str], Story], name: str) -> None:
        story = rehearse(name)
        assert story.check.shown_diff == story.real.shown_diff
        assert bool(story.check.shown_diff) == REHEARSALS[name].changes

    def test_the_recap_counts_the_same_changes_in_both(self, rehearse: Callable[[str], Story], name: str) -> None:
        story = rehearse(name)
        assert story.check.stats == story.real.stats
        assert bool(story.real.stats["dr"]["changed"]) == REHEARSALS[name].changes

    def test_the_result_for_later_tasks_is_the_same_in_both(self, rehearse: Callable[[str], Story], name: str) -> None:
        story = rehearse(name)
        results = [run.facts("dr").get("chat_channel_result") for run in (story.check, story.real)]
        assert results[0] == results[1]
