# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From what is asked of a chat channel to all that a run, or a report, needs to know of it. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._chat.channel import Channel
from .._chat.plan import plans_to_configure, plans_to_retire
from .._gax.client import Gax
from .._gax.lookup import all_tenants, explore, find_applications, read_estate, read_scripts
from .._model.names import choose_tenant
from .._model.objects import Application, Script, Tenant
from .._model.topology import check_is_cluster
from .._write.queues import new_queue

# Where users wrote a name: the module's option and the role's variable.
CLUSTER, TENANT, QUEUE = "cluster (chat_channel_cluster)", "tenant (chat_channel_tenant)", "queue (chat_channel_queue)"
CONTACT = "contact_server (chat_channel_contact_server)"


def read_channel(gax: Gax, params: Mapping[str, Any], leaving: bool = True) -> Channel:
    """Return the chat channel as it is, with the plans that bring it to what is asked.

    With ``leaving`` false the previous endpoint stays for now. Raises BadInput for names that do not exist.
    """
    absent, queue = params["state"] == "absent", params["queue"]
    estate, tenants, scripts = read_everything(gax)
    cluster = find_cluster(gax, params["cluster"], estate.values())
    tenant = choose_tenant(tenants, params["tenant"], cluster, TENANT)
    topology, known = explore(gax, cluster, estate)
    contact = find_applications(gax, [params["contact_server"]], CONTACT)[0] if params["contact_server"] else None
    if absent:
        plans = plans_to_retire(topology, tenant, params["endpoint"])
    else:
        asked = params if leaving else {**params, "previous_endpoint": None}
        plans = plans_to_configure(asked, topology, tenant, contact)
    missing = not any(item.name == queue and item.tenant == tenant.dbid for item in scripts)
    create = queue is not None and missing and params["create_queue"] and not absent
    return Channel(
        topology=topology,
        estate={**known, contact.dbid: contact} if contact else known,
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
    )


def find_cluster(gax: Gax, name: str, known: Iterable[Application]) -> Application:
    """Return the Web Engagement Cluster of this name, from what is known already if it is there. Raises BadInput."""
    found = [application for application in known if application.name == name]
    cluster = found[0] if found else find_applications(gax, [name], CLUSTER)[0]
    check_is_cluster(cluster, CLUSTER)
    return cluster


def read_everything(gax: Gax) -> tuple[dict[str, Application], list[Tenant], list[Script]]:
    """Read what a channel depends on: applications, tenants and scripts, at the same time."""
    readers: list[Callable[[Gax], Any]] = [read_estate, all_tenants, read_scripts]
    estate, tenants, scripts = gax.each(lambda read: read(gax), readers)
    return estate, tenants, scripts
