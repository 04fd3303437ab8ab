# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Which runs a backup folder holds, which of them are still in force, and what a restore undoes.

Everything is decided from the files, and comes out the same on every host of a play.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._model.changes import Change
from .._model.identity import Identity, addresses
from .._model.objects import APPLICATION_CLUSTER
from .._text import counted
from .runs import (
    BACKUP_DIR,
    ENTRY_FORMAT,
    HEAD,
    RESTORE,
    ROLLED_BACK,
    RUNNING,
    SUCCEEDED,
    Entry,
    check_run,
    identity_of,
    read_entry,
    read_head,
    read_json,
    stranded_before,
)

OLD_FORMAT = "genesys_ops.engage backup 1"  # of 1.0.0: <backup_dir>/<cluster>/<time>/*.json
RUN, BACK_TO = "restore_run (chat_channel_restore_run)", "restore_to (chat_channel_restore_to)"
OTHER_GAX = "other_gax (chat_channel_restore_other_gax)"


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
        """Return what was saved, in the order in which it was changed. Raises BadInput."""
        if self.head:
            return [read_entry(self.folder, file, self.head) for file in self.files]
        return [_read_loose(self.folder / file) for file in self.files]

    @property
    def stranded(self) -> frozenset[tuple[str, str, str]]:
        """(cluster, Chat Server, ``queueKey``) that were without their endpoint before the run; DBIDs."""
        return stranded_before(self.head)

    def described(self, now: datetime) -> str:
        return f"{self.run} ({self.kind}, {self.outcome}, {age(now - self.started)} ago)"


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


def read_history(root: Path) -> History:
    """Read what is below a folder: of backups, of one run, or of one cluster in it. Raises BadInput if nothing."""
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
            else BadInput(f"{BACKUP_DIR}: there is no backup in {root}. Name the folder that the run saved to.")
        )
    return History(root, parts, problems)


def _part(root: Path, place: Path) -> Part:
    head = read_head(place / HEAD)
    try:
        if root not in (place, place.parent) and head["run"] != place.parent.name:
            raise BadInput(f"{place} is a copy of run {head['run']}; move it out of {root}. Nothing was written.")
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
            files=[file for step in steps for file in step["files"]],
            head=head,
            takes_back=head["takes_back"] if head["outcome"] == SUCCEEDED else (),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(f"{place / HEAD} is damaged. Nothing was written.") from problem


def _without_head(place: Path) -> Part:
    entries = {file.name: _read_loose(file) for file in place.glob("*.json")}
    files = sorted(entries, key=lambda file: (str(entries[file].get("step", 1)).zfill(9), file))
    first = entries[files[0]]
    try:
        if len({json.dumps([entry.get("run"), _origin(entry)]) for entry in entries.values()}) > 1:
            raise BadInput(f"{place} contains files of several backups. Nothing was written.")
        if first["format"] == ENTRY_FORMAT:
            identity = identity_of(first)
        else:
            clusters = [entry for entry in entries.values() if entry["type"] == APPLICATION_CLUSTER]
            own = clusters[0] if clusters else {"dbid": "", "name": ""}
            identity = Identity.of([first["gax_url"]], own["dbid"], own["name"])
        time = _time_of(place.name) or datetime.fromisoformat(first["saved"])
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(f"{place} is a damaged backup. Nothing was written.") from problem
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


def in_force(parts: Iterable[Part]) -> list[Part]:
    """Return the parts that were neither rolled back nor taken back by a restore that is in force, newest first."""
    taken: dict[tuple[str, str, str], datetime] = {}
    result = []
    for part in sorted(parts, key=_age, reverse=True):
        dbid, gax = part.identity.dbid, part.identity.gax
        restored = [taken[part.run, dbid, address] for address in gax if (part.run, dbid, address) in taken]
        if restored and part.saved <= max(restored):  # a run of the same name may have changed something again
            continue
        for run in part.takes_back:
            for address in gax:
                taken.setdefault((run, dbid, address), part.ended)
        if part.files:
            result.append(part)
    return result


def _age(part: Part) -> tuple[datetime, str]:
    return part.started, part.run


@dataclass(frozen=True)
class Choice:
    """What a restore takes back in this cluster, newest first, and a sentence that says so. Without parts: nothing."""

    parts: Sequence[Part]
    message: str


@dataclass(frozen=True)
class Asked:
    """Whose runs are to be taken back.

    ``play`` are the clusters of all hosts of the play: names with addresses, either of them empty if unknown.
    """

    own: Identity
    play: Sequence[tuple[str, tuple[str, ...]]] = ()
    run: str = ""
    back_to: str = ""
    this_run: str = ""
    other_gax: bool = False

    def is_own(self, part: Part) -> bool:
        same_gax = self.other_gax or bool({*part.identity.gax} & {*self.own.gax})
        return part.identity.dbid == self.own.dbid and same_gax

    def is_of_the_play(self, part: Part) -> bool:
        if len(self.play) > 1 and not all(name for name, _gax in self.play):
            return True  # it may be of a host whose cluster is not known here
        return self.is_own(part) or any(
            part.identity.name == name and (not gax or {*gax} & {*part.identity.gax}) for name, gax in self.play
        )


