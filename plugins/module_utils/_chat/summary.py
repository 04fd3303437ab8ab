# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a call has done to a chat channel, or would do, in a few lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._text import counted, listed
from .channel import Channel
from .checks.finding import Finding
from .options import endpoints_of, section_of
from .users import ENDPOINT

MOST_FINDINGS = 5  # lines; the audit shows all


def waiting_endpoint(channel: Channel, params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the previous endpoint that stays until the nodes have restarted, and where; None where there is none."""
    previous = params["previous_endpoint"]
    if channel.absent or not previous or params["nodes_restarted"]:
        return None
    servers = [server.application for server in channel.topology.chat_servers]
    names = [server.name for server in servers if previous in endpoints_of(server, channel.tenant.dbid)]
    return {"endpoint": previous, "chat_servers": names} if names else None


def channel_summary(
    channel: Channel, result: Mapping[str, Any], remaining: Sequence[Finding], only: Collection[str] | None = None
) -> list[str]:
    """Return lines for people, the most important first. ``remaining`` are findings that a run does not fix.

    ``only`` are the Chat Servers that a call was for, where it was not for the whole channel.
    """
    check = result["check_mode"]
    key = f"queueKey {result['queue_key']}" if result["queue_key"] else "no chat channel"
    what = f"{key}, {servers_in_words(channel)}" if only is None else f"only {listed(only)}"
    lines = [f"{channel.cluster.name}: {what}, {result['state']}"]
    if result["queue_created"]:
        lines.append(f"Interaction Queue '{channel.queue_name}' {'would be' if check else 'was'} created.")
    if result["restart_required"]:
        lines.append(restart_line(result["restart_required"], check))
    stays = result["endpoint_stays"]
    if stays:
        where = servers_in_words(channel, stays["chat_servers"])
        lines.append(
            f"Endpoint '{stays['endpoint']}' stays on {where} until the nodes have restarted. Then run again with "
            "chat_channel_nodes_restarted: true."
        )
    if result["still_named"]:
        gone = "would be removed" if check else "was removed"
        lines.append(f"Endpoint '{channel.leaving}' {gone}, but is still named by {result['still_named']}.")
    lines += [f"{item.id} ({item.severity}) {item.application}: {item.message}" for item in remaining[:MOST_FINDINGS]]
    more = len(remaining) - MOST_FINDINGS
    lines += [f"{counted(more, 'more finding')}; genesys_ops.engage.audit shows all."] if more > 0 else []
    if result["changed"] and not check:
        folder = result["backup"]
        kept = f"backup in {folder}" if folder else "no backup: chat_channel_backup_dir is not set"
        lines.append(f"Run {result['run']}, {kept}.")
    return lines


def still_named(channel: Channel, result: Mapping[str, Any]) -> str:
    """Return who still names an endpoint that was removed, or would be: only ``remove_in_use`` gets that far."""
    changes = (change for item in result["applications"] for change in item["changes"])
    place = (section_of(channel.tenant.dbid), channel.leaving, None)
    if not any((change["section"], change["key"], change["after"]) == place for change in changes):
        return ""
    return listed(f"{use.application.name} ({use.option})" for use in channel.uses() if use.uses == ENDPOINT)


def restart_line(required: Sequence[Mapping[str, str]], check_mode: bool = False) -> str:
    """Say what must restart, and for which options; in check mode, once they are changed."""
    options = ", ".join(dict.fromkeys(entry["option"].rpartition("/")[2] for entry in required))
    restart = "Afterwards, restart" if check_mode else "Restart"
    return f"{restart} the Web Engagement nodes, one by one, to apply {options}."


def state_in_words(result: Mapping[str, Any]) -> str:
    """Return how many applications a call has changed, or would change."""
    names = {item["name"] for item in result["applications"] if item["changed"]}
    if not names:
        return "as requested."
    return f"{counted(len(names), 'application')} {'would change' if result['check_mode'] else 'changed'}."


def servers_in_words(channel: Channel, names: Collection[str] | None = None) -> str:
    """Return how many Chat Servers there are, or are among these names, with their backups apart."""
    servers = [item for item in channel.topology.chat_servers if names is None or item.application.name in names]
    backups = sum(server.primary is not None for server in servers)
    text = counted(len(servers) - backups, "Chat Server")
    return f"{text} and {counted(backups, 'backup')}" if backups else text
