# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the inventory hosts of one run want of the same objects: two that want different things are refused.

The first to ask has it. What they want, and what they need to stay, is in files of the run's private folder. Without a
folder, or without the name of a host, nobody else is known.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "claims.json"


@dataclass(frozen=True)
class Claim:
    """Who wants what: an inventory host, for its cluster application."""

    host: str
    cluster: str
    value: str


def claim(folder: Path | None, host: str, cluster: str, wishes: Mapping[str, str]) -> dict[str, Claim]:
    """Note wishes, place -> value, and return those places where another wants another value: then none is noted."""
    if folder is None or not host:
        return {}
    with _held(folder / FILE) as content:
        known = {place: Claim(*entry) for place, entry in content.items()}
        others = {
            place: known[place]
            for place, value in wishes.items()
            if place in known and known[place].host != host and known[place].value != value
        }
        if not others:
            content.update({place: [host, cluster, value] for place, value in wishes.items()})
        return others


def need(folder: Path | None, host: str, thing: str) -> None:
    """Note that a host needs a thing to stay. While another host decides whether it goes, this waits."""
    if folder is not None and host:
        with _held(_file_of(folder, thing)) as hosts:
            hosts[host] = True


@contextmanager
def no_longer_needed(folder: Path | None, host: str, thing: str) -> Iterator[list[str]]:
    """Note that a host no longer needs a thing; give the hosts that do. Until the end nobody begins to need it."""
    if folder is None or not host:
        yield []
        return
    with _held(_file_of(folder, thing)) as hosts:
        hosts.pop(host, None)
        yield list(hosts)


def _file_of(folder: Path, thing: str) -> Path:
    digest = hashlib.sha256(thing.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return folder / f"need-{digest}.json"


@contextmanager
def _held(file: Path) -> Iterator[dict[str, Any]]:
    """Give the content of a file that no other host reads or writes until the end; what is changed in it is kept."""
    handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        content = json.loads(stream.read() or "{}")
        yield content
        stream.seek(0)
        stream.truncate()
        json.dump(content, stream)
