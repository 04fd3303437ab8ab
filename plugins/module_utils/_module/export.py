# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The part of an estate that matters to chat channels, as a file that the simulator loads. Reads GAX only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from .._chat.options import CHAT, CHAT_QUEUE, QUEUE_KEY, QueueKey, check_names, endpoints_of
from .._errors import BadInput
from .._gax.client import Gax
from .._gax.lookup import all_tenants, explore, find_applications, read_estate, read_scripts, readable_application
from .._model.names import named_tenant
from .._model.objects import (
    APPLICATION,
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    FOLDER,
    SCRIPT,
    TENANT,
    Application,
    Raw,
    Tenant,
    text,
)
from .._model.topology import Estate, Topology, check_is_cluster, clients_of, clusters_above, discover
from .._text import counted
from .._write.estate_file import check_path, read, save, written
from .context import Context, Result

CLUSTERS, TENANTS = "clusters (chat_channel_cluster)", "tenant (chat_channel_tenant)"
PATH = "path (chat_channel_export_dir)"
NOUNS = {APPLICATION: "applications", SCRIPT: "scripts", TENANT: "tenants", FOLDER: "folders"}


def estate_export(context: Context) -> Result:
    """Write what matters to chat channels to a file, without secrets. GAX is read only."""
    path, channels = context.params["path"], context.params["clusters"]
    if not channels:
        raise BadInput(f"{CLUSTERS} is empty; name at least one Web Engagement Cluster.")
    for channel in channels:
        for endpoint in _endpoints(channel):
            check_names(endpoint, channel["queue"])
    check_path(path, PATH)
    before = read(path, PATH)
    with context.gax() as gax:
        raws = what_matters(gax, channels)
    names = sorted({channel["cluster"] for channel in channels})
    after = written(path, raws, names)
    changed = before != after
    if changed and not context.check_mode:
        save(path, after, PATH)
    header = {"before_header": path, "after_header": path}
    counts = {noun: sum(raw["type"] == kind for raw in raws) for kind, noun in NOUNS.items()}
    return {
        "changed": changed,
        "msg": _message(path, counts, changed, context.check_mode),
        "path": path,
        "clusters": names,
        "objects": counts,
        "diff": [{**header, "before": before or "", "after": after}] if changed else [],
    }


def _message(path: str, counts: Mapping[str, int], changed: bool, check_mode: bool) -> str:
    what = ", ".join(counted(number, noun.removesuffix("s")) for noun, number in counts.items())
    if not changed:
        return f"{path} is up to date: {what}."
    return f"{path} {'would be' if check_mode else 'was'} written: {what}."


def what_matters(gax: Gax, channels: Sequence[Mapping[str, Any]]) -> list[Raw]:
    """Return the objects that ``chat_channel_info``, and a run, look at for these channels; each once."""
    estate, tenants, scripts = read_estate(gax), all_tenants(gax), read_scripts(gax)
    around = _Around(estate)
    wanted: dict[str, Application] = {}
    missing: set[str] = set()
    names = list(dict.fromkeys(channel["cluster"] for channel in channels))
    clusters = dict(zip(names, find_applications(gax, names, CLUSTERS, APPLICATION_CLUSTER)))
    for channel in channels:
        cluster = clusters[channel["cluster"]]
        check_is_cluster(cluster, CLUSTERS, allow_unknown=True)
        topology, known = explore(gax, cluster, estate)
        words = _words(topology, channel, _served(cluster, tenants, channel["tenant"]))
        dbids = around.channel(topology) | around.users(words)
        wanted.update({dbid: known[dbid] for dbid in dbids if dbid in known})
        missing |= {dbid for dbid in dbids if dbid not in known}
    servers = [channel["contact_server"] for channel in channels if channel["contact_server"]]
    queues = [channel["queue"] for channel in channels if channel["queue"]]
    raws = [
        *(tenant.raw for tenant in tenants),
        *(raw for raw in gax.objects(FOLDER, subtype="CFGScript") if text(raw.get("subtype")) == "CFGScript"),
        *(script.raw for script in scripts),
        # A script of another type can be in the way of a queue; a Contact Server need not be connected yet.
        *_named(gax, SCRIPT, queues),
        *_named(gax, APPLICATION, servers),
        *(application.raw for application in wanted.values()),
        *filter(None, gax.each(lambda dbid: readable_application(gax, dbid), sorted(missing))),
    ]
    return list({(text(raw.get("type")), text(raw.get("dbid"))): raw for raw in raws}.values())


