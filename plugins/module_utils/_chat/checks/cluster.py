# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about the Web Engagement Cluster application and its nodes: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.names import variable
from ..._model.objects import APPLICATION_CLUSTER, text
from ..._model.topology import is_too_old
from ..channel import Channel
from ..options import (
    CHAT,
    CO_BROWSE,
    QUEUE_KEY,
    TUNING,
    QueueKey,
    looks_like_web_engagement,
    milliseconds,
    pool_size,
)
from ..plan import pool_problem
from .finding import CONTACTS, NO_CHAT, NOTHING_NOW, SOME_CHATS, SWITCH_OVER, Finding
from .registry import rule


@rule(
    "GWE001",
    "The cluster application",
    "The Web Engagement Cluster application is enabled, of type Application Cluster and of release 8.5 or later.",
    ("error", NO_CHAT, "it is disabled"),
    ("error", NO_CHAT, "a node that is connected to it is of an earlier release"),
    ("error", NO_CHAT, "it has an option of Co-browse, `[chat] useChat`"),
    ("error", NO_CHAT, "it is a member of another Web Engagement Cluster and has no Web Engagement options of its own"),
    ("warning", NOTHING_NOW, "it is not of type Application Cluster (`chat_channel_allow_unknown_cluster`)"),
    sources=(
        "evidence.md#how-a-cluster-groups-servers",
        "evidence.md#releases",
        "evidence.md#who-else-uses-an-endpoint",
    ),
)
def gwe001_cluster_application(channel: Channel) -> Iterator[Finding]:
    """An application that certainly is something else, or of an earlier release, is refused before rules apply."""
    yield from _right_cluster(channel)
    name, subtype = channel.cluster.name, channel.cluster.subtype
    if subtype != APPLICATION_CLUSTER:
        yield Finding(
            severity="warning",
            impact=NOTHING_NOW,
            application=name,
            message="The application is not of type Application Cluster.",
            expected=APPLICATION_CLUSTER,
            actual=subtype,
            hint=f"Check that {variable('cluster')} is right.",
        )
    if not channel.cluster.enabled:
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=name,
            message="The Web Engagement Cluster application is disabled.",
            expected="CFGEnabled",
            actual=str(channel.cluster.raw.get("state")),
            hint="Enable it, or remove it from the inventory.",
        )


def _right_cluster(channel: Channel) -> Iterator[Finding]:
    for node in channel.topology.nodes:
        if is_too_old(node):
            yield Finding(
                severity="error",
                impact=NO_CHAT,
                application=node.name,
                message="This node is of a release that keeps its chat options elsewhere.",
                expected="8.5 or later",
                actual=text(node.raw.get("version")),
                hint="Upgrade the node, or configure it manually.",
            )
    if CO_BROWSE in channel.chat:
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=channel.cluster.name,
            message=f"The application is a Co-browse Cluster: [chat] {CO_BROWSE} is an option of Co-browse.",
            expected="a Web Engagement Cluster",
            actual=f"{CO_BROWSE} = {channel.chat[CO_BROWSE]}",
            hint=f"Set {variable('cluster')} to the Web Engagement Cluster.",
        )
    above = [item for item in channel.clients.get(channel.cluster.dbid, ()) if looks_like_web_engagement(item)]
    # Its section [chat] does not count: a run by mistake may have made it.
    if above and "engagement" not in channel.cluster.options():
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=channel.cluster.name,
            message=f"The application only groups servers for Web Engagement Cluster '{above[0].name}'.",
            expected=above[0].name,
            actual=channel.cluster.name,
            hint=f"Set {variable('cluster')} to {above[0].name}.",
        )


