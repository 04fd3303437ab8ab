# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From what is asked of a chat channel to all that a run, or a report, needs to know of it. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._chat.channel import Channel
from .._chat.order import lost_endpoints
from .._chat.plan import plans_to_configure, plans_to_retire
from .._errors import EngageError
from .._gax.lookup import (
    NEEDED,
    NODES,
    RELEVANT,
    all_tenants,
    explore,
    find_applications,
    read_estate,
    read_scripts,
    read_whole_estate,
)
from .._gax.reader import Reader
from .._model.changes import Plan
from .._model.names import choose_tenant, variable
from .._model.objects import APPLICATION_CLUSTER, CONTACT_SERVER, Application, Script, Tenant
from .._model.topology import Estate, Topology, check_is_cluster, check_is_contact_server
from .._write.queues import check_no_queue_alike, new_queue

# Where users wrote a name: the module's option and the role's variable.
CLUSTER, TENANT, QUEUE, CONTACT = map(variable, ("cluster", "tenant", "queue", "contact_server"))

# What is not read, for an audit or not: to read all applications of a large estate takes seconds.
UNREAD = {
    True: "Applications of types other than Chat Server, Application Cluster, Contact Server, Interaction Server, "
    "Generic Server and Third Party Server; before an endpoint is removed, all are read.",
    False: "Generic and Third Party Servers, among them nodes of Web Engagement, Mobile Services and Co-browse, and "
    "applications of other types; the audit and each run that changes something read the nodes, and before an endpoint "
    "is removed, all are read.",
}


class NotFresh(EngageError):
    """Something is to change, and others have read what it would be planned on."""


def read_channel(
    gax: Reader,
    params: Mapping[str, Any],
    leaving: bool = True,
    audit: bool = False,
    others: Sequence[Application] = (),
) -> Channel:
    """Return the chat channel as it is, with the plans that bring it to what is asked.

    With ``leaving`` false the previous endpoint stays for now. An audit reads the types that nodes have, too, and so
    does a run that changes something. Before an endpoint goes, all applications are read: anybody may use it.
    ``others`` are applications as they were read before: those of types that do not matter are not read again.
    Raises BadInput for names that do not exist or are of the wrong type, and NotFresh where something is to change and
    no changes may be planned on what is read.
    """
    estate, tenants, scripts = read_everything(gax, RELEVANT if audit else NEEDED)
    estate.update({item.dbid: item for item in others if item.subtype not in NEEDED})
    cluster = find_cluster(gax, params["cluster"], estate.values(), params["allow_unknown_cluster"])
    tenant = choose_tenant(tenants, params["tenant"], cluster, TENANT)
    topology, known = explore(gax, cluster, estate)
    plans = _plans(gax, params, topology, known, tenant, leaving)
    create = _is_to_create(params, scripts, tenant)
    if create:
        check_no_queue_alike(params["queue"], scripts, tenant)
    if (create or any(plan.changes for plan in plans)) and not gax.may_change:
        raise NotFresh("Changes are not planned on what another host has read.")
    unread = UNREAD[audit]
    going = any(lost_endpoints(plan) for plan in plans)
    if going or (not audit and any(plan.changes for plan in plans)):
        if not going:
            known.add([item for dbid, item in read_estate(gax, NODES).items() if dbid not in known])
        topology, known = explore(gax, cluster, read_whole_estate(gax) if going else known)
        unread = "" if going else UNREAD[True]
    absent, queue = params["state"] == "absent", params["queue"]
    return Channel(
        topology=topology,
        estate=known,
        tenants=tenants,
        scripts=scripts,
        tenant=tenant,
        endpoint=params["endpoint"],
        queue=None if absent else queue,
        peak_chat_sessions=params["peak_chat_sessions"],
        plans=plans,
        new_scripts=[Script({**new_queue(queue, tenant, "0"), "dbid": "0"})] if create else [],
        leaving=params["endpoint"] if absent else params["previous_endpoint"],
        absent=absent,
        remove_in_use=params["remove_in_use"],
        keep_queue_key=params["keep_queue_key"],
        allow_unreadable=params["allow_unreadable"],
        not_looked_at=unread,
    )


def _is_to_create(params: Mapping[str, Any], scripts: Sequence[Script], tenant: Tenant) -> bool:
    queue = params["queue"]
    missing = not any(item.name == queue and item.tenant == tenant.dbid for item in scripts)
    return queue is not None and missing and params["create_queue"] and params["state"] != "absent"


def _plans(
    gax: Reader, params: Mapping[str, Any], topology: Topology, known: Estate, tenant: Tenant, leaving: bool
) -> list[Plan]:
    if params["state"] == "absent":
        return plans_to_retire(topology, tenant, params["endpoint"], params["keep_queue_key"])
    asked = params if leaving else {**params, "previous_endpoint": None}
    contact, name = None, params["contact_server"]
    if name:
        found = [item for item in known.values() if item.name == name]
        contact = found[0] if found else find_applications(gax, [name], CONTACT, CONTACT_SERVER)[0]
        check_is_contact_server(contact, known, CONTACT)
    return plans_to_configure(asked, topology, tenant, contact)


def find_cluster(gax: Reader, name: str, known: Iterable[Application], allow_unknown: bool = False) -> Application:
    """Return the Web Engagement Cluster of this name, from what is known already if it is there. Raises BadInput."""
    found = [application for application in known if application.name == name]
    cluster = found[0] if found else find_applications(gax, [name], CLUSTER, APPLICATION_CLUSTER)[0]
    check_is_cluster(cluster, CLUSTER, allow_unknown)
    return cluster


def read_everything(
    gax: Reader, types: Sequence[str] = RELEVANT
) -> tuple[dict[str, Application], list[Tenant], list[Script]]:
    """Read what a channel depends on: applications of these types, tenants and scripts, at the same time."""
    readers: list[Callable[[Reader], Any]] = [lambda gax: read_estate(gax, types), all_tenants, read_scripts]
    estate, tenants, scripts = gax.each(lambda read: read(gax), readers)
    return estate, tenants, scripts