def _named(gax: Gax, kind: str, names: Iterable[str]) -> list[Raw]:
    return [raw for name in dict.fromkeys(names) for raw in gax.find_by_name(kind, name)]


def _served(cluster: Application, tenants: Sequence[Tenant], wanted: str | None) -> list[Tenant]:
    if wanted:
        return [named_tenant(tenants, wanted, TENANTS)]
    return [tenant for tenant in tenants if tenant.dbid in cluster.tenants]


def _words(topology: Topology, channel: Mapping[str, Any], tenants: Sequence[Tenant]) -> set[str]:
    """Return the values of options that name the endpoint or the queue: the ones that are wanted, and those found."""
    chat = topology.cluster.options().get(CHAT, {})
    words = {channel["queue"] or "", chat.get(CHAT_QUEUE, ""), chat.get(QUEUE_KEY, "")}
    for tenant, endpoint in product(tenants, _endpoints(channel)):
        words |= {str(QueueKey(tenant.dbid, endpoint)), str(QueueKey(tenant.name, endpoint))}
        for server in topology.chat_servers:
            words.add(endpoints_of(server.application, tenant.dbid).get(endpoint, ""))
    return words - {""}


def _endpoints(channel: Mapping[str, Any]) -> list[str]:
    return [channel["endpoint"], *([channel["previous_endpoint"]] if channel["previous_endpoint"] else [])]


class _Around:
    """What lies around chat channels, as DBIDs. Some of them may not be in the estate."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._clients = clients_of(estate)
        self._reached: dict[str, set[str]] = {}
        self._naming: dict[str, set[str]] = {}
        for application in estate.values():
            for _section, _key, value in application.triples("options"):
                self._naming.setdefault(value, set()).add(application.dbid)

    def channel(self, topology: Topology) -> set[str]:
        """Return the members of a channel, all that is connected to them, and the clusters above its Chat Servers."""
        servers = [server.application for server in topology.chat_servers]
        groups = [cluster for cluster, _depth in topology.clusters]
        dbids = {application.dbid for application in (topology.cluster, *groups, *servers, *topology.others)}
        dbids |= {server.primary.dbid for server in topology.chat_servers if server.primary}
        dbids |= {server.backup for server in servers if server.backup}  # one that is no Chat Server is a finding
        for application in (topology.cluster, *groups, *servers):
            dbids |= {*application.connected_to, *(client.dbid for client in self._clients.get(application.dbid, ()))}
        for server in servers:
            dbids |= {cluster.dbid for cluster in clusters_above(server, self._estate, self._clients)}
        return dbids | {member for dbid in dbids for member in self._members(dbid)}

    def users(self, words: Iterable[str]) -> set[str]:
        """Return the applications with an option of such a value, and the Chat Servers that they reach."""
        users = {dbid for word in words for dbid in self._naming.get(word, ())}
        return {dbid for user in users for dbid in self._reach(self._estate[user])}

    def _reach(self, user: Application) -> set[str]:
        """Return an application with the Application Clusters and Chat Servers that it reaches."""
        if user.dbid not in self._reached:
            found = discover(user, self._estate, self._clients)
            below = [cluster for cluster, _depth in found.clusters] + [item.application for item in found.chat_servers]
            self._reached[user.dbid] = {user.dbid, *(application.dbid for application in below)}
        return self._reached[user.dbid]

    def _members(self, dbid: str) -> set[str]:
        """Return the servers of an Application Cluster, such as one of Contact Servers; not all who connect to it."""
        cluster = self._estate.get(dbid)
        if not cluster or cluster.subtype != APPLICATION_CLUSTER:
            return set()
        clients = self._clients.get(dbid, ())
        return {
            *cluster.connected_to,
            *(client.dbid for client in clients if client.subtype not in (CHAT_SERVER, APPLICATION_CLUSTER)),
        }
