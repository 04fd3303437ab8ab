# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines of docs/pipelines.md do what they say: their jobs are run, in order, with the commands in the files."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.tests.docs.pages import File, parse
from ansible_collections.genesys_ops.engage.tests.docs.test_pages import ADDRESS, PASSWORD, USER, environment, home
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

__all__ = ["home"]

PAGE = parse((COLLECTION / "docs" / "pipelines.md").read_text(encoding="utf-8"))
FILES = {step.name: step.content for step in PAGE if isinstance(step, File)}
JOBS = ["plan", "apply", "audit"]


def gitlab() -> dict[str, list[str]]:
    content = yaml.safe_load(FILES[".gitlab-ci.yml"])
    return {job: content[job]["script"] for job in JOBS}


def github() -> dict[str, list[str]]:
    jobs = yaml.safe_load(FILES[".github/workflows/chat-channel.yml"])["jobs"]
    return {job: [step["run"] for step in jobs[job]["steps"] if "run" in step] for job in JOBS}


SYSTEMS: dict[str, tuple[dict[str, list[str]], dict[str, str]]] = {
    "gitlab": (gitlab(), {"GITLAB_CI": "true", "CI_JOB_ID": "4711"}),
    "github": (github(), {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1"}),
}


def run(lines: list[str], folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Run the commands of a job as a CI system does: the first that fails ends it."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_pipeline_plans_applies_and_audits(system: str, home: Path, tmp_path: Path) -> None:
    jobs, variables = SYSTEMS[system]
    summary = tmp_path / "summary.md"
    env = environment(home, GAX_PASSWORD=PASSWORD, GITHUB_STEP_SUMMARY=str(summary), **variables)
    with Simulator("demo", user=USER, password=PASSWORD) as sim:
        (tmp_path / "inventory.yml").write_text(FILES["inventory.yml"].replace(ADDRESS, sim.url), encoding="utf-8")
        shown: dict[str, str] = {}
        for job in JOBS:
            code, shown[job] = run(jobs[job], tmp_path, env)
            assert code == 0, shown[job]
            assert bool(sim.journal) is (job != "plan")
        written = {str(write["name"]) for write in sim.journal}
        # A later change of somebody else is not what was approved.
        sim.edit("ChatServer_1", "endpoints:101", "webme", "Chat_VIP")
        writes = len(sim.journal)
        code, refused = run(jobs["apply"], tmp_path, env)
        assert code != 0
        assert (
            "ChatServer_1 [endpoints:101] webme is 'Chat_VIP' now, and was not there when the plan was made." in refused
        )
        assert len(sim.journal) == writes
    plan = (tmp_path / "plan" / "plan.md").read_text(encoding="utf-8")
    assert {name for name in written if name.replace("_", "\\_") in plan} == written
    assert plan in (shown["plan"] if system == "gitlab" else summary.read_text(encoding="utf-8"))
    assert [
        path.name.endswith(f"-{system}-4711" + "-1" * (system == "github")) for path in (tmp_path / "backup").iterdir()
    ]
    assert PASSWORD not in "".join(shown.values())


def test_the_commands_of_both_files_are_those_of_the_page() -> None:
    commands = {" ".join(step.text.replace("\\\n", " ").split()) for step in PAGE if not isinstance(step, File)}
    for jobs, _variables in SYSTEMS.values():
        lines: Any = [" ".join(line.split()) for job in JOBS for line in jobs[job] if "SUMMARY" not in line]
        assert {*lines} - commands == set()
