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
import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from .._errors import BadInput
from .._files import write
from .._gax.client import Gax
from .._gax.reader import In, Out
from .._model.identity import addresses
from .._model.objects import APPLICATION, Raw
from .._secrets import shown

FRESH = 3.0  # seconds at most between the beginning of a reading and the moment in which another host asks for it
# Of an application, what a chat channel is judged by; command lines and the like are nobody's business.
KEPT = (
    *("type", "dbid", "name", "subtype", "version", "state", "tenantdbids", "backupserverdbid"),
    *("appservers", "portinfos", "options", "userproperties"),
)


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
        self._taken: dict[str, list[Raw]] = {}  # from another host
        self._read: dict[str, list[Raw]] = {}  # for the others
        self._begun: float | None = None  # of a reading for the others
        self._held = ExitStack()

    def __enter__(self) -> SharedReads:
        """Take what another host has read, or be the one that reads for all, unless somebody has begun to write."""
        asked = time.monotonic()
        with suppress(OSError):  # else each host reads for itself
            if not self._stop.exists() and not self._take(asked):
                self._lock()  # waits for the host that reads just now
                if self._take(asked) or self._stop.exists() or self._has_failed_since(asked):
                    self._held.close()
                else:
                    self._begun = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._held, suppress(OSError):
            if self._begun is not None:
                done = kind is None or issubclass(kind, BadInput)
                items = {what: [_without_secrets(item) for item in found] for what, found in self._read.items()}
                content = {"begun": self._begun, "read": items} if done else {"failed": time.monotonic()}
                write(self._file, json.dumps(content), durable=False)

    @property
    def may_change(self) -> bool:
        """Whether all was read by this host, or nothing comes of what it plans."""
        return not (self._changes and self._taken)

    def stop(self) -> None:
        """Let nobody take anything from now on: this host begins to write."""
        with suppress(OSError):
            self._stop.touch(mode=0o600)

    # --- what is asked -----------------------------------------------------------------------------------------------

    def objects(self, kind: str, **query: str) -> list[Raw]:
        if not query and kind == APPLICATION:  # all that there are: before something goes, and never from others
            return self._source().objects(kind)
        return self._shared(f"{kind} {sorted(query.items())}", lambda: self._source().objects(kind, **query))

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
        if what in self._taken:
            return self._taken[what]
        self._read[what] = found = read()
        return found

    def _source(self) -> Gax:
        self._gax.open()
        return self._gax

    # --- file --------------------------------------------------------------------------------------------------------

    def _take(self, asked: float) -> bool:
        """Take what the file holds, unless it is too old, or somebody has begun to write."""
        content = self._content()
        found = content.get("read")
        if not isinstance(found, dict) or content["begun"] < asked - FRESH or self._stop.exists():
            return False
        self._taken = found
        return True

    def _has_failed_since(self, asked: float) -> bool:
        """Say whether a reading failed meanwhile: that took its time, and need not take it from one after the other."""
        return bool(self._content().get("failed", 0.0) > asked)

    def _content(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _lock(self) -> None:
        """Hold the lock of those who read. It comes before the only session of an account, which others may have."""
        handle = os.open(self._file.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
        self._held.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _without_secrets(raw: Raw) -> Raw:
    kept = {key: raw[key] for key in KEPT if key in raw} if raw.get("type") == APPLICATION else raw
    masked: Raw = _masked(kept)
    return masked


_shown = lru_cache(maxsize=20_000)(shown)  # an estate has the same options and connections thousands of times


def _masked(value: Any, key: str = "", section: str = "") -> Any:
    if isinstance(value, str):
        return _shown(key, value, section)
    if isinstance(value, list):
        return [_masked(item, key, section) for item in value]
    if not isinstance(value, dict):
        return value
    if "key" in value and "value" in value:  # an option: its name is a value, too
        inner = str(value.get("section", ""))
        return {**value, "value": _masked(value["value"], str(value["key"]), inner)}
    return {name: item if name == "name" else _masked(item, str(name)) for name, item in value.items()}
