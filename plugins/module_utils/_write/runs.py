# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The record of a run: what it is about to change in one cluster, saved before it does, and how it ended.

``<backup_dir>/<run>/<cluster>-<8 hex digits>/`` holds ``run.json`` and one file for each application and step. Files
are trusted only as far as they are checked: those that were edited, cut or are of another cluster are refused.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import why
from .._model.changes import Change, Plan
from .._model.identity import Identity, addresses, safe_name
from .._secrets import shown
from .._version import VERSION
from .run_names import check_run
from .trusted import Entry, read_json, write_json

RUN_FORMAT, ENTRY_FORMAT = "genesys_ops.engage run 2", "genesys_ops.engage backup 2"
HEAD = "run.json"
RUNNING, SUCCEEDED, ROLLED_BACK, KEPT, INTERRUPTED = "running", "succeeded", "rolled back", "kept", "interrupted"
RESTORE = "restore"  # the kind of a run that takes others back
BACKUP_DIR = "backup_dir (chat_channel_backup_dir)"


def state_folder(environ: Mapping[str, str] | None = None) -> Path | None:
    """Return where records are kept when no backup is asked for; it is made if missing. None without a safe place."""
    environ = os.environ if environ is None else environ
    home = environ.get("HOME", "")
    base = environ.get("XDG_STATE_HOME") or (f"{home}/.local/state" if home else "")
    if not os.path.isabs(base):
        return None
    folder = Path(base) / "genesys_ops.engage" / "runs"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except (OSError, ValueError):
        return None
    safe = found.st_uid == os.getuid() and not found.st_mode & 0o022 and os.access(folder, os.W_OK | os.X_OK)
    return folder if safe else None


def check_folder(folder: str) -> None:
    """Raise BadInput where no record can be made, as far as that can be seen without making one, in check mode."""
    with _writing(Path(folder), BACKUP_DIR):
        path = Path(folder).absolute()
        there = next(place for place in (path, *path.parents) if place.exists())
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


class Record:
    """What one run is about to change in one cluster, and how it ended. See ``begin``."""

    def __init__(
        self,
        folder: Path,
        head: Entry,
        keep_secrets: bool = False,
        option: str = BACKUP_DIR,
        durable: bool = True,
    ) -> None:
        self.folder = folder
        self._durable = durable
        self._head = head
        self._keep_secrets = keep_secrets
        self._option = option
        self._clear: dict[str, Entry] = {}  # what this object has saved, with the secrets among the changes

    @classmethod
    def begin(
        cls,
        folder: str | os.PathLike[str],
        run: str,
        gax_urls: Sequence[str],
        cluster_name: str,
        cluster_dbid: str,
        kind: str,
        keep_secrets: bool = False,
        stranded: Collection[tuple[str, str, str]] = (),
        takes_back: Sequence[str] = (),
        option: str = BACKUP_DIR,
        durable: bool = True,
    ) -> Record:
        """Return the record of a run for one cluster; one that is there is continued: batches are several calls.

        ``kind`` is ``configure``, ``retire``, ``restore`` or ``change``. ``stranded`` holds (cluster, Chat Server,
        ``queueKey``) that were without their endpoint before the run; ``takes_back`` the runs that a restore takes
        back.
        Raises BadInput where nothing can be written: call this before the first write. ``option`` is what it names.
        What nobody asked to keep need not be ``durable``: it outlives the end of the process all the same.
        """
        identity = Identity.of(gax_urls, cluster_dbid, cluster_name)
        target = Path(folder) / check_run(run) / identity.label
        with _writing(target, option):
            _make(target)
        if (target / HEAD).exists():
            head = read_head(target / HEAD)
            if head["run"] != run or not identity.is_same(identity_of(head)):
                raise BadInput(f"{target / HEAD} is the record of another run or cluster.")
            if head["outcome"] == INTERRUPTED:
                head["steps"] = list(map(_after_others, head["steps"]))
        else:
            head = {
                "format": RUN_FORMAT,
                "run": run,
                "version": VERSION,
                "started": now(),
                "gax": list(identity.gax),
                "cluster": {"name": cluster_name, "dbid": cluster_dbid},
                "stranded": sorted(map(list, stranded)),
                "steps": [],
            }
        taken = dict.fromkeys([*head.get("takes_back", []), *takes_back])
        new = {**head, "kind": kind, "takes_back": list(taken), "outcome": RUNNING, "ended": None}
        record = cls(target, new, keep_secrets, option, durable)
        record.write_head()
        return record

    @property
    def run(self) -> str:
        return str(self._head["run"])

    @property
    def outcome(self) -> str:
        return str(self._head["outcome"])

    def note(self, **facts: str | None) -> None:
        """Keep facts of the run, such as the name of a queue that it creates; None leaves what is there."""
        new = {name: value for name, value in facts.items() if value is not None}
        if new:
            self._head["notes"] = {**self._head.get("notes", {}), **new}
            self.write_head()

    def noted(self, name: str) -> str | None:
        found = self._head.get("notes", {}).get(name)
        return str(found) if found is not None else None

    @property
    def stranded(self) -> frozenset[tuple[str, str, str]]:
        """What was without its endpoint before the run, as it was given to ``begin``."""
        return stranded_before(self._head)

    def save(self, plans: Sequence[Plan]) -> int:
        """Save what the plans are about to change, as the next step; return its number, or 0 if nothing changes.

        Raises BadInput; nothing is half saved.
        """
        todo = [plan for plan in plans if plan.changes]
        if not todo:
            return 0
        step = len(self._head["steps"]) + 1
        files = []
        with _writing(self.folder, self._option):
            for plan in todo:
                # Names are untrusted, and may be equal: the DBID tells them apart.
                parts = (f"{step:03}", safe_name(plan.application.dbid), safe_name(plan.application.name, 60))
                file = f"{'-'.join(parts)}-{plan.wanted.family}.json"
                entry = self._entry(step, plan)
                write_json(self.folder / file, entry, self._durable)
                self._clear[file] = {**entry, "changes": [{**vars(change), "masked": False} for change in plan.changes]}
                files.append(file)
        self._head["steps"].append({"step": step, "saved": now(), "outcome": RUNNING, "files": files})
        self.write_head()
        return step

    def written(self, step: int) -> None:
        """Note that a step has been written and read back. A disk that is full now does not fail the run."""
        for saved in self._head["steps"]:
            if saved["step"] == step:
                saved["written"] = True
                with suppress(BadInput):
                    self.write_head()

    def is_written(self, step: int) -> bool:
        """Say whether a step is known to have been written: not one in which the run was ended from outside."""
        return any(saved["step"] == step and saved.get("written") for saved in self._head["steps"])

    def entries(self, written: bool = False) -> list[Entry]:
        """Return what this run has saved since it was finished last, in order; or only what is known to be ``written``.

        Within the call that saved them even secrets are there, masked in the files. Those are ``unsure`` that are not
        known to be written. Raises BadInput.
        """
        steps = [step for step in self._head["steps"] if step["outcome"] == RUNNING]
        steps = [step for step in steps if step.get("written") or not written]
        files = [file for step in steps for file in step["files"]]
        found = [self._clear.get(file) or read_entry(self.folder, file, self._head) for file in files]
        sure = {step["step"] for step in steps if step.get("written")}
        return [{**entry, "unsure": entry["step"] not in sure} for entry in found]

    def finish(self, outcome: str) -> None:
        """Say how the run ended for this cluster: once, after its last step.

        Without any step nothing is left, unless a restore has found everything as it was before.
        A disk that is full now does not fail the run: the record then says that it did not end.
        """
        if not self._head["steps"] and not self._head["takes_back"]:
            self.discard()
            return
        for step in self._head["steps"]:
            step["outcome"] = outcome if step["outcome"] == RUNNING else step["outcome"]
        self._head.update(outcome=outcome, ended=now())
        with suppress(BadInput):
            self.write_head()

    def discard(self) -> None:
        """Remove the record."""
        with suppress(OSError):
            for file in [*(file for step in self._head["steps"] for file in step["files"]), HEAD]:
                (self.folder / file).unlink(missing_ok=True)
            self.folder.rmdir()
            self.folder.parent.rmdir()  # unless other clusters have a record of this run

    def write_head(self) -> None:
        """Write ``run.json``. Raises BadInput."""
        with _writing(self.folder, self._option):
            write_json(self.folder / HEAD, self._head, self._durable)

    def _entry(self, step: int, plan: Plan) -> Entry:
        def value(section: str, key: str, text: str | None) -> str | None:
            return text if text is None or self._keep_secrets else shown(key, text, section)

        def values(change: Change) -> Entry:
            section, key = change.section, change.key
            before, after = value(section, key, change.before), value(section, key, change.after)
            masked = (before, after) != (change.before, change.after)
            return {"section": section, "key": key, "before": before, "after": after, "masked": masked}

        found = plan.application
        options = {
            section: {key: value(section, key, text) for key, text in keys.items()}
            for section, keys in found.options(plan.wanted.family).items()
        }
        return {
            "format": ENTRY_FORMAT,
            **{name: self._head[name] for name in ("run", "gax", "cluster")},
            "step": step,
            "saved": now(),
            "name": found.name,
            "dbid": found.dbid,
            "type": found.subtype,
            "family": plan.wanted.family,
            "changes": [values(change) for change in plan.changes],
            "options": options,
        }


@contextmanager
def _writing(folder: Path, option: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as problem:  # ValueError: a name or text that cannot be encoded, a NUL in a path
        raise BadInput(f"{option}: cannot write to {folder}: {why(problem)}.") from problem


def _make(folder: Path) -> None:
    """Make the folder of a cluster, of its run and of all runs, for their owner only."""
    folder.parents[1].parent.mkdir(parents=True, exist_ok=True)
    for _try in range(3):  # a host that had nothing to change may remove the folder of the run in the same moment
        with suppress(FileNotFoundError):
            for place in (folder.parents[1], folder.parent, folder):
                place.mkdir(mode=0o700, exist_ok=True)
            return
    folder.mkdir(mode=0o700)


def is_sure(step: Entry) -> bool:
    """Say whether it is known of a step what was written: the run was not ended from outside before it could say so."""
    return bool(step["outcome"] != RUNNING or step.get("written"))


def _after_others(step: Entry) -> Entry:
    """Return a step of a run that goes on after others have run: they may have taken it back.

    What it had not written to its end may be as they have written it: that is no longer its own.
    """
    return {**step, "written": False} if is_sure(step) else {**step, "outcome": INTERRUPTED}


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


# --- reading a record ------------------------------------------------------------------------------------------------


def read_head(file: Path) -> Entry:
    """Return a ``run.json``. Raises BadInput."""
    return read_json(file, "record of a run", (RUN_FORMAT,))


def read_entry(folder: Path, name: str, head: Mapping[str, Any]) -> Entry:
    """Return what was saved of one application, which belongs to this record. Raises BadInput."""
    if not re.fullmatch(r"[\w-]+\.json", str(name)):
        raise BadInput(f"{folder / HEAD} names a file that is not part of a backup: {name!r}.")
    entry = read_json(folder / name, "backup", (ENTRY_FORMAT,))
    if any(entry.get(key) != head[key] for key in ("run", "gax", "cluster")):
        raise BadInput(f"{folder / name} belongs to another run, GAX or cluster than its folder.")
    return entry


def stranded_before(head: Mapping[str, Any]) -> frozenset[tuple[str, str, str]]:
    """Return (cluster, Chat Server, ``queueKey``) that were without their endpoint before the run."""
    return frozenset((cluster, server, key) for cluster, server, key in head.get("stranded", ()))


def identity_of(head: Mapping[str, Any]) -> Identity:
    """Return whose record this is."""
    return Identity(tuple(head["gax"]), head["cluster"]["dbid"], head["cluster"]["name"])


def find(folder: str | os.PathLike[str], run: str, gax_urls: Sequence[str], cluster_name: str) -> Record | None:
    """Return the record that this run has of a cluster until now, by its name: before there is a session."""
    for name in sorted(names_in(Path(folder) / check_run(run))):
        if not name.startswith(f"{safe_name(cluster_name)}-"):
            continue  # hundreds of clusters may belong to one run
        place = Path(folder) / run / name
        with suppress(BadInput, KeyError, TypeError):
            head = read_head(place / HEAD)
            identity = identity_of(head)
            if identity.name == cluster_name and {*identity.gax} & {*addresses(gax_urls)}:
                return Record(place, head)
    return None


def names_in(folder: str | os.PathLike[str]) -> list[str]:
    """Return what a folder holds; nothing if it is gone: other hosts remove their records at any moment."""
    try:
        return os.listdir(folder)
    except OSError:
        return []
