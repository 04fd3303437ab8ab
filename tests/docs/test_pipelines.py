# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines of docs/examples/pipelines do what their page says: each job is run, with the commands in the files."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.tests.docs.pages import File, environment, parse
from ansible_collections.genesys_ops.engage.tests.docs.test_pages import ADDRESS, PASSWORD, USER
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

EXAMPLES = COLLECTION / "docs" / "examples" / "pipelines"
PAGE = parse((COLLECTION / "docs" / "pipelines.md").read_text(encoding="utf-8"))
SCHEMAS = {"gitlab-ci": "vendor.gitlab-ci", "github-actions": "vendor.github-workflows"}
PLAIN, WITH_COLLECTION = "", ".ee"
ARCHIVE = "archives/genesys_ops-engage-1.1.0.tar.gz"
# Simulators know this account beside the one that they are given.
READER = {"GAX_USERNAME": "default", "GAX_PASSWORD": "password"}
WRITER = {"GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}


def content(name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Pipeline:
    """The commands of each job, and what the CI system sets."""

    jobs: dict[str, list[str]]
    variables: dict[str, str]
    comments: str  # path of the API that the comments are at


def gitlab(kind: str) -> Pipeline:
    file = content(f"gitlab-ci{kind}.yml")
    before = file["default"].get("before_script", [])
    jobs = {name: [*before, *file[name]["script"]] for name in ("plan", "comment", "apply", "audit")}
    variables = {"GITLAB_CI": "true", "CI_JOB_ID": "4711", "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "8"}
    variables |= {**file["variables"], "GITLAB_TOKEN": "t0ken"}
    return Pipeline(jobs, variables, "/projects/7/merge_requests/8/notes")


def github(kind: str) -> Pipeline:
    jobs: dict[str, list[str]] = {}
    file = content(f"github-actions{kind}.yml")
    for name, job in file["jobs"].items():
        install = [step["run"] for step in job["steps"] if "pip install" in step.get("run", "")]
        jobs[name] = [step["run"] for step in job["steps"] if "run" in step and "comment.yml" not in step["run"]]
        for step in job["steps"]:
            if "comment.yml" in step.get("run", ""):
                assert set(step["env"]) == {"GITHUB_TOKEN", "PULL_REQUEST"}
                jobs["comment"] = [*install, step["run"]]
    variables = {**file["env"], "GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1"}
    comment = {"GITHUB_REPOSITORY": "contoso/chat", "PULL_REQUEST": "8", "GITHUB_TOKEN": "t0ken"}
    return Pipeline(jobs, {**variables, **comment}, "/repos/contoso/chat/issues/8/comments")


SYSTEMS = {"gitlab": gitlab, "github": github}


class Comments(ThreadingHTTPServer):
    """What GitLab and GitHub have in common for comments: a list, new ones, and changes of one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.comments: list[dict[str, Any]] = [{"id": 1, "body": "Looks good."}]
        self.seen: list[tuple[str, str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Comments

    def log_message(self, *_unused: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self._note()
        self._send(200, self.server.comments)

    def do_POST(self) -> None:
        self._note()
        self.server.comments.append({"id": 5, **self._body()})
        self._send(201, self.server.comments[-1])

    def do_PUT(self) -> None:
        self._note()
        number = int(self.path.rpartition("/")[2])
        [found] = [comment for comment in self.server.comments if comment["id"] == number]
        found.update(self._body())
        self._send(200, found)

    do_PATCH = do_PUT

    def _note(self) -> None:
        token = self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.seen.append((self.command, self.path.partition("?")[0], token))

    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _send(self, status: int, answer: Any) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture
def comments() -> Iterator[Comments]:
    with Comments() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


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


@pytest.fixture
def repository(home: Path, tmp_path: Path) -> Path:
    """Return a repository with the files of the examples and the built collection."""
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLES, folder)
    (folder / "archives").mkdir()
    shutil.copy(next(home.glob("*.tar.gz")), folder / ARCHIVE)
    return folder


def plain_image(folder: Path) -> dict[str, str]:
    """Return the environment of an image that has nothing but pip, which need not ask the network for anything."""
    venv.create(folder)
    [packages] = (folder / "lib").glob("python*/site-packages")
    (packages / "theirs.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    (folder / "home").mkdir()
    env = environment(folder / "home", PIP_NO_INDEX="1")
    return {**env, "PATH": f"{folder / 'bin'}{os.pathsep}{env['PATH']}"}


@pytest.mark.parametrize("kind", [PLAIN, WITH_COLLECTION], ids=["plain", "ee"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_pipeline_plans_comments_applies_and_audits(
    system: str, kind: str, home: Path, repository: Path, comments: Comments, tmp_path: Path
) -> None:
    pipeline, summary = SYSTEMS[system](kind), tmp_path / "summary.md"
    base = environment(home) if kind == WITH_COLLECTION else plain_image(tmp_path / "image")
    api = {"CI_API_V4_URL": comments.url, "GITHUB_API_URL": comments.url, "GITHUB_STEP_SUMMARY": str(summary)}
    env = {**base, **pipeline.variables, **api}
    shown: dict[str, str] = {}

    def job(name: str, account: Mapping[str, str] | None = None) -> int:
        code, shown[name] = run(pipeline.jobs[name], repository, {**env, **(account or READER)})
        return code

    with Simulator("demo", user=USER, password=PASSWORD) as sim:
        inventory = repository / "inventory.yml"
        inventory.write_text(inventory.read_text(encoding="utf-8").replace(ADDRESS, sim.url), encoding="utf-8")
        assert job("plan") == 0, shown["plan"]
        assert job("comment") == 0, shown["comment"]
        assert job("comment") == 0, shown["comment"]
        assert sim.journal == []
        assert job("apply", WRITER) == 0, shown["apply"]
        written = {str(write["name"]) for write in sim.journal}
        assert job("audit") == 0, shown["audit"]
        # The next night has the cache of this one, and nothing else of it.
        shutil.copytree(repository / "report" / "history", tmp_path / "cache")
        shutil.rmtree(repository / "report")
        shutil.copytree(tmp_path / "cache", repository / "report" / "history")
        # A later change of somebody else is not what was approved, and the audit finds it.
        sim.edit("ChatServer_1", "endpoints:101", "webme", "Chat_VIP")
        writes = len(sim.journal)
        assert job("apply", WRITER) != 0
        words = "ChatServer_1 [endpoints:101] webme is now 'Chat_VIP'; it was not there when the plan was made."
        assert words in shown["apply"]
        assert job("audit") != 0
        assert re.search(r"[1-9]\d* new, 0 solved", shown["audit"])
        # A slip that leaves no host is no green job.
        pipeline.jobs["apply"][-1] += " -e chat_channel_hosts=mian"
        assert job("apply", WRITER) != 0
        assert "Could not match supplied host pattern, ignoring: mian" in shown["apply"]
        assert len(sim.journal) == writes
    plan = (repository / "plan" / "plan.md").read_text(encoding="utf-8")
    assert written
    assert {name for name in written if name.replace("_", "\\_") in plan} == written
    assert plan in (shown["plan"] if system == "gitlab" else summary.read_text(encoding="utf-8"))
    # One comment, which the second run has brought up to date.
    assert [method for method, _path, _token in comments.seen] == ["GET", "POST", "GET", comments.seen[-1][0]]
    assert {token for _method, _path, token in comments.seen} == {"t0ken"}
    assert comments.seen[0][1] == comments.seen[1][1] == pipeline.comments
    assert [comment["id"] for comment in comments.comments] == [1, 5]
    assert comments.comments[1]["body"] == f"<!-- plan/plan.md -->\n{plan.rstrip()}"
    runs = [path.name for path in (repository / "backup").iterdir()]
    assert runs
    assert all(f"-{system}-4711" in name for name in runs)
    assert (repository / "report" / "chat-channel-audit.xml").exists()
    assert "t0ken" not in "".join(shown.values())
    assert PASSWORD not in "".join(shown.values())


class TestTheFiles:
    @pytest.mark.parametrize("kind", [PLAIN, WITH_COLLECTION], ids=["plain", "ee"])
    @pytest.mark.parametrize("name", SCHEMAS)
    def test_they_are_what_the_schemas_of_both_systems_allow(self, name: str, kind: str) -> None:
        file, words = str(EXAMPLES / f"{name}{kind}.yml"), ["--builtin-schema", SCHEMAS[name]]
        more = ["--data-transform", "gitlab-ci"] if name == "gitlab-ci" else []
        command = [sys.executable, "-m", "check_jsonschema", *words, *more, file]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("name", SCHEMAS)
    def test_the_two_of_a_system_differ_in_the_environment_only(self, name: str) -> None:
        plain, ready = content(f"{name}.yml"), content(f"{name}.ee.yml")
        for file in (plain, ready):
            for part in ("image", "before_script"):
                file.get("default", {}).pop(part, None)
            for job in file.get("jobs", {}).values():
                assert job.pop("container")
                job["steps"] = [step for step in job["steps"] if "pip install" not in step.get("run", "")]
        assert plain == ready

    def test_jobs_and_artifacts_of_github_fit_together(self) -> None:
        jobs = content("github-actions.yml")["jobs"]
        assert set(jobs) == {"plan", "apply", "audit"}
        for name, job in jobs.items():
            assert {"GAX_USERNAME", "GAX_PASSWORD"} == set(job["env"])
            assert set(job.get("needs", "").split()) <= set(jobs), name

    def test_what_is_planned_is_approved_by_a_person_and_one_run_at_a_time(self) -> None:
        apply = content("gitlab-ci.yml")["apply"]
        assert (apply["rules"][0]["when"], apply["environment"]) == ("manual", "production")
        assert apply["resource_group"]
        apply = content("github-actions.yml")["jobs"]["apply"]
        assert (apply["environment"], apply["needs"]) == ("production", "plan")
        assert apply["concurrency"]

    def test_the_commands_are_those_of_the_page(self) -> None:
        commands = {" ".join(step.text.replace("\\\n", " ").split()) for step in PAGE if not isinstance(step, File)}
        for pipeline in (gitlab(WITH_COLLECTION), github(WITH_COLLECTION)):
            for name in ("plan", "apply", "audit"):
                lines = [" ".join(line.split()) for line in pipeline.jobs[name] if "SUMMARY" not in line]
                assert set(lines) - commands == set()

    def test_the_page_shows_the_inventory_and_names_every_file(self) -> None:
        [shown] = [step.content for step in PAGE if isinstance(step, File)]
        assert yaml.safe_load(shown) == content("inventory.yml")
        text = (COLLECTION / "docs" / "pipelines.md").read_text(encoding="utf-8")
        assert [file.name for file in EXAMPLES.iterdir() if f"(examples/pipelines/{file.name})" not in text] == []

    def test_ansible_builder_makes_a_context_with_the_collection_of_the_execution_environment(
        self, repository: Path, tmp_path: Path
    ) -> None:
        builder = Path(sys.executable).with_name("ansible-builder")
        if not builder.exists():
            pytest.skip("ansible-builder is not installed: execution-environment.yml is NOT tested")
        command = [str(builder), "create", "--context", str(tmp_path / "context"), "--output-filename", "Containerfile"]
        subprocess.run(command, cwd=repository, check=True, capture_output=True, timeout=60)
        inside = tmp_path / "context" / "_build"
        assert (inside / ARCHIVE).stat().st_size == (repository / ARCHIVE).stat().st_size
        lines = (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
        assert "ansible-core~=2.19.0" in lines
        assert "python3.12" in lines
        # Where the image installs it from, the file of requirements finds the archive beside it.
        installed = tmp_path / "installed"
        galaxy = [sys.executable, "-m", "ansible", "galaxy", "collection", "install", "-r", "requirements.yml"]
        env = environment(tmp_path)
        subprocess.run(
            [*galaxy, "-p", str(installed)], cwd=inside, env=env, check=True, capture_output=True, timeout=60
        )
        found = subprocess.run(
            [str(builder), "introspect", str(installed)], check=True, capture_output=True, encoding="utf-8", timeout=60
        )
        assert "requests>=2.28" in found.stdout
