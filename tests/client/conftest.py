# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the client's tests: the core of the collection against a simulator, in process, over real sockets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client.certificates import Files, make
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, load

Start = Callable[..., Simulator]
FOREIGN = ("GAX_", "ANSIBLE_")
OF_REQUESTS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a user who has set nothing: no GAX_*, no proxy, no bundle of certificates, an empty home."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in OF_REQUESTS or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))


@pytest.fixture(scope="session")
def demo() -> Estate:
    """Return the demo estate. Simulators work on a copy."""
    return load("demo")


@pytest.fixture
def start(demo: Estate) -> Iterator[Start]:
    """Return a function that starts a simulator, over the demo estate unless it is given another."""
    with ExitStack() as stack:

        def starter(estate: Estate = demo, **options: Any) -> Simulator:
            return stack.enter_context(Simulator(estate, **options))

        yield starter


@pytest.fixture
def sim(start: Start) -> Simulator:
    """Return a simulator with all switches at their defaults."""
    return start()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls(start: Start, files: Files) -> Simulator:
    return start(tls_cert=files.server, tls_key=files.server_key)


@pytest.fixture
def mutual(start: Start, files: Files) -> Simulator:
    return start(tls_cert=files.server, tls_key=files.server_key, tls_client_ca=files.ca)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make every pause of the client take no time; return how long each would have been."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of what takes seconds."""
    config.addinivalue_line("markers", "playbook: runs ansible-playbook, which takes seconds")
