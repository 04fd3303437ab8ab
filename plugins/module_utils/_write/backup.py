# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Save what a run is about to change, and read it again to put it back.

A backup is a folder with one JSON file for each application: its options as they were, and the changes planned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import write
from .._model.changes import Change, Plan, Wanted, edited, plan, undo
from .._model.objects import FAMILIES, Application
from .._secrets import is_altered, shown

FORMAT = "genesys_ops.engage backup 1"


def save(folder: str, gax_url: str, plans: Sequence[Plan], keep_secrets: bool) -> None:
    """Write one file for each plan that has changes, each at once and readable by its owner only.

    Values of secret options are masked, unless ``keep_secrets``. Raises BadInput when the folder cannot be written.
    """
    try:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for todo in plans:
            if todo.changes:
                step, file = _free(Path(folder), todo)
                contents = {"step": step, **_contents(gax_url, todo, keep_secrets)}
                write(file, json.dumps(contents, indent=2, ensure_ascii=False) + "\n")
    except OSError as problem:
        raise BadInput(
            f"backup_dir (chat_channel_backup_dir): cannot write to {folder}: {problem.strerror}."
        ) from problem


def _free(folder: Path, todo: Plan) -> tuple[int, Path]:
    """Return how often this run has saved the application now, and a file that is not there yet."""
    # Names of applications are untrusted: only the DBID makes the file's name unique.
    name = re.sub(r"[^A-Za-z0-9_-]", "_", todo.application.name)[:80]
    start = f"{todo.application.dbid}-{name}-{todo.wanted.family}"
    step = 1
    while (file := folder / f"{start}{f'-{step}' if step > 1 else ''}.json").exists():
        step += 1
    return step, file


def _contents(gax_url: str, todo: Plan, keep_secrets: bool) -> dict[str, Any]:
    def value(key: str, text: str | None) -> str | None:
        return text if text is None or keep_secrets else shown(key, text)

    return {
        "format": FORMAT,
        "saved": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "gax_url": gax_url,
        "name": todo.application.name,
        "dbid": todo.application.dbid,
        "type": todo.application.subtype,
        "family": todo.wanted.family,
        "changes": [
            {
                "section": change.section,
                "key": change.key,
                "before": value(change.key, change.before),
                "after": value(change.key, change.after),
            }
            for change in todo.changes
        ],
        "options": {
            section: {key: value(key, text) for key, text in keys.items()}
            for section, keys in todo.application.options(todo.wanted.family).items()
        },
    }


def newest(folder: str) -> Path:
    """Return the folder itself if it holds backup files, otherwise the newest folder below it that does.

    Folders of runs are named by their time, so that the last name is the newest. Raises BadInput when there is none.
    """
    runs = sorted({file.parent for file in Path(folder).rglob("*.json")}, key=lambda run: run.name)
    if not runs:
        raise BadInput(f"backup_dir (chat_channel_backup_dir): there is no backup in {folder}.")
    return Path(folder) if Path(folder) in runs else runs[-1]


def read(folder: Path) -> list[dict[str, Any]]:
    """Return what the files of one backup hold, in the order in which an application was changed.

    Raises BadInput for a file that is no backup.
    """
    entries = []
    for file in sorted(folder.glob("*.json")):
        try:
            contents = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise BadInput(f"{file} cannot be read as a backup: {problem}.") from problem
        if not isinstance(contents, dict) or contents.get("format") != FORMAT:
            raise BadInput(f"{file} is no backup of this collection.")
        entries.append(contents)
    return sorted(entries, key=lambda entry: str(entry.get("step", 1)).zfill(9))


@dataclass(frozen=True)
class Saved:
    """What was changed in one application. ``type`` is empty where only the result of a module is known."""

    name: str
    dbid: str
    type: str
    family: str
    changes: Sequence[Change]

    @property
    def title(self) -> str:
        return f"application '{self.name}' ({self.dbid})"


def saved(entries: Sequence[Mapping[str, Any]]) -> list[Saved]:
    """Return what was changed, one entry for each application and family: the first value before, the last one after.

    ``entries`` are those of a backup or of a module's result, in the order in which they were made. Raises BadInput
    for an entry that is damaged, or holds a masked secret.
    """
    found: dict[tuple[str, str, str], Saved] = {}
    for entry in entries:
        new = _parsed(entry)
        place = (new.name, new.dbid, new.family)
        if place not in found:
            found[place] = new
            continue
        changes = {(change.section, change.key): change for change in found[place].changes}
        for change in new.changes:
            first = changes.get((change.section, change.key), change)
            changes[change.section, change.key] = replace(change, before=first.before)
        found[place] = replace(new, changes=tuple(changes.values()))
    return list(found.values())


def _parsed(entry: Mapping[str, Any]) -> Saved:
    known = {name: str(entry.get(name, "")) for name in ("name", "dbid", "type")}
    result = Saved(**known, family=str(entry.get("family", "options")), changes=())
    what = f"The saved {result.title}"
    if result.family not in FAMILIES:
        raise BadInput(f"{what} is of no family that is known: '{result.family}'.")
    try:
        changes = [Change(c["section"], c["key"], c["before"], c["after"]) for c in entry["changes"]]
    except (KeyError, TypeError) as problem:
        raise BadInput(f"{what} holds no changes with section, key, before and after.") from problem
    for change in changes:
        named = all(isinstance(name, str) and name for name in (change.section, change.key))
        if not named or not all(value is None or isinstance(value, str) for value in (change.before, change.after)):
            raise BadInput(f"{what} holds a change that is damaged: names and values must be text.")
    for change in changes:
        if is_altered(f"{change.before}\n{change.after}"):
            raise BadInput(
                f"{what} holds a masked secret, [{change.section}] {change.key}, that cannot be put back. "
                "Nothing was written; put it back by hand."
            )
    return replace(result, changes=tuple(changes))


def undoing(done: Saved, fresh: Application) -> Plan:
    """Return the plan that takes back what was changed. Raises BadInput when it is about another application."""
    for key, there, found in (
        ("dbid", done.dbid, fresh.dbid),
        ("name", done.name, fresh.name),
        ("type", done.type, fresh.subtype),
    ):
        if there and there != found:
            raise BadInput(
                f"The saved {done.title} does not fit this estate: its {key} is '{there}' there and '{found}' here. "
                "Nothing was written; check that gax_url and the backup belong together."
            )
    as_left = Application(edited(fresh.raw, done.family, done.changes))
    return plan(as_left, undo(Plan(as_left, Wanted({}, done.family), done.changes)))


def check_origin(entries: Sequence[Mapping[str, Any]], addresses: Sequence[str]) -> None:
    """Raise BadInput for a backup that was saved from another GAX than those at these addresses."""
    for entry in entries:
        if entry.get("gax_url") not in addresses:
            raise BadInput(
                f"The saved application '{entry.get('name')}' comes from another GAX, {entry.get('gax_url')}; this is "
                f"{', '.join(addresses)}. Nothing was written. If both serve the same Configuration Server, set "
                "other_gax (chat_channel_restore_other_gax)."
            )


def only_named(entries: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the entries of these applications. Raises BadInput for a name that is not among them."""
    there = sorted({str(entry.get("name")) for entry in entries})
    missing = [name for name in names if name not in there]
    if missing:
        raise BadInput(
            f"names (chat_channel_restore_only): the backup does not hold {', '.join(missing)}; it holds "
            f"{', '.join(there)}."
        )
    return [entry for entry in entries if entry.get("name") in names]
