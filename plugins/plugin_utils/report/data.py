# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as plain data: from what ``chat_channel_info`` returned for each inventory host to one dictionary.

Its shape is published in ``docs/audit-report.schema.json``. Knows nothing of Ansible and nothing of formats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ...module_utils._chat.checks.finding import SEVERITIES, at_least

FORMAT = "genesys_ops.engage audit 1"
STATUSES = ("unreadable", "error", "warning", "fine")  # the worst first

# What is taken over from a result of chat_channel_info as it is.
PARTS = ("tenant", "endpoint", "queue_key", "queue_key_found", "topology", "queue", "chat_servers", "other_users")

Report = dict[str, Any]
Cluster = dict[str, Any]


def build(results: Mapping[str, Mapping[str, Any]], created: str, comparison: Mapping[str, Any] | None) -> Report:
    """Return the report. ``results`` maps inventory hosts to results; one without findings could not be read."""
    clusters = read_clusters(results)
    return {
        "format": FORMAT,
        "created": created,
        "summary": summary(clusters),
        "clusters": clusters,
        "comparison": comparison,
    }


def read_clusters(results: Mapping[str, Mapping[str, Any]]) -> list[Cluster]:
    """Return one entry for each inventory host, in the order of the inventory."""
    return [_cluster(host, result) for host, result in results.items()]


def _cluster(host: str, result: Mapping[str, Any]) -> Cluster:
    if "findings" not in result:
        problem = " ".join(str(result.get("msg") or "It was not looked at: see the output of the run.").split())
        name = str(result.get("cluster") or host)
        return {"host": host, "name": name, "status": "unreadable", "problem": problem}
    findings, options = list(result["findings"]), list(result["options"])
    counts = Counter(finding["severity"] for finding in findings)
    return {
        "host": host,
        "name": result["cluster"]["name"],
        "status": next((severity for severity in ("error", "warning") if counts[severity]), "fine"),
        "problem": None,
        "enabled": result["cluster"]["enabled"],
        "fail_on": result["fail_on"],
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "differing": sum(option["differs"] for option in options),
        **{part: result[part] for part in PARTS},
        "options": options,
        "findings": findings,
    }


def summary(clusters: Sequence[Cluster]) -> dict[str, int]:
    """Return the numbers of the whole run."""
    statuses = Counter(cluster["status"] for cluster in clusters)
    readable = [cluster for cluster in clusters if not cluster["problem"]]
    return {
        "clusters": len(clusters),
        **{status: statuses[status] for status in STATUSES},
        "chat_servers": sum(len(cluster["chat_servers"]) for cluster in readable),
        "errors": sum(cluster["counts"]["error"] for cluster in readable),
        "warnings": sum(cluster["counts"]["warning"] for cluster in readable),
        "infos": sum(cluster["counts"]["info"] for cluster in readable),
        "differing": sum(cluster["differing"] for cluster in readable),
    }


def attention(clusters: Sequence[Cluster]) -> dict[str, str]:
    """Return, for each inventory host that must fail, one sentence that says why."""
    told = {}
    for cluster in clusters:
        if cluster["problem"]:
            told[cluster["host"]] = f"{cluster['name']} could not be read: {cluster['problem']}"
            continue
        found = [finding for finding in cluster["findings"] if at_least(finding["severity"], cluster["fail_on"])]
        if found:
            first = found[0]
            more = f" And {len(found) - 1} more: see the report." if len(found) > 1 else ""
            told[cluster["host"]] = (
                f"{cluster['name']} needs attention: {counted(cluster)}. {first['id']} {first['application']}: "
                f"{first['message']} {first['hint']}{more}"
            )
    return told


def counted(cluster: Cluster) -> str:
    """Return how many errors, warnings and differing options there are, in words."""
    counts = cluster["counts"]
    return (
        f"{number(counts['error'], 'error')}, {number(counts['warning'], 'warning')}, "
        f"{number(cluster['differing'], 'option')} {'differs' if cluster['differing'] == 1 else 'differ'}"
    )


def number(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 error``, ``2 errors``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def worst_first(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return the clusters for people: what needs attention first, then by name, as people count."""

    def order(cluster: Cluster) -> tuple[int, list[str | int], str]:
        # Cluster_9 comes before Cluster_10.
        parts = re.split("([0-9]+)", cluster["name"].casefold())
        name = [int(part) if place % 2 else part for place, part in enumerate(parts)]
        return STATUSES.index(cluster["status"]), name, cluster["host"]

    return sorted(clusters, key=order)


def lines(report: Report, files: Sequence[str]) -> list[str]:
    """Return what is said at the end of a run: short enough for a screen, whatever the number of clusters."""
    numbers, clusters = report["summary"], worst_first(report["clusters"])
    told = [
        f"{number(numbers['clusters'], 'cluster')} with {number(numbers['chat_servers'], 'Chat Server')}: "
        f"{numbers['fine']} fine, {numbers['warning']} with warnings, {numbers['error']} with errors, "
        f"{numbers['unreadable']} could not be read.",
        f"{number(numbers['errors'], 'error')}, {number(numbers['warnings'], 'warning')}, "
        f"{number(numbers['differing'], 'option')} {'differs' if numbers['differing'] == 1 else 'differ'} "
        "from the inventory.",
    ]
    sick = [cluster for cluster in clusters if cluster["status"] != "fine"]
    told += [f"{cluster['name']}: {cluster['problem'] or counted(cluster)}" for cluster in sick[:MOST]]
    if len(sick) > MOST:
        told.append(f"And {len(sick) - MOST} more clusters that are not fine.")
    if report["comparison"]:
        change = report["comparison"]
        told.append(
            f"Since {change['earlier']}: {len(change['new'])} new, {len(change['solved'])} solved, "
            f"{len(change['standing'])} as before."
        )
    return [*told, f"Report: {files[0]}" if files else "No report was written: chat_channel_report_dir is not set."]


MOST = 20  # clusters by name on the screen
