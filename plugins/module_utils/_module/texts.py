# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Names as users wrote them: what YAML, a block scalar or a copy from a document made of them is refused, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from .._chat.options import CATALOGUE
from .._errors import BadInput
from .._model.names import check_name, variable
from .._secrets import MASKS, is_altered
from .._text import visible

Arguments = Mapping[str, Any]

_OF_RUN = {
    "backup_dir",
    "plan_dir",
    "approved_plan_dir",
    "plan_max_age",
    "run",
    "batch_size",
    "restore_run",
    "restore_to",
}
_OF_ROLE = {option.name for option in CATALOGUE} | _OF_RUN
_NO_NAMES = {"gax_url", "gax_username", "gax_password", "gax_proxy"}  # checked where they are used
_NOT_CHECKED = {"after_failure"}  # what a task of the user said: whatever it is, the run must be rolled back
_MAY_BE_NUMBER = {"tenant"}  # a database ID
_WORDS = {bool: "boolean", int: "number", float: "number", date: "date"}
_SEVERAL = (list, tuple, dict)  # Ansible would write them as Python does


def check_types(spec: Arguments, given: Arguments, variables: Arguments) -> None:
    """Raise BadInput for a list, boolean, number or date where text is wanted: nobody knows how it was written.

    Also for bytes and sets wherever they are, and for a boolean where a number is wanted: to Python, and to Ansible, it
    is one. And for an infinite number where a whole one is wanted: Ansible breaks off at it.
    ``spec`` is an argument spec, ``given`` what a task gives. ``variables`` are those of the role where the task is the
    role's: a filter there may have made a text of one. The value is not shown: it may be a password.
    """
    for name, option in spec.items():
        if option["type"] in ("int", "float") and isinstance(given.get(name), bool):
            raise BadInput(f"{_label(name)} is a boolean, not a number. YAML turns yes and on into booleans.")
        if option["type"] == "int" and _is_infinite(given.get(name)):
            raise BadInput(f"{_label(name)} is infinite; give a whole number.")
    for name, value in given.items():
        if _holds(value, (bytes, set)):
            raise BadInput(f"{_label(name)} holds what YAML makes of !!binary or !!set; give text.")
    of_role = {name: variables.get(f"chat_channel_{name}") for name in _OF_ROLE}
    for name, value in [*_texts(spec, given), *_texts(spec, of_role)]:
        if isinstance(value, _SEVERAL):
            raise BadInput(f"{_label(name)} is a list or a dictionary, not text; give one value.")
        kind = next((word for kind, word in _WORDS.items() if isinstance(value, kind)), None)
        if kind and not (kind == "number" and isinstance(value, int) and name.rpartition(".")[2] in _MAY_BE_NUMBER):
            raise BadInput(
                f"{_label(name)} is a {kind}, not text. YAML turns on and no into booleans, 007 and 12:30 into "
                "numbers. Put it in quotes."
            )


def check_texts(spec: Arguments, params: Arguments) -> None:
    """Raise BadInput for a name that begins or ends with a blank, or holds what cannot be seen or was masked.

    An empty name is refused, too. A path, an address and the account are refused only where they were masked.
    """
    spec = {name: option for name, option in spec.items() if name not in _NOT_CHECKED}
    for name, option in spec.items():
        value = params.get(name)
        hidden = value in MASKS if name == "gax_password" else isinstance(value, str) and is_altered(value)
        if hidden and (option["type"] == "path" or name in _NO_NAMES):
            given = "" if name == "gax_password" else f" '{visible(str(value))}'"
            raise BadInput(f"{_label(name)}{given} was masked or escaped on its way here: give what is meant.")
    for name, value in _texts(spec, params):
        is_path = spec.get(name, {}).get("type") == "path"
        if isinstance(value, str) and name not in _NO_NAMES and not is_path:
            check_name(value, _label(name))
            if not value and spec.get(name, {}).get("required"):
                raise BadInput(f"{_label(name)} is empty: give a name.")


def _holds(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(item, kinds) for item in value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds(item, kinds) for item in value)
    return isinstance(value, kinds)


def _is_infinite(value: Any) -> bool:
    try:
        return math.isinf(float(value))
    except (TypeError, ValueError, OverflowError):  # no number, or a whole one that no float can hold
        return False


def _label(name: str) -> str:
    return variable(name) if name in _OF_ROLE else name


def _texts(spec: Arguments, given: Arguments) -> Iterator[tuple[str, Any]]:
    """Yield the options that hold text, and the items of those that hold lists of it; choices are their own check."""
    for name, option in spec.items():
        value = given.get(name)
        if value is None or option.get("choices"):
            continue
        if option["type"] in ("str", "path"):
            yield name, value
        elif option["type"] == "list" and isinstance(value, (list, tuple)):
            for item in value:
                if option["elements"] == "str":
                    yield name, item
                elif isinstance(item, Mapping):
                    inner = option.get("options") or {"name": {"type": "str"}}
                    yield from ((f"{name}.{key}", text) for key, text in _texts(inner, item))
