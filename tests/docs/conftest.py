# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The home of a user who has built and installed the collection: both take seconds, so they are done once in a run."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.docs.pages import environment
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of this worker: pages leave files there."""
    here = tmp_path_factory.getbasetemp()
    of_the_run = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    installed = of_the_run / "installed"
    with open(of_the_run / "installing", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists():
            install(of_the_run / "unfinished").rename(installed)
    return Path(shutil.copytree(installed, tmp_path_factory.mktemp("home"), dirs_exist_ok=True))


def install(home: Path) -> Path:
    """Build the collection into a new home, and install it there."""
    home.mkdir()

    def galaxy(*arguments: str) -> None:
        command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
        subprocess.run(command, cwd=COLLECTION, env=environment(home), check=True, capture_output=True, timeout=120)

    galaxy("build", "--output-path", str(home))
    galaxy("install", str(next(home.glob("*.tar.gz"))), "-p", str(home / ".ansible" / "collections"))
    return home
