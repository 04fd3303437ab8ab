# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Runs that did not say how they ended: found by their records, so that the next run can warn of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .._errors import BadInput
from .._model.identity import Identity
from .._model.objects import Application
from .backup import Saved, found_in, saved
from .runs import HEAD, INTERRUPTED, RUNNING, Record, is_sure, names_in, now, read_entry, read_head
from .trusted import Entry


@dataclass(frozen=True)
class Unfinished:
    """A run that did not say how it ended: it broke off, or it is still under way."""

    run: str
    kind: str
    started: datetime
    folder: Path
    saved: Sequence[Saved]

    def message(self) -> str:
        names = list(dict.fromkeys(item.name for item in self.saved))
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        return (
            f"Run {self.run} ({self.kind}, {self.started:%Y-%m-%d %H:%M} UTC) did not finish; it was interrupted or is "
            f"still running. It was about to change {', '.join(names[:5])}{more}; its record is {self.folder}."
        )

    def close(self, estate: Mapping[str, Application]) -> None:
        """Note that the run was interrupted, so that it is not said again, and what it had written until now."""
        note_interrupted(self.folder, estate)


def note_interrupted(folder: Path, estate: Mapping[str, Application] | None = None) -> None:
    """Write so into the record in this folder. A run that is under way all the same still knows its steps.

    Where it broke off, only what is in the ``estate`` is its own: what others write from now on is not. An application
    that is not in it may not be readable for now, and counts as written: a restore compares it again.
    """
    with suppress(BadInput):
        head = read_head(folder / HEAD)
        steps = [
            step
            if estate is None or is_sure(step)
            else {**step, "arrived": [file for file in step["files"] if _has_arrived(folder, file, head, estate)]}
            for step in head["steps"]
        ]
        Record(folder, {**head, "steps": steps, "outcome": INTERRUPTED, "ended": now()}).write_head()


def _has_arrived(folder: Path, file: str, head: Entry, estate: Mapping[str, Application]) -> bool:
    (item,) = saved([read_entry(folder, file, head)])
    return item.dbid not in estate or any(found.changes for found in found_in([item], estate))


def unfinished(
    folder: str | os.PathLike[str], gax_urls: Sequence[str], dbid: str, besides: str = ""
) -> list[Unfinished]:
    """Return the runs for this cluster that did not end, oldest first, apart from the run ``besides``.

    Records that cannot be read are left out: who restores one is told.
    """
    ending = f"-{Identity.of(gax_urls, dbid).digest}"
    found = []
    # Names only: a folder of backups may hold thousands of runs, each with hundreds of clusters.
    places = [(run, name) for run in names_in(folder) for name in names_in(f"{folder}/{run}") if name.endswith(ending)]
    for place in (Path(folder, *parts) for parts in places):
        with suppress(BadInput, KeyError, TypeError, ValueError):
            head = read_head(place / HEAD)
            if head["outcome"] == RUNNING and head["steps"] and head["run"] != besides:
                started = datetime.fromisoformat(head["started"])
                changes = saved(Record(place, head).entries())
                found.append(Unfinished(head["run"], head["kind"], started, place, changes))
    return sorted(found, key=lambda item: item.started)
