# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Web Engagement Clusters and Chat Servers as inventory hosts: what they are called, know and belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from .._chat.options import looks_like_web_engagement
from .._gax.client import Gax
from .._gax.lookup import all_tenants, find_applications, read_estate
from .._model.objects import APPLICATION_CLUSTER, CHAT_SERVER, Application, Tenant, shown_options, text
from .._model.topology import Estate, check_is_cluster, clients_of, discover

Host = dict[str, Any]

OPTION = "clusters"  # of the inventory plugin


def hosts(gax: Gax, kind: str, patterns: Sequence[str], warn: Callable[[str], None]) -> list[Host]:
    """Return the hosts of an inventory: ``name``, ``variables`` and ``groups``, in the order of their names.

    ``kind`` is ``clusters`` or ``chat_servers``. ``patterns`` choose clusters by name; without any, those count that
    look like a Web Engagement Cluster. Secrets are masked. Raises BadInput for a name that is none; warns where no
    cluster is found, or none of a pattern, with what is there.
    """
    estate, tenants = read_estate(gax), all_tenants(gax)
    found = {item.dbid: item for item in chosen_clusters(gax, estate, patterns)}
    unmatched = [pattern for pattern in patterns if not any(_matches(item, pattern) for item in found.values())]
    if unmatched or not found:
        warn(_nothing_found(gax.url, estate, unmatched))
    # All addresses, as they were given: the one that answered now may be the one that is down later.
    url = ",".join(gax.settings.urls)
    clients = clients_of(estate)
    reached = {
        dbid: {item.application.dbid: item.application.name for item in discover(cluster, estate, clients).chat_servers}
        for dbid, cluster in found.items()
    }
    if kind == "clusters":
        made = [_cluster(item, list(reached[dbid].values()), tenants, url) for dbid, item in found.items()]
    else:
        made = [
            _chat_server(item, [found[dbid].name for dbid in found if item.dbid in reached[dbid]], tenants, url)
            for item in estate.values()
            if item.subtype == CHAT_SERVER
        ]
    return sorted(made, key=lambda host: str(host["name"]))


def _nothing_found(url: str, estate: Estate, patterns: Sequence[str]) -> str:
    names = sorted(item.name for item in estate.values() if item.subtype == APPLICATION_CLUSTER)
    what = (
        f"no Application Cluster at {url} matches {' or '.join(patterns)}"
        if patterns
        else f"no Application Cluster at {url} looks like a Web Engagement Cluster"
    )
    seen = f"GAX shows {', '.join(names)}" if names else "GAX shows none; check the account's read permissions"
    return f"{OPTION}: {what}. {seen}."


def chosen_clusters(gax: Gax, estate: Estate, patterns: Sequence[str]) -> list[Application]:
    """Return the Web Engagement Clusters of these names and patterns; without any, those that look like one."""
    if not patterns:
        return [item for item in estate.values() if looks_like_web_engagement(item)]
    known = {item.name for item in estate.values()}
    wild = [pattern for pattern in patterns if set("*?") & set(pattern) and pattern not in known]
    named = [name for name in dict.fromkeys(patterns) if name not in wild]
    there = {item.name: item for item in estate.values() if item.name in named}
    there.update({item.name: item for item in find_applications(gax, [n for n in named if n not in there], OPTION)})
    for cluster in there.values():
        check_is_cluster(cluster, OPTION, allow_unknown=True)
    matching = [
        item
        for item in estate.values()
        if item.subtype == APPLICATION_CLUSTER and any(_matches(item, pattern) for pattern in wild)
    ]
    return [*there.values(), *(item for item in matching if item.name not in there)]


def _matches(application: Application, pattern: str) -> bool:
    """Say whether an application has this name, or one of this pattern. Brackets stand for themselves in both."""
    return application.name == pattern or fnmatchcase(application.name, pattern.replace("[", "[[]"))


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


def _cluster(application: Application, servers: Sequence[str], tenants: Sequence[Tenant], url: str) -> Host:
    variables, groups = _host(application, tenants, url)
    variables["chat_channel_cluster"] = application.name
    if len(application.tenants) == 1:
        variables["chat_channel_tenant"] = application.tenants[0]
    variables["gax_chat_servers"] = list(servers)
    return {"name": application.name, "variables": variables, "groups": groups}


def _chat_server(application: Application, clusters: Sequence[str], tenants: Sequence[Tenant], url: str) -> Host:
    variables, groups = _host(application, tenants, url)
    variables["gax_clusters"] = list(clusters)
    return {"name": application.name, "variables": variables, "groups": {**groups, "cluster": list(clusters)}}
