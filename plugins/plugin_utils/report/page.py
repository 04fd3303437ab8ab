# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as one HTML page that needs nothing else: no server, no other file, no script to be read."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ...module_utils._chat.checks.all import RULES
from .compare import gone, key_of
from .data import STATUSES, Report, backups, differing, most_urgent, number, servers
from .picture import draw
from .reasons import command, cost, fixed_words, reasons, rows, worst

HERE = Path(__file__).resolve().parent
DOCS = "https://github.com/genesys-ops/engage/blob/main/docs/findings.md"
OPEN_UP_TO, OPEN_NEW_UP_TO = 3, 10  # so many clusters are open at first; so many with something new
MOST_REASONS = 12  # that are seen at once
TAIL = 11  # letters at the end of a name that always stay: it is shortened before them

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
    helpers = (anchor, backups, cost, differing, draw, halves, number, option_rows, rows, servers, with_code, worst)
    environment.globals.update({helper.__name__: helper for helper in helpers})
    clusters, numbers = most_urgent(report["clusters"]), report["summary"]
    new = {key_of(entry, entry) for entry in (report["comparison"] or {"new": ()})["new"]}
    fresh = {key[0] for key in new}
    return environment.get_template("page.html.j2").render(
        report=report,
        run=report["run"],
        numbers=numbers,
        clusters=clusters,
        reasons=reasons(clusters),
        most_reasons=MOST_REASONS,
        created=when(report["created"]),
        comparison=report["comparison"],
        earlier=when(report["comparison"]["earlier"]) if report["comparison"] else "",
        gone=[] if report["run"]["limit"] else gone(report["comparison"]),
        command=command(report["clusters"], report["run"]),
        fixed=fixed_words(numbers["fixed_by_run"], numbers["errors"] + numbers["warnings"]),
        is_open=lambda cluster: (
            len(clusters) <= OPEN_UP_TO or (cluster["host"] in fresh and len(fresh) <= OPEN_NEW_UP_TO)
        ),
        any_new=lambda cluster, findings: any(key_of(cluster, finding) in new for finding in findings),
        trend=trend(report["trend"]),
        bar=_bar(numbers),
        rules=[(rule, f"{DOCS}#{_heading(f'{rule.id}: {rule.title}')}") for rule in RULES.values()],
        statuses=STATUSES,
        words=WORDS,
        one=ONE,
        policy=policy,
        style=Markup(style),
        script=Markup(script),
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def anchor(host: str) -> str:
    """Return where a cluster is on the page: the same on the page of the next night."""
    return f"c{hashlib.sha256(host.encode()).hexdigest()[:10]}"


def halves(name: str) -> tuple[str, str]:
    """Return a name as what may be left out and what must be seen, so that ``Chat_Prod_01`` and ``_02`` differ."""
    place = max(0, len(name) - TAIL)
    while 0 < place < len(name) and unicodedata.combining(name[place]):
        place -= 1
    return name[:place], name[place:]


def with_code(text: str) -> Markup:
    """Return a text with what stands between backticks as code, all of it escaped."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def option_rows(options: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], list[str]]]:
    """Return each option with the applications where it is the same, in their order."""
    same: dict[tuple[Any, ...], tuple[Mapping[str, Any], list[str]]] = {}
    for option in options:
        kind = tuple(option[key] for key in ("section", "key", "wanted", "found", "differs"))
        same.setdefault(kind, (option, []))[1].append(option["application"])
    return list(same.values())


def when(created: str) -> str:
    """Return a time for people; what an earlier report says may be anything."""
    try:
        moment = datetime.fromisoformat(created.replace("Z", "+00:00"))
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def trend(points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a bar for each of the last reports: heights in percent of the highest, and what it stands for."""
    most = max((point["errors"] + point["warnings"] for point in points), default=0) or 1
    return [
        {
            "error": round(100 * point["errors"] / most, 1),
            "warning": round(100 * point["warnings"] / most, 1),
            "words": f"{when(point['created'])}: {number(point['errors'], 'error')}, "
            f"{number(point['warnings'], 'warning')}",
        }
        for point in points
    ]


def _bar(numbers: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """Return status, start and width in percent, of the parts of the bar that is not empty."""
    parts, start = [], 0.0
    for status in STATUSES:
        width = 100 * numbers[status] / max(1, numbers["clusters"])
        if width:
            parts.append((status, round(start, 2), round(width, 2)))
        start += width
    return parts


def _heading(words: str) -> str:
    """Return the anchor that GitHub gives a heading, here that of a rule in ``docs/findings.md``."""
    return re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")
