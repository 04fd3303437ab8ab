# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""JSON files with a checksum: one that was edited or truncated since it was written is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import why, write
from .._text import as_json

Entry = dict[str, Any]


def checksum(content: Mapping[str, Any]) -> str:
    """Return what tells an edited file from one that was written by this collection. It protects against mistakes."""
    rest = {name: value for name, value in content.items() if name != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]


def write_json(file: Path, content: Mapping[str, Any], durable: bool = True) -> None:
    """Write a file with its checksum, at once; in lines, if it is to last. Raises OSError."""
    whole = as_json({**content, "check": checksum(content)}, indent=2 if durable else None)
    write(file, whole + "\n", durable=durable)


def read_json(file: Path, what: str, formats: Collection[str], without_check: Collection[str] = ()) -> Entry:
    """Return a file that was written by ``write_json``. Raises BadInput for every other one.

    ``without_check`` are formats of older versions, whose files have no checksum.
    """
    try:
        content = json.loads(file.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise BadInput(f"{file} cannot be read as a {what}: {why(problem, 'it is damaged')}.") from problem
    if not isinstance(content, dict) or content.get("format") not in (*formats, *without_check):
        raise BadInput(f"{file} is not a {what} of this version of the collection.")
    if content["format"] in formats and content.get("check") != checksum(content):
        raise BadInput(f"{file} was edited or truncated since it was written.")
    return content
