# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated estates of any size. The same arguments give the same estate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from . import build
from .build import Target
from .estate import Estate
from .objects import Obj

# Numbers of the application templates and of the servers that all clusters share.
CLUSTER, CHAT, INTERACTION, CONTACT, STAT, MESSAGE, GENERIC = range(131, 138)
CONFSERV, GAX_TEMPLATE = 99, 138
INTERACTION_SERVER, UCS, STAT_SERVER, MESSAGE_SERVER, GAX = 180, 181, 182, 104, 105
HOST = 120
FIRST_APPLICATION, FIRST_SCRIPT, FIRST_TENANT_SCRIPTS = 200, 400, 145

QUEUES = ("Webengagement_Chat", "Chat In")
ROUTING = "WebEngagement_ChatRouting"


def generate(
    clusters: int = 1,
    chat_servers: int = 3,
    *,
    applications: int = 0,
    tenants: int = 1,
    backups: bool = False,
    nested: bool = False,
) -> Estate:
    """Return an estate with Web Engagement Clusters that are not configured for chat yet.

    GWE_Cluster_1 and so on each reach `chat_servers` Chat Servers through ChatServer_Cluster_1 and so on.
    applications: so many others that have nothing to do with it. tenants: so many, Environment (1) among them, then
    101 and up; the clusters take turns. backups: each Chat Server has one. nested: one more Application Cluster lies
    between. Raise ValueError for numbers that make no estate.
    """
    if min(clusters, chat_servers, applications) < 0 or tenants < 1:
        raise ValueError("An estate has one tenant or more, and no negative numbers.")
    owners = [1, *range(101, 100 + tenants)]
    new_dbid = count(FIRST_APPLICATION).__next__
    servers: list[Obj] = []
    groups: list[Obj] = []
    for number in range(1, clusters + 1):
        tenant = owners[(number - 1) % tenants]
        members = list(_chat_servers(new_dbid, number, chat_servers, tenant, backups))
        servers += members
        groups += _cluster(new_dbid, number, members, tenant, nested)
    others = [_unrelated(new_dbid(), number) for number in range(1, applications + 1)]
    return Estate([*_foundation(owners), *_shared(servers, owners), *servers, *groups, *others, *_scripts(owners)])


def _foundation(owners: list[int]) -> Iterator[Obj]:
    for tenant in owners:
        yield build.tenant(tenant, "Environment" if tenant == 1 else f"Tenant_{tenant}")
    yield build.folder(101, "Application Templates", "CFGAppPrototype")
    yield build.folder(102, "Applications", "CFGApplication")
    yield build.folder(103, "Hosts", "CFGHost")
    for number, tenant in enumerate(owners):
        yield build.folder(FIRST_TENANT_SCRIPTS + number, "Scripts", "CFGScript", owner=tenant)
    yield build.host(HOST, "host1.example", "10.0.0.1")
    yield build.prototype(CONFSERV, "Configuration_Server", "CFGConfigurationServer")
    yield build.prototype(GAX_TEMPLATE, "GAX", "CFGGenesysAdministratorServer")
    yield build.prototype(CLUSTER, "Application_Cluster", "CFGApplicationCluster")
    yield build.prototype(CHAT, "Chat_Server", "CFGChatServer")
    yield build.prototype(INTERACTION, "Interaction_Server", "CFGInteractionServer")
    yield build.prototype(CONTACT, "UCS", "CFGContactServer")
    yield build.prototype(STAT, "Stat_Server", "CFGStatServer")
    yield build.prototype(MESSAGE, "Message_Server", "CFGMessageServer")
    yield build.prototype(GENERIC, "Generic_Server", "CFGGenericServer")


def _shared(servers: list[Obj], owners: list[int]) -> Iterator[Obj]:
    """Yield the servers that all Chat Servers need; Interaction Server connects back to each primary."""

    def server(dbid: int, name: str, subtype: str, prototype: int, port: str, connects: list[Target]) -> Obj:
        return build.application(
            dbid,
            name,
            subtype,
            prototype=prototype,
            tenants=owners,
            host=HOST,
            ports=[("default", port)],
            connects=connects,
        )

    back = [(int(item["dbid"]), "ESP") for item in servers if item["isprimary"] == "CFGTrue"]
    # Both are in every database, confserv always under this number: public clients look for them.
    yield server(CONFSERV, "confserv", "CFGConfigurationServer", CONFSERV, "2020", [])
    yield server(GAX, "GAX", "CFGGenesysAdministratorServer", GAX_TEMPLATE, "8080", [(MESSAGE_SERVER, "default")])
    yield server(MESSAGE_SERVER, "Message_Server", "CFGMessageServer", MESSAGE, "7500", [])
    yield server(INTERACTION_SERVER, "Interaction_Server", "CFGInteractionServer", INTERACTION, "4420", back)
    yield server(UCS, "UCS", "CFGContactServer", CONTACT, "4430", [(MESSAGE_SERVER, "default")])
    yield server(STAT_SERVER, "Stat_Server", "CFGStatServer", STAT, "2090", [(INTERACTION_SERVER, "default")])


