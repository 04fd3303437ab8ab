# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who else uses what a chat channel uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.connections import wanted_connection
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Script
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    raw_application,
    raw_cluster,
    raw_queue,
    triples,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    ENDPOINTS,
    QUEUE,
    UCS,
    World,
)

ANOTHER = {"webengagementChatQueue": "Q"}


def shared(world: World) -> dict[str, list[str]]:
    return {dbid: names for dbid, names in world.channel().shared().items() if names}


def test_a_chat_server_and_its_backup_are_shared_with_every_other_cluster_that_reaches_them() -> None:
    world = World()
    world.applications["5"] = raw_cluster("5", "WE_Two", [CHAT_A], options={"chat": ANOTHER})
    world.applications["6"] = raw_cluster("6", "WE_Three", [CHATS], options={"chat": ANOTHER})
    both = ["WE_Three", "WE_Two"]
    assert shared(world) == {CHAT_A: both, CHAT_A_B: both, CHAT_B: ["WE_Three"]}


def test_a_cluster_that_a_chat_server_connects_to_shares_it() -> None:
    world = World()
    world.applications["5"] = raw_cluster("5", "WE_Two", ["6"], options={"chat": ANOTHER})
    world.applications["6"] = raw_cluster("6", "Members")
    world.connect(CHAT_B, "6")
    assert shared(world) == {CHAT_B: ["WE_Two"]}


def test_applications_that_are_no_web_engagement_cluster_share_nothing() -> None:
    world = World()
    world.applications["5"] = raw_cluster("5", "Cobrowse", [CHATS], options={"chat": {"queueKey": "101:webme"}})
    world.applications["6"] = raw_application("6", "Generic", "CFGGenericServer", {"chat": ANOTHER}, [CHATS])
    assert shared(world) == {}


SERVED = {"tenantdbids": {"id": [{"dbid": BANK}]}}


@pytest.mark.parametrize("subtype", ["CFGGenericServer", "CFGEmailServer", "CFGWebAPIServer", "CFGThirdPartyServer"])
@pytest.mark.parametrize(
    ("options", "used"),
    [
        ({"chat": {"queueKey": "101:webme"}}, [("chat/queueKey", "101:webme", "endpoint")]),
        (
            {"chat.bank": {"default_chat_endpoint": "Bank:webme"}},
            [("chat.bank/default_chat_endpoint", "Bank:webme", "endpoint")],
        ),
        (
            {"service.x": {"_chat_endpoint": "Bank:webme"}},
            [("service.x/_chat_endpoint", "Bank:webme", "endpoint")],
        ),
        (
            {"chat.customer-support": {"endpoint": "Bank:webme", "other": "101:webme"}},
            [
                ("chat.customer-support/endpoint", "Bank:webme", "endpoint"),
                ("chat.customer-support/other", "101:webme", "endpoint"),
            ],
        ),
        ({"chat": {"webengagementChatQueue": QUEUE}}, [("chat/webengagementChatQueue", QUEUE, "queue")]),
        ({ENDPOINTS: {"webchat": QUEUE}}, [(f"{ENDPOINTS}/webchat", QUEUE, "queue")]),
        ({"whatever": {"first": QUEUE}}, [("whatever/first", QUEUE, "queue")]),
        ({"chat": {"queueKey": "1:webme"}, ENDPOINTS: {"webchat": "Other", "webme": QUEUE}}, []),
        ({"endpoints:1": {"webchat": QUEUE}, "service.x": {"_chat_endpoint": "Environment:webme"}}, []),
        ({"chat": {"queueKey": "101:webme", "useChat": "false"}}, []),
        ({"chat": {"queueKey": "101:webme", "useChat": "true"}}, [("chat/queueKey", "101:webme", "endpoint")]),
        ({"chat.vip": {"endpoint": " Bank:webme "}}, [("chat.vip/endpoint", " Bank:webme ", "endpoint")]),
    ],
)
def test_every_option_with_the_value_of_the_endpoint_or_the_queue_is_another_use(
    options: dict[str, dict[str, str]], used: list[tuple[str, str, str]], subtype: str
) -> None:
    world = World()
    world.applications["7"] = raw_application("7", "Other", subtype, options, **SERVED)
    users = world.channel().other_users()
    assert [(user["option"], user["value"], user["uses"]) for user in users] == used
    assert {user["application"] for user in users} <= {"Other"}


def test_a_use_may_be_in_the_annex() -> None:
    world = World()
    annex = {"property": triples({"chat.vip": {"endpoint": "Bank:webme"}})}
    world.applications["7"] = raw_application("7", "Other", "CFGGenericServer", userproperties=annex, **SERVED)
    assert [user["option"] for user in world.channel().other_users()] == ["annex chat.vip/endpoint"]


def test_an_application_of_another_tenant_means_another_queue_of_that_name() -> None:
    world = World()
    world.applications["7"] = raw_application(
        "7", "Other", "CFGGenericServer", {"chat": {"webengagementChatQueue": QUEUE}}
    )
    assert world.channel().other_users() == []
    world.attribute("7", "tenantdbids", {"id": []})
    assert [user["application"] for user in world.channel().other_users()] == ["Other"]


@pytest.mark.parametrize(("reaches", "users"), [([], ["WE_Two"]), ([CHATS], ["WE_Two"]), (["8"], [])])
def test_an_application_that_reaches_other_chat_servers_only_uses_endpoints_of_its_own(
    reaches: list[str], users: list[str]
) -> None:
    world = World()
    world.applications["8"] = raw_application("8", "Chat_Far")
    world.applications["7"] = raw_cluster("7", "WE_Two", reaches, options={"chat": {"queueKey": "101:webme"}})
    assert [user["application"] for user in world.channel().other_users()] == users


def test_the_channel_after_a_run_has_the_options_that_were_planned_and_the_first_stays_as_it_is() -> None:
    before = World().channel()
    planned = World().channel([plan(before.cluster, Wanted({"chat": {"queueKey": "101:new"}}))])
    after = planned.after()
    assert after.chat == {**before.chat, "queueKey": "101:new"}
    assert after.cluster == after.estate[CLUSTER]
    assert planned.chat == before.chat


def test_a_queue_that_a_run_creates_is_there_afterwards_and_not_created_twice() -> None:
    world = World()
    queue = Script(world.scripts.pop("queue"))
    planned = replace(world.channel(), new_scripts=[queue])
    assert planned.queue_scripts == []
    assert planned.after().queue_scripts == [queue]
    assert planned.after().after().queue_scripts == [queue]


def test_a_view_of_the_name_of_the_queue_is_no_queue() -> None:
    world = World()
    world.scripts["view"] = raw_queue("502", QUEUE, BANK, "CFGInteractionQueueView")
    assert [script.dbid for script in world.channel().queue_scripts] == ["500"]


@pytest.mark.parametrize(
    ("in_chat", "behind", "name"),
    [
        ("In_chat", ("Q", "Q", "Q"), "In_chat"),
        (None, ("Q", "R", "R"), "R"),
        (None, (None, None, "Q"), "Q"),
        (None, (None, None, None), ""),
    ],
)
def test_the_queue_in_use_is_the_one_in_chat_or_behind_most_endpoints_that_are_there(
    in_chat: str | None, behind: tuple[str | None, ...], name: str
) -> None:
    world = World()
    world.queue = None
    world.option(CLUSTER, "chat", "webengagementChatQueue", in_chat)
    for dbid, queue in zip((CHAT_A, CHAT_B, CHAT_A_B), behind):
        world.option(dbid, ENDPOINTS, "webme", queue)
    assert world.channel().queue_name == name
    world.queue = "wanted"
    assert world.channel().queue_name == "wanted"


@pytest.mark.parametrize(
    ("key", "queue", "found"),
    [
        (f"{BANK}:webme", "Chat_VIP", ["WE_Two"]),  # one endpoint, two queues
        (f"{BANK}:webme", QUEUE, []),
        (f"{BANK}:other", "Chat_VIP", []),  # an endpoint of its own
        ("1:webme", "Chat_VIP", []),  # another tenant
    ],
)
def test_two_clusters_with_one_endpoint_of_a_chat_server_have_one_queue(key: str, queue: str, found: list[str]) -> None:
    world = World()
    chat = {"queueKey": key, "webengagementChatQueue": queue}
    world.applications["5"] = raw_cluster("5", "WE_Two", [CHAT_A], options={"chat": chat})
    world.applications["6"] = raw_cluster("6", "WE_Apart", [], options={"chat": chat})
    told = [item for item in judge(world.channel()).now if item.id == "GWE019"]
    assert [item.application for item in told] == found
    assert all("chat_channel_endpoint" in item.hint for item in told)


def test_configuration_server_connects_the_backup_of_a_chat_server_that_is_connected() -> None:
    world = World()
    for dbid in (CHAT_A, CHAT_A_B):
        world.disconnect(dbid, UCS)
    before = world.channel()
    planned = world.channel(
        [plan(before.estate[CHAT_A], wanted_connection(before.estate[CHAT_A], before.estate[UCS], {}))]
    )
    assert planned.after().contact_servers() == {CHAT_A: ["UCS"], CHAT_A_B: ["UCS"], CHAT_B: ["UCS"]}
    assert planned.contact_servers()[CHAT_A_B] == []
