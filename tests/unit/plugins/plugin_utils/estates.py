# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of chat_channel_info to report on, made by the code that makes the real ones."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import (
    tuning,
    wanted_chat,
    wanted_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.result import channel_result
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import plan
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_B,
    CHATS,
    CLUSTER,
    QUEUE,
    World,
)

UNREADABLE = {"failed": True, "msg": "GAX cannot be reached at https://gax.example.com:8443.\nCheck gax_url."}
Result = dict[str, Any]


def looked_at(world: World | None = None, fail_on: str = "error", wanted: Mapping[str, int] | None = None) -> Result:
    """Return what chat_channel_info returns for a world, a healthy one unless given. ``wanted`` are tuning options."""
    world = world or World()
    before = world.channel()
    endpoint = wanted_endpoint(BANK, "webme", QUEUE)
    plans = [plan(server.application, endpoint) for server in before.topology.chat_servers]
    plans.append(plan(before.cluster, wanted_chat(BANK, "webme", QUEUE, tuning(wanted or {}))))
    return channel_result(world.channel(plans), fail_on)


def sick(name: str = "WE_Cluster", fail_on: str = "error") -> Result:
    """Two errors, on one Chat Server and on its cluster, and one warning: an option differs from the inventory."""
    world = World()
    world.attribute(CLUSTER, "name", name)
    world.option(CHAT_B, f"endpoints:{BANK}", "webme", None)
    world.option(CLUSTER, "chat", "queueKey", None)
    return looked_at(world, fail_on, {"refresh_task_period": 3})


def healthy(name: str = "WE_Cluster") -> Result:
    """Nothing but the info that the channel is deprecated."""
    world = World()
    world.attribute(CLUSTER, "name", name)
    return looked_at(world)


def large(servers: int, without_endpoint: int = 0, cluster: str = "WE_Cluster", name: str = "Chat_{:04d}") -> World:
    """Return a world with so many Chat Servers, the first of which lack the endpoint."""
    world = World()
    world.attribute(CLUSTER, "name", cluster)
    for dbid in (CHAT_A, CHAT_B):
        world.disconnect(CHATS, dbid)
    for number in range(servers):
        dbid = str(1000 + number)
        world.applications[dbid] = copy.deepcopy(world.applications[CHAT_B])
        world.applications[dbid].update(dbid=dbid, name=name.format(number))
        world.connect(CHATS, dbid)
        world.connect("301", dbid, "ESP")
        if number < without_endpoint:
            world.option(dbid, f"endpoints:{BANK}", "webme", None)
    return world
