# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about Chat Servers that several Web Engagement Clusters share: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..channel import Channel
from ..options import CHAT, CHAT_QUEUE, QUEUE_KEY
from .finding import SOME_CHATS, Finding
from .registry import rule


@rule(
    "GWE019",
    "One endpoint, one queue",
    "Clusters that share a Chat Server and an endpoint use the same queue.",
    ("error", SOME_CHATS, "another cluster uses the endpoint on a shared Chat Server with another queue"),
    sources=("evidence.md#who-else-uses-an-endpoint",),
    about_run=True,
)
def gwe019_one_queue(channel: Channel) -> Iterator[Finding]:
    """To move both clusters to another queue, use another endpoint."""
    if channel.queue is None:
        return
    sharing = {name for names in channel.shared().values() for name in names}
    for application in [item for item in channel.estate.values() if item.name in sharing]:
        chat = application.options().get(CHAT, {})
        theirs = chat.get(CHAT_QUEUE, "")
        if chat.get(QUEUE_KEY) != channel.queue_key or not theirs:
            continue
        if theirs != channel.queue:
            yield Finding(
                severity="error",
                impact=SOME_CHATS,
                application=application.name,
                message=f"It uses endpoint '{channel.endpoint}' of shared Chat Servers with queue '{theirs}'.",
                expected=channel.queue,
                actual=theirs,
                hint="Give one of the two clusters another endpoint (chat_channel_endpoint).",
            )
