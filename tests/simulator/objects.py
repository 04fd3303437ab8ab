# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one configuration object looks like, and how two versions of it differ.

An object is the JSON of GAX: flat keys, every scalar a string, lists wrapped once, options and annex as triples
(docs/evidence.md#reading). Objects are never changed in place: a change makes a new object.
"""

from __future__ import annotations

import copy
from typing import Any, TypedDict

Obj = dict[str, Any]
Values = dict[str, dict[str, str]]

# Key of a list container -> key of the list inside it (docs/evidence.md#reading).
CONTAINERS = {
    "options": "property",
    "userproperties": "property",
    "tenantdbids": "id",
    "appservers": "conninfo",
    "resources": "resource",
    "portinfos": "portinfo",
}

# What an item of a list must have for the simulator to understand it.
ITEM_KEYS = {
    "options": {"section", "key", "value"},
    "userproperties": {"section", "key", "value"},
    "tenantdbids": {"dbid"},
    "appservers": {"appserverdbid"},
}

# The two families of triples, under the names administrators use.
FAMILIES = {"options": "options", "annex": "userproperties"}


class Change(TypedDict):
    """One triple before and after: None = absent, a list = the triple occurs several times."""

    family: str
    section: str
    key: str
    before: str | list[str] | None
    after: str | list[str] | None


def as_strings(value: Any, where: str = "the object") -> Any:
    """Return `value` with numbers as strings; raise ValueError for booleans and nulls.

    GAX stores strings only. Public code sends a number once (docs/evidence.md#reading), so numbers are taken.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {str(key): as_strings(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [as_strings(item, f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{where} is {value!r}, but configuration objects hold strings only.")


def checked(value: Obj, where: str = "the object") -> Obj:
    """Return an object with strings only; raise ValueError when its lists are not as they must be."""
    obj: Obj = as_strings(value, where)
    for container in CONTAINERS.keys() & obj.keys():
        if not isinstance(obj[container], dict) or not isinstance(items(obj, container), list):
            raise ValueError(f"{where}.{container} must hold a list named {CONTAINERS[container]}.")
        for item in items(obj, container):
            if not isinstance(item, dict) or not ITEM_KEYS.get(container, set()) <= item.keys():
                raise ValueError(f"{where}.{container} has an item that is not complete: {item!r}.")
    return obj


def items(obj: Obj, container: str) -> list[dict[str, str]]:
    """Return the list inside a container; an absent container counts as empty."""
    return (obj.get(container) or {}).get(CONTAINERS[container]) or []


def with_items(obj: Obj, container: str, new: list[dict[str, str]]) -> Obj:
    """Return a copy of `obj` whose container holds `new`; other keys of the container stay."""
    return {**obj, container: {**(obj.get(container) or {}), CONTAINERS[container]: new}}


def container_of(family: str) -> str:
    """Return the key of the object that holds a family; raise ValueError for an unknown family."""
    if family not in FAMILIES:
        raise ValueError(f"There is no family {family!r}: use one of {', '.join(FAMILIES)}.")
    return FAMILIES[family]


def nested(obj: Obj, family: str = "options") -> Values:
    """Return the triples of a family as section -> key -> value; of duplicates the last one counts."""
    values: Values = {}
    for triple in items(obj, container_of(family)):
        values.setdefault(triple["section"], {})[triple["key"]] = triple["value"]
    return values


def with_triple(obj: Obj, family: str, section: str, key: str, value: str | None) -> Obj:
    """Return a copy of `obj` with one option set in place, added at the end, or removed (None)."""
    container = container_of(family)
    triples: list[dict[str, str]] = []
    new = None if value is None else {"section": section, "key": key, "value": value}
    for triple in items(obj, container):
        if (triple["section"], triple["key"]) != (section, key):
            triples.append(triple)
        elif new:
            triples.append(new)
            new = None
    return with_items(obj, container, triples + ([new] if new else []))


def _grouped(obj: Obj, container: str) -> dict[tuple[str, str], list[str]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for triple in items(obj, container):
        groups.setdefault((triple["section"], triple["key"]), []).append(triple["value"])
    return groups


def _shown(values: list[str] | None) -> str | list[str] | None:
    return values[0] if values and len(values) == 1 else values


def changes(before: Obj, after: Obj) -> list[Change]:
    """Return the triples that differ, options before annex, in the order of first appearance."""
    found: list[Change] = []
    for family, container in FAMILIES.items():
        old, new = _grouped(before, container), _grouped(after, container)
        found += [
            Change(
                family=family, section=pair[0], key=pair[1], before=_shown(old.get(pair)), after=_shown(new.get(pair))
            )
            for pair in dict.fromkeys([*old, *new])
            if old.get(pair) != new.get(pair)
        ]
    return found


def other_changes(before: Obj, after: Obj) -> list[str]:
    """Return the top-level keys that differ apart from triples; an empty container equals an absent one."""

    def rest(obj: Obj, key: str) -> Any:
        value = obj.get(key)
        if key in FAMILIES.values():
            return {name: item for name, item in (value or {}).items() if name != CONTAINERS[key]}
        return None if is_empty_container(key, value) else value

    return [key for key in dict.fromkeys([*before, *after]) if rest(before, key) != rest(after, key)]


def is_empty_container(key: str, value: Any) -> bool:
    """Tell whether this is a list container that holds nothing, not even a `mode`."""
    return key in CONTAINERS and not any((value or {}).values())


def clone(obj: Obj) -> Obj:
    """Return a copy that the caller may change."""
    return copy.deepcopy(obj)
