# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What is said at the end of an audit: short enough for a screen, whatever the number of clusters."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...module_utils._model.names import variable
from .compare import gone
from .data import Cluster, Report, counted, differing, most_urgent, number, servers
from .reasons import Reason, command, fixed_words, titles_of

MOST_REASONS, MOST_CLUSTERS, MOST_CHANGES = 8, 12, 5


def lines(report: Report, why: Sequence[Reason], files: Sequence[str]) -> list[str]:
    """Return the summary: numbers, reasons, clusters, what a run fixes, what has changed, where the report is."""
    numbers = report["summary"]
    shown = [
        f"{number(numbers['clusters'], 'cluster')} with {servers(numbers['chat_servers'], numbers['backups'])}: "
        f"{numbers['fine']} fine, {numbers['warning']} with warnings, {numbers['error']} with errors, "
        f"{numbers['unreadable']} could not be read.",
        f"{number(numbers['errors'], 'error')}, {number(numbers['warnings'], 'warning')}, "
        f"{differing(numbers['differing'])} from the inventory.",
        *_some([reason.words for reason in why], MOST_REASONS, "reason"),
    ]
    titles = titles_of(report["clusters"])
    sick = [cluster for cluster in most_urgent(report["clusters"]) if cluster["status"] != "fine"]
    said = {reason.message for reason in why[:MOST_REASONS]}
    shown += _some(
        [f"{titles[cluster['host']]}: {_state(cluster, said)}" for cluster in sick],
        MOST_CLUSTERS,
        "cluster",
        " that are not fine",
    )
    fix = command(report["clusters"], report["run"])
    if fix:
        shown.append(f"{fixed_words(numbers['fixed_by_run'], numbers['errors'] + numbers['warnings'])}: {fix}")
    place = f"Report: {files[0]}" if files else f"No report was written: {variable('report_dir')} is not set."
    return [*shown, *_changes(report), *report["notices"], place]


def _state(cluster: Cluster, said: Collection[str]) -> str:
    """Return how a cluster is, without the reason that a line above has ``said`` already."""
    if not cluster["problem"]:
        return counted(cluster)
    return "could not be read" if cluster["problem"] in said else str(cluster["problem"])


def _changes(report: Report) -> list[str]:
    change = report["comparison"]
    if not change:
        return []
    new, solved, standing = (len(change[word]) for word in ("new", "solved", "standing"))
    shown = [f"Since {change['earlier']}: {new} new, {solved} solved, {standing} as before."]
    titles = titles_of(report["clusters"])
    fresh = [
        f"New: {titles[item['host']]}: {item['id']} {item['application']}: {item['message']}" for item in change["new"]
    ]
    shown += _some(fresh, MOST_CHANGES, "new finding")
    missing = [] if report["run"]["limit"] else gone(change)  # of a limited run, the others are expected to be missing
    if missing:
        named = ", ".join(missing[:MOST_CLUSTERS]) + (" ..." if len(missing) > MOST_CLUSTERS else "")
        shown.append(f"No longer in the inventory: {named}.")
    return shown


def _some(texts: Sequence[str], most: int, noun: str, which: str = "") -> list[str]:
    """Return the first texts, and how many there are besides."""
    left = len(texts) - most
    return [*texts[:most], *([f"And {left} more {noun}{'' if left == 1 else 's'}{which}."] if left > 0 else [])]
