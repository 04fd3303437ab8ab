# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A chat channel as ``chat_channel_info`` returns it."""

from __future__ import annotations

from typing import Any

from .._model.objects import shown_options
from .channel import Channel
from .checks.all import judge
from .options import CHAT, QUEUE_KEY
from .overview import application_clusters, groups, option_rows, planned_changes, queue_row, state_words
from .plan import restart_required


def channel_result(channel: Channel, fail_on: str) -> dict[str, Any]:
    """Return what is there, what is wrong, and what a run would change. Findings of at least ``fail_on`` block it."""
    judgement, topology, shared = judge(channel), channel.topology, channel.shared()
    rows, group, contacts = option_rows(channel), groups(topology), channel.contact_servers()
    drift = any(todo.changes for todo in channel.plans)
    return {
        "changed": False,
        "msg": state_words(channel.cluster.name, judgement.now, rows),
        "cluster": {
            "name": channel.cluster.name,
            "dbid": channel.cluster.dbid,
            "type": channel.cluster.subtype,
            "enabled": channel.cluster.enabled,
            "chat": shown_options(channel.cluster, "options").get(CHAT, {}),
        },
        "tenant": {"name": channel.tenant.name, "dbid": channel.tenant.dbid},
        "endpoint": channel.endpoint,
        "queue_key": channel.queue_key_after,
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
        "not_looked_at": channel.not_looked_at,
        "fixed_by_run": sum(finding.fixed_by_run for finding in judgement.now),
        "findings": [finding.shown() for finding in judgement.now],
        "fail_on": fail_on,
        "blocking": [finding.shown() for finding in judgement.blocking(fail_on)],
        "changes": planned_changes(channel.plans),
        "restart_required": restart_required(channel.plans),
        "compliant": not drift and not any(finding.at_least("warning") for finding in judgement.now),
    }
