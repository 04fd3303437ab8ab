# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the evidence file of a preflight (docs/evidence.schema.json) to the switches that play the same GAX."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .estate import Estate
from .objects import items

FORMAT = 1
Positions = dict[str, Any]  # switch -> position

# Behaviour -> its value -> what plays it. A status that is not named here is the position itself.
_PLAYED: dict[str, dict[Any, Positions]] = {
    "password_transport": {"obfuscated": {"passwords": "obfuscated-only"}, "plain": {"passwords": "plain-only"}},
    "log_out": {
        "ends_session": {"logout": "204"},
        "without_effect": {"logout": "without-effect"},
        "not_known": {"logout": "404"},
    },
    "expired_session": {"redirect": {"expired": "302"}, "page": {"expired": "200-html"}},
    "concurrent_sessions": {True: {}, False: {"one_session": True}, "refused": {"session_limit": 1}},
    "name_query": {
        "exact": {"name_match": "exact"},
        "ignores_case": {"name_match": "ignore-case"},
        "substring": {"name_match": "substring"},
        "ignored": {"name_match": "ignored"},
    },
    "filters": {
        "honoured": {"filters": "honoured"},
        "ignored": {"filters": "ignored"},
        "wrong": {"filters": "first-only"},
    },
    "missing_object": {"204": {"missing_object": "204"}, "empty": {"missing_object": "200-empty"}},
    "environment_listed": {True: {"environment": "listed"}, False: {"environment": "hidden"}},
    "empty_containers": {
        "present": {"empty_containers": "present"},
        "absent": {"empty_containers": "absent"},
        "mixed": {"empty_containers": "kept"},
    },
    "empty_keys": {True: {"empty_key": True}, False: {}},
    "write_answer": {
        "object": {"put_answer": "200-json"},
        "empty": {"put_answer": "200-empty"},
        "201": {"put_answer": "201-empty"},
        "202": {"put_answer": "202"},
        "204": {"put_answer": "204"},
        "redirect": {"put_answer": "302"},
    },
    "write_keeps_the_rest": {True: {}, False: {"dedupe": True}},
    "write_removes": {True: {"put_semantics": "replace"}, False: {"put_semantics": "merge"}},
}
_STATUS = {"expired_session": "expired", "missing_object": "missing_object"}
ROUNDED_TO = 500  # milliseconds: a preflight rounds up to these, so what it measured lies within the last of them


def switches_of(file: Path, estate: Estate) -> Positions:
    """Return the switches that make a simulator over this estate behave as the file says; raise ValueError, OSError."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON: {error}.") from error
    behaviours = content.get("behaviours") if isinstance(content, dict) else None
    if not isinstance(behaviours, dict) or content.get("format") != FORMAT:
        raise ValueError(
            f"{file} is not an evidence file of a preflight, or is from another release of the collection."
        )
    found: Positions = {}
    for name, value in behaviours.items():
        if value is not None:
            found |= _positions(file, name, value, estate)
    if behaviours.get("parallel_requests") == content.get("parallel_requests_tried"):
        found.pop("parallel_limit", None)  # all went well: how many more would is not known
    return found


def _positions(file: Path, name: str, value: Any, estate: Estate) -> Positions:
    if name in _COMPUTED:
        return _COMPUTED[name](value, estate)
    position = _PLAYED.get(name, {}).get(value)
    if position is None and name in _STATUS and str(value).isdecimal():
        position = {_STATUS[name]: value}
    if position is None:
        raise ValueError(f"{file}: this simulator does not know {name} = {value!r}.")
    return position


def _late(milliseconds: int, estate: Estate) -> Positions:
    return {"stale_reads": (milliseconds - ROUNDED_TO / 2) / 1000 if milliseconds else 0.0}


def _incomplete(complete: bool, estate: Estate) -> Positions:
    """Cut lists so that one application that is listed is connected to one that is not."""
    if complete:
        return {}
    applications = estate.all("CfgApplication")
    place = {app["dbid"]: number for number, app in enumerate(applications)}
    later = [
        place[target]
        for number, app in enumerate(applications)
        for target in [*(item["appserverdbid"] for item in items(app, "appservers")), app.get("backupserverdbid", "0")]
        if place.get(target, 0) > number
    ]
    if not later:
        raise ValueError(
            "list_complete = false cannot be played on this estate: no connection leads to a later object."
        )
    return {"list_limit": max(later)}


_COMPUTED: dict[str, Callable[[Any, Estate], Positions]] = {
    "session_cookies": lambda names, estate: {"cookie": names} if names else {},
    "list_complete": _incomplete,
    "parallel_requests": lambda number, estate: {"parallel_limit": number},
    "write_shows_after_ms": _late,
}
