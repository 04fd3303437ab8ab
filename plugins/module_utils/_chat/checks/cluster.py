# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about the Web Engagement Cluster application and its Interaction Queue: from a channel to findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..._errors import BadInput
from ..._model.objects import APPLICATION_CLUSTER, CONNECTIONS
from ..._model.routing import Association, associations, queue_problem
from ..channel import Channel
from ..options import CHAT, CHAT_QUEUE, QUEUE_KEY, TUNING, pool_size, section_of
from ..overview import option_rows
from ..plan import restart_required
from .finding import Finding


def cluster(channel: Channel) -> Iterator[Finding]:
    name, subtype = channel.cluster.name, channel.cluster.subtype
    if subtype != APPLICATION_CLUSTER:
        message, hint = (
            "The application is not of type Application Cluster.",
            "Check that chat_channel_cluster is right.",
        )
        yield Finding("GWE001", "warning", name, message, APPLICATION_CLUSTER, subtype, hint)
    if not channel.cluster.enabled:
        message = "The Web Engagement Cluster application is disabled."
        hint = "Enable it, or take it out of the inventory."
        yield Finding("GWE001", "error", name, message, "CFGEnabled", str(channel.cluster.raw.get("state")), hint)


def queue_key(channel: Channel) -> Iterator[Finding]:
    value = channel.chat.get(QUEUE_KEY, "")
    if value == channel.queue_key:
        return
    tenant, separator, endpoint = value.partition(":")
    known = {item.name: item.dbid for item in channel.tenants}
    hint = f"Set it to {channel.queue_key}."
    if not value:
        message = "queueKey is not set: no chat can be opened."
    elif not separator:
        message, hint = "queueKey is a bare endpoint.", f"Put the tenant's DBID before it: {channel.queue_key}."
    elif tenant in known:
        message, hint = "queueKey begins with the tenant's name.", f"Use its DBID: {known[tenant]}:{endpoint}."
    elif not re.fullmatch(r"[1-9][0-9]*:[^:\s][^:]*", value):
        message = "queueKey is not a tenant DBID, a colon and an endpoint."
    elif tenant not in known.values():
        message = "queueKey names a tenant DBID that does not exist."
    else:
        message, hint = "queueKey points at another tenant or endpoint.", "Check which of the two is meant."
    yield Finding("GWE003", "error", channel.cluster.name, message, channel.queue_key, value, hint)


def chat_queue(channel: Channel) -> Iterator[Finding]:
    value = channel.chat.get(CHAT_QUEUE, "")
    if not value or value != channel.queue_name:
        message = "webengagementChatQueue names another queue." if value else "webengagementChatQueue is not set."
        hint = "It must name the queue that the endpoint names on every Chat Server, and so must the strategy."
        yield Finding("GWE005", "error", channel.cluster.name, message, channel.queue_name, value, hint)


def queue(channel: Channel) -> Iterator[Finding]:
    name, where = channel.queue_name, channel.cluster.name
    if not name:
        return
    what = "queue (chat_channel_queue)" if channel.queue else CHAT_QUEUE
    problem = queue_problem(channel.scripts, name, channel.tenant, channel.tenants)
    if problem:
        hint = "Choose a queue that is there, or create it."
        yield Finding("GWE006", "error", where, f"{what}: {problem}", name, "", hint)
    for script in channel.queue_scripts:
        if not script.enabled:
            message = f"{what}: Interaction Queue '{name}' is disabled."
            yield Finding("GWE006", "error", where, message, "CFGEnabled", "CFGDisabled", "Enable the queue.")
        yield from _routing(where, name, associations(channel.scripts, script))


def _routing(where: str, name: str, found: list[Association]) -> Iterator[Finding]:
    for item in found:
        if item.problem:
            message = f"Interaction Queue '{name}' leads to no strategy: {item.problem}."
            hint = "Publish the strategy again, or correct Orchestration/application in the annex of the queue."
            yield Finding("GWE007", "error", where, message, "", item.what, hint)
    if len(found) > 1:
        message = f"Interaction Queue '{name}' is associated with several strategies."
        hint = "A queue belongs to one routing strategy: take the others away."
        yield Finding("GWE007", "warning", where, message, "one", ", ".join(item.what for item in found), hint)
    if not found:
        message = f"The strategy of Interaction Queue '{name}' cannot be verified: its objects name none."
        hint = "If URS routes it, check the binding in Interaction Routing Designer."
        yield Finding("GWE007", "info", where, message, hint=hint)


