# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A call for a chat channel that failed: roll back what its run did, and say how the estate is and what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from .._chat.summary import restart_line
from .._errors import BadInput, EngageError
from .._model.changes import AGREE
from .._run import shared
from .._run.claims import no_longer_needed
from .._write import runs
from .._write.backup import as_recorded, saved
from .._write.failure import (
    AGREE_FIRST,
    CHANGED,
    LEFT,
    NO_GAX,
    OVERWRITTEN,
    ROLLED_BACK,
    RUN_AGAIN,
    UNKNOWN,
    ChangeFailed,
    Fate,
    all_as_before,
    merged,
)
from .._write.one_application import patience_of
from .._write.queues import created_queue
from .._write.take_back import left_as_they_are, take_back
from .._write.trusted import Entry
from .._write.writer import Run
from .beside_others import run_beside_others
from .channel_call import Call
from .channel_result import restarts_left
from .context import extra_variable

NOT_THIS_CALL = "This call changed nothing; what an earlier call of run {} has changed is not rolled back."
UNKNOWN_RESTART = "Restart the Web Engagement nodes, one by one, unless you know that they use the present queueKey."


def failed(call: Call, problem: EngageError, reachable: bool = True) -> ChangeFailed:
    """Roll back what this run did before, as far as it is to be, and return the error that tells everything."""
    fates = list(problem.fates) if isinstance(problem, ChangeFailed) else []
    causes = problem.causes if isinstance(problem, ChangeFailed) else {"": str(problem)}
    mode, record = "keep" if call.complete else call.params["on_failure"], call.record
    notes: list[str] = []
    known = True
    try:
        entries = record.entries() if record else []
    except BadInput as damaged:
        entries, mode, known = [], "keep", False
        notes.append(f"What this run changed earlier is unknown: {damaged}")
    earlier = [entry for entry in entries if entry["step"] != call.step]  # the rest is among the fates
    undone = earlier if mode == "rollback" else []
    if mode == "batch" and not call.wrote and call.params["after_failure"]:
        undone = [entry for entry in earlier if entry["step"] == earlier[-1]["step"]]
    kept = [entry for entry in earlier if entry not in undone]
    if undone:
        names = {fate.name for fate in fates if fate.state in LEFT}
        stays = [entry for entry in entries if entry not in earlier and entry["name"] in names]
        fates += _taken_back(call, undone, stays, reachable, causes.get("") or NO_GAX)
    if kept:
        fates += _kept(call, kept, reachable)
    fates = merged(fates)
    queue, created = "", call.params["queue"] if call.created else None
    name = record.noted("queue") if record else created  # without a place for records, only this call knows
    state = "" if entries or name or not known else _state_unknown(call)
    with no_longer_needed(shared.folder(), call.context.host, call.needed) as hosts:
        if name:
            gax, tenant = (call.gax, call.channel.tenant) if reachable and call.channel else (None, None)
            queue, why = created_queue(gax, name, tenant, mode == "rollback", hosts, _patience(call), causes)
            notes += why
    back = {fate.name for fate in fates if fate.state == ROLLED_BACK} & {entry["name"] for entry in undone}
    if call.params["restarts"] and call.params["cluster"] in back:
        notes.append("Restart the Web Engagement nodes again; they may still use what was rolled back.")
    due = _restarts(call, entries, fates, CHANGED)
    unsure = state or _restarts(call, entries, fates, UNKNOWN)
    notes += [restart_line(due)] if due else [UNKNOWN_RESTART] if unsure else []
    killed = None if record or fates else call.left_open()  # this call did not get to its first write
    state = NOT_THIS_CALL.format(call.run_name) if killed else state
    clean = known and not state and all_as_before(fates)
    if call.wrote or not any(fate.state == UNKNOWN for fate in fates):  # else the next one of this name finds out
        call.close(runs.ROLLED_BACK if clean else runs.KEPT)
    details = {key: value for key, value in problem.details.items() if key == "blocking"}
    details |= {**call.named, "restart_required": due, **({"changed": False} if killed else {})}
    overwritten = [fate.name for fate in fates if fate.state == OVERWRITTEN]
    after = RUN_AGAIN if all(AGREE in causes.get(name, "") for name in overwritten) else AGREE_FIRST
    advice = _advice(call, record or killed, clean, bool(entries or state), after)
    return ChangeFailed(fates, causes, [*notes, *advice], queue, state, **details)


