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
    "No other application uses an endpoint that will be removed.",
    ("error", SOME_CHATS, "an option of another application is `<tenant>:<endpoint>`, with the tenant's DBID or name"),
    ("error", SOME_CHATS, "the endpoint is `default`, which Mobile Services uses if no other is configured"),
    ("error", SOME_CHATS, "a channel is retired, and an option of another application names its queue, which is kept"),
    sources=("evidence.md#who-else-uses-an-endpoint",),
    about_run=True,
    retiring=True,
    always=True,
)
def gwe018_still_in_use(channel: Channel) -> Iterator[Finding]:
    """A use is found by its value, in any option of any section of any type of application, or in its annex; before a
    removal, all types are read. Section `[chat]` with `useChat=false` is ignored. Applications that reach Chat Servers,
    but none of this cluster, use other endpoints.

    It stops a run whatever `chat_channel_fail_on` says; set `chat_channel_remove_in_use` to remove the endpoint anyway.
    """
    there = any(channel.leaving in channel.endpoints_of(server) for server in channel.topology.chat_servers)
    if not there or channel.remove_in_use or channel.keep_queue_key:
        return
    hint = f"Remove that use first, or set {variable('remove_in_use')} to true."
    if channel.leaving == ALWAYS_IN_USE:
        yield Finding(
            severity="error",
            impact=SOME_CHATS,
            application=channel.cluster.name,
            message=f"Endpoint '{ALWAYS_IN_USE}' will be removed. Mobile Services uses it if no other is configured.",
            expected="another endpoint",
            actual=ALWAYS_IN_USE,
            hint=hint,
        )
    for user in channel.other_users():
        message = f"Option {user['option']} uses endpoint '{channel.leaving}', which will be removed."
        if user["uses"] == QUEUE:
            message = f"Option {user['option']} names the same queue '{channel.queue_name}', which is not removed."
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
    "While Web Engagement is in use, queueKey stays; the vendor calls it mandatory.",
    ("warning", NO_CHAT, "a channel is retired with its `queueKey`"),
    sources=("evidence.md#deprecation-and-successor", "evidence.md#options-of-chat"),
    about_run=True,
    retiring=True,
)
def gwe025_mandatory(channel: Channel) -> Iterator[Finding]:
    """It is not known what a node does without `queueKey`. See [Retire](operations.md#retire)."""
    if not channel.absent or channel.keep_queue_key or QUEUE_KEY not in channel.chat:
        return
    nodes = [node.name for node in channel.topology.nodes if node.enabled]
    yield Finding(
        severity="warning",
        impact=NO_CHAT,
        application=channel.cluster.name,
        message="queueKey will be removed, but the vendor calls it mandatory for Web Engagement.",
        expected="Web Engagement is no longer in use",
        actual=f"nodes: {', '.join(nodes)}" if nodes else "",
        hint=f"If Web Engagement stays in use, set {variable('keep_queue_key')} to true; this also keeps the endpoint.",
    )
