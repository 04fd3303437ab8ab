# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Plan, approve, apply: save what a run would change, and let another run change exactly that.

``<plan_dir>`` holds one JSON file for each cluster, and ``plan.md`` for people. A secret is in neither: a keyed hash
stands for it, slow to make so that it is of little use for guessing.
"""

from __future__ import annotations

import fcntl
import hashlib
import math
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import why, write
from .._model.changes import Plan
from .._model.identity import Identity
from .._secrets import shown
from .._text import counted
from .._version import VERSION
from .plan_markdown import readable
from .trusted import Entry, read_json, write_json

FORMAT = "genesys_ops.engage plan 1"
READABLE = "plan.md"
PLAN_DIR = "plan_dir (chat_channel_plan_dir)"
APPROVED = "approved_plan_dir (chat_channel_approved_plan_dir)"
MAX_AGE = "plan_max_age (chat_channel_plan_max_age)"
MOST_DIFFERENCES = 5  # lines of an error
SLOW = 100_000  # rounds of a hash: about 0.05 s
CLOCKS = timedelta(minutes=5)  # by which two machines may differ
NOT_THERE = "not there"

Value = Any  # text, None, or {"hash": ...} for a secret
Option = tuple[str, str]  # section, key
Place = tuple[str, str, str, str]  # DBID, family, section, key


def save_plan(
    folder: str | os.PathLike[str],
    run: str,
    identity: Identity,
    plans: Sequence[Plan],
    inputs: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]] = (),
    restarts: Sequence[Mapping[str, Any]] = (),
    new_queue: str | None = None,
    now: datetime | None = None,
) -> Path:
    """Save what a run would change in one cluster; return the file. ``plan.md`` then tells of all clusters of this run.

    ``inputs``, ``findings`` and ``restarts`` are for people. ``new_queue`` is a queue that the run would create.
    Raises BadInput when the folder cannot be written to.
    """
    salt = secrets.token_hex(16)
    content = {
        "format": FORMAT,
        "run": run,
        "version": VERSION,
        "made": (now or datetime.now(timezone.utc)).isoformat(timespec="seconds"),
        "gax": list(identity.gax),
        "cluster": {"name": identity.name, "dbid": identity.dbid},
        "inputs": {name: value for name, value in inputs.items() if value not in (None, False)},
        "findings": [dict(finding) for finding in findings],
        "restarts": [dict(restart) for restart in restarts],
        "new_queue": new_queue,
        "key": salt,
        "applications": [
            {
                "name": plan.application.name,
                "dbid": plan.application.dbid,
                "family": plan.wanted.family,
                "changes": [
                    {
                        "section": change.section,
                        "title": plan.wanted.title(change.section),
                        "key": change.key,
                        "before": _hidden((change.section, change.key), change.before, salt),
                        "after": _hidden((change.section, change.key), change.after, salt),
                    }
                    for change in plan.changes
                ],
            }
            for plan in plans
            if plan.changes
        ],
    }
    file = Path(folder) / f"{identity.label}.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(file.parent):
            write_json(file, content)
            write(file.parent / READABLE, readable(_plans_of(file.parent, run)), mode=0o644)
    except (OSError, ValueError) as problem:
        raise BadInput(f"{PLAN_DIR}: cannot write to {folder}: {why(problem)}.") from problem
    return file


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Let the hosts of a run, which write at the same time, make ``plan.md`` one after another."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _plans_of(folder: Path, run: str) -> list[Entry]:
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            content = _read(file)
        except BadInput:  # of another run, or none of ours
            continue
        if content["run"] == run:
            found.append(content)
    return found


def _hidden(where: Option, value: str | None, salt: str) -> Value:
    """Return a value as a plan holds it: in clear, or as a keyed hash if it is a secret."""
    if value is None or shown(where[1], value, where[0]) == value:
        return value
    text = value.encode("utf-8", "surrogatepass")
    return {"hash": hashlib.pbkdf2_hmac("sha256", text, bytes.fromhex(salt), SLOW).hex()}


# --- approved --------------------------------------------------------------------------------------------------------


def check_plan(
    folder: str | os.PathLike[str],
    identity: Identity,
    plans: Sequence[Plan],
    new_queue: str | None = None,
    max_age: float | None = None,
    now: datetime | None = None,
) -> None:
    """Raise BadInput unless what is about to be changed is what was approved for this cluster. What is so already is.

    ``plans`` are all of the run, without changes too: their applications say how things are. ``max_age`` is in hours.
    """
    if max_age is not None and not 0 <= max_age < math.inf:
        raise BadInput(f"{MAX_AGE} must be 0 or more hours, not {max_age:g}.")
    approved = _approved(Path(folder), identity)
    if approved is None:
        if not new_queue and not any(plan.changes for plan in plans):
            return
        raise BadInput(f"{APPROVED}: {folder} contains no plan for '{identity.name}'.")
    file, content = approved
    differing = _differences(content, plans, new_queue)
    if differing:
        more = len(differing) - MOST_DIFFERENCES
        lines = differing[:MOST_DIFFERENCES] + ([f"and {more} more"] if more > 0 else [])
        raise BadInput(
            f"{APPROVED}: this run differs from the plan approved for '{identity.name}'.\n"
            + "\n".join(f"{line}." for line in lines)
            + f"\nThe plan is {file}; make a new one, and have it approved.",
            differing=differing,
        )
    if new_queue or any(plan.changes for plan in plans):
        _check_age(file, content, max_age, now or datetime.now(timezone.utc))


def _approved(folder: Path, identity: Identity) -> tuple[Path, Entry] | None:
    """Return the plan for this cluster. Raises BadInput for one that cannot be trusted, or is of another GAX."""
    strangers = []
    for file in sorted(folder.glob("*.json")):
        content = _read(file)
        found = Identity(tuple(content["gax"]), content["cluster"]["dbid"], content["cluster"]["name"])
        if found.is_same(identity):
            if content["version"] != VERSION:
                raise BadInput(
                    f"{file} was made with version {content['version']} of this collection; this is {VERSION}. "
                    "Make a new plan."
                )
            return file, content
        if found.name == identity.name:
            strangers.append(f"{file} is for another cluster or GAX: DBID {found.dbid} on {', '.join(found.gax)}")
    if strangers:
        raise BadInput(f"{APPROVED}: {strangers[0]}; this is DBID {identity.dbid} on {', '.join(identity.gax)}.")
    return None


def _read(file: Path) -> Entry:
    """Return a plan of which everything that is used is there. Raises BadInput."""
    content = read_json(file, "plan", (FORMAT,))
    try:
        texts = [content["run"], content["version"], content["cluster"]["name"], content["cluster"]["dbid"]]
        places = [
            (item["name"], item["dbid"], item["family"], change["section"], change["key"])
            for item in content["applications"]
            for change in item["changes"]
            if {"before", "after", "title"} <= {*change}
        ]
        people = [*content["findings"], *content["restarts"], content["inputs"]]
        numbers = sum(len(item["changes"]) for item in content["applications"])
        datetime.fromisoformat(content["made"]) - datetime.now(timezone.utc)
        bytes.fromhex(content["key"])
        good = len(places) == numbers and all(isinstance(item, dict) for item in people)
        good = good and all(isinstance(text, str) for text in [*texts, *content["gax"], *sum(places, ())])
    except (KeyError, TypeError, ValueError):
        good = False
    if not good:
        raise BadInput(f"{file} is a damaged plan.")
    return content


def _check_age(file: Path, content: Entry, max_age: float | None, now: datetime) -> None:
    old = now - datetime.fromisoformat(content["made"])
    if old < -CLOCKS:
        raise BadInput(f"{file} has a time in the future, {content['made']}; check the clocks.")
    if max_age is not None and old.total_seconds() / 3600 > max_age:
        hours = round(old.total_seconds() / 3600, 2)
        raise BadInput(f"{file} was made {counted(hours, 'hour')} ago; {MAX_AGE} allows {max_age:g}. Make a new plan.")


def _differences(content: Entry, plans: Sequence[Plan], new_queue: str | None) -> list[str]:
    """Return in which respects a run would not do what was approved, each in one sentence without its full stop."""
    salt = content["key"]
    approved: dict[Place, tuple[str, Mapping[str, Any]]] = {
        (item["dbid"], item["family"], change["section"], change["key"]): (item["name"], change)
        for item in content["applications"]
        for change in item["changes"]
    }
    result = []
    if new_queue and new_queue != content["new_queue"]:
        result.append(f"it would create queue '{new_queue}', which is not in the plan")
    known = {(plan.application.dbid, plan.wanted.family): plan for plan in plans}
    for plan in plans:
        for change in plan.changes:
            where = (change.section, change.key)
            place = (plan.application.dbid, plan.wanted.family, *where)
            what = f"{plan.application.name} [{plan.wanted.title(change.section)}] {change.key}"
            if place not in approved:
                result.append(f"{what} would change to {_worded(where, change.after)}, which is not in the plan")
                continue
            _name, wanted = approved.pop(place)
            if not _is(where, change.after, wanted["after"], salt):
                now, then = _worded(where, change.after), _worded(where, wanted["after"])
                result.append(f"{what} would change to {now}, but in the plan to {then}")
            elif not _is(where, change.before, wanted["before"], salt):
                now, then = _worded(where, change.before), _worded(where, wanted["before"])
                result.append(f"{what} is now {now}; it was {then} when the plan was made")
    # What is left is so already, or this run would leave it out.
    for (dbid, family, section, key), (name, wanted) in approved.items():
        what = f"{name} [{wanted['title']}] {key}"
        here, where = known.get((dbid, family)), (section, key)
        if here is None:
            result.append(f"{what} is in the plan, but the application is no longer part of this channel")
            continue
        values = [value for *option, value in here.application.triples(family) if tuple(option) == where]
        current = values[0] if values else None
        if not _is(where, current, wanted["after"], salt):
            then = _worded(where, wanted["after"])
            result.append(f"{what} would stay {_worded(where, current)}, but the plan changes it to {then}")
    return result


def _is(where: Option, value: str | None, planned: Value, salt: str) -> bool:
    return bool(_hidden(where, value, salt) == planned)


def _worded(where: Option, value: Value) -> str:
    if value is None:
        return NOT_THERE
    return "a secret" if isinstance(value, dict) or shown(where[1], value, where[0]) != value else f"'{value}'"
