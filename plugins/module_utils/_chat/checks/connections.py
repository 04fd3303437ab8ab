# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about how Chat Servers are reached, and what they reach: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.names import variable
from ..._model.objects import INTERACTION_SERVER, Application, text
from ..channel import Channel
from .finding import CONTACTS, NO_CHAT, NOTHING_NOW, SOME_CHATS, SWITCH_OVER, Finding
from .registry import rule

WEB = "webapi"  # or the port with the protocol chat-flex
PORTS = ("default", WEB, "ESP")


@rule(
    "GWE002",
    "Chat Servers",
    "The cluster reaches at least one Chat Server, directly or through an Application Cluster.",
    ("error", NO_CHAT, "the cluster is connected neither to a Chat Server nor to an Application Cluster that has one"),
    sources=("evidence.md#the-procedure", "evidence.md#how-a-cluster-groups-servers"),
)
def gwe002_chat_servers(channel: Channel) -> Iterator[Finding]:
    name, via = channel.cluster.name, ", ".join(item.name for item, _depth in channel.topology.clusters)
    if not channel.topology.chat_servers:
        way = f"through {via}" if via else "it is connected to no Application Cluster"
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=name,
            message=f"{variable('cluster')}: no Chat Server can be reached from application '{name}' ({way}).",
            expected="at least one Chat Server",
            actual="none",
            hint="Connect it to a Chat Server, or to an Application Cluster that has one.",
        )


@rule(
    "GWE013",
    "Unusual topology",
    "No application on the path to a Chat Server is disabled, and no connections are nested or mixed.",
    ("warning", NO_CHAT, "every Chat Server is disabled"),
    ("warning", NOTHING_NOW, "a Chat Server is disabled; the others handle its chats"),
    ("warning", SWITCH_OVER, "a backup is disabled"),
    (
        "warning",
        SOME_CHATS,
        "an Application Cluster is disabled or within another one, or there are both direct connections and "
        "an Application Cluster",
    ),
    sources=("evidence.md#how-a-cluster-groups-servers",),
)
def gwe013_topology(channel: Channel) -> Iterator[Finding]:
    """*Inferred* from how the vendor's Platform SDK follows such connections."""
    topology = channel.topology
    yield from _disabled(channel)
    direct = ("direct", f"member of {channel.cluster.name}")
    if len({server.origin in direct for server in topology.chat_servers if not server.primary}) > 1:
        yield Finding(
            severity="warning",
            impact=SOME_CHATS,
            application=channel.cluster.name,
            message="The cluster is connected to Chat Servers both directly and through an Application Cluster.",
            expected="one way",
            actual="both",
            hint="Web Engagement may use only those of the Application Cluster; keep one of the two.",
        )
    for application, depth in topology.clusters:
        if depth > 1:
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=application.name,
                message="This Application Cluster is within another one; Web Engagement may ignore it.",
                expected="1 level",
                actual=f"{depth} levels",
                hint="Connect the Web Engagement Cluster to it directly.",
            )


def _disabled(channel: Channel) -> Iterator[Finding]:
    servers = channel.topology.chat_servers
    working = any(server.application.enabled for server in servers)
    items = [(s.application, (SWITCH_OVER if s.primary else NOTHING_NOW) if working else NO_CHAT) for s in servers]
    items += [(group, SOME_CHATS) for group, _depth in channel.topology.clusters]
    for application, impact in items:
        if not application.enabled:
            yield Finding(
                severity="warning",
                impact=impact,
                application=application.name,
                message="The application is disabled; Web Engagement does not use it.",
                expected="CFGEnabled",
                actual="CFGDisabled",
                hint="Enable it, or remove the connection; a disabled Chat Server is still configured.",
            )


@rule(
    "GWE010",
    "Contacts",
    "Every Chat Server is connected to Universal Contact Server if contacts are identified or created.",
    (
        "error",
        CONTACTS,
        "`identifyCreateContact` is set to 2 or 3, and a Chat Server has no connection or does not use it",
    ),
    ("warning", CONTACTS, "the same if it is not set and therefore acts as 3"),
    ("warning", CONTACTS, "there is no connection, and it is 1"),
    sources=("evidence.md#contacts",),
)
def gwe010_contacts(channel: Channel) -> Iterator[Finding]:
    """A direct connection counts, or one through an Application Cluster; `use-contact-server=false` disables it."""
    value = channel.chat.get("identifyCreateContact", "")
    explicit = value in ("1", "2", "3")
    acts = value if explicit else "3"
    severity = "error" if explicit and acts != "1" else "warning"
    reached = channel.contact_servers()
    for server in channel.topology.chat_servers:
        uses = server.application.options().get("settings", {}).get("use-contact-server", "true")
        if not reached[server.application.dbid]:
            yield Finding(
                severity=severity,
                impact=CONTACTS,
                application=server.application.name,
                message=f"No connection to Universal Contact Server, but identifyCreateContact acts as {acts}.",
                expected="a connection",
                actual="none",
                hint=f"Set {variable('contact_server')}: `configure` connects it; or set identifyCreateContact to 1.",
            )
        elif uses.lower() == "false" and acts != "1":
            yield Finding(
                severity=severity,
                impact=CONTACTS,
                application=server.application.name,
                message=f"Universal Contact Server is not used, but identifyCreateContact acts as {acts}.",
                expected="true",
                actual=uses,
                hint="Set [settings] use-contact-server = true on the Chat Server, and restart the Chat Server.",
            )


