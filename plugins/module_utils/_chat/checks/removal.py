# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about an endpoint, or a whole channel, that will be removed: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.names import variable
from ..channel import Channel
from .finding import SOME_CHATS, Finding
from .registry import rule


@rule(
    "GWE018",
    "Still in use",
    "An endpoint that will be removed is used by nobody else.",
    ("error", SOME_CHATS, "somebody else uses an endpoint that will be removed"),
    ("error", SOME_CHATS, "a channel is retired, and somebody else uses its queue, although the queue stays"),
    sources=("evidence.md#who-else-uses-an-endpoint",),
    about_run=True,
    retiring=True,
)
def gwe018_still_in_use(channel: Channel) -> Iterator[Finding]:
    """Applications that reach Chat Servers, and none of this cluster, use endpoints of their own.

    `chat_channel_remove_in_use` removes the endpoint all the same.
    """
    there = any(channel.leaving in channel.endpoints_of(server) for server in channel.topology.chat_servers)
    if not there or channel.remove_in_use:
        return
    for user in channel.other_users():
        message = f"Option {user['option']} uses endpoint '{channel.leaving}', which will be removed."
        if user["uses"] == "queue":
            message = f"Option {user['option']} leads to the same queue '{channel.queue_name}', which would stay."
        if user["uses"] == "endpoint" or channel.absent:
            yield Finding(
                severity="error",
                impact=SOME_CHATS,
                application=user["application"],
                message=message,
                expected="no other user",
                actual=user["value"],
                hint=f"Retire that use first, or set {variable('remove_in_use')} to true.",
            )
