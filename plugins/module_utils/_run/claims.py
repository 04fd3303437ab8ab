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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

FILE = "claims"


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
    with _locked(folder / FILE) as file:
        noted = file.read()
        known = {place: _last(noted, place) for place in wishes}
        others = {
            place: other
            for place, other in known.items()
            if other and other.host != host and other.value != wishes[place]
        }
        if not others:
            file.seek(0, os.SEEK_END)
            file.write(b"".join(_line(place, host, cluster, value) for place, value in wishes.items()))
        return others


def _line(place: str, *claim: str) -> bytes:
    return json.dumps([place, *claim]).encode() + b"\n"


def _last(noted: bytes, place: str) -> Claim | None:
    """Return what was noted last of a place, if anything was. Lines of other places are not parsed: there are many."""
    begin = noted.rfind(_line(place).removesuffix(b"]\n") + b", ")
    return Claim(*json.loads(noted[begin:].partition(b"\n")[0])[1:]) if begin >= 0 else None


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
    with _locked(file) as stream:
        content = json.loads(stream.read() or b"{}")
        try:
            yield content
        finally:
            with suppress(OSError):  # a full disk: whether something may go is also looked for in GAX
                stream.seek(0)
                stream.truncate()
                stream.write(json.dumps(content).encode())


@contextmanager
def _locked(file: Path) -> Iterator[BinaryIO]:
    """Open a file that no other host reads or writes until the end."""
    with os.fdopen(os.open(file, os.O_CREAT | os.O_RDWR, 0o600), "r+b", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream
