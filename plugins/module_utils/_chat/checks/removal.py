# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about an endpoint, or a whole channel, that will be removed: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.names import variable
from ..channel import Channel
from ..options import QUEUE_KEY
from ..users import ALWAYS_IN_USE, QUEUE
from .finding import NO_CHAT, SOME_CHATS, Finding
from .registry import rule


@rule(
    "GWE018",
    "Still in use",
    "An endpoint that will be removed is used by nobody else.",
    ("error", SOME_CHATS, "an option of another application has the value `<tenant>:<endpoint>`, by DBID or by name"),
    ("error", SOME_CHATS, "the endpoint is `default`, which Mobile Services use without naming it"),
    ("error", SOME_CHATS, "a channel is retired, and an option of another application names its queue, which stays"),
    sources=("evidence.md#who-else-uses-an-endpoint",),
    about_run=True,
    retiring=True,
)
def gwe018_still_in_use(channel: Channel) -> Iterator[Finding]:
    """A use is found by its value, in any option of any section of any type of application; before a removal all types
    are read. Section `[chat]` with `useChat=false` does not count. Applications that reach Chat Servers, and none of
    this cluster, use endpoints of their own.

    `chat_channel_remove_in_use` removes the endpoint all the same.
    """
    there = any(channel.leaving in channel.endpoints_of(server) for server in channel.topology.chat_servers)
    if not there or channel.remove_in_use or channel.keep_queue_key:
        return
    hint = f"Retire that use first, or set {variable('remove_in_use')} to true."
    if channel.leaving == ALWAYS_IN_USE:
        yield Finding(
            severity="error",
            impact=SOME_CHATS,
            application=channel.cluster.name,
            message=f"Endpoint '{ALWAYS_IN_USE}' will be removed. Mobile Services use it where they name none.",
            expected="another endpoint",
            actual=ALWAYS_IN_USE,
            hint=hint,
        )
    for user in channel.other_users():
        message = f"Option {user['option']} uses endpoint '{channel.leaving}', which will be removed."
        if user["uses"] == QUEUE:
            message = f"Option {user['option']} leads to the same queue '{channel.queue_name}', which would stay."
        if user["uses"] != QUEUE or channel.absent:
            yield Finding(
                severity="error",
                impact=SOME_CHATS,
                application=user["application"],
                message=message,
                expected="no other user",
                actual=user["value"],
                hint=hint,
            )


@rule(
    "GWE025",
    "queueKey is mandatory",
    "Web Engagement that stays in use keeps queueKey, which the vendor calls mandatory.",
    ("warning", NO_CHAT, "a channel is retired with its `queueKey`"),
    sources=("evidence.md#deprecation-and-successor", "evidence.md#options-of-chat"),
    about_run=True,
    retiring=True,
)
def gwe025_mandatory(channel: Channel) -> Iterator[Finding]:
    """What a node does without `queueKey` is not known. [Retire](operations.md#retire) says how to retire for good."""
    if not channel.absent or channel.keep_queue_key or QUEUE_KEY not in channel.chat:
        return
    nodes = [node.name for node in channel.topology.nodes if node.enabled]
    yield Finding(
        severity="warning",
        impact=NO_CHAT,
        application=channel.cluster.name,
        message="queueKey will be removed, which the vendor calls mandatory for Web Engagement.",
        expected="Web Engagement is not in use any more",
        actual=f"nodes: {', '.join(nodes)}" if nodes else "",
        hint=f"If Web Engagement stays in use, set {variable('keep_queue_key')} to true: it keeps the endpoint, too.",
    )
