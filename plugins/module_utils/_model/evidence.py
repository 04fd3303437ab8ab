# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a GAX is like: its behaviours, what the collection does about each, and which of them it cannot work with.

Knows no network: a preflight finds the values out, and the role reads them again from an evidence file.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from .._errors import BadInput
from .._text import counted

FORMAT = 1
READY, READY_TO_READ, NOT_READY = "ready", "ready to read", "not ready"
MOST_COLUMNS, MOST_OF_A_VALUE = 69, 16  # of the table: Ansible prints eleven around a line, and terminals have 80
SETTLE_MS = 10_000  # how long a run waits for a write to show
DUPLICATES = "lost_only_duplicates"  # of a write that does not keep the rest; files of 1.0 do not have it
WRITE_TEST = "write_answer"  # null in the evidence: the write test was not made, or failed

Behaviours = Mapping[str, Any]


@dataclass(frozen=True)
class Behaviour:
    """``does`` is what the collection does about it, for each value or for all others (None).

    ``problem`` returns why, and what to do, for a value that it cannot work with; else an empty text.
    """

    key: str
    title: str
    does: Mapping[Any, str]
    problem: Callable[[Any, Behaviours], str] = field(default=lambda value, rest: "")


def _expired(value: Any, rest: Behaviours) -> str:
    if value in ("401", "403", "redirect", "page"):
        return ""
    return (
        f"An expired session is answered {value}, which is not recognised; a run that lasts longer than a session "
        "fails. Increase session_timeout in GAX, and report it (docs/evidence.md)."
    )


def _missing(value: Any, rest: Behaviours) -> str:
    if value in ("404", "204", "empty"):
        return ""
    return (
        f"A missing object is answered {value}, like an error; a run fails at a connection to a deleted "
        "application. Remove such connections first, and report it (docs/evidence.md)."
    )


def _filters(value: Any, rest: Behaviours) -> str:
    return (
        "A filtered list omits objects that match; Chat Servers or queues could be missed. Report it "
        "(docs/evidence.md)."
        if value == "wrong"
        else ""
    )


def _list(value: Any, rest: Behaviours) -> str:
    return (
        "Lists omit objects that can be read by themselves; users of an endpoint could be missed. Find out whether "
        "the account's permissions or a limit of GAX causes this, and remove the cause."
        if value is False
        else ""
    )


def _parallel(value: Any, rest: Behaviours) -> str:
    tried = rest.get("parallel_requests_tried") or value
    return (
        f"Only {value} of {tried} simultaneous requests succeeded; set gax_concurrency to {value}."
        if value < tried
        else ""
    )


def _shows(value: Any, rest: Behaviours) -> str:
    return (
        f"A write is visible after {counted(value / 1000, 'second')}, but a run waits only {SETTLE_MS // 1000}; runs "
        "would fail. Find out whether GAX is connected to a Configuration Server Proxy."
        if value > SETTLE_MS
        else ""
    )


def _keeps(value: Any, rest: Behaviours) -> str:
    lost = rest.get("lost")
    if value is not False or lost == []:  # exact duplicates are no loss
        return ""
    what = f" ({', '.join(lost[:5])})" if lost else ""
    return f"A write loses parts of the application{what}; do not write with this GAX."


def _removes(value: Any, rest: Behaviours) -> str:
    return (
        "An option that a write omits is not removed; endpoints cannot be removed, and a failed run cannot be rolled "
        "back. Do not write with this GAX."
        if value is False
        else ""
    )


_NAME = "Names are compared again."
_LOG_OUT = "Sessions last until GAX ends them: mind its limit."
_AGAIN = "A new log-in, then a repetition."
_READ = "Only what is read back counts."
_COMPARED = "Everything is compared."
_DUPLICATES = "Only duplicates are lost."
_EITHER = "It is written back unchanged."