def ranges(channel: Channel) -> Iterator[Finding]:
    for option in TUNING:
        value = channel.chat.get(option.key)
        if value is None or (value.isdecimal() and option.allows(int(value))):
            continue
        acts = " Web Engagement silently treats it as 3." if option.key == "identifyCreateContact" else ""
        hint = "Set a value in the range."
        if option.unit == "seconds" and value.isdecimal() and int(value) >= 1000:
            hint = "This looks like milliseconds, as Co-browse uses; here the unit is seconds."
        message = f"{option.key} is out of its range.{acts}"
        yield Finding("GWE008", "error", channel.cluster.name, message, option.range, value, hint)


def pool(channel: Channel) -> Iterator[Finding]:
    peak, period = channel.peak_chat_sessions, channel.chat.get("refreshTaskPeriod", "")
    size = channel.chat.get("refreshPoolSize", "10")  # 10 is the documented default
    if peak is None or not size.isdecimal() or period not in ("1", "2", "3", "4", "5"):
        return
    try:
        enough = pool_size(peak, int(period))
    except BadInput as problem:
        hint = "Lengthen the refresh period, or spread the sessions over more clusters."
        yield Finding("GWE009", "warning", channel.cluster.name, str(problem), "99 or less", size, hint)
        return
    if int(size) < enough:
        message = f"refreshPoolSize is too small for {peak} chat sessions at a refresh period of {period} s."
        hint = "The documented formula is sessions / (period * 5)."
        yield Finding("GWE009", "warning", channel.cluster.name, message, f"{enough} threads", size, hint)


def nodes(channel: Channel) -> Iterator[Finding]:
    for application in (channel.cluster, *channel.topology.nodes):
        sections = application.options()
        if application is not channel.cluster and CHAT in sections:
            message = "A node of the cluster has a section [chat] of its own, which may override the cluster's."
            hint = "Keep the options of the channel on the Web Engagement Cluster application only."
            found = ", ".join(sections[CHAT])
            yield Finding("GWE014", "warning", application.name, message, "no section [chat]", found, hint)
        old = ", ".join(key for keys in sections.values() for key in keys if key.startswith("wes.connector."))
        if old:
            message = "Options of release 8.1 are left over; Web Engagement 8.5 does not read them."
            yield Finding("GWE014", "info", application.name, message, "", old, "Remove them when convenient.")


def restarts(channel: Channel) -> Iterator[Finding]:
    for entry in restart_required(channel.plans):
        message = f"The change of {entry['option']} takes effect after a restart ({entry['evidence']})."
        hint = "Restart the Web Engagement nodes after the run."
        yield Finding("GWE015", "info", entry["application"], message, hint=hint)


def drift(channel: Channel) -> Iterator[Finding]:
    """What a run would change and no other rule is about."""
    elsewhere = {(CHAT, QUEUE_KEY), (CHAT, CHAT_QUEUE), (section_of(channel.tenant.dbid), channel.endpoint)}
    for row in option_rows(channel):
        if not row["differs"] or (row["section"], row["key"]) in elsewhere:
            continue
        hint = "Run the playbook configure, or correct the inventory."
        what = f"[{row['section']}] {row['key']}"
        if row["section"] == CONNECTIONS:
            message = f"The Chat Server is not connected to '{row['key']}', as the inventory wants."
        elif row["wanted"] is None:
            message = f"{what} is there, but the inventory wants it to go."
        else:
            message = f"{what} differs from what the inventory wants."
        expected, actual = row["wanted"] or "not there", row["found"] or ""
        yield Finding("GWE017", "warning", row["application"], message, expected, actual, hint)


def deprecated(channel: Channel) -> Iterator[Finding]:
    if channel.chat.get(QUEUE_KEY):
        message = "The chat channel of Web Engagement is deprecated."
        hint = "Plan the move to Genesys Mobile Services with Genesys Widgets."
        yield Finding("GWE016", "info", channel.cluster.name, message, hint=hint)


CLUSTER_RULES = (cluster, queue_key, chat_queue, queue, ranges, pool, nodes, restarts, drift, deprecated)
