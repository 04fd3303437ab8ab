# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do with the collection, as scenarios that hold in every position of every switch, or say why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_connection,
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
    interaction_queue,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import Operation, call, refused
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

QUEUE = "Webengagement_Chat"
Triples = list[tuple[str, str, Any, Any]]  # section, key, before, after

CHAT_SERVERS = {
    "GWE_Cluster_Direct": ["ChatServer_Direct"],
    "GWE_Cluster_Main": ["ChatServer_1", "ChatServer_2", "ChatServer_3"],
    "GWE_Cluster_DR": ["ChatServer_DR_A", "ChatServer_DR_B", "ChatServer_DR_A_Backup", "ChatServer_DR_B_Backup"],
}
MAIN = "GWE_Cluster_Main"
FORESEEN = ("changed", "applications", "diff", "queue_key", "chat_servers", "restart_required", "findings")
GAX = {"names": ["GAX"]}  # the least that application_info can be asked
COMMON = {"identify_create_contact": 3, "refresh_task_period": 2}
ENDPOINT: dict[str, Any] = {"chat_servers": CHAT_SERVERS[MAIN], "tenant": "101", "queue": QUEUE}
TUNING = {name: {**COMMON, "peak_chat_sessions": 500} if name == MAIN else COMMON for name in CHAT_SERVERS}
CHANNEL: dict[str, Any] = {"cluster": MAIN, "queue": QUEUE, **TUNING[MAIN]}

# Everything that the main job changes in the demo estate, and nothing else.
_NEW = [("endpoints:101", "webme", None, QUEUE)]
WRITTEN: dict[str, Triples] = {
    "ChatServer_Direct": [("endpoints:1", "webme", "Chat In", QUEUE)],
    "GWE_Cluster_Direct": [
        ("chat", "refreshTaskPeriod", "3", "2"),
        ("chat", "webengagementChatQueue", "Chat In", QUEUE),
    ],
    **{name: _NEW for cluster in (MAIN, "GWE_Cluster_DR") for name in CHAT_SERVERS[cluster]},
    MAIN: [
        ("chat", "identifyCreateContact", None, "3"),
        ("chat", "queueKey", "", "101:webme"),
        ("chat", "refreshPoolSize", "10", "50"),  # 500 chats / (2 s * 5)
        ("chat", "refreshTaskPeriod", None, "2"),
        ("chat", "webengagementChatQueue", None, QUEUE),
    ],
    "GWE_Cluster_DR": [
        ("chat", "identifyCreateContact", None, "3"),
        ("chat", "queueKey", None, "101:webme"),
        ("chat", "refreshTaskPeriod", None, "2"),
        ("chat", "webengagementChatQueue", None, QUEUE),
    ],
}


@dataclass
class Stage:
    """A simulator in one position. ``given`` are connection options; ``extra`` is what GAX changes by itself."""

    sim: Simulator
    switches: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Triples] = field(default_factory=dict)

    def begin(self) -> Estate:
        """Go back to the start, with the switches in position; return the estate of the start."""
        self.sim.reset()
        self.sim.set(**self.switches)
        return self.sim.estate.copy()

    def call(self, operation: Operation, check_mode: bool = False, **parameters: Any) -> dict[str, Any]:
        return call(self.sim, operation, check_mode, **{**self.given, **parameters})

    def refused(self, operation: Operation, *words: str, **parameters: Any) -> str:
        return refused(self.sim, operation, *words, **{**self.given, **parameters})

    def change(self, operation: Operation, **parameters: Any) -> dict[str, Any]:
        """Change something: check mode must foresee it and write nothing, and a second run must find it done."""
        written_before = len(self.sim.journal)
        foreseen = self.call(operation, check_mode=True, **parameters)
        assert len(self.sim.journal) == written_before
        done = self.call(operation, **parameters)
        assert done["changed"]
        assert {**foreseen, "msg": ""} == {**done, "msg": ""}
        assert not self.call(operation, **parameters)["changed"]
        return done

    @property
    def written(self) -> dict[str, Triples]:
        """Application -> what applied writes changed, less what GAX changes by itself."""
        found: dict[str, Triples] = {}
        for write in self.sim.journal:
            if write["applied"]:
                name = str(write["name"])
                triples = [(item["section"], item["key"], item["before"], item["after"]) for item in write["changes"]]
                own = [triple for triple in triples if triple not in self.extra.get(name, ())]
                found.setdefault(name, []).extend(sorted(own, key=lambda item: item[:2]))
        return found


