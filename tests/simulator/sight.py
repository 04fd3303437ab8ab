# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What accounts see of the estate: permissions, tenants, hidden objects, and writes that do not show yet."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .estate import ENVIRONMENT, Estate
from .objects import Obj, items
from .switches import Switches

Key = tuple[str, str]  # class and number


class Sight:
    """The estate as reads see it. `written` is told what a write replaces, before it does."""

    def __init__(self, switches: Switches) -> None:
        """See everything as it is."""
        self._switches = switches
        self._stale: dict[Key, tuple[float, Obj]] = {}  # until when reads show what; an empty object = nothing

    def written(self, key: Key, before: Obj) -> None:
        """Remember what reads go on to show after a write; of several writes, what was there before the first."""
        if self._switches.stale_reads and key not in self._now():
            self._stale[key] = (time.monotonic() + self._switches.stale_reads, before)

    def _now(self) -> dict[Key, Obj]:
        if self._stale:
            now = time.monotonic()
            self._stale = {key: entry for key, entry in self._stale.items() if entry[0] > now}
        return {key: obj for key, (_until, obj) in self._stale.items()}

    def get(self, estate: Estate, kind: str, dbid: str) -> Obj | None:
        """Return an object as a read finds it, whether it may be read or not; None when there is none."""
        obj = self._now().get((kind, dbid), estate.get(kind, dbid))
        return None if not obj or obj.get("name") in self._switches.hidden else obj

    def listed(self, estate: Estate, kind: str) -> list[Obj]:
        """Return the objects of a class that a list shows, before any query."""
        stale = self._now()
        objects: list[Obj] = estate.all(kind)
        if stale:
            objects = [stale.pop((kind, obj["dbid"]), obj) for obj in objects]
            objects += [obj for (other, _dbid), obj in stale.items() if other == kind]  # deleted since
        switches = self._switches
        if kind == "CfgTenant" and switches.environment == "hidden":
            objects = [obj for obj in objects if obj.get("dbid") != ENVIRONMENT["dbid"]]
        unseen = {*switches.hidden, *switches.deny_read}
        if not (unseen or stale or switches.account_tenants):
            return objects
        return [obj for obj in objects if obj and obj.get("name") not in unseen and self.is_permitted(estate, obj)]

    def is_permitted(self, estate: Estate, obj: Obj) -> bool:
        """Tell whether accounts may read an object."""
        if obj.get("name") in self._switches.deny_read:
            return False
        names = self._switches.account_tenants
        owners = {(estate.get("CfgTenant", dbid) or {}).get("name") for dbid in _tenants_of(obj)} if names else set()
        return not owners or bool(owners & set(names))


def _tenants_of(obj: Obj) -> Iterator[str]:
    """Yield the numbers of the tenants that an object belongs to; none = it belongs to all."""
    if obj["type"] == "CfgTenant":
        yield obj["dbid"]
    elif obj["type"] == "CfgFolder" and obj.get("ownertype") == "CFGTenant":
        yield obj.get("ownerdbid", "")
    elif "tenantdbid" in obj:
        yield obj["tenantdbid"]
    for item in items(obj, "tenantdbids"):
        yield item["dbid"]
