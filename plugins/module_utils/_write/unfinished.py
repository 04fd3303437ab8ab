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
from .backup import WRITTEN, saved, traces
from .runs import HEAD, INTERRUPTED, ROLLED_BACK, RUNNING, Record, is_sure, names_in, now, read_entry, read_head
from .trusted import Entry


@dataclass(frozen=True)
class Unfinished:
    """A run that did not say how it ended: it broke off, or it is still under way."""

    run: str
    kind: str
    started: datetime
    folder: Path
    entries: Sequence[Entry]

    def message(self) -> str:
        names = list(dict.fromkeys(entry["name"] for entry in self.entries))
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
        steps = head["steps"] if estate is None else _with_arrived(folder, head, estate)
        Record(folder, {**head, "steps": steps, "outcome": INTERRUPTED, "ended": now()}).write_head()


def _with_arrived(folder: Path, head: Entry, estate: Mapping[str, Application]) -> list[Entry]:
    """Return the steps of a run; those that broke off with the files of what is written. Raises BadInput."""
    files = [file for step in head["steps"] if step["outcome"] != ROLLED_BACK for file in step["files"]]
    seen = dict(zip(files, traces([read_entry(folder, file, head) for file in files], estate)))
    return [
        step if is_sure(step) else {**step, "arrived": [file for file in step["files"] if WRITTEN in seen[file]]}
        for step in head["steps"]
    ]


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
                entries = Record(place, head).entries()
                saved(entries)  # one that is damaged is not said
                found.append(Unfinished(head["run"], head["kind"], started, place, entries))
    return sorted(found, key=lambda item: item.started)
