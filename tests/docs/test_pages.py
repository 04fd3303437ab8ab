# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of the documentation tell to do works, for a user who has only installed the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.docs.pages import Command, File, environment, parse, run
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, background

TEXTS = {
    str(page.relative_to(COLLECTION)): page.read_text(encoding="utf-8")
    for pattern in ("*.md", "docs/*.md", "roles/*/*.md")
    for page in COLLECTION.glob(pattern)
}
PAGES = sorted(page for page, text in TEXTS.items() if "```console" in text)
ONLY_READING = ["docs/rehearsal.md"]  # the GAX of the page is never written to

# The address and the account of the pages, whose password is not told.
ADDRESS, FILE_NAME, USER, NO_PASSWORD = "https://gax.example.com:8443", "gax.example.com_8443", "automation", "=..."
PASSWORD = "Trautes-Heim-4711"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder; a simulator that a page has started there and not stopped is stopped."""
    yield tmp_path
    for file in tmp_path.glob("*.yml"):
        if "simulator_pid" in file.read_text(encoding="utf-8"):
            background.stop(file)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(page: str, home: Path, folder: Path) -> None:
    with Simulator("demo", user=USER, password=PASSWORD) as sim:
        text = TEXTS[page]
        for word, real in {
            ADDRESS: sim.url,
            FILE_NAME: sim.url.removeprefix("http://").replace(":", "_"),
            NO_PASSWORD: f"={PASSWORD}",
        }.items():
            text = text.replace(word, real)
        outcomes = run(parse(text), folder, environment(home, GAX_PASSWORD=PASSWORD))
        writes = sim.journal
    assert outcomes
    assert [problem for outcome in outcomes for problem in outcome.problems] == []
    assert [outcome.command.text for outcome in outcomes if "Traceback" in outcome.output] == []
    assert [outcome.command.text for outcome in outcomes if "WARNING" in outcome.output] == []
    assert [outcome.command.text for outcome in outcomes if PASSWORD in outcome.output] == []
    assert page not in ONLY_READING or writes == []


# Commands of the pages that are no console blocks, by how they begin, and why they are not run from there.
NOT_RUN = {
    "git clone ": "wants the network",
    "python3 -m venv ": "the tests run in an environment; tests/release_check.sh makes one",
    "pip install ansible-core ": "likewise",
    "ansible-galaxy collection ": "the fixture `home` does it",
    "make demo": "tests/release_check.sh runs it",
    "make test": "runs this test",
    "ansible-inventory -i docs/inventories/": "tests/integration/test_inventories.py",
    "ansible-playbook genesys_ops.engage.configure -i docs/inventories/": "tests/integration/test_inventories.py",
    "ansible-playbook genesys_ops.engage.configure -i inventory.yml -e chat_channel_batch_size=1 ": (
        "needs Genesys Mobile Services: tests/integration/test_examples.py has a stand-in"
    ),
    "ansible-builder build ": "needs a container engine; tests/docs/test_pipelines.py makes the context",
    "podman push ": "needs a container engine",
    "curl ": "asks a GAX without the collection, to add to what is known of it",
}
PROGRAMS = r"(?:\$ +)?((?:ansible[-\w]*|make|pip|python3?|git|curl|podman|tests/\S+|export|GAX_\w+=\S*) .*)"


def commands_outside(text: str) -> list[str]:
    """Return the commands in blocks that are not run: fenced ones without a title, and indented ones."""
    fence = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    blocks = [block for head, block in fence.findall(text) if "title=" not in head and not head.startswith("console")]
    indented = re.findall(f"^ {{4,}}{PROGRAMS}$", fence.sub("", text), re.MULTILINE)
    return [command for block in blocks for command in re.findall(f"^ *{PROGRAMS}$", block, re.MULTILINE)] + indented


class TestEveryCommand:
    @pytest.mark.parametrize("page", sorted(TEXTS))
    def test_it_is_run_or_it_is_said_why_not(self, page: str) -> None:
        unknown = [command for command in commands_outside(TEXTS[page]) if not command.startswith(tuple(NOT_RUN))]
        assert unknown == []

    def test_no_reason_is_left_over(self) -> None:
        commands = [command for text in TEXTS.values() for command in commands_outside(text)]
        assert [begin for begin in NOT_RUN if not any(command.startswith(begin) for command in commands)] == []

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
    def test_what_make_is_asked_for_is_there(self, page: str) -> None:
        targets = set(re.findall(r"^([a-z-]+)(?: [a-z ]+)?:", (COLLECTION / "Makefile").read_text(), re.MULTILINE))
        targets |= {"unit", "client", "integration", "reliability"}  # four in one line
        asked = set(re.findall(r"\bmake ([a-z-]+)", " ".join(re.findall(r"`[^`]+`", TEXTS[page]))))
        assert asked - targets == set()

    def test_playbooks_that_a_page_names_are_there(self) -> None:
        named = {
            name for text in TEXTS.values() for name in re.findall(r"ansible-playbook genesys_ops\.engage\.(\w+)", text)
        }
        assert named == {file.stem for file in (COLLECTION / "playbooks").glob("*.yml")}

    @pytest.mark.parametrize(
        "block", ["```text\npip wheel x\n```\n", "```\n$ pip wheel x\n```\n", "So:\n\n    pip wheel x\n"]
    )
    def test_none_is_overlooked(self, block: str) -> None:
        assert commands_outside(f"Words.\n\n{block}") == ["pip wheel x"]


PAGE = """\
```yaml title="folder/one.yml"
a: 1
```
```console
$ export NUMBER=7
$ echo "number $NUMBER"; \\
  cat folder/one.yml
number 7
...
a:  1
```
```yaml
not: a file
```
```console exit=3
$ (exit 3)
```
"""


class TestTheseTests:
    """A page that is wrong must not pass."""

    def test_a_page_is_files_and_commands(self) -> None:
        assert parse(PAGE) == [
            File("folder/one.yml", "a: 1\n"),
            Command("export NUMBER=7", [], 0),
            Command('echo "number $NUMBER"; \\\n  cat folder/one.yml', ["number 7", "a:  1"], 0),
            Command("(exit 3)", [], 3),
        ]

    def test_a_page_that_is_right(self, tmp_path: Path) -> None:
        outcomes = run(parse(PAGE), tmp_path, environment(tmp_path))
        assert [outcome.problems for outcome in outcomes] == [[], [], []]

    @pytest.mark.parametrize(
        ("right", "wrong", "problem"),
        [
            ("number 7", "number 8", "does not show 'number 8'"),
            ("exit=3", "", "ended with 3, not 0"),
            ("cat folder/one.yml", "cat folder/two.yml", "ended with 1, not 0"),
            ("$ export NUMBER", "$ NUMBERS", "ended with None, not 0"),
        ],
    )
    def test_a_page_that_is_wrong(self, tmp_path: Path, right: str, wrong: str, problem: str) -> None:
        outcomes = run(parse(PAGE.replace(right, wrong, 1)), tmp_path, environment(tmp_path))
        problems = [text for outcome in outcomes for text in outcome.problems]
        assert problem in problems[0]
