# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Undo what a task reported, or what a run has saved. Nothing is written until all of it is known to be right."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._chat.safety import stranded, without_stranding
from .._chat.summary import restart_line
from .._errors import BadInput, EngageError
from .._gax.client import Gax
from .._gax.lookup import find_applications, read_estate
from .._model.changes import Plan
from .._model.identity import Identity
from .._model.topology import Estate
from .._text import as_json, listed
from .._write import runs
from .._write.backup import as_recorded, as_written, only_named, saved
from .._write.choice import Asked, Choice, choose, choose_any, split_addresses
from .._write.failure import LEFT, RUN_AGAIN, UNKNOWN, ChangeFailed, all_as_before, merged, nothing_changed
from .._write.history import History, Part, read_history
from .._write.run_names import check_run
from .._write.writer import Run, apply, roll_back
from .channel_reader import CLUSTER
from .context import Context, Result, ending
from .restore_work import GONE, Work, compare, points_at_nothing, queues_that_stay, read_missing, refusal, value_of
from .results import change_result


def application_rollback(context: Context) -> Result:
    """Undo changes that a task reported or a run has saved, where nobody else has touched the options since.

    Raises ChangeFailed: its first line says how the estate is, its last what to do next.
    """
    try:
        return _application_rollback(context)
    except ChangeFailed:
        raise
    except EngageError as problem:
        raise nothing_changed(problem, {}) from problem


def _application_rollback(context: Context) -> Result:
    params = context.params
    if params["cluster"] == "":
        raise BadInput(f"{CLUSTER} is empty: give a name.")
    check_run(context.run_name())
    history = None if params["applications"] is not None else _history(params)
    gax = context.gax()
    with gax:
        estate = read_estate(gax)
        choice = _choice(context, history, gax, estate) if history else Choice((), "")
        entries = params["applications"] or choice.entries()
        entries = only_named(entries, params["names"]) if params["names"] and entries else entries
        missing, unread = read_missing(gax, saved(entries), estate)
        known = {**estate, **missing}
        done = saved(as_written(entries, known))
        work = compare(done, known, unread, params["on_conflict"] == "overwrite", choice, history)
        recorded = as_recorded(done, work.unread)
        broken = frozenset(pair for part in choice.parts for pair in part.stranded)
        work.plans, unsafe = without_stranding(work.plans, {**recorded, **known}, broken)
        work.left |= unsafe
        stays = work.unread or unsafe
        if {"fail": work.conflicts or stays, "overwrite": stays, "leave": None}[params["on_conflict"]]:
            raise refusal(work, unsafe)
        work.notes += points_at_nothing(work.plans, known, broken)
        if not params["names"]:
            work.queues += queues_that_stay(gax, choice)
        return _carry_out(context, gax, choice, work, known, Run(broken=broken, unread=recorded))


# --- which runs are meant ---------------------------------------------------------------------------------------------


def _history(params: Mapping[str, Any]) -> History:
    """Read what was saved: where no folder is named, what runs without a backup have left when they broke off."""
    path = params["path"] or params["backup_dir"]
    if path:
        return read_history(Path(path))
    nothing = (
        f"{runs.BACKUP_DIR} is not set, and no interrupted run has left a record on this machine. "
        "Name the folder that the run saved to."
    )
    place = runs.state_folder()
    if place is None:
        raise BadInput(nothing)
    return read_history(place, nothing)


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


# --- carried out -----------------------------------------------------------------------------------------------------


