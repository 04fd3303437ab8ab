# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a chat channel: everything is in it, nothing lies on top of anything else, and nothing leaves it."""

from __future__ import annotations

import copy
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import read_clusters
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.picture import Box, Picture, draw, fit
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


def overlap(one: Box, other: Box) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    return across > 0 and min(one.y + one.height, other.y + other.height) > max(one.y, other.y)


CASES = {
    "sick": sick(),
    "nested": looked_at(nested()),
    "60 Chat Servers": looked_at(large(60, 3)),
    "24 Chat Servers": looked_at(large(24, 1)),
    "none": looked_at(large(0)),
}


@pytest.mark.parametrize("case", CASES)
def test_no_box_lies_on_another_and_none_leaves_the_picture(case: str) -> None:
    drawn = picture(CASES[case])
    boxes = [*drawn.boxes, *drawn.frames]
    assert all(box.x >= 0 and box.x + box.width <= drawn.width for box in boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in boxes)
    for group in (drawn.boxes, drawn.frames):
        assert [pair for pair in combinations(group, 2) if overlap(*pair)] == []


@pytest.mark.parametrize("case", CASES)
def test_every_chat_server_is_in_the_frame_of_its_group(case: str) -> None:
    drawn, result = picture(CASES[case]), CASES[case]
    for server in result["chat_servers"]:
        [box] = [box for box in drawn.boxes if f" · {server['name']} · " in f" · {box.full} · "]
        [frame] = [frame for frame in drawn.frames if overlap(frame, box)]
        assert frame.full == (server["group"] if server["group"] != result["cluster"]["name"] else "")


def test_what_is_wrong_is_said_in_words_on_the_box_itself() -> None:
    told = {box.name: (box.status, box.kind, box.notes) for box in picture(CASES["nested"]).boxes}
    assert told["Chat_A"] == ("fine", "server", ("webme → Webengagement_Chat", ""))
    assert told["↳ Chat_A_B"] == ("error", "backup", ("backup · webme → Chat In",))
    assert told["Chat_Direct"][:2] == ("warning", "server disabled")
    assert told["Chat_Direct"][2][1].startswith("disabled, 2 warnings")
    assert told["UCS"] == ("error", "queue", ("1 Chat Server without it",))


def test_application_clusters_come_before_those_that_lie_in_them() -> None:
    frames = picture(CASES["nested"]).frames
    assert [(frame.full, frame.x) for frame in frames] == [
        ("", 28),
        ("Chats", 28),
        ("Chats_Inner", 56),
        ("Chats_Empty", 28),
    ]


def test_of_very_many_chat_servers_the_sick_ones_are_drawn_and_the_rest_is_counted() -> None:
    drawn = picture(looked_at(large(300, 0, name="Chat_{:04d}")))
    cells = [box for box in drawn.boxes if box.kind == "cell"]
    assert len(cells) == 250
    assert [box.name for box in drawn.boxes if box.kind == "more"] == ["And 50 more: 50 fine."]


def test_the_sick_come_first_where_not_all_are_drawn() -> None:
    world = large(300)
    world.option("1299", "endpoints:101", "webme", None)
    cells = [box for box in picture(looked_at(world)).boxes if box.kind == "cell"]
    assert [box.name for box in cells if box.status == "error"] == ["Chat_0299"]


@given(st.text(max_size=300), st.integers(20, 400))
def test_a_text_that_is_cut_says_so_and_keeps_its_beginning(text: str, room: int) -> None:
    cut = fit(text, room, 12)
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
