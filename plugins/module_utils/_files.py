# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Write a file at once: nobody ever reads half of one, and none is left behind. Say why that failed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(target: Path, content: str, mode: int = 0o600, durable: bool = True) -> None:
    """Write text as UTF-8 in place of what is there. Raises OSError, and UnicodeError for what is no text.

    ``durable`` waits for the disk, so that the file outlives the end of the machine, not only that of the process.
    """
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode())
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def why(problem: Exception, otherwise: str = "") -> str:
    """Return why a file could not be read or written, in words that end a sentence.

    What is no OSError is about what the file holds; ``otherwise`` says it better than the exception.
    """
    said = problem.strerror if isinstance(problem, OSError) else otherwise
    return said or str(problem)
