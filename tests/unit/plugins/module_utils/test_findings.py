# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a chat channel is found, said in words, and nothing else is reported."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.all import judge
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.checks.finding import (
    IMPACTS,
    NOTHING_NOW,
    SEVERITIES,
    Finding,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import (
    QueueKey,
    tuning,
    wanted_chat,
    wanted_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.result import channel_result
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import plan
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_application, raw_cluster
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.faults import ALONE, FAULTS, Fault
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    ENDPOINTS,
    HEALTHY_CHAT,
    QUEUE,
    UCS,
    World,
    told,
)
from hypothesis import assume, given
from hypothesis import strategies as st

TOGETHER = st.lists(st.sampled_from(FAULTS), unique_by=lambda fault: fault.place, max_size=8)
TUNING = tuning(
    {
        "identify_create_contact": 3,
        "refresh_task_period": 5,
        "refresh_pool_size": 99,
        "session_restoration_timeout": 30,
        "connection_timeout": 1,
    }
)


def world_with(*faults: Fault) -> World:
    world = World()
    for fault in faults:
        fault.plant(world)
    return world


@pytest.mark.parametrize("queue", [QUEUE, None])
@pytest.mark.parametrize("peak", [None, 500])
def test_a_healthy_channel_is_told_that_it_is_deprecated_and_nothing_else(queue: str | None, peak: int | None) -> None:
    world = World()
    world.queue, world.peak = queue, peak
    assert [(item.id, item.severity) for item in judge(world.channel()).now] == [("GWE016", "info")]


@pytest.mark.parametrize(
    "fault", [*FAULTS, *ALONE], ids=lambda fault: f"{fault.found[0][0]} {fault.place} {fault.words[:20]}"
)
def test_each_fault_is_found_alone_and_said_in_words_with_what_to_do(fault: Fault) -> None:
    channel = world_with(fault).channel()
    assert told(channel) == sorted(fault.found)
    found = [item for item in judge(channel).now if item.id == fault.found[0][0]]
    assert all(re.fullmatch(r"\S.*\.", item.message) and re.fullmatch(r"[A-Z].*\.", item.hint) for item in found)
    said = " ".join(f"{item.message} {item.expected} {item.hint}" for item in found)
    assert [words for words in fault.words.split("; ") if words not in said] == []


@given(faults=TOGETHER)
def test_faults_that_come_together_are_each_found_and_nothing_else_is(faults: list[Fault]) -> None:
    assert told(world_with(*faults).channel()) == sorted(item for fault in faults for item in fault.found)


@given(faults=TOGETHER)
def test_what_a_run_would_change_cures_what_options_can_cure_and_nothing_else(faults: list[Fault]) -> None:
    # Setting identifyCreateContact changes how bad a missing Contact Server is.
    assume(not any(fault.place == "contacts" for fault in faults))
    before = world_with(*faults).channel()
    chat, endpoint = wanted_chat(BANK, "webme", QUEUE, TUNING), wanted_endpoint(BANK, "webme", QUEUE)
    plans = [plan(server.application, endpoint) for server in before.topology.chat_servers]
    channel = world_with(*faults).channel([*plans, plan(before.cluster, chat)])
    cured = [
        item
        for item in told(before)
        if item[0] == "GWE005"
        or (item[0] in ("GWE003", "GWE008", "GWE009") and item[2] == "WE_Cluster")
        or (item[0] == "GWE004" and item[1] == "error")
    ]
    assert sorted(told(channel.after()) + cured) == told(before)


@given(endpoint=st.text(st.characters(exclude_characters=": ", categories=["L", "N", "P", "S"]), min_size=1))
def test_the_queue_key_that_a_run_writes_is_never_a_finding(endpoint: str) -> None:
    world = World()
    world.option(CLUSTER, "chat", "queueKey", str(QueueKey(BANK, endpoint)))
    assert "GWE003" not in {item[0] for item in told(world.channel(endpoint=endpoint))}


def test_what_costs_most_comes_first_then_by_severity_id_and_application() -> None:
    found = judge(world_with(*FAULTS[:40]).channel()).now
    keys = [(IMPACTS.index(item.impact), SEVERITIES.index(item.severity), item.id, item.application) for item in found]
    assert len(set(keys)) > 10
    assert keys == sorted(keys)


# --- no findings -----------------------------------------------------------------------------------------------------


def test_options_that_are_not_set_are_no_findings() -> None:
    world = World()
    for key in set(HEALTHY_CHAT) - {"queueKey", "webengagementChatQueue", "identifyCreateContact"}:
        world.option(CLUSTER, "chat", key, None)
    world.peak = None
    assert told(world.channel()) == []


def test_a_contact_server_behind_an_application_cluster_counts() -> None:
    for member_connects in (True, False):
        world = World()
        world.disconnect(CHAT_B, UCS)
        world.applications["4"] = raw_cluster("4", "UCS_Cluster", [] if member_connects else [UCS])
        world.connect(CHAT_B, "4")
        if member_connects:
            world.connect(UCS, "4")
        assert told(world.channel()) == []


def test_direct_connections_alone_are_one_way_even_with_a_backup() -> None:
    world = World()
    world.disconnect(CLUSTER, CHATS)
    for dbid in (CHAT_A, CHAT_B):
        world.connect(CLUSTER, dbid)
    assert told(world.channel()) == []


def test_a_backup_may_differ_in_options_that_are_its_own() -> None:
    world = World()
    world.option(CHAT_A_B, "log", "verbose", "all")
    world.option(CHAT_A_B, "settings", "flex-disconnect-timeout", "300")
    assert told(world.channel()) == []


def test_a_channel_that_is_not_in_use_is_not_told_to_be_deprecated() -> None:
    world = World()
    world.option(CLUSTER, "chat", "queueKey", None)
    assert [item.id for item in judge(world.channel()).now] == ["GWE003"]


# --- special cases ---------------------------------------------------------------------------------------------------


def test_without_a_queue_asked_for_the_clusters_own_is_expected_on_every_server() -> None:
    world = World()
    world.queue = None
    world.option(CLUSTER, "chat", "webengagementChatQueue", "Old")
    found = judge(world.channel()).now
    assert {item.application for item in found if item.id == "GWE005"} == {"Chat_A", "Chat_B", "Chat_A_B"}
    assert {item.expected for item in found if item.id == "GWE005"} == {"Old"}
    assert [item.message[:24] for item in found if item.id == "GWE006"] == ["webengagementChatQueue: "]


def test_a_cluster_that_reaches_no_chat_server_is_told_where_was_looked() -> None:
    world = World()
    world.disconnect(CHATS, CHAT_A)
    world.disconnect(CHATS, CHAT_B)
    (finding,) = [item for item in judge(world.channel()).now if item.id == "GWE002"]
    assert (finding.severity, finding.application) == ("error", "WE_Cluster")
    assert "no Chat Server" in finding.message
    assert "through Chats" in finding.message
    world.disconnect(CLUSTER, CHATS)
    assert any("no Application Cluster" in item.message for item in judge(world.channel()).now)


def test_an_endpoint_in_another_case_is_pointed_at() -> None:
    world = World()
    world.option(CHAT_B, f"endpoints:{BANK}", "webme", None)
    world.option(CHAT_B, f"endpoints:{BANK}", "WebMe", QUEUE)
    (hint,) = [item.hint for item in judge(world.channel()).now if item.id == "GWE004"]
    assert hint.startswith(
        "There is 'WebMe': names are case-sensitive. Set [endpoints:101] webme = Webengagement_Chat;"
    )


def test_a_peak_that_no_pool_can_serve_is_told_with_the_period_that_can() -> None:
    world = World()
    world.peak = 2000
    world.option(CLUSTER, "chat", "refreshTaskPeriod", "1")
    (finding,) = [item for item in judge(world.channel()).now if item.id == "GWE009"]
    assert finding.severity == "warning"
    assert finding.hint.startswith("Set refreshTaskPeriod to 5 and refreshPoolSize to 80; the vendor does not say")


def test_planned_changes_that_need_a_restart_are_told() -> None:
    world = World()
    cluster = world.channel().cluster
    plans = [plan(cluster, wanted_chat(BANK, "other", QUEUE, {"identifyCreateContact": "1"}))]
    told_restarts = [item.message for item in judge(world.channel(plans)).now if item.id == "GWE015"]
    assert told_restarts == ["The change of chat/queueKey takes effect after a restart (documented)."]


# --- what is shown ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "counted"),
    [("info", ["info", "warning", "error"]), ("warning", ["warning", "error"]), ("error", ["error"]), ("never", [])],
)
def test_a_threshold_counts_its_severity_and_those_above(threshold: str, counted: list[str]) -> None:
    severities = ["info", "warning", "error"]
    assert [
        item
        for item in severities
        if Finding(severity=item, impact=NOTHING_NOW, application="A", message="m").at_least(threshold)
    ] == counted


