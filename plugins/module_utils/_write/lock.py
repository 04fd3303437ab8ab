# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Let the runs of one user on one machine write an object of a GAX one after another.

GAX has no lock. Two inventory hosts that share a Chat Server are the common case of two writers, and this is enough
for them; runs on different machines still rely on the read before and after each write.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from .._errors import EngageError
from .._files import why
from .._gax.client import Gax
from .._model.identity import addresses
from .._text import counted

WARN_AFTER = 3.0  # seconds of waiting
LEAST_PATIENCE = 10.0  # seconds, whatever gax_timeout: as long as a writer may wait for its write to show
POLL = 0.02  # seconds between two tries
HOLDER = 300  # bytes at most, with the note
ENDED = "held last by "  # stands before a holder that holds it no more


@dataclass
class Holder:
    """Who holds an object ``now``, and who held it ``before``, in words that differ for each time; empty if unknown.

    ``found`` is the note, one line, that was left by who held it before. ``leaves`` is the one for who comes next; None
    is the one that was found.
    """

    now: str = ""
    before: str = ""
    found: str = ""
    leaves: str | None = None


@contextmanager
def only_one(gax: Gax, key: str, what: str, at_once: bool = False) -> Iterator[Holder]:
    """Wait until no other run of this user on this machine holds the object of this GAX; then hold it.

    ``key`` tells objects of a GAX apart, such as a DBID; ``what`` names it for a person. All addresses of a GAX pair
    count, so that it does not matter which one answers. Without a usable folder there is no lock, and a warning.
    Raises EngageError, that names the holder, when the same one has held it for too long: ``at_once`` if it is held.
    """
    if gax.is_only_session:  # the holder may be a host that waits for this session to end, and reads again then
        yield Holder()
        return
    patience = 0.0 if at_once else max(LEAST_PATIENCE, 2 * gax.settings.timeout)
    holder = Holder()
    with ExitStack() as stack:
        try:
            for file in _files(gax, key):
                stack.enter_context(hold(file, what, patience, gax.warn, holder))
        except OSError as problem:
            gax.warn(
                f"Other runs on this machine can write the same objects at the same time: no lock can be "
                f"created ({why(problem)}: {problem.filename}). Set TMPDIR to a folder of your own."
            )
        yield holder


def take_note_away(gax: Gax, key: str, holder: str) -> None:
    """Take away the note that the ``holder`` of an object has left, unless somebody has held it since."""
    with suppress(OSError):  # who comes next waits in vain for a moment
        for file in _files(gax, key):
            handle = os.open(file, os.O_RDWR | os.O_NOFOLLOW)
            try:
                last = _written(handle).partition("\n")[0] if _taken(handle) else ""
                if last and last.removeprefix(ENDED) in holder:
                    os.truncate(handle, len(last.encode()))
            finally:
                os.close(handle)


def _files(gax: Gax, key: str) -> list[Path]:
    """Return a file for each address of a GAX. Raises OSError as ``own_folder`` does."""
    folder = own_folder()
    texts = [f"{address}\n{key}".encode("utf-8", "surrogatepass") for address in addresses(gax.settings.urls)]
    return [folder / f"{hashlib.sha256(each).hexdigest()[:32]}.lock" for each in texts]


def own_folder() -> Path:
    """Return the folder of what runs of this user on this machine tell each other.

    Raises OSError when it is not safe, or cannot be made.
    """
    folder = f"{tempfile.gettempdir()}/genesys_ops.engage-{os.getuid()}"
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(0, "it is not a folder of this user", folder)
    return Path(folder)


@contextmanager
def hold(
    file: Path, what: str, patience: float, warn: Callable[[str], None], holder: Holder | None = None
) -> Iterator[None]:
    """Hold a lock. Wait while others hold it, but for one and the same holder no longer than so many seconds.

    ``holder`` takes what is known of this lock, beside what it knows of others. Raises OSError when there can be no
    lock, EngageError when the patience is at its end.
    """
    holder = holder or Holder()
    handle = os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        _wait(handle, what, patience, warn)
        me, (before, _line, found) = _me(), _written(handle).removeprefix(ENDED).partition("\n")
        _write(handle, me)
        holder.now, holder.before, holder.found = holder.now + me, holder.before + before, holder.found or found
        try:
            yield
        finally:
            with suppress(OSError):  # such as a disk that is full: what was done is done
                _write(handle, f"{ENDED}{me}\n{found if holder.leaves is None else holder.leaves}")
    finally:
        os.close(handle)


def _wait(handle: int, what: str, patience: float, warn: Callable[[str], None]) -> None:
    begun = since = time.monotonic()
    holder, warned = "", False
    while not _taken(handle):
        now, seen = time.monotonic(), _written(handle)
        if seen and not seen.startswith(ENDED) and seen != holder:  # the queue moves on
            holder, since = seen, now
        by = holder or "another process of this user"
        if now - since > patience:
            waited = f" and was not released within {counted(patience, 'second')}" if patience else ""
            held = f"{what[0].upper()}{what[1:]} is held by {by}{waited}"
            raise EngageError(f"{held}. Wait until that run ends, or end it.")
        if now - begun > WARN_AFTER and not warned:
            warned = True
            warn(f"Waiting for {what}, which is held by {by}.")
        time.sleep(POLL)


def _written(handle: int) -> str:
    return os.pread(handle, HOLDER, 0).decode("utf-8", "replace")


def _write(handle: int, text: str) -> None:
    os.truncate(handle, 0)
    os.pwrite(handle, text.encode()[:HOLDER], 0)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _me() -> str:
    # In milliseconds, so that one process that holds it twice is seen as two holders.
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat(" ", "milliseconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {now} UTC"