def _unsure(call: Call, entries: Sequence[Entry]) -> set[str]:
    """Return which applications may not have been written: those of a step in which the run was ended from outside."""
    last = {entry["name"]: entry["step"] for entry in entries}
    return {name for name, step in last.items() if not (call.record and call.record.is_written(step))}


def _patience(call: Call) -> float:
    """Return for how many seconds a write may still land that Ansible's time-out broke off."""
    return patience_of(call.gax) if call.params["after_failure"] else 0.0


def _state_unknown(call: Call) -> str:
    """Return what can be said of the state where no earlier call has left a step open, or an empty text.

    A call leaves no record where there is no folder, and where it ended well: a time-out of Ansible may come after its
    end, and before its result.
    """
    if not call.params["after_failure"]:
        return ""
    if not call.folder or (call.record and call.record.outcome == runs.KEPT):
        return "What this run has changed is unknown: Ansible ended it before it could say so."
    channel = call.channel
    if channel and not channel.new_scripts and not any(plan.changes for plan in channel.plans):
        return f"Nothing is left to change in {channel.cluster.name}: it is as requested."
    return ""


def _taken_back(call: Call, entries: Sequence[Entry], stays: Sequence[Entry], reachable: bool, why: str) -> list[Fate]:
    """Roll back what earlier steps have changed, as far as that is possible beside what ``stays`` of this one."""
    before = call.record.stranded if call.record else frozenset()
    unsure = _unsure(call, entries)
    if reachable:
        rules = run_beside_others(call.channel, before=before) if call.channel else Run(broken=before, apart=True)
        try:
            unread = as_recorded(saved([*entries, *stays]), {entry["dbid"] for entry in stays})
            return take_back(call.gax, entries, replace(rules, unread=unread), unsure, _patience(call))
        except BadInput as problem:  # the record is damaged, or holds masked secrets
            why = str(problem)
    return [Fate(entry["name"], UNKNOWN if entry["name"] in unsure else CHANGED, why) for entry in entries]


def _kept(call: Call, entries: Sequence[Entry], reachable: bool) -> list[Fate]:
    """Return how applications are that are not to be rolled back: others may have changed them since."""
    unsure = _unsure(call, entries)
    if reachable:
        with suppress(BadInput):  # the record holds masked secrets
            return left_as_they_are(call.gax, entries, unsure, _patience(call))
    return [Fate(entry["name"], UNKNOWN if entry["name"] in unsure else CHANGED) for entry in entries]


def _restarts(call: Call, entries: Sequence[Entry], fates: Sequence[Fate], state: str) -> list[dict[str, str]]:
    """Return which options of applications in this state need a restart: the next run may find nothing to do."""
    stays = {fate.name for fate in fates if fate.state == state}
    if call.params["restarts"]:  # the tasks of the user have done it before the step that came next
        entries = [entry for entry in entries if entry["step"] == entries[-1]["step"]]
    return restarts_left([item for item in saved(entries) if item.name in stays])


def _advice(call: Call, record: runs.Record | None, clean: bool, wrote: bool, after: str) -> list[str]:
    """Say where the backup is, and which command comes next: the same one, or the one that undoes the run."""
    asked = call.params["backup_dir"]
    lines = []
    if record and wrote and (asked or not clean):
        lines.append(f"{'Backup' if asked else 'Record'} of run {call.run_name}: {record.folder}")
    if clean or not record:
        return [*lines, after]
    if call.complete:
        return [*lines, "Next: run the same command again; it makes the changes that are still missing."]
    given = {"chat_channel_backup_dir": asked or call.folder, "chat_channel_restore_run": call.run_name}
    words = shlex.join(word for name, value in given.items() for word in ("-e", extra_variable(name, str(value))))
    command = " ".join(filter(None, ["ansible-playbook genesys_ops.engage.restore", call.context.arguments, words]))
    return [*lines, f"{after[:-1]}, or undo this run: {command}"]
