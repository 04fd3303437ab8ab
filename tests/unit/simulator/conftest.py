# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulators that start when asked for and stop by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, load
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client


@pytest.fixture(scope="session")
def demo() -> Estate:
    """Return the bundled estate; simulators work on copies of it."""
    return load("demo")


@pytest.fixture
def start(demo: Estate) -> Iterator[Callable[..., Simulator]]:
    """Return a function that starts a simulator over the demo estate."""
    with ExitStack() as stack:

        def starter(estate: Estate = demo, **options: Any) -> Simulator:
            return stack.enter_context(Simulator(estate, **options))

        yield starter


@pytest.fixture
def sim(start: Callable[..., Simulator]) -> Simulator:
    """Return a running simulator with all switches at their defaults."""
    return start()


@pytest.fixture
def gax(sim: Simulator) -> Client:
    """Return a client that is logged in to `sim`."""
    return Client(sim)
