# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Undo what a run has changed, from its record, where nobody else has changed the options since."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import BadInput, Conflict, EngageError, LoginFailed, Unreachable
from .._gax.client import Gax
from .._model.changes import Plan, replan
from .._model.objects import APPLICATION, Application, Raw
from .backup import Saved, saved, undoing
from .failure import CHANGED, NO_GAX, UNKNOWN, Fate
from .writer import ALONE, Run, roll_back


def take_back(gax: Gax, entries: Sequence[Mapping[str, Any]], run: Run = ALONE) -> list[Fate]:
    """Roll back each application for itself; one that is gone, cannot be read or was changed does not stop the others.

    ``entries`` are those of a record, in the order in which they were made. Raises BadInput for a damaged one.
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
    stuck: list[Application] = []
    fates = []
    for entry, raw in zip(done, gax.each(read, done)):
        if isinstance(raw, EngageError):
            fates.append(Fate(entry.name, CHANGED, str(raw)))
            stuck.append(Application({"name": entry.name, "dbid": entry.dbid, "subtype": entry.type}))
            continue
        if raw is None:
            fates.append(Fate(entry.name, UNKNOWN, "it can no longer be found."))
            continue
        fresh = Application(raw)
        try:
            plans.append(replan(undoing(entry, fresh), fresh))
        except (BadInput, Conflict) as problem:
            stuck.append(fresh)
            fates.append(Fate(entry.name, CHANGED, str(problem)))
    return [*fates, *roll_back(gax, plans, stuck, run)]
