# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates with chat channels in use, what a playbook does to them, and what tests look at in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, Run, connection, simulator
from ansible_collections.genesys_ops.engage.tests.reliability.test_invariant import broken
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

QUEUE, KEY = "Webengagement_Chat", "101:webme"
SERVERS = {
    "main": ["ChatServer_1", "ChatServer_2", "ChatServer_3"],
    "dr": ["ChatServer_DR_A", "ChatServer_DR_B", "ChatServer_DR_A_Backup", "ChatServer_DR_B_Backup"],
}
CLUSTERS = {"main": "GWE_Cluster_Main", "dr": "GWE_Cluster_DR"}
HOSTS = {host: {"chat_channel_cluster": name} for host, name in CLUSTERS.items()}
MAIN, DR = {"main": HOSTS["main"]}, {"dr": HOSTS["dr"]}
# More than what makes the channel work: tuning, and an option that is none of ours.
TUNING = {"identifyCreateContact": "3", "refreshTaskPeriod": "2", "sessionRestorationTimeout": "30"}


def in_use(demo: Estate) -> Estate:
    """Return the demo estate with both clusters of tenant Resources in use, on Chat Servers of their own."""
    estate = demo.copy()
    for server in [*SERVERS["main"], *SERVERS["dr"]]:
        estate.edit(server, "endpoints:101", "webme", QUEUE)
    for cluster in CLUSTERS.values():
        for key, value in {"queueKey": KEY, "webengagementChatQueue": QUEUE, **TUNING}.items():
            estate.edit(cluster, "chat", key, value)
        estate.edit(cluster, "chat", "somebodyElses", "1")
    return estate


def with_oddities(estate: Estate) -> Estate:
    """Return an estate with what real databases hold on the Chat Servers of DR: doubles, empty keys, more tenants."""
    odd = estate.copy()
    _insert(odd, "ChatServer_DR_A", ("endpoints:101", "webme", QUEUE), ("log", "expire", "10"), ("log", "expire", "9"))
    _insert(odd, "ChatServer_DR_B", ("empty-section", "", ""), ("endpoints:1", "webme", "Chat In"))
    odd.edit("ChatServer_DR_B_Backup", "endpoints:101", "webme", "x", "annex")
    return odd


def with_cluster(estate: Estate, name: str, reaches: str, **chat: str) -> Estate:
    """Return an estate with one more Web Engagement Cluster, connected to an Application Cluster or Chat Servers."""
    more = estate.copy()
    raw = more.app("GWE_Cluster_Main")
    template = raw["appservers"]["conninfo"][0]
    targets = [{**template, "appserverdbid": more.app(target)["dbid"]} for target in reaches.split()]
    options = [{"section": "chat", "key": key, "value": value} for key, value in chat.items()]
    changed = {"appservers": {"conninfo": targets}, "options": {"property": options}}
    more.add({**raw, "dbid": more.new_dbid("CfgApplication"), "name": name, **changed})
    return more


def sharing(demo: Estate) -> Estate:
    """Return two new clusters on the Chat Servers of Main; one of them reaches ChatServer_DR_A as well."""
    estate = with_cluster(demo, "GWE_Cluster_Wide", "ChatServer_1 ChatServer_2 ChatServer_DR_A")
    return with_cluster(estate, "GWE_Cluster_Narrow", "ChatServer_1 ChatServer_2")


def _insert(estate: Estate, name: str, *triples: tuple[str, str, str]) -> None:
    raw = estate.app(name)
    more = [{"section": section, "key": key, "value": value} for section, key, value in triples]
    estate.put({**raw, "options": {"property": [*raw["options"]["property"], *more]}})


@dataclass
class Story:
    """What a playbook did: in check mode with writes forbidden, for real, and once more."""

    sim: Simulator
    before: Estate
    check: Run
    done: Run
    writes: list[Write]
    after: Estate
    again: Run
    writes_again: list[Write]


