# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Write the audit report in all its formats, each file at once: nobody ever reads half a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ...module_utils._errors import BadInput
from ...module_utils._files import why
from ...module_utils._files import write as write_file
from .data import Report
from .history import NAME, claim, dated
from .junit import junit
from .markdown import markdown
from .page import page


def as_json(report: Report) -> str:
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Report], str]] = {"html": page, "json": as_json, "xml": junit, "md": markdown}


def write(report: Report, folder: str, keep: int = 0) -> list[str]:
    """Return the files that were written, and keep so many reports as data, with their dates.

    Raises BadInput when the folder cannot be written to.
    """
    home = Path(folder)
    texts = {home / f"{NAME}.{kind}": make(report) for kind, make in FORMATS.items()}
    try:
        home.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            write_file(path, text, mode=0o644)
        if keep:
            _keep(texts[home / f"{NAME}.json"], home, report["created"], keep)
    except OSError as problem:
        raise BadInput(f"report_dir (chat_channel_report_dir): cannot write to {folder}: {why(problem)}.") from problem
    return [str(path) for path in texts]


def _keep(text: str, home: Path, created: str, number: int) -> None:
    """Keep a report beside earlier ones, and so many in all. Raises OSError."""
    path = claim(home, created)
    try:
        write_file(path, text, mode=0o644)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    for old in dated(home)[:-number]:
        old.unlink(missing_ok=True)
