# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about Chat Servers, their backups and their connections: from a channel to findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..._model.objects import APPLICATION_CLUSTER, CONTACT_SERVER, INTERACTION_SERVER, Application, Raw, text
from ..._model.topology import ChatServer, Clients, Estate
from ..channel import Channel
from ..options import section_of
from .finding import Finding

PORTS = ("default", "webapi", "ESP")
# Options of [settings] that primary and backup must share (genesys_domain.md, section 3.3).
SHARED_SETTINGS = ("session-restoration-mode", "transcript-auto-save", "transcript-save-on-error")


def found_at_all(channel: Channel) -> Iterator[Finding]:
    name, via = channel.cluster.name, ", ".join(item.name for item, _depth in channel.topology.clusters)
    if not channel.topology.chat_servers:
        message = (
            f"cluster (chat_channel_cluster): no Chat Server can be reached from application '{name}' "
            f"({'through ' + via if via else 'it is connected to no Application Cluster'})."
        )
        hint = "Connect it to a Chat Server, or to an Application Cluster that is."
        yield Finding("GWE002", "error", name, message, "at least one Chat Server", "none", hint)


def ways(channel: Channel) -> Iterator[Finding]:
    topology = channel.topology
    for application in (
        *(server.application for server in topology.chat_servers),
        *(group for group, _depth in topology.clusters),
    ):
        if not application.enabled:
            message = "The application is disabled: Web Engagement does not use it."
            hint = "Enable it, or remove the connection; a Chat Server is configured all the same."
            yield Finding("GWE013", "warning", application.name, message, "CFGEnabled", "CFGDisabled", hint)
    direct = ("direct", f"member of {channel.cluster.name}")
    if len({server.origin in direct for server in topology.chat_servers if not server.primary}) > 1:
        message = "The cluster is connected to Chat Servers both directly and through an Application Cluster."
        hint = "Web Engagement may use only those of the Application Cluster: keep one of the two ways."
        yield Finding("GWE013", "warning", channel.cluster.name, message, "one way", "both", hint)
    for application, depth in topology.clusters:
        if depth > 1:
            message = "This Application Cluster lies within another: Web Engagement may not look into it."
            hint = "Connect the Web Engagement Cluster to it directly."
            yield Finding("GWE013", "warning", application.name, message, "1 level", f"{depth} levels", hint)
    for holder, dbid in topology.dangling:
        message = f"A reference leads to application {dbid}, which does not exist or cannot be read by this account."
        hint = "Remove the connection or the backup, or let the account read the application."
        yield Finding("GWE013", "warning", holder.name, message, "", dbid, hint)


