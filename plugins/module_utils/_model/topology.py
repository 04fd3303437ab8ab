# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From a Web Engagement Cluster to every Chat Server that its chats can reach.

Sources: docs/evidence.md#how-a-cluster-groups-servers, docs/evidence.md#high-availability-of-chat-server
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .._errors import BadInput
from . import app_types
from .names import variable
from .objects import (
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    CONTACT_SERVER,
    Application,
)

Estate = Mapping[str, Application]


class Clients(dict[str, "list[Application]"]):
    """For the DBID of each application, those that hold a connection to it.

    ``primaries`` holds, for the DBID of a backup, the Chat Server that it is the backup of.
    """

    def __init__(self) -> None:
        super().__init__()
        self.primaries: dict[str, Application] = {}

    def add(self, applications: Iterable[Application]) -> Clients:
        """Note those to which these applications are connected, and their backups."""
        for application in applications:
            for dbid in application.connected_to:
                self.setdefault(dbid, []).append(application)
            if application.subtype == CHAT_SERVER and application.backup:
                self.primaries[application.backup] = application
        return self


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


OLDEST = (8, 5)  # docs/evidence.md#releases


def check_is_cluster(cluster: Application, option: str, allow_unknown: bool = False) -> None:
    """Raise BadInput for an application that cannot be a Web Engagement Cluster. ``option`` is where it was named.

    Which type it has is only inferred: docs/evidence.md#how-a-cluster-groups-servers. ``allow_unknown`` lets pass what
    is not certainly something else.
    """
    name, subtype = cluster.name, cluster.subtype
    what = f"{option}: application '{name}' is {app_types.words(subtype)}"
    if subtype.removeprefix(app_types.PREFIX) in app_types.SOMETHING_ELSE:
        raise BadInput(f"{what}; name the Web Engagement Cluster application that sends chats to the Chat Servers.")
    if subtype != APPLICATION_CLUSTER and not allow_unknown:
        raise BadInput(
            f"{what}; a Web Engagement Cluster is of type Application Cluster, as far as is known. If this is one "
            f"nevertheless, set {variable('allow_unknown_cluster')} to true."
        )
    if is_too_old(cluster):
        raise BadInput(
            f"{option}: application '{name}' is of release {cluster.raw.get('version')}, which keeps its chat options "
            "elsewhere; 8.5 and later are supported."
        )


def is_too_old(application: Application) -> bool:
    """Say whether an application is of a release whose chat options are elsewhere. One without a version is not."""
    return bool(application.release) and application.release < OLDEST


def check_is_contact_server(server: Application, estate: Estate, option: str) -> None:
    """Raise BadInput for an application that cannot identify contacts: docs/evidence.md#contacts"""
    if server.subtype == CONTACT_SERVER or contact_members(server, estate, clients_of(estate)):
        return
    if server.subtype == APPLICATION_CLUSTER:
        problem = f"Application Cluster '{server.name}' is not connected to a Universal Contact Server"
    else:
        problem = f"application '{server.name}' is {app_types.words(server.subtype)}"
    raise BadInput(f"{option}: {problem}; name a Universal Contact Server, or an Application Cluster that has one.")


