# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Undo what a task reported, or what a run has saved. Nothing is written until all of it is known to be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._chat.safety import Pair, stranded, without_stranding
from .._chat.summary import restart_line
from .._errors import BadInput
from .._gax.client import Gax
from .._gax.lookup import LIST_FROM, find_applications, read_applications, read_estate
from .._model.changes import Change, Plan, estate_after
from .._model.identity import Identity
from .._model.objects import APPLICATION, Application
from .._model.topology import Estate
from .._write import runs
from .._write.backup import Saved, compared, only_named, saved
from .._write.failure import CHANGED, UNKNOWN, listed, merged
from .._write.history import Asked, Choice, History, choose, choose_any, read_history, split_addresses, who_left
from .._write.writer import Run, apply, roll_back
from .channel_reader import CLUSTER
from .context import Context, Result, ending
from .results import change_result

ON_CONFLICT = "on_conflict (chat_channel_restore_on_conflict)"
MOST_CONFLICTS = 6  # lines of an error; the rest is in its details


@dataclass
class _Work:
    """What is to be done. ``left`` says why an application stays as it is, ``notes`` what a person should know."""

    plans: list[Plan] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    stuck: list[Application] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def application_rollback(context: Context) -> Result:
    """Undo changes that a task reported or a run has saved, where nobody else has touched the options since."""
    params = context.params
    history = None if params["applications"] is not None else _history(params)
    gax = context.gax()
    with gax:
        estate = read_estate(gax)
        choice = _choice(context, history, gax, estate) if history else Choice((), "")
        entries = params["applications"] or [entry for part in reversed(choice.parts) for entry in part.entries()]
        done = saved(only_named(entries, params["names"]) if params["names"] and entries else entries)
        known = {**estate, **_missing(gax, done, estate)}
        work = _compare(done, known, params["on_conflict"] == "overwrite", choice, history)
        work.stuck += find_applications(gax, params["left"] or [], "left")
        broken = frozenset(pair for part in choice.parts for pair in part.stranded)
        work.plans, unsafe = without_stranding(work.plans, known, broken)
        work.left |= unsafe
        if {"fail": work.conflicts or unsafe, "overwrite": unsafe, "leave": None}[params["on_conflict"]]:
            raise _refusal(work, list(unsafe.values()))
        work.notes += _points_at_nothing(work.plans, known, broken)
        return _carry_out(context, gax, choice, work, known, broken)


# --- what is taken back ----------------------------------------------------------------------------------------------


def _history(params: Mapping[str, Any]) -> History:
    """Read what was saved: where no folder is named, what runs without a backup have left when they broke off."""
    path = params["path"] or params["backup_dir"] or runs.state_folder()
    if path is None:
        raise BadInput(f"{runs.BACKUP_DIR}: name the folder that the run saved to.")
    return read_history(Path(path))


def _choice(context: Context, history: History, gax: Gax, estate: Estate) -> Choice:
    params = context.params
    name = params["cluster"]
    asked = Asked(
        _identity(name, history, gax, estate) if name else Identity.of(gax.settings.urls, ""),
        tuple((str(cluster), split_addresses(str(url))) for cluster, url in params["clusters"] or ()),
        params["restore_run"] or "",
        params["restore_to"] or "",
        f"{context.run_name()}-restore",
        params["other_gax"],
    )
    return (choose if name else choose_any)(history, asked, datetime.now(timezone.utc))


def _identity(name: str, history: History, gax: Gax, estate: Estate) -> Identity:
    """Return which cluster is meant: the one of this name, or else the one that had it when a run saved it."""
    named = [item.dbid for item in estate.values() if item.name == name]
    own = Identity.of(gax.settings.urls, "", name)
    if not named:
        saved_as = [part.identity for part in history.parts if part.identity.name == name]
        named = [item.dbid for item in saved_as if item.is_same(replace(own, dbid=item.dbid))]
    if not named:
        named = [item.dbid for item in find_applications(gax, [name], CLUSTER)]
    return replace(own, dbid=named[-1])


def _missing(gax: Gax, done: Sequence[Saved], estate: Estate) -> dict[str, Application]:
    """Read the applications that are not in the estate; many of them in one list, if their types are known."""
    missing = {item.dbid: item.type for item in done if item.dbid not in estate}
    found: dict[str, Application] = {}
    if len(missing) >= LIST_FROM and all(missing.values()):
        query = " OR ".join(f"subtype={kind}" for kind in sorted({*missing.values()}))
        there = map(Application, gax.objects(APPLICATION, filters=query))
        found = {item.dbid: item for item in there if item.dbid in missing}
    rest = [dbid for dbid in missing if dbid not in found]
    return {**found, **{item.dbid: item for item in read_applications(gax, rest)}}


