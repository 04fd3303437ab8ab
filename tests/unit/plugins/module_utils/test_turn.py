# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A call that rolls a run back stops the calls of this run before it, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import Superseded
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import turn
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.turn import Turn

URLS = ["https://gax.example.com:8443/gax", "https://gax2.example.com:8443/gax"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what runs tell each other in a folder of the test."""
    monkeypatch.setattr(turn, "own_folder", lambda: tmp_path)
    return tmp_path


def test_who_takes_the_turn_stops_the_calls_before_and_goes_on() -> None:
    first, second = Turn(URLS, "R1", "GWE Main"), Turn(URLS, "R1", "GWE Main")
    first.check()
    second.check()  # a call that only goes on with the run stops nobody
    last = Turn(reversed(URLS), "R1", "GWE Main")
    last.take()
    last.check()
    for stopped in (first, second):
        with pytest.raises(Superseded, match="R1"):
            stopped.check()
    Turn(URLS, "R1", "GWE Main").check()  # the run may be used again


def test_a_call_that_is_over_stops_itself_only() -> None:
    call, other = Turn(URLS, "R1", "GWE Main"), Turn(URLS, "R1", "GWE Main")
    call.end()
    other.check()
    with pytest.raises(Superseded):
        call.check()


@pytest.mark.parametrize(
    ("urls", "run", "cluster"),
    [(URLS[:1], "R1", "GWE Main"), (URLS, "R2", "GWE Main"), (URLS, "R1", "GWE Main 2")],
)
def test_other_runs_clusters_and_gax_go_on(urls: list[str], run: str, cluster: str) -> None:
    mine = Turn(URLS, "R1", "GWE Main")
    Turn(urls, run, cluster).take()
    mine.check()


def test_a_file_that_somebody_removes_stops_nobody(folder: Path) -> None:
    Turn(URLS, "R1", "GWE Main").take()
    call = Turn(URLS, "R1", "GWE Main")
    (file,) = folder.glob("*.turn")
    file.unlink()
    call.check()


def test_without_a_folder_nobody_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise PermissionError(0, "it belongs to somebody else")

    monkeypatch.setattr(turn, "own_folder", nowhere)
    call, last = Turn(URLS, "R1", "GWE Main"), Turn(URLS, "R1", "GWE Main")
    last.take()
    for one in (call, last):
        one.check()
