# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Whether an application can be written back unharmed: GAX replaces the whole object by what it is sent."""

from __future__ import annotations

from typing import Any

from .._errors import Conflict
from .objects import Application, Raw

# What is read and written: a container, the list in it, and what each item must have (docs/evidence.md#reading).
_KNOWN = (
    ("options", "property", ("section", "key")),
    ("userproperties", "property", ("section", "key")),
    ("appservers", "conninfo", ("appserverdbid",)),
)


def check_form(application: Application) -> None:
    """Raise Conflict for an application with a container that is not in the form that is known."""
    for container, key, needed in _KNOWN:
        if not _is_known(application.raw.get(container), key, needed):
            raise Conflict(
                f"Application '{application.name}' was not written: GAX returned its container '{container}' in a "
                f"form other than {container}.{key} with {' and '.join(needed)}, so data could be lost."
            )


def _is_known(outer: Any, key: str, needed: tuple[str, ...]) -> bool:
    if not isinstance(outer, dict):
        return not outer  # empty ones come in many forms
    items = outer.get(key)
    if not items:
        return not _filled(outer)
    items = [items] if isinstance(items, dict) else items
    return isinstance(items, list) and all(isinstance(item, dict) and set(needed) <= item.keys() for item in items)


def check_kept(before: Application, now: Application) -> None:
    """Raise Conflict for an application that has lost a container since it was read: writing it would delete that.

    Seen with a list that holds the options and an answer for the one object that does not. Containers that were empty
    or absent before may be absent.
    """
    for container, outer in before.raw.items():
        if _is_lost(outer, now.raw.get(container)):
            raise Conflict(
                f"Application '{now.name}' was not written: its container '{container}' had content when this run "
                "first read it but is now missing, and writing would delete it. Wait until GAX shows it."
            )


def _is_lost(outer: Any, there: Any) -> bool:
    if isinstance(outer, list):
        return bool(outer) and there is None
    lists = _filled(outer) if isinstance(outer, dict) else []
    return bool(lists) and not (isinstance(there, dict) and all(there.get(key) is not None for key in lists))


def _filled(outer: Raw) -> list[str]:
    return [key for key, value in outer.items() if isinstance(value, (dict, list)) and value]
