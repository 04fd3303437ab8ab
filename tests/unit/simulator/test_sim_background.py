# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in the background, as a rehearsal uses it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import background, load


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    full = [sys.executable, "-m", "tests.simulator", *arguments]
    return subprocess.run(full, cwd=COLLECTION, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Return the file of a simulator that is stopped at the end."""
    file = tmp_path / "rehearsal.yml"
    yield file
    if file.exists():
        background.stop(file)


def start(file: Path, *more: str) -> dict[str, Any]:
    done = command("--background", str(file), *more)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert f"listens on {found['gax_url']} and knows user 'rehearsal'" in done.stdout
    assert f"-e @{file}" in done.stdout
    return found


def log_in(found: dict[str, Any]) -> int:
    body = {"username": found["gax_username"], "password": found["gax_password"], "isPasswordEncrypted": False}
    return requests.post(found["gax_url"] + "/gax/api/session/login", json=body, timeout=5).status_code


def test_it_listens_when_the_command_returns_and_the_file_tells_all_that_is_needed(file: Path) -> None:
    found = start(file)
    assert log_in(found) < 300
    # Nothing of a real GAX is left.
    assert [name for name, value in found.items() if value == ""] == [
        "gax_proxy",
        "gax_ca_path",
        "gax_client_cert",
        "gax_client_key",
    ]


def test_it_saves_and_takes_the_file_away_when_it_is_stopped(file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.yml"
    found = start(file, "--save-to", str(saved))
    edit = {"name": "GAX", "section": "general", "key": "auditing", "value": "false"}
    requests.post(found["gax_url"] + "/_sim/edit", json=edit, timeout=5)
    done = command("--stop", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"The simulator has ended. The estate is saved in {saved}.\n"
    assert not file.exists()
    assert load(saved).options("GAX")["general"]["auditing"] == "false"
    with pytest.raises(requests.ConnectionError):
        log_in(found)


def test_no_two_rehearsals_have_the_same_password(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    first, second = start(file), start(other)
    background.stop(other)
    assert first["gax_password"] != second["gax_password"]


def test_a_file_that_is_there_is_not_overwritten(file: Path) -> None:
    start(file)
    before = file.read_text(encoding="utf-8")
    done = command("--background", str(file))
    assert done.returncode == 2
    assert "is there already: stop the simulator that wrote it" in done.stderr
    assert "simulator_state=stopped" in done.stderr
    assert file.read_text(encoding="utf-8") == before


def test_one_of_a_simulator_that_was_killed_is_replaced(file: Path) -> None:
    killed = start(file)
    os.kill(killed["simulator_pid"], signal.SIGKILL)
    with pytest.raises(requests.ConnectionError):
        for _unused in range(100):
            log_in(killed)
    again = start(file)
    assert again["simulator_pid"] != killed["simulator_pid"]
    assert log_in(again)


@pytest.mark.parametrize("content", ["gax_url: http://127.0.0.1:9", "[", "simulator_pid: 1"])
def test_a_file_of_somebody_else_is_not_overwritten(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    assert command("--background", str(file)).returncode == 2
    assert file.read_text(encoding="utf-8") == content
    file.unlink()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--estate", "nowhere.yml"], "nowhere.yml"), (["--host", "192.0.2.1"], "192.0.2.1"), (["--latency", "x"], "x")],
)
def test_what_is_wrong_is_told_and_leaves_nothing_behind(file: Path, arguments: list[str], words: str) -> None:
    done = command("--background", str(file), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not file.exists()


class TestStop:
    def test_of_a_file_that_is_not_there_is_a_sentence(self, file: Path) -> None:
        done = command("--stop", str(file))
        told = f"{file} is not there: its simulator has ended already, or was started with another file.\n"
        assert (done.returncode, done.stderr) == (2, told)

    def test_an_estate_that_could_not_be_saved_is_told(self, file: Path, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        start(file, "--save-to", str(folder / "estate.yml"))
        folder.rmdir()
        done = command("--stop", str(file))
        assert done.returncode == 2
        assert f"could not save the estate: {folder / 'estate.yml'}: No such file or directory." in done.stderr
        assert not file.exists()

    def test_of_one_that_does_not_run_any_more_takes_the_file_away(self, file: Path) -> None:
        found = start(file)
        os.kill(found["simulator_pid"], signal.SIGKILL)
        with pytest.raises(requests.ConnectionError):
            for _unused in range(100):
                log_in(found)
        done = command("--stop", str(file))
        assert done.returncode == 0
        assert "is no longer running" in done.stdout
        assert not file.exists()

    @pytest.mark.parametrize("content", ["[]", "a: 1", "simulator_pid: x", "simulator_pid: 1"])
    def test_a_file_of_something_else_is_told_and_kept(self, tmp_path: Path, content: str) -> None:
        other = tmp_path / "inventory.yml"
        other.write_text(content, encoding="utf-8")
        done = command("--stop", str(other))
        assert done.returncode == 2
        assert "was not written by --background" in done.stderr
        assert other.exists()