@rule(
    "GWE003",
    "queueKey and tenants",
    "queueKey is the tenant's DBID, a colon and the endpoint, and every Chat Server serves that tenant.",
    (
        "error",
        NO_CHAT,
        "`queueKey` is missing or empty, a bare endpoint, begins with the tenant's name, contains a DBID that does not "
        "exist, or points at another tenant or endpoint than the inventory says",
    ),
    ("error", NO_CHAT, "a channel is retired, and `queueKey` points at another one"),
    ("error", SOME_CHATS, "a Chat Server does not serve the tenant"),
    sources=("evidence.md#form-of-queuekey", "evidence.md#tenants"),
    retiring=True,
)
def gwe003_queue_key(channel: Channel) -> Iterator[Finding]:
    """Mobile Services uses the tenant's *name* there, so this is a common mistake."""
    if channel.absent:
        yield from _another_channel(channel)
        return
    yield from _queue_key(channel)
    for server in channel.topology.chat_servers:
        served = server.application.tenants
        if served and channel.tenant.dbid not in served:
            yield Finding(
                severity="error",
                impact=SOME_CHATS,
                application=server.application.name,
                message=f"The Chat Server does not serve tenant '{channel.tenant.name}'.",
                expected=channel.tenant.dbid,
                actual=", ".join(served),
                hint="Add the tenant to the Chat Server, or choose another tenant.",
            )


def _another_channel(channel: Channel) -> Iterator[Finding]:
    """What is asked to go must be what is there. A tenant's name in place of its DBID is a mistake, not another one."""
    value = channel.chat.get(QUEUE_KEY, "")
    key = QueueKey.parse(value)
    ours = (None, channel.tenant.dbid, channel.tenant.name)
    if value and (key.endpoint != channel.endpoint or key.tenant not in ours):
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=channel.cluster.name,
            message="queueKey does not point at the channel to retire.",
            expected=channel.queue_key,
            actual=value,
            hint=f"Name its {variable('tenant')} and {variable('endpoint')}.",
        )


def _queue_key(channel: Channel) -> Iterator[Finding]:
    value = channel.chat.get(QUEUE_KEY, "")
    if value == channel.queue_key:
        return
    key = QueueKey.parse(value)
    hint = f"Set [chat] queueKey = {channel.queue_key}; `configure` does so."
    if not value:
        message = "queueKey is not set: no chat can be opened."
    elif key.tenant is None:
        message = "queueKey is a bare endpoint."
    elif key.tenant in [item.name for item in channel.tenants]:
        message = "queueKey begins with the tenant's name instead of its DBID."
    elif not key.well_formed:
        message = "queueKey is not a tenant DBID, a colon and an endpoint."
    elif key.tenant not in [item.dbid for item in channel.tenants]:
        message = "queueKey contains a tenant DBID that does not exist."
    else:
        message = "queueKey points at another tenant or endpoint."
        hint = f"Check which of the two is right; `configure` sets {channel.queue_key}."
    yield Finding(
        severity="error",
        impact=NO_CHAT,
        application=channel.cluster.name,
        message=message,
        expected=channel.queue_key,
        actual=value,
        hint=hint,
    )


@rule(
    "GWE008",
    "Ranges",
    "The options of section [chat] are within their ranges, and Chat Servers support them.",
    ("error", CONTACTS, "`identifyCreateContact` is not 1 to 3: Web Engagement silently treats it as 3"),
    (
        "error",
        SOME_CHATS,
        "another option of `[chat]` is out of range; 1000 or more looks like milliseconds, as in Co-browse",
    ),
    (
        "warning",
        SWITCH_OVER,
        "`sessionRestorationTimeout` is set, but a Chat Server does not have `session-restoration-mode=simple`",
    ),
    sources=("evidence.md#options-of-chat", "evidence.md#session-options-of-chat-server"),
)
def gwe008_ranges(channel: Channel) -> Iterator[Finding]:
    for option in TUNING:
        value = channel.chat.get(option.key)
        if value is None or (value.isdecimal() and option.allows(int(value))):
            continue
        contacts = option.key == "identifyCreateContact"
        acts = " Web Engagement silently treats it as 3." if contacts else ""
        hint = milliseconds(option, int(value)).strip() if value.isdecimal() else ""
        yield Finding(
            severity="error",
            impact=CONTACTS if contacts else SOME_CHATS,
            application=channel.cluster.name,
            message=f"{option.key} is out of range.{acts}",
            expected=option.range,
            actual=value,
            hint=f"{hint} Set it to {option.range}: `configure` does so with {variable(option.name)}.".strip(),
        )
    for server in channel.topology.chat_servers if "sessionRestorationTimeout" in channel.chat else ():
        mode = server.application.options().get("settings", {}).get("session-restoration-mode", "none")
        if mode != "simple":
            yield Finding(
                severity="warning",
                impact=SWITCH_OVER,
                application=server.application.name,
                message="sessionRestorationTimeout is set, but this Chat Server refuses to restore sessions.",
                expected="simple",
                actual=mode,
                hint="Set [settings] session-restoration-mode = simple on the Chat Server.",
            )


