# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be wrong with a chat channel, planted one by one, and what must then be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    raw_application,
    raw_cluster,
    raw_queue,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    ENDPOINTS,
    INTERACTION_SERVER,
    IXN,
    NODE,
    QUEUE,
    UCS,
    Told,
    World,
)


@dataclass(frozen=True)
class Fault:
    """``place`` is what it spoils: faults in different places do not influence each other."""

    place: str
    plant: Callable[[World], object]
    found: list[Told]
    words: str = ""


def _option(
    dbid: str, path: str, value: str | None, rule: str, where: str, words: str = "", severity: str = "error"
) -> Fault:
    section, key = path.split("/")
    places = {"identifyCreateContact": "contacts", "use-contact-server": "contacts"}
    places |= {"GWE012": "settings", "GWE023": "settings"}
    place = places.get(key) or places.get(rule) or f"{dbid} {path}"
    return Fault(place, lambda world: world.option(dbid, section, key, value), [(rule, severity, where)], words)


def _chat(key: str, values: list[str | None], rule: str, words: str, severity: str = "error") -> list[Fault]:
    return [_option(CLUSTER, f"chat/{key}", value, rule, "WE_Cluster", words, severity) for value in values]


def _attribute(
    dbid: str, key: str, value: object, rule: str, severity: str, where: str, words: str, place: str = ""
) -> Fault:
    return Fault(
        place or f"{dbid} {key}", lambda world: world.attribute(dbid, key, value), [(rule, severity, where)], words
    )


def _ports(*ports: str) -> dict[str, object]:
    return {"portinfo": [{"id": port} for port in ports]}


def _queue(change: Callable[[World], object], found: list[tuple[str, str]], words: str) -> Fault:
    return Fault("queue", change, [(rule, severity, "WE_Cluster") for rule, severity in found], words)


def _script(which: str, /, **attributes: str) -> Callable[[World], object]:
    return lambda world: world.scripts[which].update(attributes)


def _wrong_port(world: World) -> None:
    world.disconnect(CHATS, CHAT_B)
    world.connect(CHATS, CHAT_B, port="webpai")


def _wrong_port_of_chat_flex(world: World) -> None:
    ports = [{"id": "default"}, {"id": "ESP"}, {"id": "web", "connprotocol": "CHAT-FLEX"}]
    world.attribute(CHAT_B, "portinfos", {"portinfo": ports})


def _nested(world: World) -> None:
    world.applications["3"] = raw_cluster("3", "Nested")
    world.connect(CHATS, "3")


def _ucs_nine(world: World) -> None:
    """Leave Chat_B with a UCS 9: an Application Cluster without members."""
    world.disconnect(CHAT_B, UCS)
    world.applications["4"] = raw_cluster("4", "UCS_Cluster")
    world.connect(CHAT_B, "4")


def _acts_as_1_without_contact_server(world: World) -> None:
    world.option(CLUSTER, "chat", "identifyCreateContact", "1")
    world.disconnect(CHAT_B, UCS)


def _leftover(world: World) -> None:
    world.option(NODE, "service:wes", "wes.connector.chatServer.queueWebengagement", "Q")


def _no_chat_server(world: World) -> None:
    world.disconnect(CHATS, CHAT_A)
    world.disconnect(CHATS, CHAT_B)


def _all_disabled(world: World) -> None:
    for dbid in (CHAT_A, CHAT_B, CHAT_A_B):
        world.attribute(dbid, "state", "CFGDisabled")


def _no_endpoint(world: World) -> None:
    for dbid in (CHAT_A, CHAT_B, CHAT_A_B):
        world.option(dbid, ENDPOINTS, "webme", None)


def _each(rule: str, severity: str) -> list[Told]:
    return [(rule, severity, name) for name in ("Chat_A", "Chat_A_B", "Chat_B")]


def _chat_servers(key: str, value: str | None, rule: str, severity: str, words: str) -> Fault:
    """Set an option of [settings] on every Chat Server."""

    def plant(world: World) -> None:
        for dbid in (CHAT_A, CHAT_B, CHAT_A_B):
            world.option(dbid, "settings", key, value)

    return Fault("settings", plant, _each(rule, severity), words)


