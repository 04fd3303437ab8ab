# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as one HTML page that needs nothing else: no server, no other file, no script to be read."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...module_utils._chat.checks.all import RULES
from ...module_utils._chat.checks.finding import SEVERITIES
from .compare import key_of
from .data import STATUSES, Cluster, Report, counted, number, worst_first
from .picture import draw

HERE = Path(__file__).resolve().parent
OPEN_UP_TO = 3  # so many clusters are open at first

WORDS = {"unreadable": "Could not be read", "error": "Errors", "warning": "Warnings", "fine": "Fine", "info": "Info"}
ONE = {"error": "Error", "warning": "Warning", "info": "Info"}


def page(report: Report) -> str:
    """Return the page. Everything that comes from the estate is escaped; only our own style and script are not."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    # Names of applications are untrusted text: autoescape is on for everything.
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    clusters = worst_first(report["clusters"])
    new = _new(report)
    return environment.get_template("page.html.j2").render(
        report=report,
        numbers=report["summary"],
        clusters=clusters,
        created=_when(report["created"]),
        comparison=report["comparison"],
        earlier=_when(report["comparison"]["earlier"]) if report["comparison"] else "",
        is_open=lambda cluster: len(clusters) <= OPEN_UP_TO,
        is_new=lambda cluster, finding: key_of(cluster, finding) in new,
        by_severity=_by_severity,
        draw=draw,
        counted=counted,
        number=number,
        bar=_bar(report["summary"]),
        rules=RULES,
        statuses=STATUSES,
        words=WORDS,
        one=ONE,
        policy=policy,
        style=Markup(style),
        script=Markup(script),
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _when(created: str) -> str:
    """Return a time for people; what an earlier report says may be anything."""
    try:
        moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _new(report: Report) -> set[Any]:
    return {key_of(entry, entry) for entry in (report["comparison"] or {"new": ()})["new"]}


def _by_severity(cluster: Cluster) -> list[dict[str, Any]]:
    return sorted(cluster["findings"], key=lambda finding: SEVERITIES.index(finding["severity"]))


def _bar(numbers: dict[str, int]) -> list[tuple[str, float, float]]:
    """Return status, start and width in percent, of the parts of the bar that is not empty."""
    parts, start = [], 0.0
    for status in STATUSES:
        width = 100 * numbers[status] / max(1, numbers["clusters"])
        if width:
            parts.append((status, round(start, 2), round(width, 2)))
        start += width
    return parts