def tenants(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        served = server.application.tenants
        if served and channel.tenant.dbid not in served:
            message = f"The Chat Server does not serve tenant '{channel.tenant.name}'."
            hint = "Add the tenant to the Chat Server, or choose another tenant."
            yield Finding(
                "GWE003", "error", server.application.name, message, channel.tenant.dbid, ", ".join(served), hint
            )


def endpoints(channel: Channel) -> Iterator[Finding]:
    section, endpoint = section_of(channel.tenant.dbid), channel.endpoint
    for server in channel.topology.chat_servers:
        name, options, value = server.application.name, server.application.options(), channel.endpoint_of(server)
        if value is None:
            primary_has_it = server.primary and channel.endpoint_of(ChatServer(server.primary, ""))
            lost = "chats are lost after a switch-over" if primary_has_it else "chats are lost"
            near = [key for key in options.get(section, {}) if key.casefold() == endpoint.casefold()]
            hint = f"There is '{near[0]}': names are case-sensitive." if near else "Set the endpoint."
            message = f"Endpoint '{endpoint}' is missing in section [{section}]: {lost}."
            yield Finding("GWE004", "error", name, message, channel.queue_name, "", hint)
        elif channel.queue_name and value != channel.queue_name:
            hint = "It must name the same Interaction Queue on every Chat Server, and in webengagementChatQueue."
            yield Finding(
                "GWE005", "error", name, f"Endpoint '{endpoint}' names another queue.", channel.queue_name, value, hint
            )
        for left_over in options:
            if re.fullmatch(r"endpoints:(?![0-9]+$).*", left_over):
                message = f"The placeholder section [{left_over}] of the template is left over."
                hint = "Rename it to endpoints: and the tenant's DBID, or remove it."
                yield Finding("GWE004", "warning", name, message, section, left_over, hint)


def restoration(channel: Channel) -> Iterator[Finding]:
    if "sessionRestorationTimeout" not in channel.chat:
        return
    for server in channel.topology.chat_servers:
        mode = server.application.options().get("settings", {}).get("session-restoration-mode", "none")
        if mode != "simple":
            message = "sessionRestorationTimeout is set, but this Chat Server refuses to restore sessions."
            hint = "Set session-restoration-mode to simple in section [settings] of the Chat Server."
            yield Finding("GWE008", "warning", server.application.name, message, "simple", mode, hint)


def contacts(channel: Channel) -> Iterator[Finding]:
    value = channel.chat.get("identifyCreateContact", "")
    explicit = value in ("1", "2", "3")
    acts = value if explicit else "3"
    severity = "error" if explicit and acts != "1" else "warning"
    reached = contact_servers(channel)
    for server in channel.topology.chat_servers:
        name = server.application.name
        uses = server.application.options().get("settings", {}).get("use-contact-server", "true")
        if not reached[server.application.dbid]:
            message = f"No connection to Universal Contact Server, while identifyCreateContact acts as {acts}."
            hint = "Connect the Chat Server to Universal Contact Server, or set identifyCreateContact to 1."
            yield Finding("GWE010", severity, name, message, "a connection", "none", hint)
        elif uses.lower() == "false" and acts != "1":
            message = f"Universal Contact Server is not used, while identifyCreateContact acts as {acts}."
            hint = "Set use-contact-server to true in section [settings], and restart the Chat Server."
            yield Finding("GWE010", severity, name, message, "true", uses, hint)


def contact_servers(channel: Channel) -> dict[str, list[str]]:
    """Return, for the DBID of each Chat Server, the Universal Contact Servers that it reaches."""
    clients = channel.clients
    servers = [server.application for server in channel.topology.chat_servers]
    return {server.dbid: list(_contact_servers(channel.estate, server, clients)) for server in servers}


def _contact_servers(estate: Estate, server: Application, clients: Clients) -> Iterator[str]:
    """Directly, or through an Application Cluster that holds one or whose members connect to it (UCS 9)."""
    for target in (estate.get(dbid) for dbid in server.connected_to):
        if target and target.subtype == CONTACT_SERVER:
            yield target.name
        if target and target.subtype == APPLICATION_CLUSTER:
            members = [*(estate.get(dbid) for dbid in target.connected_to), *clients.get(target.dbid, ())]
            yield from (member.name for member in members if member and member.subtype == CONTACT_SERVER)


def ports(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        name, there = server.application.name, server.application.ports
        missing = ", ".join(port for port in PORTS if port not in there)
        if missing:
            message = f"The Chat Server lacks the listening ports: {missing}."
            yield Finding("GWE011", "warning", name, message, ", ".join(PORTS), ", ".join(there), "Add the ports.")
        if not server.holder:
            continue
        for connection in server.holder.connections:
            port = text(connection.get("id"))
            if _leads_to(connection, server.application.dbid) and port not in there:
                message = f"The connection to Chat Server '{name}' names a port that it does not have."
                hint = "Correct the port of the connection."
                yield Finding("GWE011", "warning", server.holder.name, message, ", ".join(there), port, hint)


def interaction_server(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers:
        name, dbid = server.application.name, server.application.dbid
        targets = [channel.estate.get(target) for target in server.application.connected_to]
        found = [target for target in targets if target and target.subtype == INTERACTION_SERVER]
        if not found:
            message = "The Chat Server is not connected to an Interaction Server."
            yield Finding("GWE011", "warning", name, message, "a connection", "none", "Add the connection.")
            continue
        back = [text(item.get("id")) for target in found for item in target.connections if _leads_to(item, dbid)]
        if not server.primary and "ESP" not in back:
            message = f"Interaction Server '{found[0].name}' is not connected back to port ESP of the Chat Server."
            hint = "Connect the Interaction Server to port ESP of the Chat Server."
            yield Finding("GWE011", "warning", name, message, "ESP", ", ".join(back) or "none", hint)


def _leads_to(connection: Raw, dbid: str) -> bool:
    return text(connection.get("appserverdbid")) == dbid


def parity(channel: Channel) -> Iterator[Finding]:
    """Options that Configuration Server does not copy to a backup, apart from the endpoint itself."""
    own = (section_of(channel.tenant.dbid), channel.endpoint)
    for server in channel.topology.chat_servers:
        if not server.primary:
            continue
        here, there = _shared(server.application), _shared(server.primary)
        places = sorted({*here, *there} - {own})
        differ = ", ".join(f"{'/'.join(place)}" for place in places if here.get(place) != there.get(place))
        if differ:
            message = f"Options differ from those of the primary '{server.primary.name}': {differ}."
            hint = "Configuration Server does not copy options to a backup: make them equal."
            yield Finding("GWE012", "warning", server.application.name, message, hint=hint)


def _shared(application: Application) -> dict[tuple[str, str], str]:
    return {
        (section, key): value
        for section, keys in application.options().items()
        for key, value in keys.items()
        if section.startswith("endpoints:") or (section == "settings" and key in SHARED_SETTINGS)
    }


SERVER_RULES = (found_at_all, ways, tenants, endpoints, restoration, contacts, ports, interaction_server, parity)
