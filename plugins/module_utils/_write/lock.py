# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Let the runs of one user on one machine write an application one after another.

GAX has no lock. Two inventory hosts that share a Chat Server are the common case of two writers, and this is enough
for them; runs on different machines still rely on the read before and after each write.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def only_one(dbid: str) -> Iterator[None]:
    """Wait until nobody else writes the application with this DBID. Without a safe place for the lock, go on."""
    folder = os.path.join(tempfile.gettempdir(), f"genesys_ops.engage-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.lstat(folder).st_uid != os.getuid():
            raise PermissionError(folder)
        handle = os.open(os.path.join(folder, f"{int(dbid)}.lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except (OSError, ValueError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
