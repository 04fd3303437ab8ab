# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A healthy chat channel with everything around it, to be made sick: one small estate of one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.channel import Channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import (
    CONTACT_SERVER,
    GENERIC_SERVER,
    INTERACTION_SERVER,
    Application,
    Script,
    Tenant,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.topology import discover
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    Raw,
    raw_application,
    raw_cluster,
    raw_queue,
    raw_tenant,
    triples,
)

QUEUE, BANK = "Webengagement_Chat", "101"
ENDPOINTS = f"endpoints:{BANK}"
CLUSTER, CHATS, CHAT_A, CHAT_B, CHAT_A_B, UCS, IXN, NODE = "1", "2", "201", "202", "203", "300", "301", "400"
TENANTS = [Tenant(raw_tenant("1", "Environment")), Tenant(raw_tenant(BANK, "Bank"))]
HEALTHY_CHAT = {
    "queueKey": "101:webme",
    "webengagementChatQueue": QUEUE,
    "identifyCreateContact": "3",
    "refreshTaskPeriod": "5",
    "refreshPoolSize": "20",
    "sessionRestorationTimeout": "30",
    "connectionTimeout": "10",
}

Told = tuple[str, str, str]  # id, severity, application


def _chat_server(dbid: str, name: str, backup: str = "0") -> Raw:
    return raw_application(
        dbid,
        name,
        options={
            ENDPOINTS: {"default": "Chat In", "webme": QUEUE},
            "settings": {
                "session-restoration-mode": "simple",
                "transcript-auto-save": "1",
                "use-contact-server": "true",
            },
        },
        connections=[UCS, IXN],
        backupserverdbid=backup,
        portinfos={"portinfo": [{"id": port, "port": "4800"} for port in ("default", "webapi", "ESP")]},
        tenantdbids={"id": [{"dbid": "1"}, {"dbid": BANK}]},
    )


class World:
    """The objects of the estate by DBID, and what is asked of the channel."""

    def __init__(self) -> None:
        self.queue: str | None = QUEUE
        self.peak: int | None = 500
        self.allow_unreadable = False
        self.applications = {
            CLUSTER: raw_cluster(CLUSTER, "WE_Cluster", [CHATS], options={"chat": HEALTHY_CHAT}),
            CHATS: raw_cluster(CHATS, "Chats", [CHAT_A, CHAT_B]),
            CHAT_A: _chat_server(CHAT_A, "Chat_A", backup=CHAT_A_B),
            CHAT_B: _chat_server(CHAT_B, "Chat_B"),
            CHAT_A_B: _chat_server(CHAT_A_B, "Chat_A_B"),
            UCS: raw_application(UCS, "UCS", CONTACT_SERVER),
            IXN: raw_application(IXN, "IXN", INTERACTION_SERVER, connections=[CHAT_A, CHAT_B], port="ESP"),
            NODE: raw_application(NODE, "WE_Node", GENERIC_SERVER, connections=[CLUSTER]),
        }
        self.scripts = {
            "queue": raw_queue("500", QUEUE, BANK),
            "strategy": raw_queue("501", "Route", BANK, "CFGEnhancedRouting"),
        }
        self.annex("queue", {"orchestration": {"application": "script:Route"}})
        self.annex("strategy", {"Application": {"url": "http://ors.example.com/route.scxml"}})

    def option(self, dbid: str, section: str, key: str, value: str | None) -> None:
        """Set an option, or remove it."""
        container = self.applications[dbid]["options"]
        rest = [t for t in container["property"] if (t["section"], t["key"]) != (section, key)]
        container["property"] = rest + (triples({section: {key: value}}) if value is not None else [])

    def annex(self, script: str, options: dict[str, dict[str, str]]) -> None:
        self.scripts[script]["userproperties"] = {"property": triples(options)}

    def attribute(self, dbid: str, key: str, value: Any) -> None:
        self.applications[dbid][key] = value

    def connect(self, dbid: str, target: str, port: str = "webapi") -> None:
        self.applications[dbid]["appservers"]["conninfo"].append({"appserverdbid": target, "id": port})

    def disconnect(self, dbid: str, target: str) -> None:
        held = self.applications[dbid]["appservers"]["conninfo"]
        held[:] = [connection for connection in held if connection["appserverdbid"] != target]

    def channel(self, plans: Sequence[Plan] = (), endpoint: str = "webme") -> Channel:
        estate = {dbid: Application(raw) for dbid, raw in self.applications.items()}
        topology = discover(estate[CLUSTER], estate)
        scripts = [Script(raw) for raw in self.scripts.values()]
        return Channel(
            topology,
            estate,
            TENANTS,
            scripts,
            TENANTS[1],
            endpoint,
            self.queue,
            self.peak,
            plans,
            allow_unreadable=self.allow_unreadable,
        )


def told(channel: Channel) -> list[Told]:
    """Return what is found, apart from what every channel in use is told: that it is deprecated."""
    found = [(item.id, item.severity, item.application) for item in judge(channel).now]
    return sorted(item for item in found if item[0] != "GWE016")
