# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The rules of the chat channel: pure functions from what was read to findings.

Ids and sources: genesys_domain.md, section 11; described one by one in ``docs/findings.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ._changes import Plan, edited
from ._chat_channel import CHAT, CHAT_QUEUE, QUEUE_KEY, TUNING, section_of
from ._objects import APPLICATION_CLUSTER, Application, Tenant
from ._topology import ChatServer, Topology

SEVERITIES = ("info", "warning", "error")


@dataclass(frozen=True)
class Finding:
    """Something a senior engineer would point at. ``hint`` is one sentence on what to do."""

    id: str
    severity: str
    application: str
    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    def at_least(self, severity: str) -> bool:
        return severity in SEVERITIES and SEVERITIES.index(self.severity) >= SEVERITIES.index(severity)


@dataclass(frozen=True)
class Channel:
    """What the rules look at: a cluster's topology, and what is asked of it.

    ``queue_problem`` says why ``queue`` cannot be used; it is empty when it can, or was not looked up.
    """

    topology: Topology
    tenant: Tenant
    endpoint: str
    queue: str | None
    queue_problem: str = ""

    @property
    def chat(self) -> dict[str, str]:
        return self.topology.cluster.options().get(CHAT, {})

    def endpoint_of(self, server: ChatServer) -> str | None:
        """Return the queue behind the endpoint on this Chat Server, or None where the endpoint is missing."""
        return server.application.options().get(section_of(self.tenant.dbid), {}).get(self.endpoint)

    def after(self, plans: Sequence[Plan]) -> Channel:
        """Return the channel as it will be when the plans are carried out."""
        new = {
            plan.application.dbid: Application(edited(plan.application.raw, plan.wanted.family, plan.changes))
            for plan in plans
        }
        topology = self.topology
        servers = tuple(
            replace(server, application=new.get(server.application.dbid, server.application))
            for server in topology.chat_servers
        )
        cluster = new.get(topology.cluster.dbid, topology.cluster)
        return replace(self, topology=replace(topology, cluster=cluster, chat_servers=servers))


def findings(channel: Channel) -> list[Finding]:
    """Return everything that is wrong or worth knowing, by id and then application."""
    found = [finding for rule in _RULES for finding in rule(channel)]
    return sorted(found, key=lambda finding: (finding.id, finding.application))


def _cluster(channel: Channel) -> Iterator[Finding]:
    cluster = channel.topology.cluster
    if cluster.subtype != APPLICATION_CLUSTER:
        yield Finding(
            "GWE001", "warning", cluster.name, "The application is not of type Application Cluster.",
            APPLICATION_CLUSTER, cluster.subtype, "Check that this is the Web Engagement Cluster application.",
        )  # fmt: skip
    if not cluster.enabled:
        yield Finding(
            "GWE001", "error", cluster.name, "The Web Engagement Cluster application is disabled.",
            "CFGEnabled", str(cluster.raw.get("state")), "Enable it, or take it out of the inventory.",
        )  # fmt: skip


def _queue_key(channel: Channel) -> Iterator[Finding]:
    cluster, value = channel.topology.cluster, channel.chat.get(QUEUE_KEY)
    expected = f"{channel.tenant.dbid}:{channel.endpoint}"
    if value is None:
        message, hint = "queueKey is not set: no chat can be opened.", f"Set it to {expected}."
    elif not re.fullmatch(r"[1-9][0-9]*:[^:\s][^:]*", value):
        message = "queueKey is not a tenant DBID, a colon and an endpoint."
        hint = "A tenant's name or a bare endpoint does not work here: use the DBID."
    elif value != expected:
        message, hint = "queueKey points at another tenant or endpoint.", "Check which of the two is meant."
    else:
        return
    yield Finding("GWE003", "error", cluster.name, message, expected, value or "", hint)


def _endpoints(channel: Channel) -> Iterator[Finding]:
    section = section_of(channel.tenant.dbid)
    for server in channel.topology.chat_servers:
        name = server.application.name
        if channel.endpoint_of(server) is None:
            yield Finding(
                "GWE004", "error", name, f"Endpoint '{channel.endpoint}' is missing in section [{section}].",
                channel.queue or "", "", "Chats that reach this Chat Server are lost: set the endpoint.",
            )  # fmt: skip


def _same_queue(channel: Channel) -> Iterator[Finding]:
    expected = channel.queue or channel.chat.get(CHAT_QUEUE) or ""
    hint = "The endpoint on every Chat Server and webengagementChatQueue must name the same Interaction Queue."
    chat_queue = channel.chat.get(CHAT_QUEUE, "")
    if chat_queue != expected or not chat_queue:
        message = "webengagementChatQueue names another queue." if chat_queue else "webengagementChatQueue is not set."
        yield Finding("GWE005", "error", channel.topology.cluster.name, message, expected, chat_queue, hint)
    for server in channel.topology.chat_servers:
        value = channel.endpoint_of(server)
        if value is not None and expected and value != expected:
            message = f"Endpoint '{channel.endpoint}' names another queue."
            yield Finding("GWE005", "error", server.application.name, message, expected, value, hint)


def _queue(channel: Channel) -> Iterator[Finding]:
    if channel.queue_problem:
        name = channel.topology.cluster.name
        yield Finding(
            "GWE006", "error", name, channel.queue_problem, channel.queue or "", "", "Choose a queue that is there."
        )


def _ranges(channel: Channel) -> Iterator[Finding]:
    cluster = channel.topology.cluster.name
    for option in TUNING:
        value = channel.chat.get(option.key)
        if value is None or (value.isdecimal() and option.allows(int(value))):
            continue
        acts = " Web Engagement silently treats it as 3." if option.key == "identifyCreateContact" else ""
        hint = "Set a value in the range."
        if option.unit == "seconds" and value.isdecimal() and int(value) >= 1000:
            hint = "This looks like milliseconds, as Co-browse uses; here the unit is seconds."
        message = f"{option.key} is out of its range.{acts}"
        yield Finding("GWE008", "error", cluster, message, option.range, value, hint)


_RULES = (_cluster, _queue_key, _endpoints, _same_queue, _queue, _ranges)
