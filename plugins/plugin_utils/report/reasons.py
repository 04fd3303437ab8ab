# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Why clusters need somebody: equal findings of many clusters, or of many applications of one, are reported once."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...module_utils._chat.checks.finding import NOTHING_NOW
from .data import Cluster, Finding, most_urgent, notable, number, urgency

# What differs between findings that are about the same: names in quotes, sections in brackets, numbers.
_PARTICULAR = re.compile(r"'[^']*'|\[[^\]]*\]|\d+")
# What Ansible takes as a name and a shell shows as it is. Anything else could be a pattern.
_PLAIN_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
MOST_HOSTS = 20  # in one command


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong, and every cluster that has it. Without ``id``: why they could not be read."""

    impact: str
    severity: str
    id: str
    message: str
    clusters: tuple[Cluster, ...]
    applications: int = 0
    where: str = ""  # the name of the cluster, where it is one
    fixed: bool = False  # a run of configure or retire takes it away everywhere

    @property
    def cost(self) -> str:
        """What it costs, as the beginning of a sentence: ``No chat can be opened on 8 clusters``."""
        where = self.where or f"{len(self.clusters):,} clusters"
        if not self.id:
            return f"{where} could not be read"
        return f"{cost(self.impact)} on {where}"

    @property
    def words(self) -> str:
        """The reason as a sentence, for a screen: ``No chat can be opened on 8 clusters: queueKey ... (GWE003)``."""
        return f"{self.cost}: {self.message}" + (f" ({self.id}{self.spread})" if self.id else "")

    @property
    def spread(self) -> str:
        """How many applications it is about, where these are more than clusters: ``, 6 applications``."""
        return f", {number(self.applications, 'application')}" if self.applications > len(self.clusters) else ""

    def shown(self) -> dict[str, Any]:
        """Return it as the report's JSON holds it."""
        return {
            "impact": self.impact,
            "severity": self.severity,
            "id": self.id,
            "message": self.message,
            "hosts": [cluster["host"] for cluster in self.clusters],
            "applications": self.applications,
            "fixed_by_run": self.fixed,
        }


def cost(impact: str) -> str:
    """Return an impact as the beginning of a sentence."""
    return "Nothing is lost now" if impact == NOTHING_NOW else impact[:1].upper() + impact[1:]


def cause(finding: Finding) -> str:
    """Return a finding's message to stand after its impact: without a full stop, and without saying it again."""
    return str(finding["message"]).rstrip(".").removesuffix(f": {finding['impact']}")


def reasons(clusters: Sequence[Cluster]) -> list[Reason]:
    """Return what is wrong, what costs most first: errors and warnings only."""
    found: dict[tuple[Any, ...], list[tuple[Cluster, Finding]]] = {}
    titles = titles_of(clusters)
    for cluster in most_urgent(clusters):
        for finding in notable(cluster):
            found.setdefault(_kind(finding), []).append((cluster, finding))
    grouped = [_reason(members, titles) for members in found.values()]
    return sorted([*grouped, *_unread(clusters, titles)], key=_place)


def titles_of(clusters: Sequence[Cluster]) -> dict[str, str]:
    """Return host -> name of its cluster, with the host where clusters of several GAX have one name."""
    times = Counter(cluster["name"] for cluster in clusters)
    return {
        cluster["host"]: f"{cluster['name']} ({cluster['host']})" if times[cluster["name"]] > 1 else cluster["name"]
        for cluster in clusters
    }


def _one(clusters: Sequence[Cluster], titles: Mapping[str, str]) -> str:
    return titles[clusters[0]["host"]] if len(clusters) == 1 else ""


def _kind(finding: Finding) -> tuple[Any, ...]:
    return finding["impact"], finding["severity"], finding["id"], _shape(cause(finding))


def _shape(text: str) -> str:
    return _PARTICULAR.sub("…", text)


def _common(texts: Iterable[str]) -> str:
    """Return the text if all are equal, else what they have in common. ``texts`` have one shape."""
    different = set(texts)
    return different.pop() if len(different) == 1 else _shape(different.pop())


def _reason(members: Sequence[tuple[Cluster, Finding]], titles: Mapping[str, str]) -> Reason:
    first = members[0][1]
    clusters = tuple({cluster["host"]: cluster for cluster, _finding in members}.values())
    return Reason(
        impact=first["impact"],
        severity=first["severity"],
        id=first["id"],
        message=_common(cause(finding) for _cluster, finding in members),
        clusters=clusters,
        applications=len({(cluster["host"], finding["application"]) for cluster, finding in members}),
        where=_one(clusters, titles),
        fixed=all(finding["fixed_by_run"] for _cluster, finding in members),
    )


def _unread(clusters: Sequence[Cluster], titles: Mapping[str, str]) -> list[Reason]:
    found: dict[str, list[Cluster]] = {}
    for cluster in most_urgent([cluster for cluster in clusters if cluster["problem"]]):
        found.setdefault(_shape(cluster["problem"]), []).append(cluster)
    return [
        Reason(
            "",
            "unreadable",
            "",
            _common(cluster["problem"] for cluster in same),
            tuple(same),
            where=_one(same, titles),
        )
        for same in found.values()
    ]


def _place(reason: Reason) -> tuple[Any, ...]:
    """By cost, then severity, then by the number of clusters. Not read comes after no chat at all."""
    if not reason.id:
        return 0.5, 0, -len(reason.clusters), reason.message
    example = {"impact": reason.impact, "severity": reason.severity, "id": "", "application": "", "message": ""}
    return *urgency(example)[:2], -len(reason.clusters), reason.id, reason.message


def rows(findings: Sequence[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Return findings with those that differ from them in nothing but application and value, in their order."""
    same: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        kind = (finding["impact"], *(str(finding[key]) for key in ("severity", "id", "message", "expected", "hint")))
        same.setdefault(kind, []).append(finding)
    return [(members[0], members) for members in same.values()]


def worst(cluster: Cluster) -> str:
    """Return the one reason that a row without room for more names, or an empty text."""
    found = notable(cluster)
    if cluster["problem"] or not found:
        return str(cluster["problem"] or "")
    first = found[0]
    others = sum(_kind(finding) == _kind(first) for finding in found) - 1
    where = f" ({first['application']}{f' and {others} more' if others else ''})"
    return f"{cost(first['impact'])}: {cause(first)}{where if first['application'] != cluster['name'] else ''}"


def command(clusters: Sequence[Cluster], run: Mapping[str, Any]) -> str:
    """Return the command that fixes what a run can fix, or an empty text where that is nothing.

    ``run`` has ``inventory``, the sources as they were given, ``limit``, and other ``arguments`` if any. Where the
    names of the hosts are too many, or no plain words, it is for all hosts of this audit: a cluster that is as
    requested is left as it is.
    """
    hosts = [cluster["host"] for cluster in clusters if any(item["fixed_by_run"] for item in notable(cluster))]
    if not hosts:
        return ""
    words = ["ansible-playbook", "genesys_ops.engage.configure"]
    words += [word for source in run["inventory"] for word in ("-i", str(source))]
    few = len(hosts) < len(clusters) and len(hosts) <= MOST_HOSTS and all(map(_PLAIN_HOST.fullmatch, hosts))
    limit = ",".join(hosts) if few else run["limit"]
    return shlex.join([*words, *(["--limit", str(limit)] if limit else []), *run.get("arguments", ())])


def fixed_words(fixed: int, every: int) -> str:
    """Say how many errors and warnings a run fixes: ``3 of 4 findings can be fixed with``."""
    return f"{fixed:,} of {number(every, 'finding')} can be fixed with"