def test_a_finding_is_shown_with_all_its_parts() -> None:
    world = World()
    world.option(CHAT_B, ENDPOINTS, "webme", None)
    channel = world.channel()
    plans = [plan(channel.estate[CHAT_B], wanted_endpoint(BANK, "webme", QUEUE))]
    assert judge(world.channel(plans)).now[0].shown() == {
        "id": "GWE004",
        "severity": "error",
        "impact": "some chats are lost",
        "application": "Chat_B",
        "message": "Endpoint 'webme' is missing in section [endpoints:101]: some chats are lost.",
        "expected": QUEUE,
        "actual": "",
        "hint": "Set [endpoints:101] webme = Webengagement_Chat; `configure` does so.",
        "fixed_by_run": True,
    }


@given(faults=TOGETHER)
def test_what_a_run_fixes_is_gone_afterwards_and_everything_else_is_still_there(faults: list[Fault]) -> None:
    before = world_with(*faults).channel()
    chat, endpoint = wanted_chat(BANK, "webme", QUEUE, {}), wanted_endpoint(BANK, "webme", QUEUE)
    plans = [plan(server.application, endpoint) for server in before.topology.chat_servers]
    channel = world_with(*faults).channel([*plans, plan(before.cluster, chat)])
    after = {(item.id, item.application, item.message) for item in judge(channel.after()).now}
    for item in judge(channel).now:
        assert item.fixed_by_run != ((item.id, item.application, item.message) in after or item.id == "GWE015"), item


