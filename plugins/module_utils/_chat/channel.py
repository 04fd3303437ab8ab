# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A chat channel as it was read, or as it will be: what the rules judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .._model.changes import Plan, estate_after
from .._model.objects import INTERACTION_QUEUE, Application, Script, Tenant
from .._model.topology import (
    ChatServer,
    Clients,
    Estate,
    Known,
    Topology,
    clients_of,
    clusters_above,
    contact_servers,
    discover,
)
from .options import CHAT, CHAT_QUEUE, QUEUE_KEY, QueueKey, endpoints_of, section_of
from .users import Use, elsewhere, endpoint_uses, queue_uses


@dataclass(frozen=True)
class Channel:
    """A cluster with everything around it, and what is asked of it.

    ``queue`` is the queue that is wanted, or None when only what is there matters. ``scripts`` are the Interaction
    Queues, views, submitters and Enhanced Routing scripts of all tenants. ``plans`` are planned changes, and
    ``new_scripts`` what is to be created. ``leaving`` is an endpoint that goes, and with ``absent`` the whole channel;
    with ``remove_in_use`` even if somebody else uses it. With ``keep_queue_key`` a channel that goes leaves
    ``queueKey`` and its endpoint behind. ``allow_unreadable``: what cannot be read does not stop a run.
    ``not_looked_at`` says in words what was not read.
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
    leaving: str | None = None
    absent: bool = False
    remove_in_use: bool = False
    keep_queue_key: bool = False
    allow_unreadable: bool = False
    not_looked_at: str = ""

    @property
    def cluster(self) -> Application:
        return self.topology.cluster

    @property
    def around(self) -> set[str]:
        """DBIDs of the cluster and of its Chat Servers."""
        return {self.cluster.dbid, *(server.application.dbid for server in self.topology.chat_servers)}

    @property
    def chat(self) -> dict[str, str]:
        return self.cluster.options().get(CHAT, {})

    @property
    def queue_key(self) -> str:
        return str(QueueKey(self.tenant.dbid, self.endpoint))

    @property
    def queue_key_after(self) -> str:
        """What ``queueKey`` will be after the run; empty where it goes."""
        if not self.absent:
            return self.queue_key
        return self.chat.get(QUEUE_KEY, "") if self.keep_queue_key else ""

    @cached_property
    def clients(self) -> Clients:
        """For the DBID of each application, those that hold a connection to it."""
        return clients_of(self.estate)

    @cached_property
    def queue_scripts(self) -> list[Script]:
        """The Interaction Queue that is wanted or in use: none where it is missing."""
        place = (self.queue_name, self.tenant.dbid, INTERACTION_QUEUE)
        return [script for script in self.scripts if (script.name, script.tenant, script.subtype) == place]

    @cached_property
    def queue_name(self) -> str:
        """The queue that is wanted, otherwise the one that is there: in ``[chat]``, or behind most endpoints."""
        known = self.queue or self.chat.get(CHAT_QUEUE, "")
        if known:
            return known
        endpoints = Counter(filter(None, map(self.endpoint_of, self.topology.chat_servers)))
        most = endpoints.most_common(1)
        return most[0][0] if most else ""

    def endpoint_of(self, server: ChatServer) -> str | None:
        """Return the queue behind the endpoint on this Chat Server, or None where the endpoint is missing."""
        return self.endpoints_of(server).get(self.endpoint)

    def endpoints_of(self, server: ChatServer) -> dict[str, str]:
        """Return the endpoints of the tenant on this Chat Server, with their queues."""
        return endpoints_of(server.application, self.tenant.dbid)

    def after(self) -> Channel:
        """Return the channel as it will be when the plans are carried out."""
        new = Known(estate_after(self.plans, self.estate))
        for server in self.topology.chat_servers:
            if server.primary:
                # Configuration Server copies connections: docs/evidence.md#high-availability-of-chat-server
                before, after = self.estate[server.primary.dbid], new[server.primary.dbid]
                if before.connections != after.connections:
                    raw = new[server.application.dbid].raw
                    new[server.application.dbid] = Application({**raw, "appservers": after.raw["appservers"]})
        scripts = [*self.scripts, *self.new_scripts]
        topology = discover(new[self.cluster.dbid], new)
        return replace(self, topology=topology, estate=new, scripts=scripts, plans=(), new_scripts=())

    def shared(self) -> dict[str, list[str]]:
        """Return, for the DBID of each Chat Server, the other Web Engagement Clusters whose chats reach it."""
        shared = {}
        for server in self.topology.chat_servers:
            ways = [server.application, *([server.primary] if server.primary else [])]
            above = [item for way in ways for item in clusters_above(way, self.estate, self.clients)]
            names = [item.name for item in above if CHAT_QUEUE in item.options().get(CHAT, {})]
            shared[server.application.dbid] = sorted({*names} - {self.cluster.name})
        return shared

    @property
    def changes_anything(self) -> bool:
        """Whether the run would change anything that a rule can look at."""
        return bool(self.new_scripts) or any(plan.changes for plan in self.plans)

    def contact_servers(self) -> dict[str, list[str]]:
        """Return, for the DBID of each Chat Server, the Universal Contact Servers that it reaches."""
        servers = [server.application for server in self.topology.chat_servers]
        return {server.dbid: contact_servers(server, self.estate, self.clients) for server in servers}

    def other_users(self) -> list[dict[str, str]]:
        """Return who else uses the endpoint or the queue, of the applications that were read.

        The endpoint is the one that will be removed, if one will. An application that reaches Chat Servers, and none of
        ours, uses endpoints of its own.
        """
        return [use.shown() for use in self.uses()]

    def uses(self) -> list[Use]:
        """Return what ``other_users`` shows."""
        endpoint, ours = self.leaving or self.endpoint, {item.application.dbid for item in self.topology.chat_servers}
        # That is known without a look at the options, and most of a large estate is far away.
        far = elsewhere(ours, self.estate, self.clients) | {self.cluster.dbid}
        others = [application for dbid, application in self.estate.items() if dbid not in far]
        uses = [*endpoint_uses(others, self.tenant, endpoint)]
        if self.queue_name:
            own = {(section_of(self.tenant.dbid), name) for name in (endpoint, self.endpoint)}
            uses += [
                use
                for use in queue_uses(others, self.tenant.dbid, self.queue_name)
                if (use.section, use.key) not in own
            ]
        return sorted(uses, key=lambda use: (use.uses, use.application.name, use.section, use.key))