def _one_view_disabled(world: World) -> None:
    world.scripts["view"] = raw_queue("502", "View", BANK, "CFGInteractionQueueView")
    world.annex("view", {"View": {"Queue": QUEUE}})
    world.scripts["view"]["state"] = "CFGDisabled"


def _one_view_not_enabled(world: World) -> None:
    world.scripts["view"] = raw_queue("502", "View", BANK, "CFGInteractionQueueView")
    world.annex("view", {"View": {"Queue": QUEUE, "Enabled": "False"}})


def _two_views(world: World) -> None:
    world.annex("queue", {})
    world.scripts["other"] = {**world.scripts["strategy"], "dbid": "503", "name": "Route_Two"}
    for dbid, strategy in (("504", "Route"), ("505", "script:Route_Two")):
        world.scripts[dbid] = raw_queue(dbid, f"View {dbid}", BANK, "CFGInteractionQueueView")
        world.annex(dbid, {"View": {"Queue": QUEUE, "Strategy": strategy}})


def _second_ixn(world: World) -> None:
    world.applications["302"] = raw_application("302", "IXN_Two", INTERACTION_SERVER)
    world.connect(CHAT_B, "302")


def _below_another(world: World) -> None:
    world.applications["8"] = raw_cluster("8", "WE_Above", [CLUSTER], options={"engagement": {"x": "1"}})


def _backup_alone(world: World) -> None:
    world.connect(CHATS, CHAT_A_B)


def _unreadable_allowed(world: World) -> None:
    world.connect(CHATS, "404")
    world.allow_unreadable = True