def choose(history: History, asked: Asked, now: datetime) -> Choice:
    """Return what to take back. Raises BadInput for a run that is not there, or files that cannot be trusted."""
    # A restore that is under way must not change what its other hosts find.
    parts = [part for part in history.parts if part.run != asked.this_run]
    # Who names the folder of an old backup that does not name its cluster says that it is of this one.
    parts = [
        replace(part, identity=replace(part.identity, dbid=asked.own.dbid))
        if part.is_old and not part.identity.dbid and part.folder == history.root
        else part
        for part in parts
    ]
    name = asked.own.name
    if asked.run:
        history.raise_problems(asked.run)
        there = [part for part in parts if part.run == asked.run]
        if not there:
            raise BadInput(f"{RUN}: there is no run {asked.run} in {history.root}.{_known(parts)}")
        return _of_run(asked, there, now)
    history.raise_problems()
    own = [part for part in parts if asked.is_own(part)]
    if asked.back_to:
        return _back_to(asked, parts, in_force(own), now)
    standing = [part for part in in_force(parts) if part.kind != RESTORE and asked.is_of_the_play(part)]
    if not own:
        _refuse_strangers(asked, parts, history.root, alone=not standing)
    if not standing:
        return Choice((), f"{name}: no run is left to undo.")
    newest = standing[0].run
    return _of_run(asked, [part for part in parts if part.run == newest], now, in_force(own))


def choose_any(history: History, asked: Asked, now: datetime) -> Choice:
    """Return the newest run, or the one that is named, for whatever it has changed on this GAX. Raises BadInput."""
    history.raise_problems(asked.run)
    parts = [part for part in history.parts if asked.run in ("", part.run)]
    if asked.run and not parts:
        raise BadInput(f"{RUN}: there is no run {asked.run} in {history.root}.{_known(history.parts)}")
    here = [part for part in parts if asked.other_gax or {*part.identity.gax} & {*asked.own.gax}]
    if not here:
        raise _other_gax(parts[-1], asked)
    standing = [part for part in (here if asked.run else in_force(here)) if part.files]
    if not standing:
        return Choice((), f"No run is left to undo in {history.root}.")
    chosen = [part for part in standing if part.run == standing[0].run]
    return Choice(chosen, f"Run {chosen[0].described(now)} will be undone.")


def _of_run(asked: Asked, parts: Sequence[Part], now: datetime, standing: Sequence[Part] | None = None) -> Choice:
    own = [part for part in parts if asked.is_own(part)]
    name, run = asked.own.name, parts[0].described(now)
    if not own:
        return Choice((), f"{name} is left alone; run {run} did not change it.")
    if not any(part.files for part in own):
        return Choice((), f"{name} is left alone; run {run} was rolled back there.")
    if standing is not None and not any(part in standing for part in own):
        return Choice((), f"{name} is left alone; run {run} was already restored there.")
    return Choice(sorted(own, key=_age, reverse=True), f"{name}: run {own[0].described(now)} will be undone.")


def _back_to(asked: Asked, parts: Sequence[Part], standing: Sequence[Part], now: datetime) -> Choice:
    """Return what to take back so that the cluster is as that run left it."""
    aim = [part for part in parts if part.run == asked.back_to]
    if not aim:
        raise BadInput(f"{BACK_TO}: there is no run {asked.back_to}.{_known(parts)}")
    start = min(part.started for part in aim)
    older = {part.run for part in parts if part.started <= start}
    chosen = [
        part
        for part in standing
        if part.started > start
        and part.run != asked.back_to
        # A restore of a newer run is of no account: neither of both is left.
        and (part.kind != RESTORE or any(run in older for run in part.takes_back))
    ]
    name, aimed = asked.own.name, aim[0].described(now)
    if not chosen:
        return Choice((), f"{name} is left alone; no run has changed it since {aimed}.")
    runs = ", ".join(part.described(now) for part in chosen)
    return Choice(chosen, f"{name} returns to the state after run {aimed}; undone, newest first: {runs}.")


def _known(parts: Iterable[Part]) -> str:
    runs = sorted({(part.started, part.run) for part in parts}, reverse=True)
    names = list(dict.fromkeys(run for _started, run in runs))
    return f" The newest: {', '.join(names[:5])}." if names else ""


def _refuse_strangers(asked: Asked, parts: Sequence[Part], root: Path, alone: bool) -> None:
    """Raise BadInput where somebody meant this cluster, and there is only what may not be taken for its backup."""
    for part in parts:
        if part.identity.name == asked.own.name and part.identity.dbid == asked.own.dbid:
            raise _other_gax(part, asked)
        if part.identity.name == asked.own.name and {*part.identity.gax} & {*asked.own.gax}:
            raise BadInput(
                f"{part.folder} is of a '{asked.own.name}' with DBID {part.identity.dbid}; it has {asked.own.dbid} "
                "here; the application was created again, or the backup is of another estate. Nothing was written."
            )
    unnamed = [part for part in parts if part.is_old and not part.identity.dbid]
    if unnamed and alone:
        raise BadInput(
            f"{unnamed[0].folder}, of version 1.0.0, does not say which cluster it belongs to. Nothing was written. If "
            "it belongs to this one, give the folder as path (chat_channel_restore_from)."
        )
    if alone:
        raise BadInput(f"{BACKUP_DIR}: there is no backup of '{asked.own.name}' in {root}.")


def _other_gax(part: Part, asked: Asked) -> BadInput:
    return BadInput(
        f"{part.folder} comes from another GAX, {', '.join(part.identity.gax)}; this is {', '.join(asked.own.gax)}. "
        f"Nothing was written. If both serve the same Configuration Server, set {OTHER_GAX}."
    )


def split_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in a comma-separated list as they are compared; of no text none."""
    urls = [part.strip().rstrip("/") for part in text.split(",") if part.strip()]
    return addresses(url if re.search(r"//[^/]+/", url) else f"{url}/gax" for url in urls)


def who_left(history: History | None, taken: Sequence[Part], dbid: str, family: str, change: Change) -> str:
    """Return which later run left an option as it is now, in words that follow a sentence; empty if none is known."""
    for part in history.parts if history else ():
        if part not in taken and part.started > min(item.started for item in taken):
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
