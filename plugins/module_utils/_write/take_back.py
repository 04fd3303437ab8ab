# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Undo what a run has changed, from its record, where nobody else has changed the options since."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from .._errors import BadInput, Conflict, EngageError, LoginFailed, Unreachable
from .._gax.client import Gax
from .._gax.lookup import read_estate
from .._model.changes import Plan, replan
from .._model.objects import APPLICATION, Application
from .._model.topology import named_by_others
from .backup import CANNOT_BE_READ, Saved, as_recorded, saved, undoing
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
    plans: list[Plan] = []
    was: dict[str, str] = {}
    unread: set[str] = set()
    fates = []
    for entry, found in zip(done, _read(gax, done)):
        if isinstance(found, EngageError):
            fates.append(_unread(entry, found, unsure))
            unread.add(entry.dbid)
            continue
        if found is None:
            fates.append(_gone(entry))
            continue
        try:
            todo = undoing(entry, found)
            now = replan(todo, found)
            plans.append(now if now.changes or entry.name not in unsure else todo)
            was[found.name] = CHANGED if now.changes else was.get(found.name, UNTOUCHED)
        except Conflict as problem:
            fates.append(not_rolled_back(entry.name, problem))
        except BadInput as problem:
            fates.append(Fate(entry.name, CHANGED, str(problem)))
    late = [entry for entry in done if entry.name in unsure and was.get(entry.name) == UNTOUCHED]
    if late and patience:
        time.sleep(patience)
        was |= {fate.name: fate.state for fate in merged(_as_they_are(gax, late, unsure))}
    return [*fates, *roll_back(gax, plans, replace(run, unread={**run.unread, **as_recorded(done, unread)}), was)]


def left_as_they_are(
    gax: Gax, entries: Sequence[Mapping[str, Any]], unsure: Collection[str], patience: float
) -> list[Fate]:
    """Return how applications are that are not to be rolled back: others may have changed them since.

    ``unsure`` and ``patience`` are as in ``take_back``. Raises BadInput.
    """
    done = saved(entries)
    fates = _as_they_are(gax, done, unsure)
    if patience and any(fate.state == UNTOUCHED and fate.name in unsure for fate in fates):
        time.sleep(patience)
        return _as_they_are(gax, done, unsure)
    return fates


def _as_they_are(gax: Gax, done: Sequence[Saved], unsure: Collection[str]) -> list[Fate]:
    """Return how applications are, each as no other run on this machine is writing it."""
    fates = []
    for entry, found in zip(done, _read(gax, done, settled=True)):
        if isinstance(found, EngageError):
            fate = _unread(entry, found, unsure)
            fates.append(replace(fate, why="") if fate.why == NO_GAX else fate)  # nothing was to be rolled back
        elif found is None:
            fates.append(_gone(entry))
        else:
            try:
                fates.append(Fate(entry.name, state_now(undoing(entry, found), found)))
            except BadInput as problem:
                fates.append(Fate(entry.name, UNKNOWN, str(problem)))
    return fates


def _read(gax: Gax, done: Sequence[Saved], settled: bool = False) -> list[Application | EngageError | None]:
    """Read each application, None for one that is gone; once GAX is lost, nothing more is asked.

    With ``settled`` a write of another run on this machine comes to its end before.
    """
    lost = threading.Event()

    def read(entry: Saved) -> Application | EngageError | None:
        if lost.is_set():
            return EngageError(NO_GAX)
        key, title = f"{APPLICATION} {entry.dbid}", f"Application '{entry.name}'"
        try:
            with only_one(gax, key, title) if settled else nullcontext():
                raw = gax.object(APPLICATION, entry.dbid)
        except (Unreachable, LoginFailed):
            lost.set()
            return EngageError(NO_GAX)
        except EngageError as problem:
            return problem
        return None if raw is None else Application(raw)

    answers = gax.each(read, done)
    hidden = _hidden(gax, [entry.dbid for entry, found in zip(done, answers) if found is None])
    return [hidden.get(entry.dbid) if found is None else found for entry, found in zip(done, answers)]


def _hidden(gax: Gax, gone: Sequence[str]) -> dict[str, EngageError]:
    """Return why applications cannot be read that GAX does not find, but that others name; by DBID."""
    try:
        return dict.fromkeys(named_by_others(gone, read_estate(gax)) if gone else (), EngageError(CANNOT_BE_READ))
    except (Unreachable, LoginFailed):
        return dict.fromkeys(gone, EngageError(NO_GAX))
    except EngageError as problem:
        return dict.fromkeys(gone, problem)


def _unread(entry: Saved, problem: EngageError, unsure: Collection[str]) -> Fate:
    """Return what is known of an application that cannot be read: that it was written, or not even that."""
    return Fate(entry.name, UNKNOWN if entry.name in unsure else CHANGED, str(problem))


def _gone(entry: Saved) -> Fate:
    return Fate(entry.name, UNKNOWN, "it can no longer be found.")
