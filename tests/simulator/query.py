# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects a list request means (docs/evidence.md#reading)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .objects import Obj
from .switches import Switches

# Query keys that are no properties of objects.
CONTROL = ("type", "brief", "filters")

# The content of a brief form is not evidenced; these are the columns of a list in the user interface.
BRIEF = ("type", "dbid", "name", "subtype", "folderid", "state")

_NAME_TESTS: dict[str, Callable[[str, str], bool]] = {
    "exact": lambda name, asked: name == asked,
    "substring": lambda name, asked: asked in name,
    "ignore-case": lambda name, asked: name.casefold() == asked.casefold(),
    "ignored": lambda name, asked: True,
}


def parse_filters(text: str) -> list[dict[str, str]]:
    """Return alternatives, each a set of conditions: `a=1 AND b=2 OR c=3` -> [{a: 1, b: 2}, {c: 3}].

    AND binds tighter than OR (docs/evidence.md#reading). Raise ValueError for anything but key=value.
    """
    alternatives = []
    for alternative in text.split(" OR "):
        pairs = [condition.partition("=") for condition in alternative.split(" AND ")]
        if not all(key.strip() and equals for key, equals, _unused in pairs):
            raise ValueError(f"The filter {text!r} is not understood.")
        alternatives.append({key.strip(): value.strip() for key, _unused, value in pairs})
    return alternatives


def select(objects: list[Obj], query: Mapping[str, str], switches: Switches) -> list[Obj]:
    """Return the objects that a query means, in order. Raise ValueError for a filter that is none."""
    alternatives = parse_filters(query["filters"]) if query.get("filters") else [{}]
    if switches.filters == "ignored":
        alternatives = [{}]
    elif switches.filters == "first-only":
        alternatives = alternatives[:1]
    # Alternatives of the same keys are one look-up, however many they are.
    wanted: dict[tuple[str, ...], set[tuple[str | None, ...]]] = {}
    for alternative in alternatives:
        wanted.setdefault(tuple(alternative), set()).add(tuple(alternative.values()))
    properties = {key: value for key, value in query.items() if key not in CONTROL}
    same_name = _NAME_TESTS[switches.name_match]

    def fits(obj: Obj, key: str, value: str) -> bool:
        return same_name(obj.get("name", ""), value) if key == "name" else obj.get(key) == value

    return [
        obj
        for obj in objects
        if all(fits(obj, key, value) for key, value in properties.items())
        and any(tuple(map(obj.get, keys)) in values for keys, values in wanted.items())
    ]


def brief(obj: Obj) -> Obj:
    """Return the brief form of an object."""
    return {key: obj[key] for key in BRIEF if key in obj}
