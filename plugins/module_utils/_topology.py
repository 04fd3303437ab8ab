# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From a Web Engagement Cluster to every Chat Server that its chats can reach.

Source: genesys_domain.md, section 4 (how a cluster groups servers) and 3.3 (backups).
"""

from __future__ import annotations

from dataclasses import dataclass

from ._errors import BadInput
from ._gax import APPLICATION, Gax
from ._objects import APPLICATION_CLUSTER, CHAT_SERVER, Application


@dataclass(frozen=True)
class ChatServer:
    """A Chat Server and how it was found: ``direct``, ``via <Application Cluster>`` or ``backup of <Chat Server>``."""

    application: Application
    origin: str


@dataclass(frozen=True)
class Topology:
    """What a Web Engagement Cluster reaches. ``others`` are applications it is connected to that are neither."""

    cluster: Application
    clusters: tuple[Application, ...]
    chat_servers: tuple[ChatServer, ...]
    others: tuple[Application, ...]


def check_is_cluster(cluster: Application, option: str) -> None:
    """Raise BadInput for an application that cannot be a Web Engagement Cluster.

    Which type a Web Engagement Cluster has is only inferred (genesys_domain.md, section 4.2): other types may pass.
    """
    if cluster.subtype == CHAT_SERVER:
        raise BadInput(
            f"{option}: application '{cluster.name}' is a Chat Server; name the Web Engagement Cluster application "
            "that is connected to it."
        )


def discover(gax: Gax, cluster: Application) -> Topology:
    """Read everything that can be reached from the cluster, each application once, level by level."""
    seen = {cluster.dbid}
    clusters: list[Application] = []
    found: list[ChatServer] = []
    others: list[Application] = []
    level = [(cluster, "direct")]
    while level:
        targets: dict[str, str] = {}
        for holder, origin in level:
            for dbid in holder.connected_to:
                if dbid not in seen:
                    targets.setdefault(dbid, origin)
        seen.update(targets)
        level = []
        for application in read_applications(gax, list(targets)):
            if application.subtype == CHAT_SERVER:
                found.append(ChatServer(application, targets[application.dbid]))
            elif application.subtype == APPLICATION_CLUSTER:
                clusters.append(application)
                level.append((application, f"via {application.name}"))
            else:
                others.append(application)
    return Topology(cluster, tuple(clusters), tuple(_with_backups(gax, found)), tuple(others))


def _with_backups(gax: Gax, servers: list[ChatServer]) -> list[ChatServer]:
    """Add the backups: Configuration Server does not copy options to them, so they need their own endpoint."""
    known = {server.application.dbid for server in servers}
    origins = {
        server.application.backup: f"backup of {server.application.name}"
        for server in servers
        if server.application.backup and server.application.backup not in known
    }
    backups = {application.dbid: application for application in read_applications(gax, list(origins))}
    return servers + [ChatServer(application, origins[dbid]) for dbid, application in backups.items()]


def read_applications(gax: Gax, dbids: list[str]) -> list[Application]:
    """Return the applications that exist among these DBIDs, in order."""
    found = gax.each(lambda dbid: gax.object(APPLICATION, dbid), dbids)
    return [Application(raw) for raw in found if raw is not None]


def require_chat_servers(topology: Topology, option: str) -> None:
    """Raise BadInput when there is nothing to configure."""
    if not topology.chat_servers:
        cluster = topology.cluster
        via = ", ".join(application.name for application in topology.clusters)
        raise BadInput(
            f"{option}: no Chat Server can be reached from application '{cluster.name}' "
            f"({'through ' + via if via else 'it is connected to no Application Cluster'}). "
            "Connect it to a Chat Server, or to an Application Cluster that is."
        )
