# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A limit to the time of a whole answer.

``requests`` knows only a limit between two bytes: an answer that drips, or that begins with ``100 Continue`` again and
again, would never end. So each read from the socket waits no longer than what is left.
"""

from __future__ import annotations

import io
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any


class _Deadline(threading.local):
    at = math.inf  # of time.monotonic(), for the answer that this thread waits for


_deadline = _Deadline()


@contextmanager
def answer_within(seconds: float) -> Iterator[None]:
    """Let answers on connections of a limited manager, read by this thread, time out so many seconds from now."""
    _deadline.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _deadline.at = math.inf


class _TimedReader(io.RawIOBase):
    """What comes from a socket, until the deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        before = self._sock.gettimeout()
        left = _deadline.at - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        if left < math.inf:
            self._sock.settimeout(left if before is None else min(left, before))
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(before)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


def limit_answers(manager: Any) -> Any:
    """Let the connections that urllib3's pool manager will open obey ``answer_within``; return the manager."""
    timed = {}
    for scheme, pool in manager.pool_classes_by_scheme.items():
        connection = type("TimedConnection", (pool.ConnectionCls,), {"response_class": _TimedResponse})
        timed[scheme] = type("TimedPool", (pool,), {"ConnectionCls": connection})
    manager.pool_classes_by_scheme = timed
    return manager