def _compare(done: Sequence[Saved], known: Estate, overwrite: bool, choice: Choice, history: History | None) -> _Work:
    """Plan on each application as it is now. It is found by its DBID: its name may have changed."""
    work = _Work()
    by_name = {application.name: application for application in known.values()}
    for item in done:
        fresh, namesake = known.get(item.dbid), by_name.get(item.name)
        if namesake and namesake.dbid != item.dbid and not item.checked:
            # Deleted and made anew, or a file that was edited: only one with a checksum can tell.
            raise BadInput(
                f"The saved {item.title} does not match this estate: its dbid is '{item.dbid}' there and "
                f"'{namesake.dbid}' here. Nothing was written; check that gax_url and the backup belong together."
            )
        if fresh is None:
            work.left[item.name] = "it no longer exists"
            work.notes.append(f"{item.title[0].upper()}{item.title[1:]} no longer exists and is skipped.")
            continue
        if fresh.name != item.name:
            work.notes.append(f"{item.title[0].upper()}{item.title[1:]} is now named '{fresh.name}'.")
        todo, strange = compared(item, fresh)
        if strange and not overwrite:
            options = [
                f"[{todo.wanted.title(change.section)}] {change.key}: the run left {_value(change, 'before')}, it is "
                f"now {_value(change, 'after')}{who_left(history, choice.parts, item.dbid, item.family, change)}"
                for change in strange
            ]
            work.left[fresh.name] = f"changed since the backup: {'; '.join(options)}"
            work.conflicts += [f"{fresh.name} {option}." for option in options]
            work.stuck.append(fresh)
        else:
            work.plans.append(todo)
    return work


def _refusal(work: _Work, unsafe: Sequence[str]) -> BadInput:
    if not work.conflicts:
        return BadInput("\n".join(["Nothing was written.", *unsafe[:MOST_CONFLICTS]]), left=work.left)
    more = len(work.conflicts) - MOST_CONFLICTS
    lines = [
        f"Nothing was written: {listed(item.name for item in work.stuck)} changed since the backup.",
        *work.conflicts[:MOST_CONFLICTS],
        *([f"and {more} more."] if more > 0 else []),
        f"{ON_CONFLICT} decides: leave keeps the current values of these applications, overwrite restores those from "
        "before the run.",
    ]
    return BadInput("\n".join(lines), left=work.left)


def _points_at_nothing(plans: Sequence[Plan], known: Estate, broken: frozenset[Pair]) -> list[str]:
    """Say which ``queueKey`` points at no endpoint again, as it did before the run."""
    after = estate_after(plans, known)
    return [
        f"queueKey {key} of '{after[cluster].name}' points again at Chat Server '{after[server].name}', which lacks "
        "that endpoint, as before the run."
        for cluster, server, key in sorted((stranded(after) - stranded(known)) & broken)
    ]


# --- carried out -----------------------------------------------------------------------------------------------------


def _carry_out(
    context: Context, gax: Gax, choice: Choice, work: _Work, known: Estate, broken: frozenset[Pair]
) -> Result:
    plans, left = work.plans, work.left
    if any(todo.changes for todo in plans):
        context.check_evidence()
    record = None if context.check_mode else _begin(context, gax, choice, known)
    if record:
        record.save(plans)
    if not context.check_mode:
        with ending(record):
            if context.params["on_conflict"] == "leave":
                fates = merged(roll_back(gax, plans, work.stuck, Run(broken=broken)))
                left |= {fate.name: fate.why for fate in fates if fate.state in (CHANGED, UNKNOWN)}
                plans = [todo for todo in plans if todo.application.name not in left]
            else:
                plans = apply(gax, plans, context.params["on_failure"], Run(broken=broken))
    result = change_result(plans, "application", context.check_mode)
    more = f"Left unchanged: {listed(left)}." if left else ""
    changed = result["msg"] if choice.parts or not choice.message else ""
    restart = restart_line(result["restart_required"]) if result["restart_required"] else ""
    return {
        **result,
        "msg": " ".join(filter(None, [choice.message, changed, more])),
        "left": left,
        "runs": [part.run for part in choice.parts],
        "run": record.run if record and result["changed"] else None,
        "lines": [line for line in [choice.message, *work.notes, *_lines(plans), restart] if line],
    }


def _begin(context: Context, gax: Gax, choice: Choice, known: Estate) -> runs.Record | None:
    """Record what is about to be changed: a restore is itself a run that can be restored."""
    params = context.params
    folder = params["backup_dir"] or (None if params["path"] else runs.state_folder())
    if not folder or not choice.parts:
        return None
    # Of a run that is taken back in part, the rest can still be taken back.
    taken = [] if params["names"] else [part.run for part in choice.parts]
    identity = choice.parts[0].identity
    return context.record(gax, str(folder), identity, runs.RESTORE, stranded=stranded(known), takes_back=taken)


def _lines(plans: Sequence[Plan]) -> list[str]:
    return [
        f"{todo.application.name} [{todo.wanted.title(change.section)}] {change.key}: {_value(change, 'before')} -> "
        f"{_value(change, 'after')}"
        for todo in plans
        for change in todo.changes
    ]


def _value(change: Change, side: str) -> str:
    """Return a value as it may be shown."""
    value = change.shown()[side]
    return "not there" if value is None else str(value) or "empty"
