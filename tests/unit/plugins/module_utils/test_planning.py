# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does to a chat channel, and what forbids to take an endpoint away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._channel import Channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat_channel import RESTART
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._findings import blocking, channel_result, findings
from ansible_collections.genesys_ops.engage.plugins.module_utils._planning import (
    check_channel,
    configuring,
    retiring,
    steps,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_application, raw_cluster
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    CHAT_A_B,
    CHATS,
    CLUSTER,
    ENDPOINTS,
    QUEUE,
    TENANTS,
    UCS,
    World,
)

GIVEN: dict[str, Any] = {
    "endpoint": "webme",
    "queue": QUEUE,
    "previous_endpoint": None,
    "peak_chat_sessions": None,
}
BANK = TENANTS[1]


def retired(world: World, **more: Any) -> Channel:
    channel = world.channel()
    plans = retiring(channel.topology, BANK, "webme")
    return replace(channel, queue=None, plans=plans, leaving="webme", absent=True, **more)


def removals(channel: Channel) -> list[tuple[str, str]]:
    return [(item.id, item.application) for item in blocking(channel, "error")]


def test_a_retirement_takes_the_options_of_the_channel_and_nothing_else() -> None:
    world = World()
    world.option(CLUSTER, "chat", "other", "stays")
    after = retired(world).after()
    assert after.chat == {"other": "stays"}
    for server in after.topology.chat_servers:
        assert server.application.options()[ENDPOINTS] == {"default": "Chat In"}
    before = world.channel()
    assert {change.key for change in retired(world).plans[0].changes} == set(RESTART) & set(before.chat)
    assert after.topology.cluster.connected_to == before.cluster.connected_to


def test_the_steps_name_who_changes_and_only_those() -> None:
    world = World()
    world.option(CHAT_A_B, ENDPOINTS, "webme", None)
    world.disconnect("201", UCS)
    channel = world.channel()
    plans = configuring(
        {**GIVEN, "endpoint": "new", "previous_endpoint": "webme"}, channel.topology, BANK, channel.estate[UCS]
    )
    assert steps(plans, BANK) == {
        "contact_server": ["Chat_A"],
        "endpoint": ["Chat_A", "Chat_B", "Chat_A_B"],
        "removal": ["Chat_A", "Chat_B"],
        "cluster": True,
    }
    nothing: dict[str, Any] = {"contact_server": [], "endpoint": [], "removal": [], "cluster": False}
    assert steps(configuring(GIVEN, World().channel().topology, BANK, None), BANK) == nothing
    assert steps(retired(world).plans, BANK) == {**nothing, "removal": ["Chat_A", "Chat_B"], "cluster": True}


def test_without_a_queue_only_connections_are_planned() -> None:
    channel = World().channel()
    assert configuring({**GIVEN, "queue": None}, channel.topology, BANK, None) == []


def test_the_previous_endpoint_cannot_be_the_one_that_is_wanted() -> None:
    with pytest.raises(
        BadInput, match=r"previous_endpoint \(chat_channel_previous_endpoint\) is 'webme', as endpoint is"
    ):
        check_channel({**GIVEN, "previous_endpoint": "webme"})
    with pytest.raises(BadInput, match="'1:old' cannot be used"):
        check_channel({**GIVEN, "previous_endpoint": "1:old"})


def test_a_channel_that_nobody_else_uses_may_go_however_broken_it_is() -> None:
    world = World()
    assert removals(retired(world)) == []
    world.option(CLUSTER, "chat", "refreshTaskPeriod", "999")
    world.option(CHAT_A_B, ENDPOINTS, "webme", "Nowhere")
    del world.scripts["queue"]
    assert removals(retired(world)) == []
    assert {item.id for item in findings(retired(world))} == {"GWE015"}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "Cobrowse",
            {"chat": {"queueKey": "101:webme"}},
            "Option chat/queueKey uses endpoint 'webme', which is to go.",
        ),
        ("GMS", {"chat.x": {"_chat_endpoint": "Bank:webme"}}, "Option chat.x/_chat_endpoint uses endpoint 'webme'"),
        (
            "WE_Two",
            {"chat": {"queueKey": "101:own", "webengagementChatQueue": QUEUE}},
            f"Option chat/webengagementChatQueue leads to the same queue '{QUEUE}', which would stay.",
        ),
    ],
)
def test_every_other_user_stops_it_unless_told_otherwise(
    name: str, options: dict[str, dict[str, str]], message: str
) -> None:
    world = World()
    world.applications["7"] = raw_cluster("7", name, [CHATS], options=options)
    (finding,) = blocking(retired(world), "error")
    assert (finding.id, finding.application) == ("GWE018", name)
    assert finding.message.startswith(message)
    assert "chat_channel_remove_in_use" in finding.hint
    assert removals(retired(world, remove_in_use=True)) == []


def test_another_endpoint_to_the_same_queue_stops_a_retirement_but_not_a_move() -> None:
    world = World()
    world.option("201", ENDPOINTS, "webchat", QUEUE)
    assert removals(retired(world)) == [("GWE018", "Chat_A")]
    channel = world.channel(endpoint="new")
    plans = configuring({**GIVEN, "endpoint": "new", "previous_endpoint": "webme"}, channel.topology, BANK, None)
    assert removals(replace(channel, plans=plans, leaving="webme")) == []


def test_a_move_stops_when_somebody_else_uses_the_old_endpoint_that_is_there() -> None:
    world = World()
    world.applications["7"] = raw_application(
        "7", "GMS", "CFGGenericServer", {"x": {"default_chat_endpoint": "Bank:webme"}}
    )
    for leaving, expected in (("webme", [("GWE018", "GMS")]), ("long-gone", [])):
        channel = world.channel(endpoint="new")
        given = {**GIVEN, "endpoint": "new", "previous_endpoint": leaving}
        plans = configuring(given, channel.topology, BANK, None)
        assert removals(replace(channel, plans=plans, leaving=leaving)) == expected


@pytest.mark.parametrize(
    ("value", "stops"),
    [
        ("101:webme", False),
        ("Bank:webme", False),
        ("webme", False),
        ("101:other", True),
        ("1:webme", True),
        ("x", True),
    ],
)
def test_another_channel_than_the_one_named_is_not_retired(value: str, stops: bool) -> None:
    world = World()
    world.option(CLUSTER, "chat", "queueKey", value)
    assert removals(retired(world)) == ([("GWE003", "WE_Cluster")] if stops else [])


def test_the_result_of_a_retirement_shows_no_queue_key_and_ends_compliant() -> None:
    world = World()
    shown = channel_result(retired(world), "error")
    assert (shown["queue_key"], shown["queue_key_found"], shown["compliant"]) == ("", "101:webme", False)
    after = retired(world).after()
    again = replace(after, plans=retiring(after.topology, BANK, "webme"))
    assert channel_result(again, "error")["compliant"] is True
