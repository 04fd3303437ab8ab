# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as Markdown: a summary for a merge request or a job's page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .compare import gone
from .data import Cluster, Report, counted, differing, most_urgent, number, servers, urgency
from .reasons import Reason, command, cost, fixed_words, reasons, rows

# A comment ends at 65,536 characters on GitHub, at 32,768 on Bitbucket. Each part gets its share.
ROOM = {"reasons": 5_000, "clusters": 7_000, "changes": 6_000, "findings": 12_000}
MOST_LETTERS = 120  # of one text in a table; it is shortened in the middle
ICONS = {"unreadable": "❔", "error": "❌", "warning": "⚠️", "fine": "✅", "info": "ℹ️"}
WORDS = {"unreadable": "not readable", "error": "errors", "warning": "warnings", "fine": "fine"}
# What could begin markup, a link or a table cell; an underscore within a word could not.
_SPECIAL = re.compile(r"([\\`*\[\]|~<>&$#]|(?<!\w)_|_(?!\w)|:(?=//))")
_COLUMNS = ("Rule", "Impact", "Cluster", "Application", "What is wrong", "What to do")


def markdown(report: Report) -> str:
    """Return the text: reasons first, then clusters and findings, what costs most first, as far as there is room."""
    numbers, clusters = report["summary"], most_urgent(report["clusters"])
    parts = [
        "# Chat channel audit",
        f"{number(numbers['clusters'], 'cluster')}, {servers(numbers['chat_servers'], numbers['backups'])}: "
        f"**{number(numbers['errors'], 'error')}**, **{number(numbers['warnings'], 'warning')}**, "
        f"{differing(numbers['differing'])} from the inventory.",
        _reasons(reasons(clusters)),
        _fix(report),
        _comparison(report),
        *(f"> {escaped(notice, 1000)}" for notice in report["notices"]),
        _clusters(clusters),
        _table("## Findings", _COLUMNS, list(_findings(clusters)), "finding", ROOM["findings"]),
        f"Created {report['created']}. Rules and all findings: see the HTML page beside this file.",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _reasons(found: Sequence[Reason]) -> str:
    lines = [f"- {ICONS[item.severity]} **{escaped(item.cost)}**: {_cause(item)}" for item in found]
    shown = _fitting(lines, ROOM["reasons"])
    left = len(lines) - len(shown)
    return "\n".join([*shown, *([f"- And {number(left, 'reason')} more; see the HTML page."] if left else [])])


def _cause(reason: Reason) -> str:
    return escaped(reason.message, 300) + (f" ({reason.id}{reason.spread})" if reason.id else "")


def _fix(report: Report) -> str:
    fix, numbers = command(report["clusters"], report["run"]), report["summary"]
    if not fix:
        return ""
    words = fixed_words(numbers["fixed_by_run"], numbers["errors"] + numbers["warnings"])
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", fix)), default=0))
    return f"{words} `configure`:\n\n{fence}\n{fix}\n{fence}" if len(fix) < 2000 else f"{words} `configure`."


def _comparison(report: Report) -> str:
    comparison = report["comparison"]
    if not comparison:
        return ""
    new, solved, standing = (len(comparison[word]) for word in ("new", "solved", "standing"))
    text = f"## Since {escaped(comparison['earlier'])}\n\n{new} new, {solved} solved, {standing} as before."
    if comparison["not_compared"]:
        text += f" {number(len(comparison['not_compared']), 'cluster')} not compared."
    missing = gone(comparison)
    if missing:
        named = ", ".join(map(escaped, missing[:10])) + (" …" if len(missing) > 10 else "")
        text += f" Not in this run: {named}."
    changed = [
        (f"**{word}**", *_columns(entry["name"], entry, [entry]))
        for word in ("new", "solved")
        for entry in comparison[word]
    ]
    return _table(text, ("", *_COLUMNS), changed, "finding", ROOM["changes"]) or text


def _clusters(clusters: Sequence[Cluster]) -> str:
    sick = [cluster for cluster in clusters if cluster["status"] != "fine"]
    lines = [
        (
            f"{ICONS[cluster['status']]} {WORDS[cluster['status']]}",
            escaped(cluster["name"]),
            escaped(cluster["host"]),
            escaped(cluster["problem"] or counted(cluster), 300),
        )
        for cluster in sick
    ]
    table = _table("## Clusters", ("", "Cluster", "Inventory host", "Result"), lines, "cluster", ROOM["clusters"])
    fine = f"{ICONS['fine']} {number(len(clusters) - len(sick), 'cluster')} fine." if len(clusters) > len(sick) else ""
    return "\n\n".join(filter(None, [table, fine]))


def _findings(clusters: Sequence[Cluster]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each finding of any severity, by its cost; equal ones of a cluster are one row."""
    found = [(cluster["name"], *row) for cluster in clusters for row in rows(cluster.get("findings", ()))]
    for name, first, same in sorted(found, key=lambda row: urgency(row[1])[:2]):
        yield _columns(name, first, same)


def _columns(cluster: str, finding: Mapping[str, Any], same: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    names = [escaped(item["application"], 60) for item in same]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    rest = (escaped(text, 300) for text in (finding["message"], finding["hint"]))
    return f"{ICONS[finding['severity']]} {finding['id']}", cost(finding["impact"]), escaped(cluster), shown, *rest


def _table(head: str, columns: Sequence[str], lines: Sequence[Sequence[str]], noun: str, room: int) -> str:
    """Return a headline and a table, with as many rows as there is room for; nothing without rows."""
    if not lines:
        return ""
    made = [f"| {' | '.join(line)} |" for line in [columns, ["---"] * len(columns), *lines]]
    shown = _fitting(made, room)
    left = len(made) - len(shown)
    more = [f"And {number(left, noun)} more; see the HTML page."] if left else []
    return "\n\n".join([head, "\n".join(shown), *more])


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Return as many of the first lines as fit into so many characters."""
    shown: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
    return shown


def escaped(text: str, most: int = MOST_LETTERS) -> str:
    """Return untrusted text that Markdown shows as it is, on one line, shortened in the middle if it is too long."""
    one_line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(one_line) > most:
        one_line = f"{one_line[: most // 2]}…{one_line[-(most - most // 2 - 1) :]}"
    # Nobody is to be notified because an application is named like a person.
    return _SPECIAL.sub(r"\\\1", one_line).replace("@", "@\u200b")