def discover(cluster: Application, estate: Estate, clients: Clients | None = None) -> Topology:
    """Return what the cluster reaches, level by level, each application once. A pure function of what was read.

    A cluster groups servers in two ways: by its own connections, or by theirs to it. ``clients`` is what
    ``clients_of`` returns.
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
        # Other servers, such as Interaction Server, have Chat Servers as clients, too: they group nothing.
        for client in clients.get(holder.dbid, ()) if holder.subtype == APPLICATION_CLUSTER else ():
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
    # A backup that somebody is connected to stays a backup: Configuration Server lets it do nothing by itself.
    primaries = [clients.primaries.get(server.application.dbid) for server in servers]
    servers = [replace(server, primary=first) if first else server for server, first in zip(servers, primaries)]
    servers += _backups(servers, estate, seen)
    return Topology(cluster, tuple(clusters), tuple(servers), tuple(others), nodes, tuple(dangling))


def _backups(servers: list[ChatServer], estate: Estate, seen: set[str]) -> Iterator[ChatServer]:
    """Configuration Server does not copy options to a backup, so that it needs its own endpoint."""
    for server in list(servers):
        backup = estate.get(server.application.backup or "")
        if backup and backup.subtype == CHAT_SERVER and backup.dbid not in seen:
            seen.add(backup.dbid)
            name = server.application.name
            yield ChatServer(backup, f"backup of {name}", primary=server.application)


class Known(dict[str, Application]):
    """An estate as one call knows it: who leads to whom is found out once, whoever asks."""

    @cached_property
    def clients(self) -> Clients:
        return Clients().add(self.values())

    def add(self, applications: Sequence[Application]) -> None:
        """Take in applications that were not known."""
        self.clients.add(applications)
        self.update({item.dbid: item for item in applications})


def clients_of(estate: Estate) -> Clients:
    """Return who leads to each application. Who asks for many clusters of one estate computes it once."""
    return estate.clients if isinstance(estate, Known) else Clients().add(estate.values())


def leading_to(servers: Collection[str], estate: Estate, clients: Clients) -> set[str]:
    """Return the DBIDs of the applications from which ``discover`` leads to one of these Chat Servers."""
    # Of a backup the next step is its primary, and of that none.
    backed_up = {item.dbid for item in estate.values() if item.subtype == CHAT_SERVER and item.backup in servers}
    below = [estate[dbid] for dbid in {*servers, *backed_up} if dbid in estate]
    leading: set[str] = set()
    while below:
        holders = _holders(below.pop(), estate, clients)
        below += [holder for holder in holders if _groups(holder) and holder.dbid not in leading]
        leading |= {holder.dbid for holder in holders}
    return leading


def named_by_others(dbids: Iterable[str], estate: Estate) -> set[str]:
    """Return which of these applications exist, although they cannot be read: others name them.

    A connection or a primary names none that was deleted: docs/evidence.md#reading
    """
    clients = clients_of(estate)
    return {dbid for dbid in dbids if dbid in clients or dbid in clients.primaries}


def _holders(found: Application, estate: Estate, clients: Clients) -> list[Application]:
    """Return what leads to an application: its clients and, as it may be a member of them, clusters that it names."""
    named = () if _groups(found) else (estate[dbid] for dbid in found.connected_to if dbid in estate)
    return [*clients.get(found.dbid, ()), *filter(_groups, named)]


def _groups(application: Application) -> bool:
    return application.subtype == APPLICATION_CLUSTER


def clusters_above(server: Application, estate: Estate, clients: Clients) -> list[Application]:
    """Return the applications of type Application Cluster that lead to a server, at any height."""
    above: dict[str, Application] = {}
    waiting = [server]
    while waiting:
        for holder in _holders(waiting.pop(), estate, clients):
            if _groups(holder) and holder.dbid not in above:
                above[holder.dbid] = holder
                waiting.append(holder)
    return list(above.values())


def contact_servers(client: Application, estate: Estate, clients: Clients) -> list[str]:
    """Return the Universal Contact Servers that an application reaches, by name: directly, or through a cluster."""
    targets = [target for target in (estate.get(dbid) for dbid in client.connected_to) if target]
    found = [
        member
        for target in targets
        for member in ([target] if target.subtype == CONTACT_SERVER else contact_members(target, estate, clients))
    ]
    return [server.name for server in found]


def contact_members(cluster: Application, estate: Estate, clients: Clients) -> list[Application]:
    """Return the Universal Contact Servers of an Application Cluster: those it holds, or that connect to it (UCS 9)."""
    if cluster.subtype != APPLICATION_CLUSTER:
        return []
    members = [*(estate.get(dbid) for dbid in cluster.connected_to), *clients.get(cluster.dbid, ())]
    return [member for member in members if member and member.subtype == CONTACT_SERVER]
