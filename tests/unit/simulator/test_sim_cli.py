# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, in a process of its own."""

from __future__ import annotations

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
    assert "python -m tests.simulator --estate demo" in text
    assert "/_sim/journal" in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_start_and_stop(tmp_path: Path, number: signal.Signals) -> None:
    url_file, saved = tmp_path / "url", tmp_path / "saved.json"
    command = [sys.executable, "-m", "tests.simulator", "--estate", "demo", "--port-file", str(url_file)]
    command += ["--save-to", str(saved), "--forbid-writes", "--expired", "403", "--dedupe", "off"]
    with subprocess.Popen(command, cwd=COLLECTION, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        deadline = time.monotonic() + 5
        while not url_file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert url_file.read_text(encoding="utf-8") == url + "\n"
        switches = requests.get(url + "/_sim/switches", timeout=5).json()
        assert (switches["forbid_writes"], switches["expired"], switches["dedupe"]) == (True, "403", False)
        edit = {"name": "GAX", "section": "general", "key": "auditing", "value": "false"}
        requests.post(url + "/_sim/edit", json=edit, timeout=5)
        process.send_signal(number)
        assert process.wait(5) == 0
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


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    assert "in use" in capsys.readouterr().err