def same(estate: Estate, other: Estate) -> bool:
    return list(estate) == list(other)


def configure(stage: Stage, cluster: str) -> None:
    """Bring the channel of one cluster to what is asked, as the role does: in one call, foreseen by check mode."""
    asked = {"cluster": cluster, "queue": QUEUE, **TUNING[cluster]}
    written_before = len(stage.sim.journal)
    foreseen = stage.call(chat_channel, check_mode=True, **asked)
    assert len(stage.sim.journal) == written_before
    done = stage.call(chat_channel, **asked)
    assert done["chat_servers"] == CHAT_SERVERS[cluster]
    assert {name: foreseen[name] for name in FORESEEN} == {name: done[name] for name in FORESEEN}
    assert not stage.call(chat_channel, **asked)["changed"]


def main_job(stage: Stage) -> None:
    """Configure the three clusters of the demo: exactly the wanted options change, each application once."""
    before = stage.begin()
    for cluster in CHAT_SERVERS:
        configure(stage, cluster)
    assert stage.written == WRITTEN
    assert Counter(write["name"] for write in stage.sim.journal if write["applied"]) == dict.fromkeys(WRITTEN, 1)
    assert [write["other"] for write in stage.sim.journal if write["other"]] == []
    for name, triples in WRITTEN.items():
        options = stage.sim.options(name)
        assert {(section, key): options[section][key] for section, key, _unused, _unused in triples} == {
            (section, key): after for section, key, _unused, after in triples
        }
    for obj in before:
        assert obj.get("name") in WRITTEN or obj == stage.sim.estate.get(obj["type"], obj["dbid"])


def additions(stage: Stage) -> None:
    """Add and update options, and the annex of an application that holds a password."""
    stage.begin()
    wanted = {"email-processing": {"enable-same-mail-allowed": True, "batch": 5}}
    stage.change(application_options, name="Email_Server", options=wanted)
    stage.change(application_options, name="UCS_DAP", options={"default": {"dbname": "ucs_2"}}, family="annex")
    assert stage.written == {
        "Email_Server": [
            ("email-processing", "batch", None, "5"),
            ("email-processing", "enable-same-mail-allowed", "false", "true"),
        ],
        "UCS_DAP": [("default", "dbname", "ucs", "ucs_2")],
    }
    assert stage.sim.options("UCS_DAP", "annex")["default"]["password"] == "Tr0ub4dor&3"


def removals(stage: Stage) -> None:
    """Remove an option, and what else is in a section."""
    stage.begin()
    mobile = {"endpoints:101": {"mobile": None}}
    stage.change(application_options, name="ChatServer_1", options=mobile, state="absent")
    # The endpoint default stays: others use it.
    only = {"endpoints:101": {"default": "Chat In", "webme": QUEUE}}
    stage.change(application_options, name="ChatServer_2", options=only, exclusive=True)
    gone = [("endpoints:101", "mobile", "Chat In", None)]
    assert stage.written == {"ChatServer_1": gone, "ChatServer_2": [*gone, *_NEW]}


def rollback(stage: Stage) -> None:
    """Take back what a task reported."""
    before = stage.begin()
    servers = CHAT_SERVERS[MAIN]
    done = stage.call(chat_server_endpoint, chat_servers=servers, tenant="101", queue=QUEUE)
    stage.change(application_rollback, applications=done["applications"])
    assert {name: stage.sim.options(name) for name in servers} == {name: before.options(name) for name in servers}
    assert stage.written == {name: [*_NEW, ("endpoints:101", "webme", QUEUE, None)] for name in servers}


def connections(stage: Stage) -> None:
    """Connect a Chat Server to another server, and take that away again."""
    before = stage.begin()
    link = {"applications": ["ChatServer_1"], "server": "Email_Server"}
    stage.change(application_connection, **link)
    servers = [item["appserverdbid"] for item in stage.sim.app("ChatServer_1")["appservers"]["conninfo"]]
    assert servers[-1] == before.app("Email_Server")["dbid"]
    stage.change(application_connection, **link, state="absent")
    assert stage.sim.app("ChatServer_1")["appservers"] == before.app("ChatServer_1")["appservers"]


