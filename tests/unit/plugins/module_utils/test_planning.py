# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does to a chat channel, and what forbids to take an endpoint away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.channel import Channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import RESTART, tuning
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.order import steps_of
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.plan import (
    check_channel,
    check_endpoints,
    plans_to_configure,
    plans_to_retire,
    wanted_options,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.result import channel_result
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Change, Plan
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    application,
    raw_application,
    raw_cluster,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    CHAT_A_B,
    CHAT_B,
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
    "batch_size": 0,
}
BANK = TENANTS[1]


def retired(world: World, **more: Any) -> Channel:
    channel = world.channel()
    plans = plans_to_retire(channel.topology, BANK, "webme")
    return replace(channel, queue=None, plans=plans, leaving="webme", absent=True, **more)


def removals(channel: Channel) -> list[tuple[str, str]]:
    return [(item.id, item.application) for item in judge(channel).blocking("error")]


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
    plans = plans_to_configure(
        {**GIVEN, "endpoint": "new", "previous_endpoint": "webme"}, channel.topology, BANK, channel.estate[UCS]
    )
    assert kinds(plans) == [
        ("chat_servers", ["Chat_A", "Chat_B", "Chat_A_B"]),
        ("cluster", ["WE_Cluster"]),
        ("removal", ["Chat_A", "Chat_B"]),
    ]
    assert kinds(plans, 2) == [
        ("chat_servers", ["Chat_A", "Chat_B"]),
        ("chat_servers", ["Chat_A_B"]),
        ("cluster", ["WE_Cluster"]),
        ("removal", ["Chat_A", "Chat_B"]),
    ]
    assert kinds(plans_to_configure(GIVEN, World().channel().topology, BANK, None)) == []
    assert kinds(retired(world).plans) == [("cluster", ["WE_Cluster"]), ("removal", ["Chat_A", "Chat_B"])]
    only_connections = plans_to_configure({**GIVEN, "queue": None}, channel.topology, BANK, channel.estate[UCS])
    assert kinds(only_connections) == [("chat_servers", ["Chat_A"])]


def kinds(plans: list[Plan], size: int = 0) -> list[tuple[str, list[str]]]:
    """Return each step as its kind and the names of its applications, each once."""
    return [
        (step.kind, list(dict.fromkeys(todo.application.name for todo in step.plans))) for step in steps_of(plans, size)
    ]


def test_without_a_queue_only_connections_are_planned() -> None:
    channel = World().channel()
    assert plans_to_configure({**GIVEN, "queue": None}, channel.topology, BANK, None) == []


def test_the_previous_endpoint_cannot_be_the_one_that_is_wanted() -> None:
    told = (
        r"^previous_endpoint \(chat_channel_previous_endpoint\) is 'webme', the same as endpoint; name the endpoint to "
        r"remove\.$"
    )
    with pytest.raises(BadInput, match=told):
        check_channel({**GIVEN, "previous_endpoint": "webme"})
    with pytest.raises(BadInput, match="'1:old' cannot be used"):
        check_channel({**GIVEN, "previous_endpoint": "1:old"})


@pytest.mark.parametrize(
    "wrong", [{"queue": " "}, {"endpoint": "1:webme"}, {"refresh_task_period": 3000}, {"batch_size": -1}]
)
def test_a_channel_that_cannot_work_is_refused_before_anything_is_read(wrong: dict[str, Any]) -> None:
    check_channel(GIVEN)
    with pytest.raises(BadInput, match=rf"\(chat_channel_{next(iter(wrong))}\)"):
        check_channel({**GIVEN, **wrong})


def test_a_cluster_is_not_pointed_at_an_endpoint_that_some_chat_servers_lack() -> None:
    world = World()
    check_endpoints(world.channel().topology, BANK, "webme")
    for dbid in (CHAT_B, CHAT_A_B):
        world.option(dbid, ENDPOINTS, "webme", None)
        world.option(dbid, "endpoints:1", "webme", QUEUE)
    with pytest.raises(BadInput) as problem:
        check_endpoints(world.channel().topology, BANK, "webme")
    assert str(problem.value) == (
        "Application 'WE_Cluster' was not pointed at endpoint 'webme': it is missing in section [endpoints:101] of "
        "Chat_B, Chat_A_B. If it was set before, another run removed it; run again."
    )


