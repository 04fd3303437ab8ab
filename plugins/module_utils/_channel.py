# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A chat channel as it was read, or as it will be: what the rules look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ._changes import Plan, edited
from ._chat_channel import CHAT, CHAT_QUEUE, QUEUE_KEY, queue_key, section_of
from ._objects import Application, Script, Tenant
from ._topology import ChatServer, Estate, Topology, clients_of, clusters_above, discover


@dataclass(frozen=True)
class Channel:
    """A cluster with everything around it, and what is asked of it.

    ``queue`` is the queue that is wanted, or None when only what is there matters. ``scripts`` are the Interaction
    Queues, views, submitters and Enhanced Routing scripts of all tenants. ``plans`` are planned changes, and
    ``new_scripts`` what is to be created.
    """

    topology: Topology
    estate: Estate
    tenants: Sequence[Tenant]
    scripts: Sequence[Script]
    tenant: Tenant
    endpoint: str
    queue: str | None
    peak_chat_sessions: int | None = None
    plans: Sequence[Plan] = ()
    new_scripts: Sequence[Script] = ()

    @property
    def cluster(self) -> Application:
        return self.topology.cluster

    @property
    def chat(self) -> dict[str, str]:
        return self.cluster.options().get(CHAT, {})

    @property
    def queue_key(self) -> str:
        return queue_key(self.tenant.dbid, self.endpoint)

    @property
    def queue_name(self) -> str:
        """The queue that is wanted, otherwise the one that is there: in ``[chat]``, or behind most endpoints."""
        endpoints = Counter(filter(None, map(self.endpoint_of, self.topology.chat_servers)))
        most = endpoints.most_common(1)
        return self.queue or self.chat.get(CHAT_QUEUE, "") or (most[0][0] if most else "")

    def endpoint_of(self, server: ChatServer) -> str | None:
        """Return the queue behind the endpoint on this Chat Server, or None where the endpoint is missing."""
        return server.application.options().get(section_of(self.tenant.dbid), {}).get(self.endpoint)

    def after(self) -> Channel:
        """Return the channel as it will be when the plans are carried out."""
        new = dict(self.estate)
        for todo in self.plans:
            before = new[todo.application.dbid].raw
            new[todo.application.dbid] = Application(edited(before, todo.wanted.family, todo.changes))
        scripts = [*self.scripts, *self.new_scripts]
        topology = discover(new[self.cluster.dbid], new)
        return replace(self, topology=topology, estate=new, scripts=scripts, plans=(), new_scripts=())

    def shared(self) -> dict[str, list[str]]:
        """Return, for the DBID of each Chat Server, the other Web Engagement Clusters whose chats reach it."""
        clients = clients_of(self.estate)
        shared = {}
        for server in self.topology.chat_servers:
            ways = [server.application, *([server.primary] if server.primary else [])]
            above = [item for way in ways for item in clusters_above(way, self.estate, clients)]
            names = [item.name for item in above if CHAT_QUEUE in item.options().get(CHAT, {})]
            shared[server.application.dbid] = sorted({*names} - {self.cluster.name})
        return shared

    def other_users(self) -> list[dict[str, str]]:
        """Return who else uses the endpoint or the queue: Co-browse, GMS, other clusters, other endpoints."""
        gms_key = f"{self.tenant.name}:{self.endpoint}"
        users = []
        for application in self.estate.values():
            if application.dbid == self.cluster.dbid:
                continue
            for section, keys in application.options().items():
                for key, value in keys.items():
                    uses_endpoint = (section == CHAT and key == QUEUE_KEY and value == self.queue_key) or (
                        key in ("default_chat_endpoint", "_chat_endpoint") and value == gms_key
                    )
                    uses_queue = section == section_of(self.tenant.dbid) and value == self.queue_name
                    if uses_endpoint or (uses_queue and key != self.endpoint):
                        users.append({"application": application.name, "option": f"{section}/{key}", "value": value})
        return users
