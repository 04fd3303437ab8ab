# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a chat channel: everything is in it, in the right frame, and says in words what is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import read_clusters
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.page import halves
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.picture import Box, Frame, Picture, draw
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_cluster
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    UCS,
    World,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import large, looked_at, sick
from hypothesis import given
from hypothesis import strategies as st


def nested() -> World:
    """An Application Cluster within another, an empty one, a disabled Chat Server, a direct one, one without UCS."""
    world = World()
    for dbid, name in (("204", "Chat_Inner"), ("205", "Chat_Direct")):
        world.applications[dbid] = {**copy.deepcopy(world.applications[CHAT_B]), "dbid": dbid, "name": name}
    world.applications["3"] = raw_cluster("3", "Chats_Inner", ["204"])
    world.applications["4"] = raw_cluster("4", "Chats_Empty", [])
    world.connect(CHATS, "3")
    world.connect(CLUSTER, "4")
    world.connect(CLUSTER, "205")
    world.attribute("205", "state", "CFGDisabled")
    world.option(CHAT_A_B, "endpoints:101", "webme", "Chat In")
    world.disconnect(CHAT_B, UCS)
    return world


def picture(result: dict[str, Any]) -> Picture:
    return draw(read_clusters({"host": result})[0])


def frames(drawn: Picture) -> Iterator[Frame]:
    waiting = list(drawn.frames)
    while waiting:
        frame = waiting.pop(0)
        yield frame
        waiting += frame.frames


def servers(drawn: Picture) -> list[Box]:
    return [box for frame in frames(drawn) for pair in frame.pairs for box in pair]


CASES = {
    "sick": sick(),
    "nested": looked_at(nested()),
    "60 Chat Servers": looked_at(large(60, 3, backups=True)),
    "24 Chat Servers": looked_at(large(24, 1)),
    "none": looked_at(large(0)),
}


@pytest.mark.parametrize("case", CASES)
def test_every_chat_server_is_once_in_the_frame_of_its_group(case: str) -> None:
    drawn, result = picture(CASES[case]), CASES[case]
    there = [(frame.head.name, box.name) for frame in frames(drawn) for pair in frame.pairs for box in pair]
    cluster = result["cluster"]["name"]
    assert sorted(there) == sorted(
        (server["group"] if server["group"] != cluster else "", server["name"]) for server in result["chat_servers"]
    )


@pytest.mark.parametrize("case", CASES)
def test_a_backup_stands_beside_its_primary(case: str) -> None:
    primaries = {server["name"]: server["primary"] for server in CASES[case]["chat_servers"]}
    for frame in frames(picture(CASES[case])):
        for first, *rest in frame.pairs:
            assert first.kind == "server"
            assert [primaries[box.name] for box in rest] == [first.name] * len(rest)


def test_what_is_wrong_is_said_in_words_on_the_box_itself() -> None:
    drawn = picture(CASES["nested"])
    told = {box.name: (box.status, box.kind, box.notes) for box in [*servers(drawn), *drawn.bottom]}
    assert told["Chat_A"] == ("fine", "server", ("webme → Webengagement_Chat",))
    assert told["Chat_A_B"] == ("error", "backup", ("webme → Chat In", "1 error"))
    assert told["Chat_Direct"][:2] == ("warning", "server")
    assert told["Chat_Direct"][2][1].startswith("disabled, 2 warnings")
    assert told["UCS"] == ("error", "contacts", ("1 Chat Server without it",))
    assert not next(box for box in servers(drawn) if box.name == "Chat_Direct").enabled


def test_application_clusters_lie_in_those_that_hold_them() -> None:
    drawn = picture(CASES["nested"])
    assert [(frame.head.name, [inner.head.name for inner in frame.frames]) for frame in drawn.frames] == [
        ("", []),
        ("Chats", ["Chats_Inner"]),
        ("Chats_Empty", []),
    ]


def test_of_very_many_chat_servers_the_sick_ones_are_drawn_and_the_rest_is_counted() -> None:
    world = large(300)
    world.option("1299", "endpoints:101", "webme", None)
    drawn = picture(looked_at(world))
    assert [box.name for box in servers(drawn) if box.status == "error"] == ["Chat_0299"]
    assert len(servers(drawn)) == 250
    assert [frame.rest for frame in frames(drawn)] == ["And 50 more: 50 fine."]


def test_names_that_differ_at_the_end_differ_when_they_are_shortened() -> None:
    shortened = {halves(f"ChatServer_Production_Frankfurt_{number:02}")[1] for number in range(40)}
    assert len(shortened) == 40


@given(st.text(max_size=300))
def test_the_two_halves_of_a_name_are_the_name(name: str) -> None:
    assert "".join(halves(name)) == name