SHORT = [("GWE008", "error", "WE_Cluster")]
FAULTS = [
    _attribute(CLUSTER, "state", "CFGDisabled", "GWE001", "error", "WE_Cluster", "disabled; Enable it"),
    _attribute(CLUSTER, "subtype", "CFGGenericServer", "GWE001", "warning", "WE_Cluster", "not of type Application"),
    _attribute(NODE, "version", "8.1.200.39", "GWE001", "error", "WE_Node", "8.5 or later; Upgrade"),
    _option(CLUSTER, "chat/useChat", "false", "GWE001", "WE_Cluster", "Co-browse; Set cluster"),
    Fault("above", _below_another, [("GWE001", "error", "WE_Cluster")], "only groups servers for; Set; to WE_Above"),
    *_chat(
        "queueKey",
        [None, ""],
        "GWE003",
        "not set; no chat can; Set [chat] queueKey = 101:webme; `configure` does so",
    ),
    *_chat("queueKey", ["webme"], "GWE003", "bare endpoint; 101:webme"),
    *_chat("queueKey", ["Bank:webme"], "GWE003", "tenant's name; 101:webme"),
    *_chat("queueKey", ["0:webme", "101:", "101: webme", "101:a:b", ":webme"], "GWE003", "not a tenant DBID, a colon"),
    *_chat("queueKey", ["999:webme"], "GWE003", "DBID that does not exist"),
    *_chat("queueKey", ["1:webme", "101:Webme"], "GWE003", "another tenant or endpoint"),
    _attribute(CHAT_B, "tenantdbids", {"id": [{"dbid": "1"}]}, "GWE003", "error", "Chat_B", "not serve tenant 'Bank'"),
    _option(
        CHAT_B,
        f"{ENDPOINTS}/webme",
        None,
        "GWE004",
        "Chat_B",
        "'webme' is missing; some chats are lost; Set [endpoints:101] webme = Webengagement_Chat; `configure` does so",
    ),
    _option(CHAT_A_B, f"{ENDPOINTS}/webme", None, "GWE004", "Chat_A_B", "'webme' is missing; after a switch-over"),
    _option(CHAT_B, "endpoints:*tenant_dbid*/default", "", "GWE004", "Chat_B", "placeholder; Rename it", "warning"),
    *[
        _option(dbid, f"{ENDPOINTS}/webme", value, "GWE005", name, "'webme' names another queue")
        for dbid, name in ((CHAT_A, "Chat_A"), (CHAT_B, "Chat_B"), (CHAT_A_B, "Chat_A_B"))
        for value in ("", "Other", f"{QUEUE} ")
    ],
    *_chat("webengagementChatQueue", [None, ""], "GWE005", "webengagementChatQueue is not set"),
    *_chat("webengagementChatQueue", ["Other", QUEUE.lower()], "GWE005", "webengagementChatQueue names another queue"),
    _queue(
        _script("queue", name=QUEUE.upper()),
        [("GWE006", "error")],
        f"queue (chat_channel_queue): ; Did you mean '{QUEUE.upper()}'?; Choose an existing queue",
    ),
    _queue(_script("queue", tenantdbid="1"), [("GWE006", "error")], "exists in Environment; tenant of the chat"),
    _queue(_script("queue", subtype="CFGWorkbin"), [("GWE006", "error")], "CFGWorkbin, not an Interaction Queue"),
    _queue(_script("queue", state="CFGDisabled"), [("GWE006", "error")], "is disabled; Enable the queue"),
    _queue(_script("strategy", state="CFGDisabled"), [("GWE007", "error")], "'Route' is disabled; Publish"),
    _queue(_script("strategy", tenantdbid="1"), [("GWE007", "error")], "'Route' does not exist in the tenant; Publish"),
    _queue(lambda world: world.annex("strategy", {}), [("GWE007", "error")], "'Route' has no url; Publish"),
    _queue(lambda world: world.annex("queue", {}), [("GWE007", "info")], "cannot be verified; Interaction Routing"),
    _queue(_one_view_disabled, [("GWE007", "warning")], "Every view; Enable the view"),
    _queue(_one_view_not_enabled, [("GWE007", "warning")], "Every view; Enable the view"),
    _queue(_two_views, [("GWE007", "info")], "Views of; several strategies; conditions"),
    _queue(
        lambda world: world.annex(
            "queue", {"Orchestration": {"application": "script:Route", "application@ORS": "http://x"}}
        ),
        [("GWE007", "warning")],
        "several strategies; one routing strategy",
    ),
    *[
        Fault("contacts", fault.plant, SHORT, fault.words)
        for fault in _chat("identifyCreateContact", ["", "0", "4", "true"], "GWE008", "silently treats it as 3; 1 to 3")
    ],
    *_chat("connectionTimeout", ["0", "11", "1.5"], "GWE008", "connectionTimeout is out of range; 1 to 10 seconds"),
    *_chat("connectionTimeout", ["1000", "10000"], "GWE008", "milliseconds; Co-browse"),
    *_chat("sessionRestorationTimeout", ["0", "-1", ""], "GWE008", "1 or more seconds; Set it to 1 or more seconds"),
    *_chat("refreshPoolSize", ["100", "10 threads"], "GWE008", "1 to 99 threads"),
    *_chat("refreshPoolSize", ["19", None], "GWE009", "too small for 500 chat sessions; 20 threads", "warning"),
    Fault(
        "restoration",
        lambda world: world.option(CHAT_B, "settings", "session-restoration-mode", None),
        [("GWE008", "warning", "Chat_B"), ("GWE023", "warning", "WE_Cluster")],
        "refuses to restore; simple",
    ),
    _chat_servers("transcript-auto-save", "0", "GWE021", "warning", "stores no transcript; transcript-auto-save = 1"),
    _chat_servers("transcript-auto-save", None, "GWE021", "info", "stores no transcript; transcript-auto-save = 1"),
    _chat_servers("flex-disconnect-timeout", "2", "GWE022", "warning", "15 to 1728000 seconds; = 45, the default"),
    _chat_servers("flex-disconnect-timeout", "soon", "GWE022", "warning", "15 to 1728000 seconds"),
    _chat_servers("flex-disconnect-timeout", "0", "GWE022", "warning", "15 to 1728000 seconds"),
    _option(
        CHAT_B, "settings/transcript-auto-save", "2", "GWE023", "WE_Cluster", "differs; = 1 on Chat_B, or", "warning"
    ),
    _option(CHAT_B, "settings/flex-disconnect-timeout", "60", "GWE023", "WE_Cluster", "differs", "warning"),
    Fault(
        "contacts",
        lambda world: world.disconnect(CHAT_B, UCS),
        [("GWE010", "error", "Chat_B")],
        "No connection; acts as 3",
    ),
    Fault(
        "contacts",
        _ucs_nine,
        [("GWE010", "error", "Chat_B")],
        "No connection; Set contact_server",
    ),
    Fault("contacts", _acts_as_1_without_contact_server, [("GWE010", "warning", "Chat_B")], "acts as 1"),
    _option(CHAT_B, "settings/use-contact-server", "FALSE", "GWE010", "Chat_B", "is not used; restart the Chat Server"),
    _attribute(
        CHAT_B,
        "portinfos",
        _ports("default", "webapi"),
        "GWE011",
        "warning",
        "Chat_B",
        "Add the listening ports ESP",
        "ways",  # another fault sets the same ports
    ),
    Fault("ways", _wrong_port_of_chat_flex, [("GWE011", "warning", "Chats")], "Set the port of the connection to web."),
    Fault("ways", _wrong_port, [("GWE011", "warning", "Chats")], "'Chat_B' refers to a port that does not exist"),
    Fault(
        "ixn",
        lambda world: world.disconnect(CHAT_B, IXN),
        [("GWE011", "warning", "Chat_B")],
        "not connected to an Inter",
    ),
    Fault(
        "ixn",
        lambda world: world.disconnect(IXN, CHAT_B),
        [("GWE011", "warning", "Chat_B")],
        "'IXN' is not connected back; Connect Interaction Server 'IXN' to port ESP",
    ),
    Fault("ixn", _second_ixn, [("GWE011", "warning", "Chat_B")], "'IXN_Two' is not connected back"),
    _option(CHAT_A_B, f"{ENDPOINTS}/default", "x", "GWE012", "Chat_A_B", "'Chat_A': endpoints:101/default", "warning"),
    _option(
        CHAT_A_B,
        "settings/transcript-auto-save",
        "2",
        "GWE012",
        "Chat_A_B",
        "settings/transcript-auto-save: 1; set [settings] transcript-auto-save = 1",
        "warning",
    ),
    _attribute(CHAT_B, "backupserverdbid", UCS, "GWE012", "warning", "Chat_B", "Its backup 'UCS' is of type Contact"),
    _attribute(CHAT_B, "state", "CFGDisabled", "GWE013", "warning", "Chat_B", "disabled; Enable it"),
    _attribute(CHAT_A_B, "state", "CFGDisabled", "GWE013", "warning", "Chat_A_B", "disabled; Enable it"),
    _attribute(CHATS, "state", "CFGDisabled", "GWE013", "warning", "Chats", "disabled; Enable it"),
    Fault(
        "ways", lambda world: world.connect(CLUSTER, CHAT_B), [("GWE013", "warning", "WE_Cluster")], "both directly and"
    ),
    Fault("nested", _nested, [("GWE013", "warning", "Nested")], "is within another one; Connect"),
    Fault(
        "dangling",
        lambda world: world.connect(CHATS, "404"),
        [("GWE020", "error", "Chats")],
        "application 404; Remove; chat_channel_allow_unreadable",
    ),
    _attribute(CHAT_B, "backupserverdbid", "405", "GWE020", "error", "Chat_B", "application 405; Remove"),
    _option(NODE, "chat/queueKey", "1:old", "GWE014", "WE_Node", "section [chat] of its own; Keep", "warning"),
    Fault("leftover", _leftover, [("GWE014", "info", "WE_Node")], "release 8.1; Remove them"),
]