@rule(
    "GWE011",
    "Ports and connections",
    "Chat Servers have the listening ports and connections that they need.",
    (
        "warning",
        SOME_CHATS,
        "a Chat Server lacks one of the ports `default`, `ESP` and `webapi` (or one of protocol `chat-flex`), a "
        "connection to it refers to a port that does not exist, it is not connected to an Interaction Server, or one "
        "of its Interaction Servers is not connected back",
    ),
    sources=("evidence.md#ports-and-connections-of-chat-server",),
)
def gwe011_ports(channel: Channel) -> Iterator[Finding]:
    yield from _ports(channel)
    yield from _interaction_servers(channel)


def _ports(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        name, there = server.application.name, server.application.ports
        web = _web_port(server.application)
        missing = ", ".join(port for port in PORTS if port not in there and not (web and port == WEB))
        if missing:
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=name,
                message=f"The Chat Server lacks the listening ports: {missing}.",
                expected=", ".join(PORTS),
                actual=", ".join(there),
                hint=f"Add the listening ports {missing} to the Chat Server.",
            )
        if not server.holder:
            continue
        for port in server.holder.ports_named.get(server.application.dbid, ()):
            if port not in there:
                yield Finding(
                    severity="warning",
                    impact=SOME_CHATS,
                    application=server.holder.name,
                    message=f"The connection to Chat Server '{name}' refers to a port that does not exist.",
                    expected=", ".join(there),
                    actual=port,
                    hint=f"Set the port of the connection to {web or ' or '.join(there)}.",
                )


def _web_port(server: Application) -> str:
    """Return the ID of the port for web clients, or an empty text.

    Source: docs/evidence.md#ports-and-connections-of-chat-server
    """
    if WEB in server.ports:
        return WEB
    flex = (p for p in server.listening if any(text(value).casefold() == "chat-flex" for value in p.values()))
    return next((text(port.get("id")) for port in flex), "")


def _interaction_servers(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        name, dbid = server.application.name, server.application.dbid
        targets = [channel.estate.get(target) for target in server.application.connected_to]
        found = [target for target in targets if target and target.subtype == INTERACTION_SERVER]
        if not found:
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=name,
                message="The Chat Server is not connected to an Interaction Server.",
                expected="a connection",
                actual="none",
                hint="Connect the Chat Server to its Interaction Server.",
            )
        # Several can share the work: one that is connected back does not speak for the others.
        for target in found if not server.primary else ():
            back = target.ports_named.get(dbid, ())
            if "ESP" not in back:
                yield Finding(
                    severity="warning",
                    impact=SOME_CHATS,
                    application=name,
                    message=f"Interaction Server '{target.name}' is not connected back to port ESP of the Chat Server.",
                    expected="ESP",
                    actual=", ".join(back) or "none",
                    hint=f"Connect Interaction Server '{target.name}' to port ESP of the Chat Server.",
                )


@rule(
    "GWE020",
    "Unreadable applications",
    "Every application that may be a Chat Server can be read.",
    (
        "error",
        SOME_CHATS,
        "the cluster, an Application Cluster or a Chat Server (for its backup) refers to an application that does not "
        "exist or cannot be read, which may be a Chat Server without the endpoint, or keep one that will be removed",
    ),
    ("warning", SOME_CHATS, "the same with `chat_channel_allow_unreadable`"),
    sources=("evidence.md#reading", "evidence.md#how-a-cluster-groups-servers"),
    retiring=True,
)
def gwe020_unreadable(channel: Channel) -> Iterator[Finding]:
    """GAX omits what an account may not read, as if it had been deleted."""
    for holder, dbid in channel.topology.dangling:
        yield Finding(
            severity="warning" if channel.allow_unreadable else "error",
            impact=SOME_CHATS,
            application=holder.name,
            message=f"It refers to application {dbid}, which does not exist or cannot be read by this account.",
            expected="an application that can be read",
            actual=dbid,
            hint="Remove the connection or the backup, allow the account to read the application, or set "
            f"{variable('allow_unreadable')} to true.",
        )


@rule(
    "GWE024",
    "Connections to backups",
    "Clients are connected to the primary Chat Server only; Configuration Server connects the backup.",
    ("warning", SOME_CHATS, "a cluster is connected to a Chat Server that is the backup of another"),
    sources=("evidence.md#high-availability-of-chat-server",),
)
def gwe024_backup_connected(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        if server.primary and not server.origin.startswith("backup of "):
            holder = server.holder.name if server.holder else server.origin.removeprefix("member of ")
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=server.application.name,
                message=f"Application '{holder}' is connected to this backup of Chat Server '{server.primary.name}'.",
                expected=server.primary.name,
                actual=server.application.name,
                hint=f"Connect '{holder}' to '{server.primary.name}' only, and remove the connection to the backup.",
            )
