# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What was read of a GAX, as text that costs little to read for who needs a small part of it. No secret is in it.

The first line is JSON: what is small, and of each application what it is found by and where its own JSON is in the
rest. That is parsed only by who looks at its options.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from mmap import mmap
from typing import Any

from .._model.objects import APPLICATION, CONNECTION_DEFAULTS, Application, Raw
from .._secrets import shown

# Of an application, what a chat channel is judged by; command lines and the like are nobody's business.
KEPT = (
    *("type", "dbid", "name", "subtype", "version", "state", "tenantdbids", "backupserverdbid"),
    *("appservers", "portinfos", "options", "userproperties"),
)
OF_CONNECTION = ("appserverdbid", "id", *CONNECTION_DEFAULTS)
FOUND_BY = ("name", "dbid", "subtype", "backup", "connected_to")  # properties of an application

Known = dict[str, Any]  # FOUND_BY, and ``_place``: where the JSON of the whole begins and ends in the rest


class Snapshot:
    """What a text of ``snapshot`` holds: lists of objects, each by the words that it was asked for with."""

    def __init__(self, content: bytes | mmap) -> None:
        """Raise ValueError, KeyError or TypeError for a text that is none. Of a file only what is asked for is read."""
        end = content.find(b"\n") + 1
        first = json.loads(content[:end])
        self._rest = memoryview(content)[end:]
        if len(self._rest) != first["length"]:
            raise ValueError("Something is missing at the end.")
        self.begun = float(first["begun"])
        self._objects: dict[str, list[Raw]] = first["objects"]
        self._applications: dict[str, list[Known]] = first["applications"]

    def objects(self, what: str) -> list[Raw] | None:
        """Return the objects of a list, or None where there is no such list."""
        return self._objects.get(what)

    def applications(self, what: str) -> list[Application] | None:
        """Return the applications of a list, or None where there is no such list."""
        listed = self._applications.get(what)
        return None if listed is None else [_Stored(self._rest, known) for known in listed]


class _Stored(Application):
    """An application of a snapshot: what it is found by is known, the rest is parsed when somebody asks for it."""

    def __init__(self, rest: memoryview, known: Known) -> None:
        # Properties are cached where they are set here: nobody asks the object itself for them.
        self.__dict__.update(known, _rest=rest, _values={}, _options={})

    @cached_property
    def raw(self) -> Raw:
        begin, end = self.__dict__["_place"]
        found: Raw = json.loads(bytes(self.__dict__["_rest"][begin:end]))
        return found


def snapshot(
    begun: float, objects: Mapping[str, Sequence[Raw]], applications: Mapping[str, Sequence[Application]]
) -> str:
    """Return what was read as text, without secrets: lists of objects, and lists of applications."""
    known: dict[str, list[Known]] = {}
    lines, end = [], 0
    for what, found in applications.items():
        known[what] = []
        for application in found:
            line = json.dumps(_without_secrets(application.raw))
            begin, end = end, end + len(line)
            known[what].append({**{name: getattr(application, name) for name in FOUND_BY}, "_place": (begin, end)})
            lines.append(line)
    masked = {what: [_without_secrets(raw) for raw in raws] for what, raws in objects.items()}
    first = {"begun": begun, "length": end, "objects": masked, "applications": known}
    return "".join([json.dumps(first), "\n", *lines])


def _without_secrets(raw: Raw) -> Raw:
    masked: Raw = _masked({key: raw[key] for key in KEPT if key in raw} if raw.get("type") == APPLICATION else raw)
    return masked


# An estate has the same names, options and connections thousands of times.
_shown = lru_cache(maxsize=20_000)(shown)


def _masked(value: Any, key: str = "", section: str = "") -> Any:
    if isinstance(value, str):
        return _shown(key, value, section)
    if isinstance(value, list):
        return [_masked(item, key, section) for item in value]
    if not isinstance(value, dict):
        return value
    # True and 1 are equal, but not the same: only what is text throughout may be found in a cache.
    one_by_one = _masked_items if {*map(type, value.values())} == {str} else _masked_items.__wrapped__
    return one_by_one(tuple(value.items()))


@lru_cache(maxsize=20_000)
def _masked_items(items: Iterable[tuple[str, Any]]) -> Raw:
    value = dict(items)
    if "key" in value and "value" in value:  # an option: its name is a value, too
        return {**value, "value": _masked(value["value"], str(value["key"]), str(value.get("section", "")))}
    if "appserverdbid" in value:
        value = {name: value[name] for name in OF_CONNECTION if name in value}
    return {name: item if name == "name" else _masked(item, str(name)) for name, item in value.items()}
