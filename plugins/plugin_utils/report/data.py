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

from ...module_utils._chat.checks.finding import IMPACTS, NO_CHAT, NOTHING_NOW, SEVERITIES, at_least
from ...module_utils._model.names import variable
from ...module_utils._text import visible

FORMAT = "genesys_ops.engage audit 1"
STATUSES = ("unreadable", "error", "warning", "fine")

# What is taken over from a result of chat_channel_info as it is.
PARTS = ("tenant", "endpoint", "queue_key", "queue_key_found", "topology", "queue", "chat_servers", "other_users")

Report = dict[str, Any]
Cluster = dict[str, Any]
Finding = Mapping[str, Any]


def read_clusters(results: Mapping[str, Mapping[str, Any]]) -> list[Cluster]:
    """Return one entry for each inventory host, in the order of the inventory. One without findings was not read.

    What cannot be seen, such as an escape character in a name, is an escape sequence in all texts from here on.
    """
    return [_cluster(host, result) for host, result in seen(results).items()]


def seen(value: Any) -> Any:
    """Return data whose texts hold nothing that a terminal or a browser would obey."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(key)): seen(inner) for key, inner in value.items()}
    return [seen(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _cluster(host: str, result: Mapping[str, Any]) -> Cluster:
    if "findings" not in result:
        # Line ends are escapes by now, and of no interest here.
        words = str(result.get("msg") or "It was not audited; see the output of the run.").replace(r"\n", " ")
        name = str(result.get("cluster") or host)
        return {"host": host, "name": name, "status": "unreadable", "problem": " ".join(words.split())}
    findings, options = sorted(result["findings"], key=urgency), list(result["options"])
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


def urgency(finding: Finding) -> tuple[Any, ...]:
    """Return the key that sorts findings: what it costs now comes first, then severity, rule and application."""
    impact, severity = finding.get("impact", NOTHING_NOW), finding["severity"]
    place = IMPACTS.index(impact) if impact in IMPACTS else len(IMPACTS)
    return place, SEVERITIES.index(severity), finding["id"], finding["application"], finding["message"]


def most_urgent(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Return the clusters for people: what costs most comes first, then by name, as people count."""
    return sorted(clusters, key=lambda cluster: (_need(cluster), _as_people_count(cluster["name"]), cluster["host"]))


def _need(cluster: Cluster) -> tuple[float, int]:
    """Nothing is known of a cluster that was not read: that is second only to a cluster without any chat."""
    if cluster["problem"]:
        return IMPACTS.index(NO_CHAT) + 0.5, 0
    found = notable(cluster)
    return urgency(found[0])[:2] if found else (len(IMPACTS) + 1.0, 0)


def _as_people_count(name: str) -> list[str | int]:
    """``Cluster_9`` comes before ``Cluster_10``."""
    return [int(part) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", name.casefold()))]


def notable(cluster: Cluster) -> list[dict[str, Any]]:
    """Return the errors and warnings of a cluster. What is only good to know needs nobody."""
    return [finding for finding in cluster.get("findings", ()) if finding["severity"] != "info"]


def summary(clusters: Sequence[Cluster]) -> dict[str, int]:
    """Return the numbers of the whole run."""
    statuses = Counter(cluster["status"] for cluster in clusters)
    readable = [cluster for cluster in clusters if not cluster["problem"]]
    return {
        "clusters": len(clusters),
        **{status: statuses[status] for status in STATUSES},
        "chat_servers": sum(len(cluster["chat_servers"]) for cluster in readable),
        "backups": sum(map(backups, readable)),
        "errors": sum(cluster["counts"]["error"] for cluster in readable),
        "warnings": sum(cluster["counts"]["warning"] for cluster in readable),
        "infos": sum(cluster["counts"]["info"] for cluster in readable),
        "differing": sum(cluster["differing"] for cluster in readable),
        "fixed_by_run": sum(finding["fixed_by_run"] for cluster in readable for finding in notable(cluster)),
    }


def backups(cluster: Cluster) -> int:
    """Return how many of the Chat Servers of a cluster are the backup of another."""
    return sum(server["primary"] is not None for server in cluster["chat_servers"])


def servers(chat_servers: int, backups: int) -> str:
    """Return in words how many Chat Servers there are, with their backups apart."""
    words = number(chat_servers - backups, "Chat Server")
    return f"{words} and {number(backups, 'backup')}" if backups else words


def attention(clusters: Sequence[Cluster], written: bool) -> dict[str, str]:
    """Return, for each inventory host that must fail, one sentence that says why, and whether a report has the rest."""
    rest = "see the report" if written else f"{variable('report_dir')} writes a report of all"
    reasons = {}
    for cluster in clusters:
        if cluster["problem"]:
            reasons[cluster["host"]] = f"{cluster['name']} could not be read: {cluster['problem']}"
            continue
        found = [finding for finding in cluster["findings"] if at_least(finding["severity"], cluster["fail_on"])]
        if found:
            first = found[0]
            more = f" And {len(found) - 1} more: {rest}." if len(found) > 1 else ""
            reasons[cluster["host"]] = (
                f"{cluster['name']} needs attention: {counted(cluster)}. {first['id']} {first['application']}: "
                f"{first['message']} {first['hint']}{more}"
            )
    return reasons


def counted(cluster: Cluster) -> str:
    """Return how many errors, warnings and differing options there are, in words."""
    counts = cluster["counts"]
    return (
        f"{number(counts['error'], 'error')}, {number(counts['warning'], 'warning')}, {differing(cluster['differing'])}"
    )


def differing(count: int) -> str:
    """Return ``1 option differs`` or ``2 options differ``."""
    return f"{number(count, 'option')} {'differs' if count == 1 else 'differ'}"


def number(count: int, noun: str) -> str:
    """Return a number with its noun: ``1 error``, ``2 errors``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
