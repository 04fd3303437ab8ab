# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of chat_channel_info to report on, made by the code that makes the real ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import (
    tuning,
    wanted_chat,
    wanted_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.result import channel_result
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import plan
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import read_clusters
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.run import build
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import (
    BANK,
    CHAT_A,
    CHAT_A_B,
    CHAT_B,
    CHATS,
    CLUSTER,
    QUEUE,
    World,
)

NOW, BEFORE = "2026-11-22T20:00:00Z", "2026-11-01T08:00:00Z"
UNREADABLE = {"failed": True, "msg": "GAX cannot be reached at https://gax.example.com:8443.\nCheck gax_url."}
Result = dict[str, Any]


def report(results: dict[str, Result], earlier: dict[str, Result] | None = None, **run: Any) -> dict[str, Any]:
    """Return the report about results, compared with that about earlier ones."""
    then = build(read_clusters(earlier), BEFORE) if earlier is not None else None
    return build(read_clusters(results), NOW, run, then, [then] if then else [])


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


def large(
    servers: int,
    without_endpoint: int = 0,
    cluster: str = "WE_Cluster",
    name: str = "Chat_{:04d}",
    backups: bool = False,
) -> World:
    """Return a world with so many Chat Servers, the first of which lack the endpoint; with a backup each, if asked."""
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
        if backups:
            backup = str(5000 + number)
            world.applications[backup] = copy.deepcopy(world.applications[dbid])
            world.applications[backup].update(dbid=backup, name=f"{name.format(number)}_B")
            world.attribute(dbid, "backupserverdbid", backup)
        if number < without_endpoint:
            world.option(dbid, f"endpoints:{BANK}", "webme", None)
    return world


def mixed(clusters: int) -> dict[str, Result]:
    """Return so many clusters as they are in the field: half of them fine, the others with this or that."""
    kinds: list[Callable[[str], Result]] = [
        healthy,
        sick,
        healthy,
        lambda name: looked_at(_named(name, CLUSTER, "chat", "queueKey", None)),
        lambda name: looked_at(_named(name, CHAT_B, f"endpoints:{BANK}", "webme", "Chat In")),
        healthy,
        lambda name: looked_at(_named(name, CHAT_A_B, f"endpoints:{BANK}", "webme", None)),
        healthy,
        lambda name: {**UNREADABLE, "cluster": name},
        lambda name: looked_at(large(40, 3, name, f"ChatServer_{name}_Prod_{{:02d}}", backups=True)),
        healthy,
        lambda name: looked_at(_named(name, CHAT_A, "settings", "session-restoration-mode", "none")),
    ]
    return {f"host{place:03}": kinds[place % 12](f"GWE_{place:03}") for place in range(clusters)}


def _named(name: str, dbid: str, section: str, key: str, value: str | None) -> World:
    world = World()
    world.attribute(CLUSTER, "name", name)
    world.option(dbid, section, key, value)
    return world
