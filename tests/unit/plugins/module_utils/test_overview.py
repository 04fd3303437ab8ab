# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report needs to know of a channel: options wanted and found, drift, groups, queue."""

from __future__ import annotations

from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import wanted_chat, wanted_endpoint
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.result import channel_result
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Plan, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.connections import wanted_connection
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_application, raw_cluster
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_B,
    CHATS,
    CLUSTER,
    QUEUE,
    UCS,
    World,
)


def plans_of(world: World, tuning: dict[str, str] | None = None, previous: str | None = None) -> list[Plan]:
    channel = world.channel()
    wanted = wanted_endpoint(BANK, "webme", QUEUE, previous)
    servers = [plan(server.application, wanted) for server in channel.topology.chat_servers]
    return [*servers, plan(channel.cluster, wanted_chat(BANK, "webme", QUEUE, tuning or {}))]


def drift(world: World, plans: list[Plan]) -> list[tuple[str, str, str, str]]:
    found = [item for item in judge(world.channel(plans)).now if item.id == "GWE017"]
    assert {item.severity for item in found} <= {"warning"}
    return [(item.application, item.message, item.expected, item.actual) for item in found]


def rows(result: dict[str, Any], application: str) -> list[tuple[str, str, str | None, str | None, bool]]:
    return [
        (row["section"], row["key"], row["wanted"], row["found"], row["differs"])
        for row in result["options"]
        if row["application"] == application
    ]


def test_a_tuning_option_that_differs_is_drift() -> None:
    world = World()
    world.option(CLUSTER, "chat", "connectionTimeout", None)
    plans = plans_of(world, {"refreshTaskPeriod": "2", "connectionTimeout": "9", "refreshPoolSize": "20"})
    assert drift(world, plans) == [
        ("WE_Cluster", "[chat] connectionTimeout differs from what the inventory says.", "9", ""),
        ("WE_Cluster", "[chat] refreshTaskPeriod differs from what the inventory says.", "2", "5"),
    ]


def test_what_other_rules_are_about_is_no_drift() -> None:
    world = World()
    world.option(CLUSTER, "chat", "queueKey", "101:other")
    world.option(CLUSTER, "chat", "webengagementChatQueue", "Other")
    world.option(CHAT_B, f"endpoints:{BANK}", "webme", None)
    assert drift(world, plans_of(world)) == []
    assert sum(row["differs"] for row in channel_result(world.channel(plans_of(world)), "error")["options"]) == 3


def test_a_contact_server_that_is_wanted_and_not_connected_is_drift() -> None:
    world = World()
    world.disconnect(CHAT_B, UCS)
    estate = world.channel().estate
    plans = [plan(estate[dbid], wanted_connection(estate[dbid], estate[UCS], {})) for dbid in (CHAT_A, CHAT_B)]
    message = "The Chat Server is not connected to 'UCS', as the inventory says."
    assert drift(world, plans) == [("Chat_B", message, "connected", "")]
    result = channel_result(world.channel(plans), "error")
    assert rows(result, "Chat_A")[-1] == ("connections", "UCS", "connected", "connected", False)
    assert rows(result, "Chat_B")[-1] == ("connections", "UCS", "connected", None, True)


def test_without_a_wish_nothing_differs_and_what_is_there_is_told() -> None:
    world = World()
    result = channel_result(world.channel(), "error")
    assert rows(result, "Chat_A") == [(f"endpoints:{BANK}", "webme", None, QUEUE, False)]
    assert rows(result, "WE_Cluster")[0] == ("chat", "queueKey", None, "101:webme", False)
    assert result["msg"] == "WE_Cluster: 0 errors, 0 warnings, 0 options differ."


def test_an_endpoint_is_no_secret_whatever_it_is_called() -> None:
    world = World()
    section = f"endpoints:{BANK}"
    world.option(CHAT_B, section, "token", "Tea-4711")
    channel = world.channel([plan(world.channel().estate[CHAT_B], wanted_endpoint(BANK, "token", QUEUE))], "token")
    assert rows(channel_result(channel, "error"), "Chat_B") == [(section, "token", QUEUE, "Tea-4711", True)]


def test_one_line_says_how_the_cluster_is() -> None:
    world = World()
    world.option(CHAT_B, f"endpoints:{BANK}", "webme", None)
    world.attribute(CHAT_B, "state", "CFGDisabled")
    result = channel_result(world.channel(plans_of(world)), "warning")
    assert result["msg"] == "WE_Cluster: 1 error, 1 warning, 1 option differs; `configure` fixes 1 of 2 findings."
    assert result["fail_on"] == "warning"


def test_chat_servers_are_told_with_their_group_and_contact_servers() -> None:
    world = World()
    world.applications["205"] = {**world.applications[CHAT_B], "dbid": "205", "name": "Chat_Direct"}
    world.connect(CLUSTER, "205")
    member = raw_application("206", "Chat_Member", connections=[CHATS])
    world.applications["206"] = member
    told = channel_result(world.channel(), "error")["chat_servers"]
    assert {item["name"]: (item["group"], item["contact_servers"]) for item in told} == {
        "Chat_A": ("Chats", ["UCS"]),
        "Chat_B": ("Chats", ["UCS"]),
        "Chat_A_B": ("Chats", ["UCS"]),
        "Chat_Direct": ("WE_Cluster", ["UCS"]),
        "Chat_Member": ("Chats", []),
    }


def test_application_clusters_are_told_with_the_one_that_they_lie_in() -> None:
    world = World()
    world.applications["3"] = raw_cluster("3", "Inner", [])
    world.connect(CHATS, "3")
    world.attribute("3", "state", "CFGDisabled")
    assert channel_result(world.channel(), "error")["topology"]["application_clusters"] == [
        {"name": "Chats", "depth": 1, "enabled": True, "within": "WE_Cluster"},
        {"name": "Inner", "depth": 2, "enabled": False, "within": "Chats"},
    ]


def test_the_queue_is_told_with_its_strategies() -> None:
    world = World()
    queue = {"name": QUEUE, "exists": True, "enabled": True, "strategies": [{"name": "script:Route", "problem": ""}]}
    assert channel_result(world.channel(), "error")["queue"] == queue
    world.scripts.pop("strategy")
    [strategy] = channel_result(world.channel(), "error")["queue"]["strategies"]
    assert strategy["problem"] == "Enhanced Routing script 'Route' does not exist in the tenant"
    world.scripts.clear()
    assert channel_result(world.channel(), "error")["queue"] == {
        **queue,
        "exists": False,
        "enabled": False,
        "strategies": [],
    }
