# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From a Web Engagement Cluster to every Chat Server that its chats can reach.

Sources: docs/evidence.md#how-a-cluster-groups-servers, docs/evidence.md#high-availability-of-chat-server
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .._errors import BadInput
from .objects import (
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    CONTACT_SERVER,
    Application,
)

Estate = Mapping[str, Application]
Clients = Mapping[str, list[Application]]


@dataclass(frozen=True)
class ChatServer:
    """A Chat Server, and how it was found.

    ``holder`` is the application whose connection led to it, ``primary`` the Chat Server that it is the backup of.
    """

    application: Application
    origin: str
    holder: Application | None = None
    primary: Application | None = None


@dataclass(frozen=True)
class Topology:
    """What a Web Engagement Cluster reaches.

    ``clusters`` are Application Clusters with their depth below the cluster, ``others`` applications it is connected
    to that are neither, ``nodes`` those that are connected to it, ``dangling`` pairs of an application and a DBID that
    leads nowhere.
    """

    cluster: Application
    clusters: tuple[tuple[Application, int], ...]
    chat_servers: tuple[ChatServer, ...]
    others: tuple[Application, ...]
    nodes: tuple[Application, ...]
    dangling: tuple[tuple[Application, str], ...]


def check_is_cluster(cluster: Application, option: str) -> None:
    """Raise BadInput for an application that cannot be a Web Engagement Cluster.

    Which type it has is only inferred: docs/evidence.md#how-a-cluster-groups-servers
    """
    if cluster.subtype == CHAT_SERVER:
        raise BadInput(
            f"{option}: application '{cluster.name}' is a Chat Server; name the Web Engagement Cluster application "
            "that is connected to it."
        )


def discover(cluster: Application, estate: Estate, clients: Clients | None = None) -> Topology:
    """Return what the cluster reaches, level by level, each application once. A pure function of what was read.

    A cluster groups servers in two ways: by its own connections, or by theirs to it. ``clients`` is what
    ``clients_of`` returns: who asks for many clusters of one estate computes it once.
    """
    clients = clients_of(estate) if clients is None else clients
    clusters: list[tuple[Application, int]] = []
    servers: list[ChatServer] = []
    others: list[Application] = []
    dangling: list[tuple[Application, str]] = []
    seen = {cluster.dbid}
    waiting = deque([(cluster, 0)])
    while waiting:
        holder, depth = waiting.popleft()
        for dbid in holder.connected_to:
            found = estate.get(dbid)
            if found is None:
                dangling.append((holder, dbid))
                continue
            if dbid in seen:
                continue
            seen.add(dbid)
            if found.subtype == CHAT_SERVER:
                servers.append(ChatServer(found, f"via {holder.name}" if depth else "direct", holder))
            elif found.subtype == APPLICATION_CLUSTER:
                clusters.append((found, depth + 1))
                waiting.append((found, depth + 1))
            elif depth == 0:
                others.append(found)
        for client in clients.get(holder.dbid, ()):
            if client.subtype == CHAT_SERVER and client.dbid not in seen:
                seen.add(client.dbid)
                servers.append(ChatServer(client, f"member of {holder.name}"))
    groups = (CHAT_SERVER, APPLICATION_CLUSTER)
    nodes = tuple(client for client in clients.get(cluster.dbid, ()) if client.subtype not in groups)
    dangling += [
        (server.application, server.application.backup)
        for server in servers
        if server.application.backup and server.application.backup not in estate
    ]
    servers += _backups(servers, estate, seen)
    return Topology(cluster, tuple(clusters), tuple(servers), tuple(others), nodes, tuple(dangling))


def _backups(servers: list[ChatServer], estate: Estate, seen: set[str]) -> Iterator[ChatServer]:
    """Configuration Server does not copy options to a backup, so that it needs its own endpoint."""
    for server in list(servers):
        backup = estate.get(server.application.backup or "")
        if backup and backup.dbid not in seen:
            seen.add(backup.dbid)
            name = server.application.name
            yield ChatServer(backup, f"backup of {name}", primary=server.application)


def clients_of(estate: Estate) -> dict[str, list[Application]]:
    """Return, for the DBID of each application, those that hold a connection to it."""
    clients: dict[str, list[Application]] = {}
    for application in estate.values():
        for dbid in application.connected_to:
            clients.setdefault(dbid, []).append(application)
    return clients


def clusters_above(server: Application, estate: Estate, clients: Clients) -> list[Application]:
    """Return the applications of type Application Cluster that lead to a server, at any height."""
    above: dict[str, Application] = {}
    waiting = [server]
    while waiting:
        below = waiting.pop()
        holders = [*clients.get(below.dbid, ()), *(estate[dbid] for dbid in below.connected_to if dbid in estate)]
        for holder in holders if below is server else clients.get(below.dbid, ()):
            if holder.subtype == APPLICATION_CLUSTER and holder.dbid not in above:
                above[holder.dbid] = holder
                waiting.append(holder)
    return list(above.values())


def contact_servers(client: Application, estate: Estate, clients: Clients) -> list[str]:
    """Return the Universal Contact Servers that an application reaches, by name.

    Directly, or through an Application Cluster that holds one or whose members connect to it (UCS 9).
    """
    found: list[str] = []
    for target in (estate.get(dbid) for dbid in client.connected_to):
        members = [target]
        if target and target.subtype == APPLICATION_CLUSTER:
            members = [*(estate.get(dbid) for dbid in target.connected_to), *clients.get(target.dbid, ())]
        found += [member.name for member in members if member and member.subtype == CONTACT_SERVER]
    return found