def _chat_servers(new_dbid: Callable[[], int], cluster: int, number: int, tenant: int, backups: bool) -> Iterator[Obj]:
    for index in range(1, number + 1):
        name, dbid = f"ChatServer_{cluster}_{index:02}", new_dbid()
        backup = new_dbid() if backups else 0
        yield _chat_server(dbid, name, tenant, backup=backup, warm=backups)
        if backup:
            yield _chat_server(backup, name + "_Backup", tenant, primary=False, warm=True)


def _chat_server(dbid: int, name: str, tenant: int, *, backup: int = 0, primary: bool = True, warm: bool) -> Obj:
    return build.application(
        dbid,
        name,
        "CFGChatServer",
        prototype=CHAT,
        tenants=[tenant],
        host=HOST,
        ports=[
            (port, str(10000 + 4 * dbid + step)) for step, port in enumerate(("default", "webapi", "ESP", "health"))
        ],
        connects=[(INTERACTION_SERVER, "default"), (UCS, "default"), (MESSAGE_SERVER, "default")],
        backup=backup,
        primary=primary,
        redundancy="CFGHTWarmStanby" if warm else "CFGHTColdStanby",
        options={
            f"endpoints:{tenant}": {"default": "Chat In"},
            "settings": {"session-restoration-mode": "simple", "transcript-auto-save": "1"},
            "log": {"verbose": "standard", "standard": "stdout"},
        },
    )


def _cluster(new_dbid: Callable[[], int], number: int, members: list[Obj], tenant: int, nested: bool) -> Iterator[Obj]:
    """Yield the Application Clusters of a Web Engagement Cluster, then itself."""
    targets = [(int(item["dbid"]), "webapi") for item in members if item["isprimary"] == "CFGTrue"]
    for name in [f"ChatServer_Cluster_{number}_Inner"] * nested + [f"ChatServer_Cluster_{number}"]:
        group = _group(new_dbid(), name, tenant, targets, {})
        targets = [(int(group["dbid"]), "default")]
        yield group
    targets += [(INTERACTION_SERVER, "default"), (STAT_SERVER, "default")]
    yield _group(new_dbid(), f"GWE_Cluster_{number}", tenant, targets, {"chat": {"connectionTimeout": "10"}})


def _group(dbid: int, name: str, tenant: int, targets: list[Target], options: dict[str, dict[str, str]]) -> Obj:
    return build.application(
        dbid, name, "CFGApplicationCluster", prototype=CLUSTER, tenants=[tenant], connects=targets, options=options
    )


def _unrelated(dbid: int, number: int) -> Obj:
    return build.application(
        dbid,
        f"Application_{number:05}",
        "CFGGenericServer",
        prototype=GENERIC,
        host=HOST,
        ports=[("default", str(10000 + dbid))],
        connects=[(MESSAGE_SERVER, "default")],
        options={
            "log": {"verbose": "standard", "standard": "stdout", "segment": "10000", "expire": "10"},
            "settings": {f"option-{index:02}": f"value {number} {index}" for index in range(12)},
        },
    )


def _scripts(owners: list[int]) -> Iterator[Obj]:
    """Yield the queues of each tenant and their routing; script names are unique only within a tenant."""
    new_dbid = count(FIRST_SCRIPT).__next__
    for number, tenant in enumerate(owners):
        folder = FIRST_TENANT_SCRIPTS + number
        for name in QUEUES:
            annex = {"Queue": {"Name": name}, "Orchestration": {"application": f"script:{ROUTING}"}}
            yield build.script(new_dbid(), name, "CFGInteractionQueue", tenant=tenant, folder=folder, annex=annex)
        url = {"Application": {"url": "http://host1.example/chat.scxml"}}
        yield build.script(new_dbid(), ROUTING, "CFGEnhancedRouting", tenant=tenant, folder=folder, annex=url)
