# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What all the rules say about a chat channel.

Ids and sources: genesys_domain.md, section 11; described one by one in ``docs/findings.md``.
"""

from __future__ import annotations

from typing import Any

from ._channel import Channel
from ._chat_channel import QUEUE_KEY
from ._finding import Finding
from ._results import planned_changes, restart_required
from ._rules_cluster import CLUSTER_RULES
from ._rules_servers import SERVER_RULES


def findings(channel: Channel) -> list[Finding]:
    """Return everything that is wrong or worth knowing, by id and then application."""
    found = [finding for rule in (*CLUSTER_RULES, *SERVER_RULES) for finding in rule(channel)]
    return sorted(found, key=lambda finding: (finding.id, finding.application, finding.message))


def channel_result(channel: Channel, fail_on: str) -> dict[str, Any]:
    """Return what ``chat_channel_info`` shows. ``fail_on`` is the least severity that is blocking."""
    found, topology, shared = findings(channel), channel.topology, channel.shared()
    drift = any(todo.changes for todo in channel.plans)
    return {
        "changed": False,
        "cluster": {
            "name": channel.cluster.name,
            "dbid": channel.cluster.dbid,
            "type": channel.cluster.subtype,
            "chat": channel.chat,
        },
        "tenant": {"name": channel.tenant.name, "dbid": channel.tenant.dbid},
        "endpoint": channel.endpoint,
        "queue_key": channel.queue_key,
        "queue_key_found": channel.chat.get(QUEUE_KEY),
        "topology": {
            "application_clusters": [{"name": item.name, "depth": depth} for item, depth in topology.clusters],
            "other_connections": [{"name": item.name, "type": item.subtype} for item in topology.others],
            "nodes": [item.name for item in topology.nodes],
        },
        "chat_servers": [
            {
                "name": server.application.name,
                "dbid": server.application.dbid,
                "origin": server.origin,
                "primary": server.primary.name if server.primary else None,
                "enabled": server.application.enabled,
                "tenants": server.application.tenants,
                "queue": channel.endpoint_of(server),
                "shared_with": shared[server.application.dbid],
            }
            for server in topology.chat_servers
        ],
        "queue_missing": bool(channel.new_scripts),
        "other_users": channel.other_users(),
        "findings": [finding.shown() for finding in found],
        "blocking": [finding.shown() for finding in findings(channel.after()) if finding.at_least(fail_on)],
        "changes": planned_changes(channel.plans),
        "restart_required": restart_required(channel.plans),
        "compliant": not drift and not any(finding.at_least("warning") for finding in found),
    }
