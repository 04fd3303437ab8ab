# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a backup folder holds: which run has changed what in which cluster, and what cannot be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._model.changes import Change
from .._model.identity import Identity
from .._model.objects import APPLICATION_CLUSTER
from .._text import counted
from .run_names import check_run
from .runs import (
    BACKUP_DIR,
    ENTRY_FORMAT,
    HEAD,
    INTERRUPTED,
    KEPT,
    ROLLED_BACK,
    RUNNING,
    SUCCEEDED,
    identity_of,
    read_entry,
    read_head,
    stranded_before,
)
from .trusted import Entry, read_json
from .unfinished import note_interrupted

OLD_FORMAT = "genesys_ops.engage backup 1"  # of 1.0.0: <backup_dir>/<cluster>/<time>/*.json


@dataclass(frozen=True)
class Part:
    """What one run has changed in one cluster. The DBID is empty where the backup is not of one cluster.

    ``files`` are those of steps that were not rolled back, in order; ``head`` is empty for a backup of 1.0.0, and for
    files that somebody has taken out of a record.
    """

    run: str
    kind: str
    outcome: str
    started: datetime
    saved: datetime
    ended: datetime
    identity: Identity
    folder: Path
    files: Sequence[str]
    head: Mapping[str, Any] = field(default_factory=dict, repr=False)
    takes_back: Sequence[str] = ()
    is_old: bool = False  # of 1.0.0

    def entries(self) -> list[Entry]:
        """Return what was saved, in the order in which it was changed; see ``Record.entries``. Raises BadInput."""
        if self.head:
            steps = [step for step in self.head["steps"] if step["outcome"] == SUCCEEDED or step.get("written")]
            sure = {file for step in steps for file in step["files"]}  # what has failed may have been saved only
            return [{**read_entry(self.folder, file, self.head), "unsure": file not in sure} for file in self.files]
        return [_read_loose(self.folder / file) for file in self.files]

    def touches(self, dbids: Collection[str]) -> bool:
        """Say whether it has changed one of these applications. Raises BadInput."""
        return bool(dbids) and any(entry["dbid"] in dbids for entry in self.entries())

    @property
    def has_ended(self) -> bool:
        """Say whether the run came to its end: otherwise it has saved more than it has written, perhaps."""
        return self.head.get("outcome") not in (RUNNING, INTERRUPTED)

    @property
    def stranded(self) -> frozenset[tuple[str, str, str]]:
        """(cluster, Chat Server, ``queueKey``) that were without their endpoint before the run; DBIDs."""
        return stranded_before(self.head)

    @property
    def notes(self) -> Mapping[str, str]:
        """Facts that the run has kept, as ``Record.note`` says."""
        notes: Mapping[str, str] = self.head.get("notes", {})
        return notes

    def close(self) -> None:
        """Note that a run which did not say how it ended is over, now that it is taken back."""
        if self.head.get("outcome") == RUNNING:
            note_interrupted(self.folder)

    def described(self, now: datetime) -> str:
        # What a failed run could not or should not roll back is still there.
        outcome = "failed" if self.outcome == KEPT else self.outcome
        return f"{self.run} ({self.kind}, {outcome}, {age(now - self.started)} ago)"


