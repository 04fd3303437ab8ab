# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a restore undoes: which runs are still in force, and which of them are meant.

Everything is decided from the files, and comes out the same on every host of a play.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from .._errors import BadInput
from .._model.identity import Identity, addresses
from .history import History, Part
from .runs import BACKUP_DIR, RESTORE
from .trusted import Entry

RUN, BACK_TO = "restore_run (chat_channel_restore_run)", "restore_to (chat_channel_restore_to)"
OTHER_GAX = "other_gax (chat_channel_restore_other_gax)"


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
    """A run that was killed may have been repeated under its name after others: what it did last counts."""
    return part.saved, part.run


@dataclass(frozen=True)
class Choice:
    """What a restore takes back in this cluster, newest first, and a sentence that says so. Without parts: nothing."""

    parts: Sequence[Part]
    message: str

    def entries(self) -> list[Entry]:
        """Return what was saved, oldest first. Raises BadInput.

        A run that was killed may have gone on after others: runs are not one after the other, but their steps are.
        """
        found: list[tuple[str, Entry]] = []
        for part in reversed(self.parts):
            latest = ""  # a clock may be set back, within a run
            for entry in part.entries():
                latest = max(latest, str(entry.get("saved") or part.saved.isoformat()))
                found.append((latest, entry))
        return [entry for _saved, entry in sorted(found, key=lambda item: item[0])]

    def message_after(self, words: str) -> str:
        """Return the sentence with what became of it, such as ``was undone``."""
        return self.message.replace("will be undone.", f"{words}.")


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
    standing = here if asked.run else [part for part in in_force(here) if part.kind != RESTORE]
    standing = [part for part in standing if part.files]
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
                "here; the application was created again, or the backup is of another estate."
            )
    unnamed = [part for part in parts if part.is_old and not part.identity.dbid]
    if unnamed and alone:
        raise BadInput(
            f"{unnamed[0].folder}, of version 1.0.0, does not say which cluster it belongs to. If "
            "it belongs to this one, give the folder as path (chat_channel_restore_from)."
        )
    if alone:
        raise BadInput(f"{BACKUP_DIR}: there is no backup of '{asked.own.name}' in {root}.")


def _other_gax(part: Part, asked: Asked) -> BadInput:
    return BadInput(
        f"{part.folder} comes from another GAX, {', '.join(part.identity.gax)}; this is {', '.join(asked.own.gax)}. "
        f"If both serve the same Configuration Server, set {OTHER_GAX}."
    )


def split_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses in a comma-separated list as they are compared; of no text none."""
    urls = [part.strip().rstrip("/") for part in text.split(",") if part.strip()]
    return addresses(url if re.search(r"//[^/]+/", url) else f"{url}/gax" for url in urls)
