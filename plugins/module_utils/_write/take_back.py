# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Undo what a run has changed, from its record, where nobody else has changed the options since."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._errors import BadInput, Conflict, EngageError, LoginFailed, Unreachable
from .._gax.client import Gax
from .._model.changes import Plan, replan
from .._model.objects import APPLICATION, Application, Raw
from .backup import Saved, saved, undoing
from .failure import CHANGED, NO_GAX, UNKNOWN, UNTOUCHED, Fate, merged, not_rolled_back, state_now
from .lock import only_one
from .writer import ALONE, Run, roll_back


def take_back(
    gax: Gax,
    entries: Sequence[Mapping[str, Any]],
    run: Run = ALONE,
    unsure: Collection[str] = (),
    patience: float = 0.0,
) -> list[Fate]:
    """Roll back each application for itself; one that is gone, cannot be read or was changed does not stop the others.

    ``entries`` are those of a record, in the order in which they were made. ``unsure`` are applications that may not
    have been written: where nothing shows, they are looked at again after ``patience`` seconds. Raises BadInput for a
    damaged entry.
    """
    done = saved(entries)
    gone = threading.Event()

    def read(entry: Saved) -> Raw | EngageError | None:
        if gone.is_set():
            return EngageError(NO_GAX)
        try:
            return gax.object(APPLICATION, entry.dbid)
        except (Unreachable, LoginFailed):
            gone.set()
            return EngageError(NO_GAX)
        except EngageError as problem:
            return problem

    plans: list[Plan] = []
    was: dict[str, str] = {}
    stuck: list[Application] = []
    fates = []
    for entry, raw in zip(done, gax.each(read, done)):
        if isinstance(raw, EngageError):
            fates.append(Fate(entry.name, UNKNOWN if entry.name in unsure else CHANGED, str(raw)))
            stuck.append(Application({"name": entry.name, "dbid": entry.dbid, "subtype": entry.type}))
            continue
        if raw is None:
            fates.append(Fate(entry.name, UNKNOWN, "it can no longer be found."))
            continue
        fresh = Application(raw)
        try:
            todo = undoing(entry, fresh)
            now = replan(todo, fresh)
            plans.append(now if now.changes else todo)
            was[fresh.name] = CHANGED if now.changes else was.get(fresh.name, UNTOUCHED)
        except Conflict as problem:
            stuck.append(fresh)
            fates.append(not_rolled_back(entry.name, problem))
        except BadInput as problem:
            stuck.append(fresh)
            fates.append(Fate(entry.name, CHANGED, str(problem)))
    late = [entry for entry in done if entry.name in unsure and was.get(entry.name) == UNTOUCHED]
    if late:
        time.sleep(patience)
        was |= {fate.name: fate.state for fate in merged(gax.each(lambda entry: _found(gax, entry), late))}
    return [*fates, *roll_back(gax, plans, stuck, run, was)]


def left_as_they_are(gax: Gax, entries: Sequence[Mapping[str, Any]], patience: float) -> list[Fate]:
    """Return how applications are that may have been written, and are not to be rolled back. Raises BadInput.

    ``patience`` is for how many seconds a write may still land that was broken off.
    """
    done = saved(entries)
    fates = gax.each(lambda entry: _found(gax, entry), done)
    if all(fate.state != UNTOUCHED for fate in fates):
        return fates
    time.sleep(patience)
    return gax.each(lambda entry: _found(gax, entry), done)


def _found(gax: Gax, entry: Saved) -> Fate:
    try:
        with only_one(gax, f"{APPLICATION} {entry.dbid}", f"Application '{entry.name}'"):
            raw = gax.object(APPLICATION, entry.dbid)
        if raw is None:
            return Fate(entry.name, UNKNOWN, "it can no longer be found.")
        fresh = Application(raw)
        return Fate(entry.name, state_now(undoing(entry, fresh), fresh))
    except EngageError as problem:
        return Fate(entry.name, UNKNOWN, str(problem))