@pytest.mark.parametrize(
    ("found", "tuned", "size"),
    [
        ("5", {}, "20"),
        ("1", {}, "99"),
        ("1", {"refresh_task_period": 5}, "20"),
        ("999", {"refresh_task_period": 5}, "20"),
        ("often", {"refresh_pool_size": 7}, "7"),
        ("5", {"peak_chat_sessions": 3000}, "99"),  # the most there is; GWE009 says that it is not enough
    ],
)
def test_the_pool_size_follows_the_period_given_or_found_unless_it_is_given(
    found: str, tuned: dict[str, int], size: str
) -> None:
    """The peak is 495 sessions, or 99 threads at a period of one second."""
    world = World()
    world.option(CLUSTER, "chat", "refreshTaskPeriod", found)
    wanted = wanted_options({**GIVEN, "peak_chat_sessions": 495, **tuned}, world.channel().cluster)
    assert wanted == {**tuning(tuned), "refreshPoolSize": size}


def test_without_a_peak_the_tuning_is_what_was_given_whatever_is_found() -> None:
    world = World()
    world.option(CLUSTER, "chat", "refreshTaskPeriod", "999")
    assert wanted_options({**GIVEN, "connection_timeout": 5}, world.channel().cluster) == {"connectionTimeout": "5"}


@pytest.mark.parametrize("found", [None, "", "0", "6", "-1", "often"])
def test_a_peak_without_a_usable_period_is_refused_with_the_parameter_to_give(found: str | None) -> None:
    world = World()
    world.option(CLUSTER, "chat", "refreshTaskPeriod", found)
    with pytest.raises(BadInput) as problem:
        wanted_options({**GIVEN, "peak_chat_sessions": 100}, world.channel().cluster)
    assert str(problem.value) == (
        "peak_chat_sessions (chat_channel_peak_chat_sessions): application 'WE_Cluster' has no valid "
        "refreshTaskPeriod, and its default is not documented; set refresh_task_period "
        "(chat_channel_refresh_task_period), 1 to 5 seconds."
    )


def test_a_peak_is_planned_with_the_period_that_the_cluster_has() -> None:
    channel = World().channel()
    plans = plans_to_configure({**GIVEN, "peak_chat_sessions": 1000}, channel.topology, BANK, None)
    assert plans[-1].changes == (Change("chat", "refreshPoolSize", "20", "40"),)


def test_a_peak_is_planned_for_a_cluster_without_any_chat_options_if_the_period_is_given() -> None:
    bare = application({})
    with pytest.raises(BadInput, match="no valid refreshTaskPeriod"):
        wanted_options({**GIVEN, "peak_chat_sessions": 100}, bare)
    given = {**GIVEN, "peak_chat_sessions": 100, "refresh_task_period": 5}
    assert wanted_options(given, bare) == {"refreshTaskPeriod": "5", "refreshPoolSize": "4"}


def test_a_channel_that_nobody_else_uses_may_go_however_broken_it_is() -> None:
    world = World()
    assert removals(retired(world)) == []
    world.option(CLUSTER, "chat", "refreshTaskPeriod", "999")
    world.option(CHAT_A_B, ENDPOINTS, "webme", "Nowhere")
    del world.scripts["queue"]
    assert removals(retired(world)) == []
    assert {item.id for item in judge(retired(world)).now} == {"GWE015", "GWE025"}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (
            "Cobrowse",
            {"chat": {"queueKey": "101:webme"}},
            "Option chat/queueKey uses endpoint 'webme', which will be removed.",
        ),
        ("GMS", {"chat.x": {"_chat_endpoint": "Bank:webme"}}, "Option chat.x/_chat_endpoint uses endpoint 'webme'"),
        (
            "WE_Two",
            {"chat": {"queueKey": "101:own", "webengagementChatQueue": QUEUE}},
            f"Option chat/webengagementChatQueue names the same queue '{QUEUE}', which is not removed.",
        ),
    ],
)
def test_every_other_user_stops_it_unless_told_otherwise(
    name: str, options: dict[str, dict[str, str]], message: str
) -> None:
    world = World()
    world.applications["7"] = raw_cluster("7", name, [CHATS], options=options, tenantdbids={"id": []})
    (finding,) = judge(retired(world)).blocking("error")
    assert (finding.id, finding.application) == ("GWE018", name)
    assert finding.message.startswith(message)
    assert "chat_channel_remove_in_use" in finding.hint
    assert removals(retired(world, remove_in_use=True)) == []