BEHAVIOURS = (
    Behaviour("password_transport", "Password sent", {None: "The other form is never tried."}),
    Behaviour("session_cookies", "Session cookies", {None: "They are sent back."}),
    Behaviour("log_out", "Log-out", {"ends_session": "Each call logs out.", None: _LOG_OUT}),
    Behaviour("expired_session", "Expired session", {None: _AGAIN}, _expired),
    Behaviour(
        "concurrent_sessions",
        "Parallel sessions",
        {
            True: "Hosts work in parallel.",
            False: "A session that was ended is renewed. Use a separate account for automation.",
            "refused": "Run with --forks 1, and use this account for nothing else.",
        },
    ),
    Behaviour("name_query", "Search by name", {None: _NAME}),
    Behaviour("filters", "Filters of lists", {None: "Results are filtered again."}, _filters),
    Behaviour("missing_object", "Missing object", {None: "It counts if it is repeated."}, _missing),
    Behaviour("environment_listed", "Environment is listed", {None: "It is known, whether listed or not."}),
    Behaviour("empty_containers", "Empty containers", {None: _EITHER}),
    Behaviour("empty_keys", "Empty keys of options", {None: "They are kept, but not shown."}),
    Behaviour("list_complete", "Lists are complete", {True: "One list shows the estate."}, _list),
    Behaviour("parallel_requests", "Parallel requests", {None: "gax_concurrency is the limit."}, _parallel),
    Behaviour("write_answer", "Answer to a write", {None: _READ}),
    Behaviour("write_shows_after_ms", "A write is visible", {None: "Reads are repeated until it is."}, _shows),
    Behaviour("write_keeps_the_rest", "A write keeps the rest", {False: _DUPLICATES, None: _COMPARED}, _keeps),
    Behaviour("write_removes", "A write can remove", {None: _COMPARED}, _removes),
)
UNSAFE = ("filters", "list_complete", "write_shows_after_ms", "write_keeps_the_rest", "write_removes")
KEYS = tuple(item.key for item in BEHAVIOURS)


def problems_of(behaviours: Behaviours, facts: Behaviours) -> list[str]:
    """Return a sentence for each behaviour that the collection cannot work with.

    ``facts`` are known beyond them: ``parallel_requests_tried``, and ``lost``, what a write lost.
    """
    found = [item.problem(behaviours[item.key], facts) for item in BEHAVIOURS if behaviours.get(item.key) is not None]
    return [problem for problem in found if problem]


def verdict_of(behaviours: Behaviours, problems: Sequence[str]) -> str:
    if problems:
        return NOT_READY
    return READY_TO_READ if behaviours.get(WRITE_TEST) is None else READY


def table(behaviours: Behaviours, facts: Behaviours) -> list[str]:
    """Return lines: behaviour, what this GAX does, what the collection does about it."""
    rows = [("BEHAVIOUR", ["THIS GAX"], "THE COLLECTION")]
    for item in BEHAVIOURS:
        value = behaviours.get(item.key)
        does = item.does.get(value if not isinstance(value, list) else None, item.does.get(None, ""))
        if value is None:
            does = "Not found out."
        elif item.problem(value, facts):
            does = "PROBLEM, see below."
        rows.append((item.title, textwrap.wrap(_shown(item.key, value), MOST_OF_A_VALUE), does))
    first = max(len(name) for name, _values, _does in rows)
    second = max(len(line) for _name, values, _does in rows for line in values)
    lines = []
    for name, values, does in rows:
        cells = zip_longest([name], values, textwrap.wrap(does, MOST_COLUMNS - first - second - 4), fillvalue="")
        lines += [f"{one:{first}}  {two:{second}}  {three}".rstrip() for one, two, three in cells]
    return lines


def _shown(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "write_shows_after_ms":
        return "at once" if value == 0 else f"{value / 1000:g} s"
    return str(value).replace("_", " ")


def evidence(behaviours: Behaviours, facts: Behaviours, version: str, gax_version: str, verdict: str) -> dict[str, Any]:
    """Return the content of an evidence file: behaviours, and nothing of the estate (docs/evidence.schema.json)."""
    return {
        "format": FORMAT,
        "collection": version,
        "gax_version": gax_version,
        "verdict": verdict,
        "parallel_requests_tried": facts.get("parallel_requests_tried"),
        DUPLICATES: facts.get("lost") == [] if behaviours.get("write_keeps_the_rest") is False else None,
        "behaviours": {key: behaviours.get(key) for key in KEYS},
    }


def reasons_not_to_write(content: Any, where: str) -> list[str]:
    """Return why nothing should be written to the GAX of an evidence file, each with the behaviour it comes from.

    Raises BadInput, naming ``where`` it was given, for what is no evidence.
    """
    behaviours = behaviours_in(content, where)
    if content.get("verdict") != NOT_READY:
        return []
    facts: Behaviours = {"lost": []} if content.get(DUPLICATES) is True else {}
    return [
        f"{problem} ({item.key}: {json.dumps(behaviours[item.key])})"
        for item in BEHAVIOURS
        if item.key in UNSAFE and behaviours.get(item.key) is not None
        for problem in [item.problem(behaviours[item.key], facts)]
        if problem
    ]


def behaviours_in(content: Any, where: str) -> dict[str, Any]:
    """Return the behaviours in the content of an evidence file. Raises BadInput, naming ``where`` it was given."""
    found = content.get("behaviours") if isinstance(content, dict) else None
    if not isinstance(found, dict) or content.get("format") != FORMAT:
        raise BadInput(f"{where} is not an evidence file of a preflight, or is from another release of the collection.")
    return found
