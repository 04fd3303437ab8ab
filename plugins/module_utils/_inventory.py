# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Web Engagement Clusters and Chat Servers as inventory hosts: what they are called, know and belong to."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from ._chat_channel import CHAT, CHAT_QUEUE
from ._gax import Gax
from ._lookup import all_tenants
from ._objects import APPLICATION_CLUSTER, CHAT_SERVER, Application, Tenant, text
from ._results import shown_options
from ._topology import discover, read_estate

Host = dict[str, Any]


def hosts(gax: Gax, kind: str, patterns: Sequence[str]) -> list[Host]:
    """Return the hosts of an inventory: ``name``, ``variables`` and ``groups``, in the order of their names.

    ``kind`` is ``clusters`` or ``chat_servers``. ``patterns`` choose clusters by name; without any, those count that
    look like a Web Engagement Cluster. Values of secret options are masked.
    """
    estate, tenants = read_estate(gax), all_tenants(gax)
    found = {dbid: item for dbid, item in estate.items() if is_cluster(item, patterns)}
    reached = {
        dbid: [server.application for server in discover(cluster, estate).chat_servers]
        for dbid, cluster in found.items()
    }
    if kind == "clusters":
        made = [_cluster(item, reached[dbid], tenants, gax.url) for dbid, item in found.items()]
    else:
        made = [
            _chat_server(item, [found[dbid].name for dbid in found if item in reached[dbid]], tenants, gax.url)
            for item in estate.values()
            if item.subtype == CHAT_SERVER
        ]
    return sorted(made, key=lambda host: str(host["name"]))


def is_cluster(application: Application, patterns: Sequence[str]) -> bool:
    """Say whether this is a Web Engagement Cluster.

    Its type and template are not documented (genesys_domain.md, section 4.2), but two things that only Web Engagement
    has are: section ``[engagement]`` and option ``webengagementChatQueue``.
    """
    if patterns:
        return any(fnmatchcase(application.name, pattern) for pattern in patterns)
    options = application.options()
    looks = "engagement" in options or CHAT_QUEUE in options.get(CHAT, {})
    return application.subtype == APPLICATION_CLUSTER and looks


def _host(application: Application, tenants: Sequence[Tenant], gax_url: str) -> tuple[Host, dict[str, list[str]]]:
    names = [tenant.name for tenant in tenants if tenant.dbid in application.tenants]
    version = text(application.raw.get("version"))
    variables = {
        "gax_url": gax_url,
        "gax_dbid": application.dbid,
        "gax_type": application.subtype,
        "gax_version": version,
        "gax_state": text(application.raw.get("state")),
        "gax_tenants": names,
        "gax_options": shown_options(application, "options"),
    }
    groups = {"tenant": names, "type": [application.subtype], "version": [version] if version else []}
    return variables, groups


def _cluster(application: Application, servers: Sequence[Application], tenants: Sequence[Tenant], url: str) -> Host:
    variables, groups = _host(application, tenants, url)
    variables["chat_channel_cluster"] = application.name
    if len(application.tenants) == 1:
        variables["chat_channel_tenant"] = application.tenants[0]
    variables["gax_chat_servers"] = [server.name for server in servers]
    return {"name": application.name, "variables": variables, "groups": groups}


def _chat_server(application: Application, clusters: Sequence[str], tenants: Sequence[Tenant], url: str) -> Host:
    variables, groups = _host(application, tenants, url)
    variables["gax_clusters"] = list(clusters)
    return {"name": application.name, "variables": variables, "groups": {**groups, "cluster": list(clusters)}}