@pytest.mark.parametrize(("holder", "found"), [(CHATS, "Chats"), (CLUSTER, "WE_Cluster")])
def test_what_cannot_be_read_stops_a_retirement_unless_that_is_allowed(holder: str, found: str) -> None:
    """It may be a Chat Server, which would keep the endpoint."""
    world = World()
    world.connect(holder, "404")
    assert removals(retired(world)) == [("GWE020", found)]
    assert removals(retired(world, allow_unreadable=True)) == []


def test_another_endpoint_to_the_same_queue_stops_a_retirement_but_not_a_move() -> None:
    world = World()
    world.option("201", ENDPOINTS, "webchat", QUEUE)
    assert removals(retired(world)) == [("GWE018", "Chat_A")]
    channel = world.channel(endpoint="new")
    plans = plans_to_configure({**GIVEN, "endpoint": "new", "previous_endpoint": "webme"}, channel.topology, BANK, None)
    assert removals(replace(channel, plans=plans, leaving="webme")) == []


def test_a_move_stops_when_somebody_else_uses_the_old_endpoint_that_is_there() -> None:
    world = World()
    world.applications["7"] = raw_application(
        "7", "GMS", "CFGGenericServer", {"x": {"default_chat_endpoint": "Bank:webme"}}
    )
    for leaving, expected in (("webme", [("GWE018", "GMS")]), ("long-gone", [])):
        channel = world.channel(endpoint="new")
        given = {**GIVEN, "endpoint": "new", "previous_endpoint": leaving}
        plans = plans_to_configure(given, channel.topology, BANK, None)
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
    again = replace(after, plans=plans_to_retire(after.topology, BANK, "webme"))
    assert channel_result(again, "error")["compliant"] is True


def test_retiring_says_that_queue_key_is_mandatory_and_how_to_keep_it() -> None:
    world = World()
    (finding,) = [item for item in judge(retired(world)).now if item.id == "GWE025"]
    assert (finding.severity, finding.actual) == ("warning", "nodes: WE_Node")
    assert "keep_queue_key (chat_channel_keep_queue_key) to true" in finding.hint
    world.option(CLUSTER, "chat", "queueKey", None)
    assert "GWE025" not in {item.id for item in judge(retired(world)).now}


def test_queue_key_that_is_kept_keeps_its_endpoint_and_nothing_else() -> None:
    """Somebody else may use the endpoint then, too."""
    world = World()
    world.applications["7"] = raw_cluster("7", "WE_Two", [CHATS], options={"chat": {"queueKey": "101:webme"}})
    channel = world.channel()
    plans = plans_to_retire(channel.topology, BANK, "webme", keep_queue_key=True)
    kept = replace(channel, queue=None, plans=plans, leaving="webme", absent=True, keep_queue_key=True)
    assert [item.id for item in judge(kept).now] == ["GWE015"] * 5
    assert judge(kept).blocking("error") == []
    after = kept.after()
    assert after.chat == {"queueKey": "101:webme"}
    assert {after.endpoint_of(server) for server in after.topology.chat_servers} == {QUEUE}


@pytest.mark.parametrize("absent", [True, False])
def test_the_endpoint_default_is_always_in_use(absent: bool) -> None:
    """Mobile Services use it without naming it."""
    world = World()
    world.option(CLUSTER, "chat", "queueKey", "101:default")
    channel = replace(world.channel(endpoint="default" if absent else "webme"), leaving="default", absent=absent)
    found = [(item.id, item.application, item.actual) for item in judge(channel).blocking("error")]
    assert ("GWE018", "WE_Cluster", "default") in found
    assert {item.id for item in judge(channel).blocking("never")} == {"GWE018"}
    assert "GWE018" not in {item.id for item in judge(replace(channel, remove_in_use=True)).now}
