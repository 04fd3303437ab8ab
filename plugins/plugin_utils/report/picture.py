# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What is in the picture of a chat channel: boxes within frames. Where they stand is left to the style of the page.

From top to bottom: the Web Engagement Cluster with its nodes, a frame for each Application Cluster with its Chat
Servers and the Application Clusters in it, then queue, strategy and Universal Contact Server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .data import Cluster, number

COMPACT_FROM, MOST_SERVERS = 25, 250  # Chat Servers of a frame
_RANK = ("error", "warning", "fine", "plain")
_STATES = {"error": "with errors", "warning": "with warnings", "fine": "fine"}


@dataclass(frozen=True)
class Box:
    """One box. ``notes`` are short lines below its name, ``full`` is everything, as a tooltip."""

    kind: str
    status: str
    name: str
    caption: str = ""
    notes: tuple[str, ...] = ()
    full: str = ""
    enabled: bool = True


@dataclass
class Frame:
    """An Application Cluster, or what is connected directly: Chat Servers, each with its backup, and more frames."""

    head: Box
    pairs: list[list[Box]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    compact: bool = False
    rest: str = ""  # how many more Chat Servers there are than are shown


@dataclass(frozen=True)
class Picture:
    """Everything that is shown of one cluster, from top to bottom."""

    top: list[Box]
    frames: list[Frame]
    bottom: list[Box]


def draw(cluster: Cluster) -> Picture:
    """Return the picture of one cluster that could be read."""
    drawing = _Drawing(cluster)
    return Picture(drawing.top(), drawing.frames(), drawing.bottom())


class _Drawing:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        # A Chat Server is drawn whatever its group: one that is no Application Cluster counts as direct.
        self.members: dict[str, list[dict[str, Any]]] = {}
        groups = {group["name"] for group in cluster["topology"]["application_clusters"]}
        for server in cluster["chat_servers"]:
            group = server["group"] if server["group"] in groups else cluster["name"]
            self.members.setdefault(group, []).append(server)
        self.problems: dict[str, Counter[str]] = {}
        for finding in cluster["findings"]:
            self.problems.setdefault(finding["application"], Counter())[finding["severity"]] += 1

    def status(self, name: str) -> str:
        return _worst(self.problems.get(name, ()), "fine")

    def rule(self, rule: str, otherwise: str) -> str:
        """What is wrong with the queue is said of the cluster application: the rule tells it from the rest."""
        return _worst([item["severity"] for item in self.cluster["findings"] if item["id"] == rule], otherwise)

    def words(self, name: str) -> str:
        found = self.problems.get(name, Counter())
        return ", ".join(number(found[word], word) for word in ("error", "warning") if found[word])

    def top(self) -> list[Box]:
        cluster, topology = self.cluster, self.cluster["topology"]
        name, found = cluster["name"], cluster["queue_key_found"]
        notes = _filled(f"queueKey {found}" if found else "queueKey is not set", self.words(name))
        main = Box("main", self.status(name), name, "Web Engagement Cluster", notes, enabled=cluster["enabled"])
        nodes, off = topology["nodes"], topology["disabled_nodes"]
        if not nodes:
            return [main]
        status = "warning" if off else min(map(self.status, nodes), key=_RANK.index)
        count, named = number(len(nodes), "node"), ", ".join(nodes)
        note = f"disabled: {', '.join(off)}" if off else named
        return [main, Box("node", status, count, "Connected to it", (note,), f"Nodes: {named}")]

    def frames(self) -> list[Frame]:
        """Return direct Chat Servers first, then each Application Cluster, those that lie in another one within it."""
        name, made = self.cluster["name"], []
        if name in self.members:
            # What is wrong with the cluster itself is in its box.
            made.append(self.frame(Box("frame", "plain", "", "Connected directly"), self.members[name]))
        places: dict[str, Frame] = {}
        # By depth, so that the holder is there before what it holds, whatever the names are.
        for group in sorted(self.cluster["topology"]["application_clusters"], key=lambda group: int(group["depth"])):
            inner, on = group["name"], group["enabled"]
            words = _filled("" if on else "disabled", self.words(inner))
            head = Box("frame", self.status(inner), inner, "Application Cluster", words, enabled=on)
            places[inner] = self.frame(head, self.members.get(inner, []))
            holder = places.get(group["within"])
            (holder.frames if holder else made).append(places[inner])
        return made

    def frame(self, head: Box, members: Sequence[dict[str, Any]]) -> Frame:
        notes = (number(len(members), "Chat Server"), *head.notes)
        frame = Frame(Box(head.kind, head.status, head.name, head.caption, notes, head.name, head.enabled))
        frame.compact = len(members) >= COMPACT_FROM
        pairs = _pairs(members)
        if len(members) > MOST_SERVERS:  # what is wrong comes first then
            pairs.sort(key=lambda pair: min(_RANK.index(self.status(server["name"])) for server in pair))
        shown = 0
        for place, pair in enumerate(pairs):
            shown += len(pair)
            if shown > MOST_SERVERS:
                rest = Counter(self.status(server["name"]) for left in pairs[place:] for server in left)
                words = ", ".join(f"{count:,} {_STATES[status]}" for status, count in sorted(rest.items()))
                frame.rest = f"And {sum(rest.values()):,} more: {words}."
                break
            frame.pairs.append([self.server(server, frame.compact) for server in pair])
        return frame

    def server(self, server: dict[str, Any], compact: bool) -> Box:
        name, endpoint = server["name"], self.cluster["endpoint"]
        leads = f"{endpoint} → {server['queue']}" if server["queue"] is not None else f"{endpoint} is missing"
        words = ", ".join(_filled("" if server["enabled"] else "disabled", self.words(name)))
        role = f"Backup of {server['primary']}" if server["primary"] else "Chat Server"
        contacts = f"Universal Contact Server: {', '.join(server['contact_servers']) or 'none'}"
        shared = f"shared with {', '.join(server['shared_with'])}" if server["shared_with"] else ""
        return Box(
            "backup" if server["primary"] else "server",
            self.status(name),
            name,
            "",
            () if compact else _filled(leads, words),
            " · ".join(_filled(role, name, leads, words, contacts, shared)),
            server["enabled"],
        )

    def bottom(self) -> list[Box]:
        cluster, queue = self.cluster, self.cluster["queue"]
        state = "enabled" if queue["enabled"] else "disabled" if queue["exists"] else "does not exist in the tenant"
        bad = "fine" if queue["exists"] and queue["enabled"] else "error"
        status = min(bad, self.rule("GWE006", "fine"), key=_RANK.index)
        strategies = queue["strategies"]
        problems = [item["problem"] for item in strategies if item["problem"]]
        named = ", ".join(item["name"].removeprefix("script:") for item in strategies) or "not visible"
        note = problems[0] if problems else "" if strategies else "URS may route the queue"
        contacts = list(dict.fromkeys(one for server in cluster["chat_servers"] for one in server["contact_servers"]))
        without = sum(not server["contact_servers"] for server in cluster["chat_servers"])
        return [
            Box("queue", status, queue["name"] or "none", "Interaction Queue", (state,)),
            Box("strategy", self.rule("GWE007", "fine" if strategies else "plain"), named, "Strategy", _filled(note)),
            Box(
                "contacts",
                self.rule("GWE010", "fine" if contacts else "plain"),
                ", ".join(contacts) or "none",
                "Universal Contact Server",
                _filled(f"{number(without, 'Chat Server')} without it" if without else ""),
            ),
        ]


def _pairs(members: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return each primary with its backups; a backup whose primary is elsewhere stands alone."""
    pairs = {server["name"]: [server] for server in members if not server["primary"]}
    for server in members:
        if server["primary"]:
            pairs.setdefault(server["primary"], []).append(server)
    return list(pairs.values())


def _worst(severities: Iterable[str], otherwise: str) -> str:
    found = set(severities)
    return next((severity for severity in ("error", "warning") if severity in found), otherwise)


def _filled(*texts: str) -> tuple[str, ...]:
    return tuple(filter(None, texts))
