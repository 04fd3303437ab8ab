# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core is kept in compiled form where Ansible loads it, and compiled anew when a file has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION

CORE = "ansible_collections.genesys_ops.engage.plugins.module_utils"
# As Ansible does it: with its own loader in charge of all collections.
PROGRAM = f"""
import sys
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder([sys.argv[1]])._install()
from ansible_collections.genesys_ops.engage.plugins.action.chat_channel import ActionModule
from {CORE}._version import VERSION
print(VERSION)
"""


def load(collections: Path) -> str:
    """Load the action plugin in a process of its own, and return the version of the core that it has loaded."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(collections)], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    there = tmp_path / "ansible_collections" / "genesys_ops" / "engage"
    for part in ("plugins", "meta"):
        shutil.copytree(COLLECTION / part, there / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def core_of(collections: Path) -> Path:
    return collections / "ansible_collections" / "genesys_ops" / "engage" / "plugins" / "module_utils"


def test_every_file_of_the_core_that_is_loaded_is_kept_compiled(collections: Path) -> None:
    load(collections)
    kept = {file.name.partition(".")[0] for file in core_of(collections).rglob("__pycache__/*.pyc")}
    assert kept > {"client", "chat_channel", "writer", "topology", "_secrets"}


def test_a_file_that_was_changed_is_compiled_anew(collections: Path) -> None:
    before = load(collections)
    file = core_of(collections) / "_version.py"
    file.write_text(file.read_text(encoding="utf-8").replace(before, f"{before}.new"), encoding="utf-8")
    assert load(collections) == f"{before}.new"


def test_a_folder_that_cannot_be_written_does_no_harm(collections: Path) -> None:
    core = core_of(collections)
    for folder in [core, *(path for path in core.rglob("*") if path.is_dir())]:
        (folder / "__pycache__").write_text("in the way")
    assert load(collections)
    assert not [*core.rglob("*.pyc")]