def new_queue(stage: Stage) -> None:
    """Create an Interaction Queue whose name is not ASCII."""
    stage.begin()
    stage.change(interaction_queue, name="Rückruf", tenant="Resources")
    made = stage.sim.estate.named("Rückruf", "CfgScript")
    assert (made["subtype"], made["tenantdbid"], made["folderid"]) == ("CFGInteractionQueue", "101", "146")
    assert [(write["method"], write["name"]) for write in stage.sim.journal if write["applied"]] == [
        ("POST", "Rückruf")
    ]


def old_queue(stage: Stage) -> None:
    """Delete an Interaction Queue that nobody uses."""
    before = stage.begin()
    stage.change(interaction_queue, name="Chat_Old", tenant="Resources", state="absent")
    assert {obj["name"] for obj in before.all("CfgScript")} - {
        obj["name"] for obj in stage.sim.estate.all("CfgScript")
    } == {"Chat_Old"}
    assert [write["name"] for write in stage.sim.journal if write["applied"]] == ["Chat_Old"]


def reading(stage: Stage) -> None:
    """Read applications, with the names of what they are connected to."""
    before = stage.begin()
    names = ["ChatServer_2", "UCS_DAP", "UCS"]
    result = stage.call(application_info, names=names)
    assert result["msg"] == "3 applications found: ChatServer_2, UCS_DAP, UCS"
    found = result["applications"]
    assert [item["name"] for item in found] == names
    assert found[0]["options"] == before.options("ChatServer_2")
    assert found[1]["annex"]["default"]["password"] == "********"
    assert [item["name"] for item in found[2]["connections"]] == ["UCS_DAP", "Message_Server"]
    typed = stage.call(application_info, types=["ChatServer"], tenant="Environment")["applications"]
    assert [item["name"] for item in typed] == ["ChatServer_Direct", "ChatServer_3"]
    nothing = stage.call(application_info, names=["UCS"], types=["ChatServer"])
    assert (nothing["msg"], nothing["applications"]) == ("0 applications found.", [])
    assert stage.sim.journal == []


def bad_input(stage: Stage) -> None:
    """Names that are wrong are told, and nothing is written."""
    before = stage.begin()
    stage.refused(chat_channel_info, "no application 'Nowhere'", cluster="Nowhere")
    stage.refused(web_engagement_chat, f"Did you mean '{MAIN}'?", cluster=MAIN.lower(), queue=QUEUE)
    stage.refused(web_engagement_chat, f"Did you mean '{QUEUE}'?", cluster=MAIN, queue=QUEUE.lower())
    servers = {"chat_servers": ["ChatServer_1", "chatserver_2"], "tenant": "101", "queue": QUEUE}
    stage.refused(chat_server_endpoint, "Did you mean 'ChatServer_2'?", **servers)
    assert stage.sim.journal == []
    assert same(stage.sim.estate, before)


def wrong_password(stage: Stage) -> None:
    """It is tried once."""
    stage.begin()
    stage.refused(application_info, "gax_password", gax_password="wrong")
    assert stage.sim.login_attempts == 1


Scenario = Callable[[Stage], None]
ALL: tuple[Scenario, ...] = (
    main_job,
    additions,
    removals,
    rollback,
    connections,
    new_queue,
    old_queue,
    reading,
    bad_input,
    wrong_password,
)
# Every operation with parameters that change something in the demo estate, or that read it.
CHANGES: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (chat_channel, CHANNEL),
    (chat_server_endpoint, ENDPOINT),
    (web_engagement_chat, {"cluster": MAIN, "queue": QUEUE, **TUNING[MAIN]}),
    (application_options, {"name": "ChatServer_1", "options": {"a": {"b": "c"}}}),
    (application_connection, {"applications": ["ChatServer_1"], "server": "Email_Server"}),
)
QUEUES: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (interaction_queue, {"name": "Rückruf", "tenant": "Resources"}),
    (interaction_queue, {"name": "Chat_Old", "tenant": "Resources", "state": "absent"}),
)
READS: tuple[tuple[Operation, dict[str, Any]], ...] = (
    (application_info, {"names": ["GAX"]}),
    (chat_channel_info, {"cluster": MAIN, "queue": QUEUE}),
)
