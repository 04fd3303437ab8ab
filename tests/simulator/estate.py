# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate: all configuration objects, in memory.

A class of objects has its own numbers (dbid). Those of deleted objects are never used again (docs/evidence.md#writing).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .objects import Obj, Values, checked, clone, nested, with_triple

FIRST_FREE = 100  # smaller numbers belong to predefined objects (docs/evidence.md#reading)

# Part of every Configuration Database, although GAX does not list it (docs/evidence.md#reading).
ENVIRONMENT: Obj = {"type": "CfgTenant", "dbid": "1", "name": "Environment", "state": "CFGEnabled"}


class Estate:
    """Configuration objects by class and number, in the order in which they came."""

    def __init__(self, objects: Iterable[Obj] = ()) -> None:
        """Take objects in the JSON shape of GAX; raise ValueError when one cannot be one."""
        self._classes: dict[str, dict[str, Obj]] = {}
        self._highest: dict[str, int] = {}
        for obj in objects:
            self.add(obj)

    def __iter__(self) -> Iterator[Obj]:
        """Yield every object, class by class."""
        for members in self._classes.values():
            yield from members.values()

    def __len__(self) -> int:
        """Return the number of objects."""
        return sum(map(len, self._classes.values()))

    def add(self, obj: Obj) -> None:
        """Take in a new object that has its number already."""
        for key in ("type", "dbid"):
            if not obj.get(key):
                raise ValueError(f"An object has no {key}: {str(obj)[:120]}")
        obj = checked(obj, f"{obj['type']} {obj['dbid']}")
        if not obj["dbid"].isdecimal():
            raise ValueError(f"{obj['type']} {obj['dbid']}: a dbid is a decimal number.")
        if self.get(obj["type"], obj["dbid"]):
            raise ValueError(f"{obj['type']} {obj['dbid']} occurs twice.")
        self.put(obj)

    def put(self, obj: Obj) -> None:
        """Store an object; one with the same number is replaced and keeps its place."""
        self._classes.setdefault(obj["type"], {})[obj["dbid"]] = obj
        self._highest[obj["type"]] = max(self._highest.get(obj["type"], FIRST_FREE), int(obj["dbid"]))

    def remove(self, kind: str, dbid: str) -> None:
        """Take an object away; its number stays used."""
        self._classes[kind].pop(dbid, None)

    def new_dbid(self, kind: str) -> str:
        """Return a number that this class never used, and count it as used."""
        self._highest[kind] = self._highest.get(kind, FIRST_FREE) + 1
        return str(self._highest[kind])

    def get(self, kind: str, dbid: str) -> Obj | None:
        """Return the object with this number, to be read only."""
        return self._classes.get(kind, {}).get(dbid)

    def has(self, kind: str) -> bool:
        """Tell whether there is any object of a class."""
        return bool(self._classes.get(kind))

    def all(self, kind: str) -> list[Obj]:
        """Return all objects of a class, to be read only."""
        return list(self._classes.get(kind, {}).values())

    def named(self, name: str, kind: str = "CfgApplication") -> Obj:
        """Return the first object with this name, to be read only; raise KeyError when there is none."""
        for obj in self._classes.get(kind, {}).values():
            if obj.get("name") == name:
                return obj
        raise KeyError(f"There is no {kind} named {name!r}.")

    def app(self, name: str) -> Obj:
        """Return an application as the caller's own copy."""
        return clone(self.named(name))

    def options(self, name: str, family: str = "options", kind: str = "CfgApplication") -> Values:
        """Return the options (or the annex) of an object as section -> key -> value."""
        return nested(self.named(name, kind), family)

    def edit(
        self,
        name: str,
        section: str,
        key: str,
        value: str | None,
        family: str = "options",
        kind: str = "CfgApplication",
    ) -> None:
        """Set one option as another administrator would; None removes it."""
        self.put(with_triple(self.named(name, kind), family, section, key, value))

    def copy(self) -> Estate:
        """Return an independent estate. Objects are shared, because they are replaced and never changed."""
        twin = Estate()
        twin._classes = {kind: dict(members) for kind, members in self._classes.items()}
        twin._highest = dict(self._highest)
        return twin
