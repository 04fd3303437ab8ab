# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What one host of a run has just read of a GAX, for the others that run the same task with the same account.

It is a file in the run's private folder. The first host to ask reads, and others that ask meanwhile wait for that. Only
what changes nothing may rest on it: who finds something to do reads anew. Once a host begins to write, nothing is
shared in this task any more. No secret is in the file: docs/performance.md#what-hosts-share
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType

from .._errors import BadInput
from .._files import write
from .._gax.client import Gax
from .._gax.reader import In, Out
from .._model.identity import addresses
from .._model.objects import APPLICATION, Application, Raw
from .snapshot import Snapshot, snapshot

# Seconds at most between the beginning of a reading and the moment in which another host asks for it.
FRESH = 5.0
YOUNG = 3.0  # after that, one host reads anew, and the others need not wait for it


class SharedReads:
    """A reader of one GAX, as one host sees it; a context manager around all that the host reads.

    ``task`` tells apart what may be shared, ``key`` is the run's own. With ``changes`` the host may find something to
    change.
    """

    def __init__(self, gax: Gax, folder: Path, key: bytes, task: str, changes: bool) -> None:
        self._gax = gax
        self._changes = changes
        where = "\n".join([*addresses(gax.settings.urls), task])
        self._stop = folder / f"written-{_digest(key, where)}"
        self._file = folder / f"read-{_digest(key, f'{where}{gax.account}{gax.settings}')}"
        self._taken: Snapshot | None = None  # from another host
        self._seen: Snapshot | None = None  # what was in the file last
        self._mark = (0, 0)  # of that file
        self._read: dict[str, list[Raw]] = {}  # for the others
        self._read_applications: dict[str, list[Application]] = {}  # likewise
        self._begun: float | None = None  # of a reading for the others
        self._failed = self._file.with_suffix(".failed")
        self._held = ExitStack()

    def __enter__(self) -> SharedReads:
        """Take what another host has read, or be the one that reads for all, unless somebody has begun to write."""
        asked = time.monotonic()
        with suppress(OSError):  # else each host reads for itself
            if self._stop.exists() or self._take(asked, young=True):
                return self
            # Waits for the host that reads just now, if any, unless there is something to take meanwhile.
            self._lock(wait=not self._take(asked))
            if self._take(asked, young=True) or self._stop.exists() or self._has_failed_since(asked):
                self._held.close()
            else:
                self._taken, self._begun = None, time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._held, suppress(OSError):
            if self._begun is not None:
                if kind is None or issubclass(kind, BadInput):
                    write(self._file, snapshot(self._begun, self._read, self._read_applications), durable=False)
                else:
                    write(self._failed, str(time.monotonic()), durable=False)

    @property
    def may_change(self) -> bool:
        """Whether all was read by this host, or nothing comes of what it plans."""
        return not self._changes or self._taken is None

    def stop(self) -> None:
        """Let nobody take anything from now on: this host begins to write."""
        with suppress(OSError):
            self._stop.touch(mode=0o600)

    # --- what is asked -----------------------------------------------------------------------------------------------

    def objects(self, kind: str, **query: str) -> list[Raw]:
        if not query and kind == APPLICATION:  # all that there are: before something goes, and never from others
            return self._source().objects(kind)
        return self._shared(f"{kind} {sorted(query.items())}", lambda: self._source().objects(kind, **query))

    def applications(self, **query: str) -> list[Application]:
        what = str(sorted(query.items()))
        found = self._taken.applications(what) if self._taken else None
        if found is None:
            found = self._source().applications(**query)
            self._read_applications[what] = found
        return found

    def object(self, kind: str, dbid: str) -> Raw | None:
        def read() -> list[Raw]:
            found = self._source().object(kind, dbid)
            return [] if found is None else [found]

        return next(iter(self._shared(f"{kind} {dbid}", read)), None)

    def tenants(self) -> list[Raw]:
        return self._shared("tenants", lambda: self._source().tenants())

    def origin(self) -> tuple[str, str]:
        (found,) = self._shared("origin", lambda: [dict(zip(("url", "version"), self._source().origin()))])
        return found["url"], found["version"]

    def each(self, work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
        return self._gax.each(work, items)

    def _shared(self, what: str, read: Callable[[], list[Raw]]) -> list[Raw]:
        found = self._taken.objects(what) if self._taken else None
        if found is None:
            self._read[what] = found = read()
        return found

    def _source(self) -> Gax:
        self._gax.open()
        return self._gax

    # --- file --------------------------------------------------------------------------------------------------------

    def _take(self, asked: float, young: bool = False) -> bool:
        """Take what the file holds, unless it is too old, or somebody has begun to write."""
        self._taken = None
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            found = self._there()
            if found.begun >= asked - (YOUNG if young else FRESH) and not self._stop.exists():
                self._taken = found
        return self._taken is not None

    def _there(self) -> Snapshot:
        """Return what the file holds, parsed once while it is the same file: a newer one takes its place."""
        with open(self._file, "rb") as file:
            state = os.fstat(file.fileno())
            if self._seen is None or self._mark != (state.st_ino, state.st_mtime_ns):
                self._seen = Snapshot(mmap(file.fileno(), 0, access=ACCESS_READ))
                self._mark = (state.st_ino, state.st_mtime_ns)
            return self._seen

    def _has_failed_since(self, asked: float) -> bool:
        """Say whether a reading failed meanwhile: that took its time, and need not take it from one after the other."""
        try:
            return float(self._failed.read_text(encoding="ascii")) > asked
        except (FileNotFoundError, ValueError):
            return False

    def _lock(self, wait: bool) -> None:
        """Hold the lock of those who read. It comes before the only session of an account, which others may have.

        Raises BlockingIOError where somebody else holds it, unless that is to be waited for.
        """
        handle = os.open(self._file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        self._held.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
