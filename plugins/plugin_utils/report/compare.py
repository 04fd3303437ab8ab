# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What has changed since an earlier report: errors and warnings that are new, solved, or as before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .data import Cluster, Report, notable, urgency

Key = tuple[str, str, str, str, str]


def compare(earlier: Report, clusters: Sequence[Cluster]) -> dict[str, Any]:
    """Return what is new, solved and as before.

    Only clusters that could be read both times are compared: what cannot be seen is not solved.
    """
    then, now = _by_host(earlier["clusters"]), _by_host(clusters)
    hosts = [host for host in now if host in then and not (now[host]["problem"] or then[host]["problem"])]
    found = _findings(now[host] for host in hosts)
    before = _findings(then[host] for host in hosts)
    return {
        "earlier": earlier["created"],
        "new": _sorted(entry for key, entry in found.items() if key not in before),
        "solved": _sorted(entry for key, entry in before.items() if key not in found),
        "standing": _sorted(entry for key, entry in found.items() if key in before),
        "not_compared": [
            _not_compared(then.get(host), now.get(host)) for host in dict.fromkeys([*now, *then]) if host not in hosts
        ],
    }


GONE = "not in this run"


def gone(comparison: Mapping[str, Any] | None) -> list[str]:
    """Return the names of the clusters that were in the earlier report and are not in this run."""
    entries = comparison["not_compared"] if comparison else ()
    return [entry["name"] for entry in entries if entry["reason"] == GONE]


def _by_host(clusters: Sequence[Cluster]) -> dict[str, Cluster]:
    return {cluster["host"]: cluster for cluster in clusters}


def _sorted(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=urgency)


def _findings(clusters: Iterable[Cluster]) -> dict[Key, dict[str, Any]]:
    return {
        key_of(cluster, finding): {"host": cluster["host"], "name": cluster["name"], **finding}
        for cluster in clusters
        for finding in notable(cluster)
    }


def key_of(cluster: Cluster, finding: Mapping[str, Any]) -> Key:
    """Return what makes a finding the same one in two reports. Values that are expected or found may change."""
    return cluster["host"], cluster["name"], finding["id"], finding["application"], finding["message"]


def _not_compared(then: Cluster | None, now: Cluster | None) -> dict[str, str]:
    there = now or then or {}
    if then is None:
        reason = "not in the earlier report"
    elif now is None:
        reason = GONE
    else:
        reason = "could not be read this time" if now["problem"] else "could not be read last time"
    return {"host": there["host"], "name": there["name"], "reason": reason}
