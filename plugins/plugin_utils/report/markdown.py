# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as Markdown: a summary for a merge request or a job's page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .data import Report, counted, number, worst_first

MOST_CLUSTERS, MOST_FINDINGS = 50, 100  # a comment on GitHub ends at 65,536 characters
ICONS = {"unreadable": "❔", "error": "❌", "warning": "⚠️", "fine": "✅", "info": "ℹ️"}
WORDS = {"unreadable": "not readable", "error": "errors", "warning": "warnings", "fine": "fine"}
# What could begin markup, a link or a table cell; an underscore within a word could not.
_SPECIAL = re.compile(r"([\\`*\[\]|~<>&$#]|(?<!\w)_|_(?!\w)|:(?=//))")


def markdown(report: Report) -> str:
    """Return the text. It names the clusters that are not fine first, and stays short in estates of any size."""
    numbers = report["summary"]
    clusters = worst_first(report["clusters"])
    parts = [
        "# Chat channel audit",
        f"{number(numbers['clusters'], 'cluster')}, {number(numbers['chat_servers'], 'Chat Server')}: "
        f"**{number(numbers['errors'], 'error')}**, **{number(numbers['warnings'], 'warning')}**, "
        f"{number(numbers['differing'], 'option')} {'differs' if numbers['differing'] == 1 else 'differ'} "
        "from the inventory.",
        _table(
            ("", "Cluster", "Inventory host", "Result"),
            [
                (
                    f"{ICONS[cluster['status']]} {WORDS[cluster['status']]}",
                    escaped(cluster["name"]),
                    escaped(cluster["host"]),
                    escaped(cluster["problem"] or counted(cluster)),
                )
                for cluster in clusters[:MOST_CLUSTERS]
            ],
        ),
        _more(len(clusters) - MOST_CLUSTERS, "cluster"),
        _comparison(report["comparison"]),
        *_findings(clusters),
        f"Created {report['created']}. Rules and all findings: see the HTML page beside this file.",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _comparison(comparison: Mapping[str, Any] | None) -> str:
    if not comparison:
        return ""
    new, solved, standing = (len(comparison[word]) for word in ("new", "solved", "standing"))
    head = f"## Since {escaped(comparison['earlier'])}\n\n{new} new, {solved} solved, {standing} as before."
    if comparison["not_compared"]:
        head += f" {number(len(comparison['not_compared']), 'cluster')} not compared."
    rows = [(word, entry) for word in ("new", "solved") for entry in comparison[word]]
    if not rows:
        return head
    table = _table(
        ("", *_COLUMNS), [(f"**{word}**", *_columns(entry["name"], entry)) for word, entry in rows[:MOST_FINDINGS]]
    )
    return "\n\n".join(filter(None, [head, table, _more(len(rows) - MOST_FINDINGS, "finding")]))


def _findings(clusters: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [
        _columns(cluster["name"], finding)
        for severity in ("error", "warning")
        for cluster in clusters
        for finding in cluster.get("findings", ())
        if finding["severity"] == severity
    ]
    if not rows:
        return []
    return ["## Findings", _table(_COLUMNS, rows[:MOST_FINDINGS]), _more(len(rows) - MOST_FINDINGS, "finding")]


_COLUMNS = ("Rule", "Cluster", "Application", "What is wrong", "What to do")


def _columns(cluster: str, finding: Mapping[str, Any]) -> tuple[str, ...]:
    icon = f"{ICONS[finding['severity']]} {finding['id']}"
    return icon, *(escaped(text) for text in (cluster, finding["application"], finding["message"], finding["hint"]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _more(count: int, noun: str) -> str:
    return f"And {number(count, noun)} more: see the HTML page." if count > 0 else ""


def escaped(text: str) -> str:
    """Return untrusted text that Markdown shows as it is, on one line."""
    one_line = "".join(char if char.isprintable() else " " for char in text)
    # Nobody is to be notified because an application is named like a person.
    return _SPECIAL.sub(r"\\\1", " ".join(one_line.split())).replace("@", "@\u200b")
