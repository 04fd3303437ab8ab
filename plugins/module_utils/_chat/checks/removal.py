# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about an endpoint, or a whole channel, that is to go: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..channel import Channel
from ..options import QUEUE_KEY
from .finding import Finding

HINT = "Retire that use first, or set remove_in_use (chat_channel_remove_in_use)."


def in_use(channel: Channel) -> Iterator[Finding]:
    there = any(channel.leaving in channel.endpoints_of(server) for server in channel.topology.chat_servers)
    if not there or channel.remove_in_use:
        return
    for user in channel.other_users():
        message = f"Option {user['option']} uses endpoint '{channel.leaving}', which is to go."
        if user["uses"] == "queue":
            message = f"Option {user['option']} leads to the same queue '{channel.queue_name}', which would stay."
        if user["uses"] == "endpoint" or channel.absent:
            yield Finding("GWE018", "error", user["application"], message, "no other user", user["value"], HINT)


def another_channel(channel: Channel) -> Iterator[Finding]:
    """What is asked to go must be what is there. A tenant's name in place of its DBID is a mistake, not another one."""
    value = channel.chat.get(QUEUE_KEY, "")
    tenant, _separator, endpoint = value.rpartition(":")
    if not channel.absent or not value:
        return
    if endpoint != channel.endpoint or tenant not in ("", channel.tenant.dbid, channel.tenant.name):
        message = "queueKey points at another channel than the one that is to be retired."
        hint = "Name its tenant and endpoint (chat_channel_tenant, chat_channel_endpoint)."
        yield Finding("GWE003", "error", channel.cluster.name, message, channel.queue_key, value, hint)


REMOVAL_RULES = (in_use, another_channel)
