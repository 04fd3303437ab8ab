# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What others do during a run: who needs an endpoint that goes, and what was lost to a write of somebody else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .._chat.channel import Channel
from .._chat.options import endpoints_of
from .._chat.order import lost_endpoints
from .._chat.safety import Pair, stranded
from .._chat.users import QUEUE, may_reach
from .._gax.client import Gax
from .._gax.lookup import read_applications
from .._model.changes import AGREE, Plan, changed_by_others
from .._model.objects import CHAT_SERVER, Application
from .._model.topology import Estate
from .._write.writer import Run


def run_beside_others(channel: Channel, in_use: bool = False, before: Collection[Pair] = ()) -> Run:
    """Return what the writer must know of this run.

    With ``in_use`` endpoints go although others use them. ``before`` is what was broken before the run, beside what is
    now.
    """

    def others(estate: Estate, losing: Sequence[Plan]) -> dict[str, str]:
        why = {}
        for endpoint in {name for todo in losing for name in lost_endpoints(todo)}:
            now = replace(channel, estate=estate, leaving=endpoint)
            for use in now.uses():
                if use.uses == QUEUE and not channel.absent:
                    continue  # the queue stays in use by this channel
                for todo in (plan for plan in losing if endpoint in lost_endpoints(plan)):
                    # A queue that others use is in use whatever the Chat Server.
                    if use.uses == QUEUE or may_reach(use.application, estate, now.clients, {todo.application.dbid}):
                        why[todo.application.name] = f"endpoint '{endpoint}' or its queue is in use by {use.who}."
        return why

    def without_endpoint(found: Sequence[Application]) -> list[Application]:
        return [item for item in found if channel.endpoint not in endpoints_of(item, channel.tenant.dbid)]

    def lacking(gax: Gax, found: Sequence[Application]) -> str:
        # What a list says must not stop a run: it could be older than what is read one by one.
        doubtful = [item.dbid for item in without_endpoint(found)]
        names = [item.name for item in without_endpoint(read_applications(gax, doubtful))]
        where = f"endpoint '{channel.endpoint}' is now missing on {', '.join(names)}"
        return f"queueKey was not set: {where}. Another run, or another host of this run, removed it." if names else ""

    reached = [] if channel.absent else [item.application for item in channel.topology.chat_servers]
    servers = {item.dbid: item.name for item in reached}
    broken = frozenset(stranded(channel.estate, channel.around)) | frozenset(before)
    in_all = sum(item.subtype == CHAT_SERVER for item in channel.estate.values())
    return Run(broken, others, apart=True, in_use=in_use, servers=servers, lacking=lacking, in_all=in_all)


def lost_meanwhile(before: Channel, now: Channel, in_use: bool) -> dict[str, str]:
    """Return what others did to a channel that was just written, application -> cause.

    These are options that are not as they were written, applications that are gone, Chat Servers that came meanwhile
    and, unless endpoints may go although they are ``in_use``, users of an endpoint that is gone.
    """
    known = before.around
    causes = {
        plan.application.name: _changed_since(plan)
        if plan.application.dbid in known
        else "it was added during this run, too late to be configured."
        for plan in now.plans
        if plan.changes
    }
    written = [plan.application for plan in before.plans if plan.changes]
    causes |= {
        item.name: "it was deleted during this run, or this account cannot read it any more."
        for item in written
        if item.dbid not in now.estate
    }
    around = known | now.around
    if not in_use:  # somebody who began to use an endpoint in the moment in which it went
        for cluster, server, key in sorted(stranded(now.estate, around) - stranded(before.estate, around)):
            where = f"Chat Server '{now.estate[server].name}', which lacks that endpoint"
            causes.setdefault(now.estate[cluster].name, f"queueKey {key} points at {where}.")
    return causes


def _changed_since(todo: Plan) -> str:
    """Say what others have changed in an application that was as requested a moment ago."""
    return f"{changed_by_others([change.taken_back for change in todo.changes], todo.wanted)} {AGREE}"
