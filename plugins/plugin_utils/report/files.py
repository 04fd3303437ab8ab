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
from ...module_utils._files import write as write_file
from .data import Report
from .junit import junit
from .markdown import markdown
from .page import page

NAME = "chat-channel-audit"


def as_json(report: Report) -> str:
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Report], str]] = {"html": page, "json": as_json, "xml": junit, "md": markdown}


def write(report: Report, folder: str) -> list[str]:
    """Return the files that were written. Raises BadInput when the folder cannot be written to."""
    texts = {kind: make(report) for kind, make in FORMATS.items()}
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for kind, text in texts.items():
            # Lone surrogates in names of applications are no text that a file could hold.
            write_file(Path(folder, f"{NAME}.{kind}"), text.encode("utf-8", "replace").decode(), mode=0o644)
    except OSError as problem:
        raise BadInput(
            f"report_dir (chat_channel_report_dir): cannot write to {folder}: {problem.strerror}."
        ) from problem
    return [str(Path(folder, f"{NAME}.{kind}")) for kind in texts]
