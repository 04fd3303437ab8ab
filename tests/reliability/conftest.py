# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks and records of their own for these tests, and the figures for ``docs/reliability.md`` at the end of a run."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.reliability.harness import lived_in
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

Figure = Callable[[str, float], None]


@pytest.fixture(scope="session", autouse=True)
def _own_locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep locks and records of this worker apart from those of others, which use the same DBIDs in other estates."""
    with pytest.MonkeyPatch.context() as patch:
        use_temporary_folder(patch, tmp_path_factory.mktemp("tmp"))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def use_temporary_folder(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process, and those that it starts, put temporary files there."""
    patch.setenv("TMPDIR", str(folder))
    patch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """Return a simulator with five Chat Servers."""
    with Simulator(lived_in(1, 5)) as running:
        yield running


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Return what keeps a figure of a test for the end of the run."""
    return lambda name, value: record_property(f"figure {name}", value)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the figures: counts are added up over tests, everything else is shown as it was measured."""
    found: dict[str, list[float]] = defaultdict(list)
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name.startswith("figure "):
                found[name.removeprefix("figure ")].append(value)
    for name, values in sorted(found.items()):
        terminalreporter.write_line(f"{name}: {sum(values):g}")