def played(play: Player, before: Estate, playbook: str, hosts: dict[str, Any], **variables: Any) -> Iterator[Story]:
    """Tell the story of a playbook."""
    with simulator(before, forbid_writes=True) as sim:
        given = {**connection(sim), **variables}
        check = play(sim, playbook, hosts, given, args=["--check", "--diff"])
        assert sim.violations == []
        sim.set(forbid_writes=False)
        done = play(sim, playbook, hosts, given, args=["--diff"])
        writes, after = list(sim.journal), sim.estate.copy()
        again = play(sim, playbook, hosts, given)
        yield Story(sim, before, check, done, writes, after, again, sim.journal[len(writes) :])


def endpoints(sim: Simulator, name: str, tenant: str = "101") -> dict[str, str]:
    """Return the endpoints of a tenant on a Chat Server."""
    return sim.options(name).get(f"endpoints:{tenant}", {})


def as_text(estate: Estate) -> dict[tuple[str, str], str]:
    """Return every object as text: order and duplicates count."""
    return {(obj["type"], str(obj.get("name"))): json.dumps(obj) for obj in estate}


def differing(before: Estate, after: Estate) -> set[str]:
    """Return the names of the objects that are not exactly the same."""
    old, new = as_text(before), as_text(after)
    return {place[1] for place in old.keys() | new.keys() if old.get(place) != new.get(place)}


def options_of(estate: Estate) -> dict[str, Any]:
    """Return the options of every application; their order and duplicates do not count."""
    return {app["name"]: (estate.options(app["name"]), estate.options(app["name"], "annex")) for app in _apps(estate)}


def _apps(estate: Estate) -> list[dict[str, Any]]:
    return estate.all("CfgApplication")


def order_of(writes: list[Write]) -> list[str]:
    """Return the names of the applications that were written, in order."""
    return [str(write["name"]) for write in writes if write["applied"]]


def writes_of(journal: list[Write]) -> list[str]:
    """Return the names of the applications of all writes, in order, refused ones too."""
    return [str(write["name"]) for write in journal]


def after_write_of(sim: Simulator, name: str, action: Callable[[], object]) -> None:
    """Do something once, right after the first write of an application."""
    waiting = [action]

    def hook(_estate: Estate, entry: Write) -> None:
        if entry["name"] == name and waiting:
            waiting.pop()()

    sim.on_write(hook)


def when_written(sim: Simulator, name: str, action: Callable[[Estate], object]) -> None:
    """Change the estate once, right after the first write of an application that was applied."""
    waiting = [action]

    def hook(estate: Estate, entry: Write) -> None:
        if entry["name"] == name and entry["applied"] and waiting:
            waiting.pop()(estate)

    sim.on_write(hook)


def added(name: str, like: str, cluster: str) -> Callable[[Estate], None]:
    """Return what adds a Chat Server to an Application Cluster."""

    def add(estate: Estate) -> None:
        dbid = estate.new_dbid("CfgApplication")
        estate.add({**estate.app(like), "dbid": dbid, "name": name, "backupserverdbid": "0"})
        group = copy.deepcopy(estate.app(cluster))
        links = group["appservers"]["conninfo"]
        links.append({**links[0], "appserverdbid": dbid})
        estate.put(group)

    return add


def watch(sim: Simulator) -> list[tuple[str, set[tuple[str, str]]]]:
    """Return a list that gets each write after which a queueKey points at an endpoint that is not there."""
    before, found = broken(sim.estate), []

    def hook(estate: Estate, entry: Write) -> None:
        new = broken(estate) - before
        if new:
            found.append((str(entry["name"]), new))

    sim.on_write(hook)
    return found


def refuse_once(sim: Simulator, name: str) -> None:
    """Let the next write of an application be refused; after that it may be written again."""
    path = f"CfgApplication/{sim.app(name)['dbid']}$"
    sim.set(faults=[{"kind": "status", "status": 403, "methods": ["PUT"], "path": path, "times": 1}])
