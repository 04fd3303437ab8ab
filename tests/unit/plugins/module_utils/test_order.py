# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In whatever order the writes of a stage land, no queueKey points at an endpoint that is not there."""

from __future__ import annotations

import random

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.order import in_order, joined
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.safety import stranded, without_stranding
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import (
    Change,
    Plan,
    Wanted,
    edited,
    plan,
    undo,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import CONNECTIONS, Application
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    application,
    raw_application,
    raw_cluster,
    triples,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    CHAT_A,
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    ENDPOINTS,
    World,
)
from hypothesis import given
from hypothesis import strategies as st

Estate = dict[str, Application]
SERVERS = ("11", "12", "13")
ENDPOINT = st.sampled_from(["old", "new"])
HELD = st.dictionaries(ENDPOINT, st.sampled_from(["Q", "R"]))
CHANNEL = st.tuples(st.none() | ENDPOINT, st.tuples(HELD, HELD, HELD))


def estate_of(channel: tuple[str | None, tuple[dict[str, str], ...]]) -> Estate:
    key, held = channel
    chat = {"chat": {"queueKey": f"101:{key}"}} if key else {}
    raws = [raw_cluster("1", "WE", SERVERS, options=chat)]
    raws += [raw_application(dbid, f"Chat_{dbid}", options={"endpoints:101": own}) for dbid, own in zip(SERVERS, held)]
    return {raw["dbid"]: Application(raw) for raw in raws}


def plans_between(before: Estate, after: Estate) -> list[Plan]:
    """Return the plans that lead from one estate to another: what a move, a retirement or a restore has to do."""
    plans = []
    for dbid, now in before.items():
        options: dict[str, dict[str, str | None]] = {
            section: dict.fromkeys(keys) for section, keys in now.options().items()
        }
        for section, keys in after[dbid].options().items():
            options.setdefault(section, {}).update(keys)
        plans.append(plan(now, Wanted(options)))
    return plans


def done(estate: Estate, todo: Plan) -> Estate:
    """Return the estate after a plan was carried out, as far as it is still to be done."""
    now = plan(estate[todo.application.dbid], todo.wanted)
    raw = edited(now.application.raw, "options", now.changes)
    return {**estate, now.application.dbid: Application(raw)}


@given(CHANNEL, CHANNEL, st.randoms(use_true_random=False))
def test_after_every_single_write_nothing_is_stranded_that_was_not_before_or_is_to_be(
    start: tuple[str | None, tuple[dict[str, str], ...]],
    end: tuple[str | None, tuple[dict[str, str], ...]],
    chance: random.Random,
) -> None:
    estate, target = estate_of(start), estate_of(end)
    allowed = stranded(estate) | stranded(target)
    for stage in in_order(plans_between(estate, target)):
        chance.shuffle(stage)
        for todo in stage:
            estate = done(estate, todo)
            assert stranded(estate) <= allowed
    assert {dbid: item.options() for dbid, item in estate.items()} == {
        dbid: item.options() for dbid, item in target.items()
    }


@given(CHANNEL, st.sets(st.sampled_from(["1", *SERVERS])))
def test_around_some_applications_the_pairs_with_one_of_them_are_found(
    start: tuple[str | None, tuple[dict[str, str], ...]], around: set[str]
) -> None:
    estate = estate_of(start)
    assert stranded(estate, around) == {pair for pair in stranded(estate) if around & {*pair[:2]}}


@given(CHANNEL, CHANNEL, st.sets(st.sampled_from(["1", *SERVERS])))
def test_whatever_part_of_it_is_asked_for_what_is_safe_strands_nothing(
    start: tuple[str | None, tuple[dict[str, str], ...]],
    end: tuple[str | None, tuple[dict[str, str], ...]],
    part: set[str],
) -> None:
    estate = estate_of(start)
    plans = [todo for todo in plans_between(estate, estate_of(end)) if todo.application.dbid in part]
    safe, why = without_stranding(plans, estate)
    after = estate
    for todo in safe:
        after = done(after, todo)
    assert stranded(after) <= stranded(estate)
    assert {todo.application.name for todo in plans if todo not in safe} == set(why)


def test_without_a_queue_key_everything_is_done_at_once() -> None:
    plans = plans_between(estate_of(("old", ({"old": "Q"},) * 3)), estate_of(("old", ({"new": "Q"},) * 3)))
    servers = [todo for todo in plans if todo.application.dbid != "1"]
    assert in_order(servers) == (servers, [], [])
    assert [len(stage) for stage in in_order(servers, apart=True)] == [3, 0, 3]


