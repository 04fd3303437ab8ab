# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Save what a run is about to change, and read it again to put it back.

A backup is a folder with one JSON file for each application: its options as they were, and the changes planned.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ._changes import Change, Plan, Wanted, edited, plan, undo
from ._errors import BadInput
from ._objects import FAMILIES, Application
from ._secrets import MASK, is_secret, shown

FORMAT = "genesys_ops.engage backup 1"


def save(folder: str, gax_url: str, plans: Sequence[Plan], keep_secrets: bool) -> None:
    """Write one file for each plan that has changes, each at once and readable by its owner only.

    Values of secret options are masked, unless ``keep_secrets``. Raises BadInput when the folder cannot be written.
    """
    try:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        for todo in plans:
            if todo.changes:
                _write(Path(folder), _file_name(todo), _contents(gax_url, todo, keep_secrets))
    except OSError as problem:
        raise BadInput(
            f"backup_dir (chat_channel_backup_dir): cannot write to {folder}: {problem.strerror}."
        ) from problem


def _file_name(todo: Plan) -> str:
    # Names of applications are untrusted: only the DBID makes the file's name unique.
    name = re.sub(r"[^A-Za-z0-9_-]", "_", todo.application.name)[:80]
    return f"{todo.application.dbid}-{name}-{todo.wanted.family}.json"


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


def _write(folder: Path, name: str, contents: dict[str, Any]) -> None:
    target = folder / name
    if target.exists():
        raise FileExistsError(17, f"{name} is there already")
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")  # mkstemp creates it with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(contents, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def newest(folder: str) -> Path:
    """Return the folder itself if it holds backup files, otherwise the newest folder below it that does.

    Folders of runs are named by their time, so that the last name is the newest. Raises BadInput when there is none.
    """
    runs = sorted({file.parent for file in Path(folder).rglob("*.json")}, key=lambda run: run.name)
    if not runs:
        raise BadInput(f"backup_dir (chat_channel_backup_dir): there is no backup in {folder}.")
    return Path(folder) if Path(folder) in runs else runs[-1]


def read(folder: Path) -> list[dict[str, Any]]:
    """Return what the files of one backup hold, by name of the file. Raises BadInput for a file that is no backup."""
    entries = []
    for file in sorted(folder.glob("*.json")):
        try:
            contents = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise BadInput(f"{file} cannot be read as a backup: {problem}.") from problem
        if not isinstance(contents, dict) or contents.get("format") != FORMAT:
            raise BadInput(f"{file} is no backup of this collection.")
        entries.append(contents)
    return entries


def undoing(entry: dict[str, Any], fresh: Application) -> Plan:
    """Return the plan that takes back the changes of one entry: of a backup, or of a module's result.

    Raises BadInput when the entry is not about this application, or holds a masked secret.
    """
    what = f"application '{entry.get('name')}' ({entry.get('dbid')})"
    for key, found in (("dbid", fresh.dbid), ("name", fresh.name), ("type", fresh.subtype)):
        if entry.get(key, found) != found:
            raise BadInput(
                f"The saved {what} does not fit this estate: its {key} is '{entry[key]}' there and '{found}' here. "
                "Nothing was written; check that gax_url and the backup belong together."
            )
    family = entry.get("family", "options")
    if family not in FAMILIES:
        raise BadInput(f"The saved {what} is of no family that is known: '{family}'.")
    try:
        changes = [Change(c["section"], c["key"], c["before"], c["after"]) for c in entry["changes"]]
    except (KeyError, TypeError) as problem:
        raise BadInput(f"The saved {what} holds no changes with section, key, before and after.") from problem
    for change in changes:
        named = all(isinstance(name, str) and name for name in (change.section, change.key))
        if not named or not all(value is None or isinstance(value, str) for value in (change.before, change.after)):
            raise BadInput(f"The saved {what} holds a change that is damaged: names and values must be text.")
    for change in changes:
        if is_secret(change.key) and MASK in f"{change.before}{change.after}":
            raise BadInput(
                f"The saved {what} holds a masked secret, [{change.section}] {change.key}, that cannot be put back. "
                "Nothing was written; put it back by hand."
            )
    as_left = Application(edited(fresh.raw, family, changes))
    return plan(as_left, undo(Plan(as_left, Wanted({}, family), changes)))