@rule(
    "GWE009",
    "Size of the thread pool",
    "refreshPoolSize is large enough for the peak of chat sessions.",
    (
        "warning",
        NOTHING_NOW,
        "`refreshPoolSize` is smaller than sessions / (period * 5), or no size up to 99 is enough at this refresh "
        "period; checked only if the peak of chat sessions is given",
    ),
    sources=("evidence.md#options-of-chat",),
)
def gwe009_pool_size(channel: Channel) -> Iterator[Finding]:
    """The vendor does not say whether the peak is per cluster or per node."""
    peak, period = channel.peak_chat_sessions, channel.chat.get("refreshTaskPeriod", "")
    advice = pool_problem(peak, channel.chat)
    if peak is not None and advice:
        yield Finding(
            severity="warning",
            impact=NOTHING_NOW,
            application=channel.cluster.name,
            message=f"refreshPoolSize is too small for {peak} chat sessions at a refresh period of {period} s.",
            expected=f"{pool_size(peak, int(period))} threads",
            actual=channel.chat.get("refreshPoolSize", "not set; the default is 10"),
            hint=advice,
        )


@rule(
    "GWE014",
    "Options in other places",
    "No node overrides the cluster's options, and no options of release 8.1 are left.",
    ("warning", SOME_CHATS, "a node of the cluster has a section `[chat]` of its own"),
    ("info", NOTHING_NOW, "options `wes.connector.*` of release 8.1 are left"),
    sources=("evidence.md#how-a-cluster-groups-servers", "evidence.md#releases"),
)
def gwe014_options_elsewhere(channel: Channel) -> Iterator[Finding]:
    """*Inferred* from Mobile Services, where a node's options override the cluster's."""
    for application in (channel.cluster, *channel.topology.nodes):
        sections = application.options()
        if application is not channel.cluster and CHAT in sections:
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=application.name,
                message="A node of the cluster has a section [chat] of its own, which may override the cluster's.",
                expected="no section [chat]",
                actual=", ".join(sections[CHAT]),
                hint="Keep the options of the channel on the Web Engagement Cluster application only.",
            )
        old = ", ".join(key for keys in sections.values() for key in keys if key.startswith("wes.connector."))
        if old:
            yield Finding(
                severity="info",
                impact=NOTHING_NOW,
                application=application.name,
                message="Options of release 8.1 are left; Web Engagement 8.5 does not read them.",
                actual=old,
                hint="Remove them when convenient.",
            )


@rule(
    "GWE016",
    "Deprecation",
    "The vendor has deprecated the chat channel of Web Engagement; plan for its successor.",
    ("info", NOTHING_NOW, "the channel is in use; its successor is Genesys Mobile Services with Genesys Widgets"),
    sources=("evidence.md#deprecation-and-successor",),
)
def gwe016_deprecation(channel: Channel) -> Iterator[Finding]:
    if channel.chat.get(QUEUE_KEY):
        yield Finding(
            severity="info",
            impact=NOTHING_NOW,
            application=channel.cluster.name,
            message="The chat channel of Web Engagement is deprecated.",
            hint="Plan the move to Genesys Mobile Services with Genesys Widgets.",
        )