def test_what_a_run_cures_does_not_block_it() -> None:
    world = World()
    world.option(CHAT_B, f"endpoints:{BANK}", "webme", None)
    world.attribute(CLUSTER, "state", "CFGDisabled")
    server = world.channel().estate[CHAT_B]
    result = channel_result(world.channel([plan(server, wanted_endpoint(BANK, "webme", QUEUE))]), "error")
    fixed = [(item["id"], item["fixed_by_run"]) for item in result["findings"]]
    assert fixed == [("GWE001", False), ("GWE004", True), ("GWE016", False)]
    assert [item["id"] for item in result["blocking"]] == ["GWE001"]
    assert result["changed"] is False
    assert [item["name"] for item in result["changes"]] == ["Chat_B"]


@pytest.mark.parametrize(
    ("plant", "plans", "compliant"),
    [
        (lambda world: None, False, True),
        (lambda world: world.option("400", "service:wes", "wes.connector.x", "1"), False, True),
        (lambda world: world.attribute(CHAT_B, "state", "CFGDisabled"), False, False),
        (lambda world: None, True, False),
    ],
)
def test_compliant_means_nothing_to_change_and_nothing_worse_than_info(
    plant: Callable[[World], object], plans: bool, compliant: bool
) -> None:
    world = World()
    plant(world)
    drift = [plan(world.channel().cluster, wanted_chat(BANK, "webme", QUEUE, {"connectionTimeout": "9"}))]
    assert channel_result(world.channel(drift if plans else ()), "error")["compliant"] is compliant


def test_the_result_tells_each_chat_server_with_its_origin_queue_and_who_shares_it() -> None:
    world = World()
    world.applications["5"] = raw_cluster("5", "Other_WE", [CHAT_A], options={"chat": {"webengagementChatQueue": "Q"}})
    world.applications["6"] = raw_application("6", "Stat", "CFGStatServer")
    world.connect(CLUSTER, "6")
    result = channel_result(world.channel(), "error")
    assert result["chat_servers"][0] == {
        **result["chat_servers"][0],
        "name": "Chat_A",
        "dbid": CHAT_A,
        "origin": "via Chats",
        "enabled": True,
        "queue": QUEUE,
        "shared_with": ["Other_WE"],
    }
    assert [item["name"] for item in result["chat_servers"]] == ["Chat_A", "Chat_B", "Chat_A_B"]
    assert result["chat_servers"][1]["shared_with"] == []
    assert result["topology"]["other_connections"] == [{"name": "Stat", "type": "CFGStatServer"}]
    assert (result["queue_key"], result["queue_key_found"]) == ("101:webme", "101:webme")