def test_endpoints_that_come_are_first_then_the_key_then_what_goes_with_all_of_its_plan() -> None:
    """A Chat Server that only loses endpoints has nothing to do in the first stage: it is not even read for it."""
    before = estate_of(("old", ({"old": "Q"}, {"old": "Q"}, {"old": "Q", "new": "Q"})))
    after = estate_of(("new", ({"new": "Q"}, {"old": "Q", "new": "R"}, {"new": "Q"})))
    key, both, added, gone = plans_between(before, after)
    (coming, at_once), keys, last = in_order([key, both, added, gone])
    assert coming.changes == (Change("endpoints:101", "new", None, "Q"),)
    assert coming.wanted.options == {"endpoints:101": {"new": "Q"}}
    assert (at_once, keys, last) == (added, [key], [both, gone])


def test_a_part_is_about_the_same_family_as_its_plan() -> None:
    there = Application({**application({}).raw, "userproperties": {"property": triples({"endpoints:1": {"old": "Q"}})}})
    todo = plan(there, Wanted({"endpoints:1": {"old": None, "new": "Q"}}, "annex"))
    (part,), _keys, last = in_order([todo], apart=True)
    assert (part.wanted, last) == (Wanted({"endpoints:1": {"new": "Q"}}, "annex"), [todo])


def test_what_was_done_in_parts_is_told_as_one() -> None:
    before, after = estate_of(("old", ({"old": "Q"},) * 3)), estate_of(("new", ({"new": "Q"},) * 3))
    plans = plans_between(before, after)
    estate, parts = before, []
    for stage in in_order(plans):
        for todo in stage:
            parts.append(plan(estate[todo.application.dbid], todo.wanted))
            estate = done(estate, todo)
    told = joined(plans, parts)
    assert [item.application.name for item in told] == ["WE", "Chat_11", "Chat_12", "Chat_13"]
    assert [set(item.changes) for item in told] == [set(todo.changes) for todo in plans]


def test_other_families_of_the_same_application_stay_apart() -> None:
    first = plan(application({}), Wanted({"a": {"b": "1"}}))
    second = plan(application({}), Wanted({"20": {"id": "default"}}, CONNECTIONS))
    assert joined([second, first], [first, second]) == [second, first]


@pytest.mark.parametrize(("switch", "pairs"), [("false", 0), (" NO ", 0), ("true", 1)])
def test_co_browse_that_does_not_use_chat_points_at_nothing(switch: str, pairs: int) -> None:
    world = World()
    chat = {"queueKey": "101:other", "useChat": switch}
    world.applications["7"] = raw_cluster("7", "Cobrowse", [CHAT_B], options={"chat": chat})
    assert len(stranded(world.channel().estate)) == pairs


def test_a_chat_server_and_its_backup_count_and_what_is_broken_already_does_not() -> None:
    world = World()
    assert stranded(world.channel().estate) == set()
    world.option(CHAT_A_B, ENDPOINTS, "webme", None)
    estate = world.channel().estate
    assert stranded(estate) == {(CLUSTER, CHAT_A_B, "101:webme")}
    gone = [plan(estate[dbid], Wanted({ENDPOINTS: {"webme": None}})) for dbid in (CHAT_A_B, CHAT_B)]
    kept, why = without_stranding(gone, estate)
    assert kept == gone[:1]
    assert why == {
        "Chat_B": "queueKey 101:webme of application 'WE_Cluster' would point at Chat Server 'Chat_B', which would "
        "lack that endpoint."
    }


def test_another_cluster_on_the_same_chat_servers_keeps_its_endpoint() -> None:
    world = World()
    world.applications["5"] = raw_cluster("5", "WE_Two", [CHATS], options={"chat": {"queueKey": "101:webme"}})
    estate = world.channel().estate
    retired = [
        plan(estate[CLUSTER], Wanted({"chat": {"queueKey": None}})),
        plan(estate[CHAT_A], Wanted({ENDPOINTS: {"webme": None}})),
    ]
    kept, why = without_stranding(retired, estate)
    assert kept == retired[:1]
    assert "WE_Two" in why["Chat_A"]


def test_a_cluster_goes_back_only_with_its_chat_servers() -> None:
    world = World()
    for dbid in (CHAT_A, CHAT_A_B, CHAT_B):
        world.option(dbid, ENDPOINTS, "webme", None)
    world.option(CLUSTER, "chat", "queueKey", None)
    estate = world.channel().estate
    back = plan(estate[CLUSTER], Wanted({"chat": {"queueKey": "101:webme"}}))
    assert without_stranding([back], estate)[0] == []
    servers = [plan(estate[dbid], Wanted({ENDPOINTS: {"webme": "Q"}})) for dbid in (CHAT_A, CHAT_A_B, CHAT_B)]
    assert without_stranding([back, *servers], estate) == ([back, *servers], {})
    assert without_stranding([back, *servers[1:]], estate)[0] == servers[1:]
    assert undo(back).options == {"chat": {"queueKey": None}}
