# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Which Chat Servers a ``queueKey`` points at although they lack the endpoint, or would; who uses one that goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .._model.changes import Plan, estate_after
from .._model.objects import Tenant
from .._model.topology import Estate, clients_of, discover, leading_to
from .._text import listed
from .options import CHAT, QUEUE_KEY, QueueKey, endpoints_of, is_switched_off
from .order import lost_endpoints
from .users import ALWAYS_IN_USE, endpoint_uses, may_reach

Pair = tuple[str, str, str]  # DBIDs of a cluster and of a Chat Server, and the queueKey


def stranded(estate: Estate, around: Collection[str] | None = None) -> set[Pair]:
    """Return each application with a ``queueKey``, Chat Server that it reaches without the endpoint, and the key.

    ``around`` are DBIDs: then only pairs that one of these is part of are looked for.
    """
    pairs, clients = set(), clients_of(estate)
    near = estate if around is None else leading_to(around, estate, clients).union(around)
    for cluster in (application for dbid, application in estate.items() if dbid in near):
        key = QueueKey.parse(cluster.options().get(CHAT, {}).get(QUEUE_KEY, ""))
        if key.tenant is None or is_switched_off(cluster):
            continue
        for server in discover(cluster, estate, clients).chat_servers:
            if key.endpoint not in endpoints_of(server.application, key.tenant):
                pairs.add((cluster.dbid, server.application.dbid, str(key)))
    # Who is near reaches others, too: who is near at one time only would look as if it had lost these endpoints.
    return pairs if around is None else {pair for pair in pairs if not {*pair[:2]}.isdisjoint(around)}


def without_stranding(
    plans: Sequence[Plan], estate: Estate, broken: Collection[Pair] = ()
) -> tuple[list[Plan], dict[str, str]]:
    """Return the plans that leave no ``queueKey`` without its endpoint, and why the others would: name -> reason.

    What is so already, or is among the ``broken`` pairs from before a run, does not count. Of a cluster and a Chat
    Server that are both planned, the Chat Server stays as it is; then it is decided anew, because the rest may depend
    on it.
    """
    known = {**{todo.application.dbid: todo.application for todo in plans}, **estate}
    around = {todo.application.dbid for todo in plans}
    before, kept, why = stranded(known, around) | set(broken), list(plans), {}
    while True:
        after = estate_after(kept, known)
        planned = {todo.application.dbid for todo in kept if todo.changes}
        unsafe: dict[str, list[Pair]] = {}
        for pair in sorted(stranded(after, around) - before):
            cluster, server, _key = pair
            unsafe.setdefault(server if server in planned else cluster, []).append(pair)
        for dbid, pairs in unsafe.items():
            why[after[dbid].name] = _would_strand(pairs, after)
        if not {*unsafe} & planned:
            return kept, why
        kept = [todo for todo in kept if todo.application.dbid not in unsafe]


def still_used(losing: Sequence[Plan], estate: Estate, tenant: Tenant) -> dict[str, str]:
    """Return the Chat Servers of these plans that lose an endpoint although it is in use: name -> reason.

    docs/evidence.md#who-else-uses-an-endpoint
    """
    clients, why = clients_of(estate), {}
    for todo in losing:
        for endpoint in lost_endpoints(todo):
            if endpoint == ALWAYS_IN_USE:
                why[todo.application.name] = f"Mobile Services uses endpoint '{endpoint}' if no other is configured."
            for use in endpoint_uses(estate.values(), tenant, endpoint):
                if may_reach(use.application, estate, clients, {todo.application.dbid}):
                    why[todo.application.name] = f"endpoint '{endpoint}' is in use by {use.who}."
    return why


def _would_strand(pairs: Sequence[Pair], after: Estate) -> str:
    """Say which ``queueKey`` would point at nothing: of one Chat Server and all its clusters, or the reverse."""
    clusters, servers = ([after[dbid].name for dbid in dict.fromkeys(dbids)] for dbids in list(zip(*pairs))[:2])
    keys = listed(key for _cluster, _server, key in pairs)
    return (
        f"queueKey {keys} of {_quoted('application', clusters)} would point at {_quoted('Chat Server', servers)}, "
        "which would lack that endpoint."
    )


def _quoted(noun: str, names: Sequence[str]) -> str:
    """Return names with their noun; of many only the first."""
    return f"{noun} '{names[0]}'" if len(names) == 1 else f"{len(names)} {noun}s ({listed(names)})"
