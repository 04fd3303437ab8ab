# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

import pytest
import requests
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import load
from ansible_collections.genesys_ops.engage.tests.simulator.cli import main, parser
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches


def test_help_explains_every_switch_and_has_an_example() -> None:
    text = parser().format_help()
    for item in fields(Switches):
        assert "--" + item.name.replace("_", "-") in text
    assert "python -m ansible_collections.genesys_ops.engage.tests.simulator --estate demo" in text
    assert "%(prog)" not in text
    assert "/_sim/journal" in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_start_and_stop(tmp_path: Path, number: signal.Signals) -> None:
    url_file, saved = tmp_path / "url", tmp_path / "saved.json"
    command = [sys.executable, "-m", "tests.simulator", "--estate", "demo", "--port-file", str(url_file)]
    command += ["--save-to", str(saved), "--forbid-writes", "--expired", "403", "--dedupe", "off"]
    with subprocess.Popen(command, cwd=COLLECTION, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        deadline = time.monotonic() + 30
        while not url_file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert url_file.read_text(encoding="utf-8") == url + "\n"
        switches = requests.get(url + "/_sim/switches", timeout=5).json()
        assert (switches["forbid_writes"], switches["expired"], switches["dedupe"]) == (True, "403", False)
        edit = {"name": "GAX", "section": "general", "key": "auditing", "value": "false"}
        requests.post(url + "/_sim/edit", json=edit, timeout=5)
        process.send_signal(number)
        assert process.wait(30) == 0
    assert load(saved).options("GAX")["general"]["auditing"] == "false"


def test_generate_only(tmp_path: Path) -> None:
    file = tmp_path / "estate.json"
    arguments = ["--clusters", "2", "--chat-servers", "4", "--applications", "10", "--tenants", "2", "--backups"]
    assert main([*arguments, "--nested", "--generate-only", str(file)]) == 0
    estate = load(file)
    assert estate.named("ChatServer_2_04_Backup")
    assert estate.named("ChatServer_Cluster_2_Inner")
    assert estate.named("Application_00010")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--latency", "soon"], "Switch latency: 'soon' is no number."),
        (["--estate", "nowhere.yml"], "nowhere.yml"),
        (["--estate", "demo", "--clusters", "1"], "not both"),
        (["--tls-cert", "nowhere.pem"], "No such file"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("where", ["nowhere/estate.yml", "", "file/estate.yml"])
@pytest.mark.parametrize("more", [[], ["--background", "rehearsal.yml"]])
def test_where_nothing_can_be_saved_is_found_at_the_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
    more: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert main(["--save-to", str(tmp_path / where), *more]) == 2
    error = capsys.readouterr().err
    assert f"{tmp_path / where} cannot be written: " in error
    assert error.count("\n") == 1
    assert not (tmp_path / "rehearsal.yml").exists()


def test_it_can_be_called_by_the_path_of_its_folder(tmp_path: Path) -> None:
    folder = COLLECTION / "tests" / "simulator"
    told = run_elsewhere(tmp_path, str(folder), "--help")
    assert f"{sys.executable} {folder} --estate demo" in told.stdout
    assert run_elsewhere(tmp_path, str(folder), "--clusters", "1", "--generate-only", "estate.yml").returncode == 0
    assert load(tmp_path / "estate.yml").named("GWE_Cluster_1")


@pytest.mark.parametrize("call", [[str(COLLECTION / "tests" / "simulator")], ["-m", "tests.simulator"]])
def test_a_missing_library_is_told_in_one_line(tmp_path: Path, call: list[str]) -> None:
    (tmp_path / "aiohttp.py").write_text("raise ModuleNotFoundError('no', name='aiohttp')", encoding="utf-8")
    told = run_elsewhere(tmp_path, *call, PYTHONPATH=f"{tmp_path}:{COLLECTION}")
    assert told.returncode == 1
    assert told.stderr.startswith("The simulator needs the Python library aiohttp: ")
    assert told.stderr.count("\n") == 1


def run_elsewhere(folder: Path, *arguments: str, PYTHONPATH: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments in another folder, with nothing of the collection on its path."""
    environment = {**os.environ, "PYTHONPATH": PYTHONPATH}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=False)


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    assert "in use" in capsys.readouterr().err
