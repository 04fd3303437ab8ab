# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests.

A run of ansible-playbook costs seconds, so tests share runs: a fixture of a class makes the run, and each test looks at
one thing about it. Such a class must stay on one worker of pytest-xdist (``--dist loadscope``, the default here).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, Run
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, load

# Helpers with assertions of their own: pytest shows both sides of those that fail.
pytest.register_assert_rewrite(*(f"{playbook.__package__}.{name}" for name in ("estates", "steps")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a class together, unless another distribution was asked for."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    return LoadScopeScheduling(config, log)


@pytest.fixture(scope="session")
def demo() -> Estate:
    """Return the demo estate. Simulators work on a copy."""
    return load("demo")


@pytest.fixture
def sim(demo: Estate) -> Iterator[Simulator]:
    """Return a running simulator on a fresh demo estate."""
    with playbook.simulator(demo) as running:
        yield running


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Player:
    """Return `playbook.play` with a fresh home for each run."""

    def run(*args: Any, **options: Any) -> Run:
        return playbook.play(tmp_path_factory.mktemp("play"), *args, **options)

    return run
