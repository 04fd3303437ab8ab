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
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._chat.safety import Pair, stranded, without_stranding
from .._chat.summary import restart_line
from .._errors import BadInput, EngageError
from .._gax.client import Gax
from .._gax.lookup import LIST_FROM, find_applications, read_applications, read_estate
from .._model.changes import Change, Plan, estate_after
from .._model.identity import Identity
from .._model.objects import APPLICATION, SCRIPT, Application, text
from .._model.topology import Estate
from .._text import as_json, listed
from .._write import runs
from .._write.backup import Saved, compared, only_named, saved
from .._write.choice import Asked, Choice, choose, choose_any, split_addresses
from .._write.failure import CHANGED, RUN_AGAIN, UNKNOWN, UNTOUCHED, ChangeFailed, Fate, merged, nothing_changed
from .._write.history import History, read_history, who_left
from .._write.writer import Run, apply, roll_back
from .channel_reader import CLUSTER
from .context import Context, Result, ending
from .results import change_result

ON_CONFLICT = "on_conflict (chat_channel_restore_on_conflict)"
GONE = "it no longer exists"
MOST_CONFLICTS = 6  # lines of an error; the rest is in its details


@dataclass
class _Work:
    """What is to be done. ``left`` says why an application stays as it is, ``notes`` what a person should know.

    ``stuck`` others have changed: what cannot do without them is not among the plans. ``earlier`` are those that an
    earlier roll-back had to leave: what depends on them is held back while the plans are carried out.
    ``queues`` are those that the runs have created, name and tenant: chats may wait there, which GAX does not show.
    """

    plans: list[Plan] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    stuck: list[Application] = field(default_factory=list)
    earlier: list[Application] = field(default_factory=list)
    queues: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def application_rollback(context: Context) -> Result:
    """Undo changes that a task reported or a run has saved, where nobody else has touched the options since.

    Raises ChangeFailed: its first line says how the estate is, its last what to do next.
    """
    try:
        return _application_rollback(context)
    except ChangeFailed:
        raise
    except EngageError as problem:
        raise nothing_changed(problem) from problem


def _application_rollback(context: Context) -> Result:
    params = context.params
    if params["cluster"] == "":
        raise BadInput(f"{CLUSTER} is empty: give a name.")
    history = None if params["applications"] is not None else _history(params)
    gax = context.gax()
    with gax:
        estate = read_estate(gax)
        choice = _choice(context, history, gax, estate) if history else Choice((), "")
        entries = params["applications"] or [entry for part in reversed(choice.parts) for entry in part.entries()]
        done = saved(only_named(entries, params["names"]) if params["names"] and entries else entries)
        known = {**estate, **_missing(gax, done, estate)}
        work = _compare(done, known, params["on_conflict"] == "overwrite", choice, history)
        work.earlier = find_applications(gax, params["left"] or [], "left")
        broken = frozenset(pair for part in choice.parts for pair in part.stranded)
        work.plans, unsafe = without_stranding(work.plans, known, broken)
        work.left |= unsafe
        if {"fail": work.conflicts or unsafe, "overwrite": unsafe, "leave": None}[params["on_conflict"]]:
            raise _refusal(work, unsafe)
        work.notes += _points_at_nothing(work.plans, known, broken)
        if not params["names"]:
            work.queues += _queues_that_stay(gax, choice)
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
                f"'{namesake.dbid}' here. Check that gax_url and the backup belong together."
            )
        if fresh is None:
            work.left[item.name] = GONE
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


def _refusal(work: _Work, unsafe: Mapping[str, str]) -> ChangeFailed:
    """Return the error for what must not be taken back as it is: changed by others, or chats would be lost."""
    fates = [Fate(name, UNTOUCHED) for name in work.left]
    if not work.conflicts:
        reasons = [*list(unsafe.values())[:MOST_CONFLICTS], *_and_more(len(unsafe))]
        besides = (
            "Next: restore what depends on it as well, or run the same command again with "
            f"{ON_CONFLICT}: leave, which restores the rest only."
        )
        return ChangeFailed(fates, {"": "\n".join(reasons)}, [besides], left=work.left)
    lines = [
        f"{listed(item.name for item in work.stuck)} changed since the backup.",
        *work.conflicts[:MOST_CONFLICTS],
        *_and_more(len(work.conflicts)),
    ]
    agree = (
        f"Next: agree on the value, then run the same command again with {ON_CONFLICT}: leave keeps the current "
        "values of these applications, overwrite restores those from before the run."
    )
    return ChangeFailed(fates, {"": "\n".join(lines)}, [agree], left=work.left)