def _carry_out(context: Context, gax: Gax, choice: Choice, work: Work, known: Estate, run: Run) -> Result:
    plans, left, uncertain = work.plans, work.left, False
    if any(todo.changes for todo in plans):
        context.check_evidence()
    # What cannot be read is not undone: the runs that have changed it can still be taken back.
    complete = [part for part in choice.parts if not part.touches(work.unread)]
    record = None if context.check_mode else _begin(context, gax, choice, complete, known)
    if record:
        record.save(plans)
    if not context.check_mode:
        with _saying_what_next(record, "Backup" if context.params["backup_dir"] else "Record"), ending(record):
            if context.params["on_conflict"] == "leave":
                fates = merged(roll_back(gax, plans, run))
                left |= {fate.name: fate.why for fate in fates if fate.state in LEFT}
                uncertain = any(fate.state == UNKNOWN for fate in fates)
                plans = [todo for todo in plans if todo.application.name not in left]
            else:
                plans = apply(gax, plans, context.params["on_failure"], run)
    result = change_result(plans, "application", context.check_mode)
    in_force = not result["changed"] and not uncertain and any(why != GONE for why in left.values())
    if record and in_force:
        record.discard()  # the run is not taken back: the next restore finds it again
    elif record:
        for part in complete:
            part.close()
    done = "will be undone" if context.check_mode else "was undone"
    in_part = " in part" if work.unread else ""
    said = choice.message_after("is not undone" if in_force else f"{done}{in_part}")
    names = [name for name, _tenant in work.queues]
    stays = [f"Left unchanged: {listed(left)}."] * bool(left)
    if work.unread:
        stays.append(
            f"Not readable: {listed(work.unread.values())}. Make sure that the account may read this, then restore the "
            "run again."
        )
    more = stays + [f"Interaction Queue '{name}', which the run has created, stays." for name in names]
    changed = result["msg"] if choice.parts or not choice.message else ""
    required = result["restart_required"]
    restart = restart_line(required, context.check_mode) if required else ""
    queues = [_about_queue(context, name, tenant) for name, tenant in work.queues]
    return {
        **result,
        "msg": " ".join(filter(None, [said, f"{changed.rstrip('.')}." if changed and more else changed, *more])),
        "left": left,
        "queues_left": names,
        "runs": [part.run for part in choice.parts],
        "run": record.run if record and result["changed"] else None,
        "lines": [line for line in [said, *work.notes, *_lines(plans), *stays, *queues, restart] if line],
    }


def _about_queue(context: Context, name: str, tenant: str) -> str:
    options = {"name": name, "tenant": tenant, "state": "absent"}
    # Ansible shows a quotation mark with a backslash before it, and then the command cannot be copied.
    plain = all(re.fullmatch(r"[\w./:+-]+", value) for value in options.values())
    words = " ".join(map("=".join, options.items())) if plain else as_json(options)
    command = (
        f"ansible all {context.arguments} -c local -m genesys_ops.engage.interaction_queue -a {shlex.quote(words)}"
    )
    return (
        f"Interaction Queue '{name}', which the run has created, stays: chats may wait in it. When nobody needs it, "
        f"delete it: {command}"
    )


@contextmanager
def _saying_what_next(record: runs.Record | None, what: str) -> Iterator[None]:
    """Add to what failed where the record of this restore is, and what comes next."""
    try:
        yield
    except ChangeFailed as problem:
        clean = all_as_before(problem.fates)
        where = [] if clean or not record else [f"{what} of run {record.run}: {record.folder}"]
        after = RUN_AGAIN if clean else f"{RUN_AGAIN[:-1]}; it restores what is still to do."
        raise ChangeFailed(problem.fates, problem.causes, [*where, after]) from problem


def _begin(context: Context, gax: Gax, choice: Choice, complete: Sequence[Part], known: Estate) -> runs.Record | None:
    """Record what is about to be changed: a restore is itself a run that can be restored.

    ``complete`` are the parts of the choice of which everything can be taken back.
    """
    params = context.params
    folder = params["backup_dir"] or (None if params["path"] else runs.state_folder())
    if not folder or not choice.parts:
        return None
    # Of a run that is taken back in part, the rest can still be taken back.
    taken = [] if params["names"] else [part.run for part in complete]
    identity = choice.parts[0].identity
    return context.record(gax, str(folder), identity, runs.RESTORE, stranded=stranded(known), takes_back=taken)


def _lines(plans: Sequence[Plan]) -> list[str]:
    return [
        f"{todo.application.name} [{todo.wanted.title(change.section)}] {change.key}: {value_of(change, 'before')} -> "
        f"{value_of(change, 'after')}"
        for todo in plans
        for change in todo.changes
    ]