# Those that spoil so much that they stand alone.
ALONE = [
    Fault(
        "alone", _no_chat_server, [("GWE002", "error", "WE_Cluster")], "no Chat Server can be reached; through Chats"
    ),
    Fault("alone", _all_disabled, _each("GWE013", "warning"), "disabled"),
    Fault("alone", _no_endpoint, _each("GWE004", "error"), "no chat can be opened"),
    Fault(
        "alone",
        lambda world: world.applications.update(
            {"9": raw_application("9", "Bare", connections=[CHATS], portinfos=_ports())}
        ),
        [
            ("GWE003", "error", "Bare"),
            ("GWE004", "error", "Bare"),
            ("GWE008", "warning", "Bare"),
            ("GWE010", "error", "Bare"),
            ("GWE011", "warning", "Bare"),
            ("GWE011", "warning", "Bare"),
            ("GWE021", "info", "Bare"),
            ("GWE023", "warning", "WE_Cluster"),
            ("GWE023", "warning", "WE_Cluster"),
        ],
    ),
    Fault(
        "alone",
        _backup_alone,
        [("GWE024", "warning", "Chat_A_B")],
        "'Chats' is connected; 'Chat_A' only",
    ),
    Fault("alone", _unreadable_allowed, [("GWE020", "warning", "Chats")], "application 404"),
]