def age(passed: timedelta) -> str:
    """Return how long something took, in its largest unit."""
    seconds = max(0, int(passed.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(seconds // size, unit)
    return counted(seconds, "second")


@dataclass(frozen=True)
class History:
    """What a folder holds. ``problems`` says, for each folder that cannot be trusted, why."""

    root: Path
    parts: Sequence[Part]
    problems: Mapping[Path, BadInput] = field(default_factory=dict)

    def raise_problems(self, run: str = "") -> None:
        """Raise BadInput for the first folder, or the first of this run, that cannot be trusted."""
        for place, problem in sorted(self.problems.items()):
            if not run or run in (place.name, place.parent.name):
                raise problem


def read_history(root: Path, nothing: str = "") -> History:
    """Read what is below a folder: of backups, of one run, or of one cluster in it.

    Raises BadInput if nothing is there, with the words of ``nothing`` where they say it better.
    """
    parts: list[Part] = []
    problems: dict[Path, BadInput] = {}
    strangers: list[BadInput] = []
    for place in sorted({file.parent for file in root.rglob("*.json")}):
        has_head = (place / HEAD).exists()
        try:
            parts.append(_part(root, place) if has_head else _without_head(place))
        except BadInput as problem:
            if has_head or _holds_a_backup(place):
                problems[place] = problem
            else:
                strangers.append(problem)
    if not parts and not problems:
        raise (
            strangers[0]
            if strangers
            else BadInput(
                nothing or f"{BACKUP_DIR}: there is no backup in {root}. Name the folder that the run saved to."
            )
        )
    return History(root, parts, problems)


def _part(root: Path, place: Path) -> Part:
    head = read_head(place / HEAD)
    try:
        if root not in (place, place.parent) and head["run"] != place.parent.name:
            raise BadInput(f"{place} is a copy of run {head['run']}; move it out of {root}.")
        check_run(head["run"])
        stranded_before(head)
        known = {HEAD, *(file for step in head["steps"] for file in step["files"])}
        for file in place.glob("*.json"):
            if file.name not in known:  # saved right before the run broke off, or somebody else's
                read_entry(place, file.name, head)
        steps = [step for step in head["steps"] if step["outcome"] != ROLLED_BACK]
        started = datetime.fromisoformat(head["started"])
        return Part(
            run=head["run"],
            kind=head["kind"],
            outcome=head["outcome"] if head["outcome"] != RUNNING else "not finished",
            started=started,
            saved=datetime.fromisoformat(steps[-1]["saved"]) if steps else started,
            ended=datetime.fromisoformat(head["ended"]) if head["ended"] else started,
            identity=identity_of(head),
            folder=place,
            files=[file for step in steps for file in step.get("arrived", step["files"])],
            head=head,
            takes_back=head["takes_back"] if head["outcome"] == SUCCEEDED else (),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(f"{place / HEAD} is damaged.") from problem


def _without_head(place: Path) -> Part:
    entries = {file.name: _read_loose(file) for file in place.glob("*.json")}
    files = sorted(entries, key=lambda file: (str(entries[file].get("step", 1)).zfill(9), file))
    first = entries[files[0]]
    try:
        if len({json.dumps([entry.get("run"), _origin(entry)]) for entry in entries.values()}) > 1:
            raise BadInput(f"{place} contains files of several backups.")
        if first["format"] == ENTRY_FORMAT:
            identity = identity_of(first)
        else:
            clusters = [entry for entry in entries.values() if entry["type"] == APPLICATION_CLUSTER]
            own = clusters[0] if clusters else {"dbid": "", "name": ""}
            identity = Identity.of([first["gax_url"]], own["dbid"], own["name"])
        time = _time_of(place.name) or datetime.fromisoformat(first["saved"])
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(f"{place} is a damaged backup.") from problem
    run = str(first.get("run", place.name))
    is_old = first["format"] == OLD_FORMAT
    return Part(run, "change", "outcome unknown", time, time, time, identity, place, files, is_old=is_old)


def _read_loose(file: Path) -> Entry:
    return read_json(file, "backup", (ENTRY_FORMAT,), without_check=(OLD_FORMAT,))


def _origin(entry: Entry) -> Any:
    return entry["gax_url"] if entry["format"] == OLD_FORMAT else [entry["gax"], entry["cluster"]]


def _holds_a_backup(place: Path) -> bool:
    for file in place.glob("*.json"):
        try:
            _read_loose(file)
        except BadInput:
            continue
        return True
    return False


def _time_of(name: str) -> datetime | None:
    """Return the time in the name of an old folder."""
    found = re.fullmatch(r"(\d{8}T\d{6})(\d{6})?Z?", name)
    if not found:
        return None
    try:
        time = datetime.strptime(found[1] + (found[2] or "000000"), "%Y%m%dT%H%M%S%f")
    except ValueError:
        return None
    return time.replace(tzinfo=timezone.utc)


def who_left(history: History | None, taken: Sequence[Part], dbid: str, family: str, change: Change) -> str:
    """Return which later run left an option as it is now, in words that follow a sentence; empty if none is known."""
    for part in history.parts if history else ():
        if part not in taken and part.saved > min(item.saved for item in taken):
            try:
                entries = part.entries()
            except BadInput:  # it is not asked for
                continue
            for entry in entries:
                if (str(entry.get("dbid")), entry.get("family")) == (dbid, family) and any(
                    (item.get("section"), item.get("key"), item.get("after"))
                    == (change.section, change.key, change.after)
                    for item in entry.get("changes", ())
                ):
                    return f", by run {part.run}"
    return ""
