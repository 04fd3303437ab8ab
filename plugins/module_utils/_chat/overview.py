# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A chat channel as a report shows it: options wanted and found, the groups of its Chat Servers, its queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .._model.changes import Plan
from .._model.objects import CONNECTIONS, Application
from .._model.routing import associations
from .._model.topology import Topology
from .._secrets import shown
from .._text import counted
from .channel import Channel
from .checks.finding import Finding
from .options import CHAT, RESTART, section_of

Row = dict[str, Any]


def option_rows(channel: Channel) -> list[Row]:
    """Return every option of the channel with what is wanted and found, in an order that does not change.

    ``wanted`` is None where the option is left as it is, or, if it ``differs``, where it should not be there.
    """
    plans: dict[str, list[Plan]] = {}
    for todo in channel.plans:
        if todo.wanted.family == "options":
            plans.setdefault(todo.application.dbid, []).append(todo)
    section = section_of(channel.tenant.dbid)
    endpoints = list(dict.fromkeys(filter(None, (channel.endpoint, channel.leaving))))
    places = [(server.application, section, endpoints) for server in channel.topology.chat_servers]
    places.insert(0, (channel.cluster, CHAT, list(RESTART)))
    rows = [row for place in places for row in _rows(plans.get(place[0].dbid, ()), *place)]
    return rows + [row for todo in channel.plans if todo.wanted.family == CONNECTIONS for row in _connections(todo)]


def _rows(plans: Sequence[Plan], application: Application, section: str, keys: Sequence[str]) -> Iterator[Row]:
    wanted = {key: value for todo in plans for key, value in todo.wanted.options.get(section, {}).items()}
    changes = {change.key: change for todo in plans for change in todo.changes if change.section == section}
    there = application.options().get(section, {})
    for key in keys:
        found = changes[key].before if key in changes else there.get(key)
        if key in wanted or found is not None:
            yield _row(application, section, key, wanted.get(key), found, key in changes)


def _connections(todo: Plan) -> Iterator[Row]:
    for section in todo.wanted.options:
        name = todo.wanted.title(section).removeprefix("connection to ")
        found = None if todo.changes else "connected"
        yield _row(todo.application, CONNECTIONS, name, "connected", found, bool(todo.changes))


def _row(application: Application, section: str, key: str, wanted: str | None, found: str | None, differs: bool) -> Row:
    return {
        "application": application.name,
        "section": section,
        "key": key,
        "wanted": None if wanted is None else shown(key, wanted, section),
        "found": None if found is None else shown(key, found, section),
        "differs": differs,
    }


def groups(topology: Topology) -> dict[str, str]:
    """Return, for the DBID of each Chat Server, the cluster that groups it: ours, or an Application Cluster."""
    found: dict[str, str] = {}
    for server in topology.chat_servers:
        if server.primary and server.origin.startswith("backup of "):
            name = found.get(server.primary.dbid, topology.cluster.name)
        else:
            name = server.holder.name if server.holder else server.origin.removeprefix("member of ")
        found[server.application.dbid] = name
    return found


def application_clusters(topology: Topology) -> list[Row]:
    """Return the Application Clusters below the cluster, each with the one that it lies in."""
    above = [(topology.cluster, 0), *topology.clusters]
    return [
        {
            "name": item.name,
            "depth": depth,
            "enabled": item.enabled,
            "within": next(
                (holder.name for holder, height in above if height == depth - 1 and item.dbid in holder.connected_to),
                topology.cluster.name,
            ),
        }
        for item, depth in topology.clusters
    ]


def queue_row(channel: Channel) -> Row:
    """Return the Interaction Queue that is wanted or in use, and the strategies that its objects name."""
    found = channel.queue_scripts
    return {
        "name": channel.queue_name,
        "exists": bool(found),
        "enabled": bool(found) and found[0].enabled,
        "strategies": [
            {"name": item.what, "problem": item.problem}
            for script in found
            for item in associations(channel.scripts, script)
        ],
    }


def state_words(name: str, findings: Sequence[Finding], rows: Sequence[Row]) -> str:
    """Say in one line how a cluster is."""
    counts = [
        counted(sum(finding.severity == severity for finding in findings), severity)
        for severity in ("error", "warning")
    ]
    differ = sum(row["differs"] for row in rows)
    words = f"{name}: {', '.join(counts)}, {counted(differ, 'option')} {'differs' if differ == 1 else 'differ'}"
    wrong = [finding for finding in findings if finding.at_least("warning")]
    fixed = sum(finding.fixed_by_run for finding in wrong)
    return f"{words}; `configure` fixes {fixed} of {counted(len(wrong), 'finding')}." if fixed else f"{words}."


def planned_changes(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """Return the applications that have changes, with them."""
    return [plan.shown() for plan in plans if plan.changes]
