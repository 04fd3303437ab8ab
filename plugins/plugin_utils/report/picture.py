# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Where everything goes in the picture of a chat channel: boxes and lines, as plain numbers that a template draws.

From top to bottom: the Web Engagement Cluster with its nodes, a frame for each Application Cluster with its Chat
Servers in a grid, then queue, strategy and Universal Contact Server. It grows downwards, so that it stays readable.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .data import Cluster, number

WIDTH, GAP, INDENT = 980, 12, 28
TOP, HEAD = 66, 38  # heights: a box at the top or bottom, the head of a frame
CARD, BACKUP, CELL = 62, 46, 30
COLUMNS, COMPACT_COLUMNS = 4, 5
COMPACT_FROM, MOST_CELLS = 25, 250  # Chat Servers of a frame
_RANK = ("error", "warning", "fine", "plain")


@dataclass(frozen=True)
class Box:
    """One box. ``name`` and ``notes`` are cut to its width; ``full`` is everything, as a tooltip."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    status: str
    name: str
    caption: str = ""
    notes: tuple[str, ...] = ()
    full: str = ""


@dataclass
class Picture:
    """Boxes and lines in the order of drawing. ``told`` says the same in sentences, for those who cannot see it."""

    height: int = 0
    frames: list[Box] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    dashed: list[str] = field(default_factory=list)
    arrows: list[str] = field(default_factory=list)
    labels: list[tuple[int, int, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    width: int = WIDTH


def draw(cluster: Cluster) -> Picture:
    """Return the picture of one cluster that could be read."""
    drawing = _Drawing(cluster)
    drawing.top()
    drawing.groups()
    drawing.bottom()
    return drawing.picture


class _Drawing:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.picture = cluster, Picture()
        self.y = 0
        self.sources: list[int] = []  # heights at which frames with Chat Servers stand
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
        found = self.problems.get(name, ())
        return next((severity for severity in ("error", "warning") if severity in found), "fine")

    def words(self, name: str) -> str:
        found = self.problems.get(name, Counter())
        return ", ".join(number(found[word], word) for word in ("error", "warning") if found[word])

    def rule(self, ids: Sequence[str], otherwise: str = "fine") -> str:
        """The worst that these rules say. What is wrong with the queue is said of the cluster application."""
        found = {finding["severity"] for finding in self.cluster["findings"] if finding["id"] in ids}
        return next((severity for severity in ("error", "warning") if severity in found), otherwise)

    def box(self, box: Box) -> None:
        room = box.width - 20
        full = box.full or " · ".join(filter(None, (box.caption, box.name, *box.notes)))
        name = fit(box.name, room - (24 if box.status != "plain" else 0), 14 if box.kind != "cell" else 12.5)
        self.picture.boxes.append(
            replace(box, name=name, notes=tuple(fit(note, room, 12) for note in box.notes), full=full)
        )

    def line(self, *points: tuple[int, int], dashed: bool = False, down: bool = False) -> None:
        """Draw a line through the points, with an arrow at its end: to the right, or down."""
        path = "M" + "L".join(f"{x} {y}" for x, y in points)
        (self.picture.dashed if dashed else self.picture.lines).append(path)
        x, y = points[-1]
        self.picture.arrows.append(f"M{x} {y}l-4-7h8z" if down else f"M{x} {y}l-7-4v8z")

    def top(self) -> None:
        cluster, topology = self.cluster, self.cluster["topology"]
        found = cluster["queue_key_found"]
        key = f"queueKey {found}" if found else "queueKey is not set"
        notes = (" · ".join(filter(None, (key, self.words(cluster["name"])))),)
        kind = "cluster" if cluster["enabled"] else "cluster disabled"
        self.box(
            Box(0, 0, 320, TOP, kind, self.status(cluster["name"]), cluster["name"], "Web Engagement Cluster", notes)
        )
        nodes, off = topology["nodes"], topology["disabled_nodes"]
        if nodes:
            status = "warning" if off else min(map(self.status, nodes), key=_RANK.index)
            words = f"disabled: {', '.join(off)}" if off else ", ".join(map(str, nodes))
            full = f"Nodes: {', '.join(nodes)}"
            self.box(
                Box(400, 0, 320, TOP, "node", status, number(len(nodes), "node"), "connected to it", (words,), full)
            )
            self.picture.dashed.append(f"M320 {TOP // 2}H400")
        self.y = TOP + 22
        servers = number(len(cluster["chat_servers"]), "Chat Server")
        self.picture.told.append(f"Web Engagement Cluster {cluster['name']}, {key}, reaches {servers}.")

    def groups(self) -> None:
        """Draw direct Chat Servers first, then each Application Cluster and what lies in it."""
        name, below = self.cluster["name"], self.cluster["topology"]["application_clusters"]
        trunk: dict[str, list[int]] = {}
        begins = {name: TOP}
        waiting = [{"name": name, "depth": 1, "direct": True, "enabled": True}] if name in self.members else []
        waiting += _in_order(below, name)
        for group in waiting:
            left = INDENT * min(group["depth"], 6)
            top = self.y
            self.frame(group, left)
            holder = name if group.get("direct") else group["within"]
            trunk.setdefault(holder, []).append(top + HEAD // 2)
            start = left - INDENT // 2
            self.line((start, begins.get(holder, TOP)), (start, top + HEAD // 2), (left, top + HEAD // 2))
            if not group.get("direct"):
                begins[group["name"]] = self.y - GAP

    def frame(self, group: dict[str, Any], left: int) -> None:
        name, top = group["name"], self.y
        members = self.members.get(name, [])
        width = WIDTH - INDENT - left
        direct = bool(group.get("direct"))  # what is wrong with the cluster itself is in its box
        status, title = ("plain", "") if direct else (self.status(name), name)
        words = [number(len(members), "Chat Server"), "" if group["enabled"] else "disabled"]
        words += [] if direct else [self.words(name)]
        caption = "Connected directly" if direct else "Application Cluster"
        self.picture.told.append(f"{caption} {title}: {', '.join(filter(None, words))}.")
        self.y += HEAD
        (self.cells if len(members) >= COMPACT_FROM else self.cards)(members, left + GAP, width - 2 * GAP)
        self.y += GAP
        notes = (fit(", ".join(filter(None, words)), 220, 12),)
        cut = fit(title, width - 420, 14)
        kind = "frame" if group["enabled"] else "frame disabled"
        self.picture.frames.append(Box(left, top, width, self.y - top, kind, status, cut, caption, notes, title))
        if members:
            self.sources.append(top + HEAD // 2)
        self.y += GAP

    def cards(self, members: list[dict[str, Any]], left: int, room: int) -> None:
        width = (room - (COLUMNS - 1) * GAP) // COLUMNS
        backups = {server["primary"]: server for server in members if server["primary"]}
        heads = [server for server in members if not server["primary"]]
        for start in range(0, len(heads), COLUMNS):
            row = heads[start : start + COLUMNS]
            for place, server in enumerate(row):
                x = left + place * (width + GAP)
                self.server(server, Box(x, self.y, width, CARD, "server", "", ""))
                if server["name"] in backups:
                    self.server(backups[server["name"]], Box(x, self.y + CARD, width, BACKUP, "backup", "", ""))
            self.y += CARD + (BACKUP if any(server["name"] in backups for server in row) else 0) + GAP
        self.y -= GAP if heads else 0

    def server(self, server: dict[str, Any], box: Box) -> None:
        name, endpoint = server["name"], self.cluster["endpoint"]
        leads = f"{endpoint} → {server['queue']}" if server["queue"] is not None else f"{endpoint} is missing"
        words = ", ".join(filter(None, ["" if server["enabled"] else "disabled", self.words(name)]))
        role = f"Backup of {server['primary']}" if server["primary"] else "Chat Server"
        contacts = f"Universal Contact Server: {', '.join(server['contact_servers']) or 'none'}"
        shared = f"shared with {', '.join(server['shared_with'])}" if server["shared_with"] else ""
        full = " · ".join(filter(None, (role, name, leads, words, contacts, shared)))
        notes = (leads, words) if box.kind == "server" else (f"backup · {leads}",) if box.kind == "backup" else ()
        shown = f"↳ {name}" if server["primary"] else name
        kind = box.kind if server["enabled"] else f"{box.kind} disabled"
        self.box(replace(box, kind=kind, status=self.status(name), name=shown, notes=notes, full=full))
        if self.status(name) != "fine" and len(self.picture.told) < 60:
            self.picture.told.append(f"{role} {name}: {leads}, {words}.")

    def cells(self, members: list[dict[str, Any]], left: int, room: int) -> None:
        """Many Chat Servers: names only, what is wrong first, and at most so many that the picture can be looked at."""
        width = (room - (COMPACT_COLUMNS - 1) * 6) // COMPACT_COLUMNS
        if len(members) > MOST_CELLS:
            members = sorted(members, key=lambda server: _RANK.index(self.status(server["name"])))
        for place, server in enumerate(members[:MOST_CELLS]):
            row, column = divmod(place, COMPACT_COLUMNS)
            spot = Box(left + column * (width + 6), self.y + row * (CELL + 6), width, CELL, "cell", "", "")
            self.server(server, spot)
        self.y += -(-len(members[:MOST_CELLS]) // COMPACT_COLUMNS) * (CELL + 6) - 6
        rest = Counter(self.status(server["name"]) for server in members[MOST_CELLS:])
        if rest:
            words = ", ".join(f"{count:,} {_STATES[status]}" for status, count in sorted(rest.items()))
            self.y += 6
            self.box(Box(left, self.y, room, CELL, "more", "plain", f"And {sum(rest.values()):,} more: {words}."))
            self.picture.told.append(f"{sum(rest.values()):,} more Chat Servers are not drawn: {words}.")
            self.y += CELL

    def bottom(self) -> None:
        cluster, queue = self.cluster, self.cluster["queue"]
        right, width, middle = WIDTH - INDENT // 2, 290, self.y + 4
        top = middle + 26
        state = "enabled" if queue["enabled"] else "disabled" if queue["exists"] else "does not exist in the tenant"
        bad = "fine" if queue["exists"] and queue["enabled"] else "error"
        status = min(bad, self.rule(("GWE006",)), key=_RANK.index)
        name = queue["name"] or "none"
        self.box(Box(0, top, width, TOP, "queue", status, name, "Interaction Queue", (state,)))
        strategies = queue["strategies"]
        problems = [item["problem"] for item in strategies if item["problem"]]
        named = ", ".join(item["name"].removeprefix("script:") for item in strategies) or "cannot be seen"
        note = problems[0] if problems else "" if strategies else "URS may route the queue"
        status = self.rule(("GWE007",), "fine" if strategies else "plain")
        self.box(Box(width + 55, top, width, TOP, "queue", status, named, "Strategy", (note,)))
        contacts = list(dict.fromkeys(one for server in cluster["chat_servers"] for one in server["contact_servers"]))
        status = self.rule(("GWE010",), "fine" if contacts else "plain")
        note = self.contact_words()
        x = 2 * (width + 55)
        self.box(
            Box(x, top, width, TOP, "queue", status, ", ".join(contacts) or "none", "Universal Contact Server", (note,))
        )
        self.line((width, top + TOP // 2), (width + 55, top + TOP // 2))
        for source in self.sources:
            self.picture.lines.append(f"M{WIDTH - INDENT} {source}H{right}V{middle}")
        if self.sources:
            self.line((right, middle), (width // 2, middle), (width // 2, top), down=True)
            self.line((x + width // 2, middle), (x + width // 2, top), dashed=True, down=True)
            self.picture.labels = [(width // 2 + 10, top - 9, "chats"), (x + width // 2 + 10, top - 9, "contacts")]
        self.picture.height = top + TOP
        self.picture.told.append(f"Interaction Queue {name}, {state}. Strategy: {named}. {note or 'Contacts: fine'}.")

    def contact_words(self) -> str:
        without = sum(not server["contact_servers"] for server in self.cluster["chat_servers"])
        return f"{number(without, 'Chat Server')} without it" if without else ""


_STATES = {"error": "with errors", "warning": "with warnings", "fine": "fine"}


def _in_order(groups: Sequence[dict[str, Any]], above: str) -> list[dict[str, Any]]:
    """Each Application Cluster right before those that lie in it. Depths make it end, whatever the names are."""
    found: list[dict[str, Any]] = []
    for group in sorted(groups, key=lambda group: int(group["depth"])):
        places = [index for index, other in enumerate(found) if other["name"] == group["within"]]
        if group["within"] == above or not places:
            found.append(group)
        else:
            end = places[0] + 1
            while end < len(found) and found[end]["depth"] >= group["depth"]:
                end += 1
            found.insert(end, group)
    return found


def fit(text: str, room: float, size: float) -> str:
    """Return the text cut to about this width, with an ellipsis. Widths are guessed: the page clips what is left."""
    used = 0.0
    for place, char in enumerate(text):
        used += size * _share(char)
        if used > room:
            return text[: max(1, place - 2)].rstrip() + "…"
    return text


def _share(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    return (
        0.0 if unicodedata.combining(char) else 0.38 if char in " .,:;|!'ijlIt()[]" else 0.7 if char.isupper() else 0.6
    )
