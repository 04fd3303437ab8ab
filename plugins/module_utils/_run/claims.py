# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the inventory hosts of one run want of the same objects: two that want different things are refused.

The first to ask has it. All wishes stand in one file of the run's private folder.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "claims.json"


@dataclass(frozen=True)
class Claim:
    """Who wants what: an inventory host, for its cluster application."""

    host: str
    cluster: str
    value: str


def claim(folder: Path | None, host: str, cluster: str, wishes: Mapping[str, str]) -> dict[str, Claim]:
    """Note wishes, place -> value, and return those places where another host wants another value. Then none is noted.

    Without a folder, or without the name of a host, nobody else is known.
    """
    if folder is None or not host:
        return {}
    handle = os.open(folder / FILE, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {place: Claim(*entry) for place, entry in json.loads(file.read() or "{}").items()}
        others = {
            place: known[place]
            for place, value in wishes.items()
            if place in known and known[place].host != host and known[place].value != value
        }
        if not others:
            mine = {place: Claim(host, cluster, value) for place, value in wishes.items()}
            file.seek(0)
            file.truncate()
            everybody = {**known, **mine}
            json.dump({place: [item.host, item.cluster, item.value] for place, item in everybody.items()}, file)
        return others
