# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of the documentation as tests: the files that a page shows are written, its commands run, in the page's order.

A fenced block is a file when it has a title, and commands when its language is console; others are not looked at:

    ```yaml title="inventory.yml"            ```console exit=2
    all: ...                                 $ ansible-playbook ...
    ```                                      a part of a line that the command must show
                                             ...
                                             ```

Each command must end with 0, or as the block says. A command goes on after a backslash. A line of dots says nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE, EXIT = re.compile(r'title="([^"]+)"'), re.compile(r"exit=(\d+)")
TIME_LIMIT = 900  # seconds for a whole page, far more than the longest needs on a busy machine


@dataclass(frozen=True)
class File:
    """A file that the reader is to write."""

    name: str
    content: str


@dataclass(frozen=True)
class Command:
    """What the reader is to type, with parts of lines that must be shown, and how it must end."""

    text: str
    shown: Sequence[str]
    code: int


@dataclass(frozen=True)
class Outcome:
    """What became of a command; ``code`` is None when it was not reached."""

    command: Command
    code: int | None
    output: str

    @property
    def problems(self) -> list[str]:
        """What is not as the page says."""
        if self.code != self.command.code:
            return [f"`{self.command.text}` ended with {self.code}, not {self.command.code}:\n{self.output[-3000:]}"]
        lines = [_dense(line) for line in self.output.splitlines()]
        missing = [part for part in self.command.shown if not any(_dense(part) in line for line in lines)]
        return [f"`{self.command.text}` does not show {part!r}:\n{self.output[-3000:]}" for part in missing]


def _dense(line: str) -> str:
    return " ".join(line.split())


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user: the programs of this Python, and no settings."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])
    return {**kept, "HOME": str(home), "PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}


def parse(text: str) -> list[File | Command]:
    """Return the files and the commands of a page, in order."""
    return [step for language, more, body in FENCE.findall(text) for step in _steps(language, more, body)]


def _steps(language: str, more: str, body: str) -> Iterator[File | Command]:
    if title := TITLE.search(more):
        yield File(title[1], body)
    elif language == "console":
        code = EXIT.search(more)
        for block in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command = re.match(r"(?:.*\\\n)*.*", block)
            assert command
            rest = [line.strip() for line in block[command.end() :].splitlines()]
            yield Command(command[0], [line for line in rest if line.strip(".")], int(code[1]) if code else 0)


def run(steps: Sequence[File | Command], folder: Path, environment: Mapping[str, str]) -> list[Outcome]:
    """Take the steps in a folder, in one session of bash; nothing follows a command that ends in another way."""
    results = folder / ".outcomes"
    results.mkdir()
    script = "".join(_lines(step, folder, results / str(number)) for number, step in enumerate(steps))
    (results / "script").write_text(script, encoding="utf-8")
    subprocess.run(
        ["bash", "-uo", "pipefail", str(results / "script")],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        timeout=TIME_LIMIT,
        check=False,
    )
    return [
        Outcome(step, *_found(results / str(number))) for number, step in enumerate(steps) if isinstance(step, Command)
    ]


def _lines(step: File | Command, folder: Path, result: Path) -> str:
    """Return a step as lines of a script. Braces, unlike parentheses, keep what a command exports."""
    if isinstance(step, File):
        target = folder / step.name
        kept = result.with_suffix(".file")
        kept.write_text(step.content, encoding="utf-8")
        return f"mkdir -p {shlex.quote(str(target.parent))}; cp {shlex.quote(str(kept))} {shlex.quote(str(target))}\n"
    place = shlex.quote(str(result))
    return f"{{\n{step.text}\n}} >{place} 2>&1\ncode=$?; echo $code >{place}.code; [ $code = {step.code} ] || exit 1\n"


def _found(result: Path) -> tuple[int | None, str]:
    code = result.with_suffix(".code")
    if not code.exists():
        return None, result.read_text(encoding="utf-8") if result.exists() else ""
    return int(code.read_text(encoding="utf-8")), result.read_text(encoding="utf-8")
