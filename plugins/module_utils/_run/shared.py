# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the hosts of one run share on this controller: a private folder, and the name of the run.

Ansible forks a process for each task and host. The folder is made before that, so that all of them know it, and is
removed when the process that made it ends. Where a module is shipped there is none, and each call is for itself.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from .._write.run_names import run_name as new_name

_known: dict[str, Path | str] = {}
_key = secrets.token_bytes(32)  # never on disk


def create() -> None:
    """Make the folder, once in a process and those that it forks. Without a place for it there is none."""
    if "name" in _known:
        return
    _known["name"] = new_name(os.environ, datetime.now(timezone.utc))
    try:
        folder = Path(tempfile.mkdtemp(prefix="genesys_ops.engage-run-"))
    except OSError:
        return
    _known["folder"] = folder
    atexit.register(_remove, folder, os.getpid())


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a fork
        shutil.rmtree(folder, ignore_errors=True)


def folder() -> Path | None:
    """Return the folder, readable by its owner only, or None where nothing is shared."""
    found = _known.get("folder")
    return found if isinstance(found, Path) else None


def run_name() -> str:
    """Return the name of this run, the same for all its hosts; empty where nothing is shared."""
    return str(_known.get("name", ""))


def key() -> bytes:
    """Return a key that only this process and those that it forks know."""
    return _key
