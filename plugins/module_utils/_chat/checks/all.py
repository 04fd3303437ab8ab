# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What all the rules say about a chat channel.

Ids and sources: genesys_domain.md, section 11; described one by one in ``docs/findings.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..channel import Channel
from ..options import QUEUE_KEY
from ..overview import application_clusters, groups, option_rows, planned_changes, queue_row, state_words
from ..plan import restart_required, steps
from .cluster import CLUSTER_RULES, restarts
from .finding import Finding
from .removal import REMOVAL_RULES
from .servers import SERVER_RULES, contact_servers

Rule = Callable[[Channel], Iterable[Finding]]


def findings(channel: Channel) -> list[Finding]:
    """Return everything that is wrong or worth knowing, by id and then application."""
    return _by_id(channel, *_rules(channel), *REMOVAL_RULES)


def blocking(channel: Channel, fail_on: str) -> list[Finding]:
    """Return what is at least this severe, and would be wrong after a run or because of it."""
    found = [*_by_id(channel.after(), *_rules(channel)), *_by_id(channel, *REMOVAL_RULES)]
    return [finding for finding in found if finding.at_least(fail_on)]


def _rules(channel: Channel) -> tuple[Rule, ...]:
    # A channel that is to go need not be in order.
    return (restarts,) if channel.absent else (*CLUSTER_RULES, *SERVER_RULES)


def _by_id(channel: Channel, *rules: Rule) -> list[Finding]:
    found = [finding for rule in rules for finding in rule(channel)]
    return sorted(found, key=lambda finding: (finding.id, finding.application, finding.message))


def channel_result(channel: Channel, fail_on: str, batch_size: int = 0) -> dict[str, Any]:
    """Return what ``chat_channel_info`` shows. ``fail_on`` is the least severity that is blocking."""
    found, topology, shared = findings(channel), channel.topology, channel.shared()
    rows, group, contacts = option_rows(channel), groups(topology), contact_servers(channel)
    drift = any(todo.changes for todo in channel.plans)
    return {
        "changed": False,
        "msg": state_words(channel.cluster.name, found, rows),
        "cluster": {
            "name": channel.cluster.name,
            "dbid": channel.cluster.dbid,
            "type": channel.cluster.subtype,
            "enabled": channel.cluster.enabled,
            "chat": channel.chat,
        },
        "tenant": {"name": channel.tenant.name, "dbid": channel.tenant.dbid},
        "endpoint": channel.endpoint,
        "queue_key": "" if channel.absent else channel.queue_key,
        "queue_key_found": channel.chat.get(QUEUE_KEY),
        "topology": {
            "application_clusters": application_clusters(topology),
            "other_connections": [{"name": item.name, "type": item.subtype} for item in topology.others],
            "nodes": [item.name for item in topology.nodes],
            "disabled_nodes": [item.name for item in topology.nodes if not item.enabled],
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
                "group": group[server.application.dbid],
                "contact_servers": contacts[server.application.dbid],
            }
            for server in topology.chat_servers
        ],
        "queue": queue_row(channel),
        "options": rows,
        "queue_missing": bool(channel.new_scripts),
        "other_users": channel.other_users(),
        "findings": [finding.shown() for finding in found],
        "fail_on": fail_on,
        "blocking": [finding.shown() for finding in blocking(channel, fail_on)],
        "changes": planned_changes(channel.plans),
        "steps": steps(channel.plans, channel.tenant, batch_size),
        "restart_required": restart_required(channel.plans),
        "compliant": not drift and not any(finding.at_least("warning") for finding in found),
    }