def _and_more(number: int) -> list[str]:
    more = number - MOST_CONFLICTS
    return [f"and {more} more."] if more > 0 else []


def _points_at_nothing(plans: Sequence[Plan], known: Estate, broken: frozenset[Pair]) -> list[str]:
    """Say which ``queueKey`` points at no endpoint again, as it did before the run."""
    after = estate_after(plans, known)
    return [
        f"queueKey {key} of '{after[cluster].name}' points again at Chat Server '{after[server].name}', which lacks "
        "that endpoint, as before the run."
        for cluster, server, key in sorted((stranded(after) - stranded(known)) & broken)
    ]


def _queues_that_stay(gax: Gax, choice: Choice) -> list[tuple[str, str]]:
    """Return the queues that these runs have created and that are there, as ``_Work`` has them."""
    made = {(part.notes["queue"], part.notes["queue_tenant"]) for part in choice.parts if "queue_tenant" in part.notes}
    return [
        (name, tenant)
        for name, tenant in sorted(made)
        if any(text(raw.get("tenantdbid")) == tenant for raw in gax.find_by_name(SCRIPT, name))
    ]


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


# --- carried out -----------------------------------------------------------------------------------------------------


def _carry_out(
    context: Context, gax: Gax, choice: Choice, work: _Work, known: Estate, broken: frozenset[Pair]
) -> Result:
    plans, left, uncertain = work.plans, work.left, False
    if any(todo.changes for todo in plans):
        context.check_evidence()
    record = None if context.check_mode else _begin(context, gax, choice, known)
    if record:
        record.save(plans)
    if not context.check_mode:
        with _saying_what_next(record, "Backup" if context.params["backup_dir"] else "Record"), ending(record):
            if context.params["on_conflict"] == "leave":
                fates = merged(roll_back(gax, plans, work.earlier, Run(broken=broken)))
                left |= {fate.name: fate.why for fate in fates if fate.state in (CHANGED, UNKNOWN)}
                uncertain = any(fate.state == UNKNOWN for fate in fates)
                plans = [todo for todo in plans if todo.application.name not in left]
            else:
                plans = apply(gax, plans, context.params["on_failure"], Run(broken=broken))
        if record:
            for part in choice.parts:
                part.close()
    result = change_result(plans, "application", context.check_mode)
    in_force = not result["changed"] and not uncertain and any(why != GONE for why in left.values())
    if record and in_force:
        record.discard()  # the run is not taken back: the next restore finds it again
    done = "will be undone" if context.check_mode else "was undone"
    said = choice.told("is not undone" if in_force else done)
    names = [name for name, _tenant in work.queues]
    more = [f"Left unchanged: {listed(left)}."] * bool(left)
    more += [f"Interaction Queue '{name}', which the run has created, stays." for name in names]
    changed = result["msg"] if choice.parts or not choice.message else ""
    restart = restart_line(result["restart_required"]) if result["restart_required"] else ""
    queues = [_about_queue(context, name, tenant) for name, tenant in work.queues]
    return {
        **result,
        "msg": " ".join(filter(None, [said, f"{changed.rstrip('.')}." if changed and more else changed, *more])),
        "left": left,
        "queues_left": names,
        "runs": [part.run for part in choice.parts],
        "run": record.run if record and result["changed"] else None,
        "lines": [line for line in [said, *work.notes, *_lines(plans), *more[: bool(left)], *queues, restart] if line],
    }


@contextmanager
def _saying_what_next(record: runs.Record | None, what: str) -> Iterator[None]:
    """Add to what failed where the record of this restore is, and what comes next."""
    try:
        yield
    except ChangeFailed as problem:
        clean = not any(fate.state in (CHANGED, UNKNOWN) for fate in problem.fates)
        where = [] if clean or not record else [f"{what} of run {record.run}: {record.folder}"]
        after = RUN_AGAIN if clean else f"{RUN_AGAIN[:-1]}; it restores what is still to do."
        raise ChangeFailed(problem.fates, problem.causes, [*where, after]) from problem


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
