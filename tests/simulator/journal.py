# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator writes down: requests, writes, and writes that were forbidden.

Entries are plain dictionaries, the same in Python and over /_sim. Passwords, cookies and bodies are never kept.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TypedDict

from .objects import Change


class Request(TypedDict):
    """One request of the API. `status` and `bytes` are None until there is an answer; a hung request keeps None."""

    seq: int
    time: float
    method: str
    path: str
    query: dict[str, str]
    status: int | None
    user: str | None
    type: str | None
    dbid: str | None
    name: str | None
    bytes: int | None


class Write(TypedDict):
    """One write. `changes` and `other` tell what it does (nothing when it is refused), `applied` whether it did."""

    seq: int
    method: str
    type: str
    dbid: str | None
    name: str | None
    status: int
    applied: bool
    changes: list[Change]
    other: list[str]


class Violation(TypedDict):
    """A write although writes were forbidden."""

    method: str
    path: str


class Journal:
    """Everything that was written down since the last reset."""

    def __init__(self) -> None:
        """Start empty."""
        self.requests: list[Request] = []
        self.writes: list[Write] = []
        self.violations: list[Violation] = []

    def request(self, method: str, path: str, query: Mapping[str, str]) -> Request:
        """Write down a request as it arrives; the caller fills in the rest. `seq` counts from 0."""
        entry = Request(
            seq=len(self.requests),
            time=time.time(),
            method=method,
            path=path,
            query=dict(query),
            status=None,
            user=None,
            type=query.get("type"),
            dbid=None,
            name=query.get("name"),
            bytes=None,
        )
        self.requests.append(entry)
        return entry

    def write(self, entry: Write) -> Write:
        """Write down a write; it gets its number here."""
        entry["seq"] = len(self.writes)
        self.writes.append(entry)
        return entry
