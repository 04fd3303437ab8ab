# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs operations of the core in this process, over real HTTP, and looks at what they left behind."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import wait_for_log_outs
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION, MODULES
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request, Write
from ansible_collections.genesys_ops.engage.tests.simulator.objects import FAMILIES, Obj, items, with_items

QUEUE = "Webengagement_Chat"
CLUSTER = "GWE_Cluster_1"
# Hangs are cheap, and so is the time in which a write may settle; yet a busy machine does not look like a hang.
SHORT = {"gax_timeout": 1.0, "gax_retries": 1, "gax_username": "default", "gax_password": "password"}

Operation = Callable[[core.Context], core.Result]
Triple = tuple[str, str, str, str]  # family, section, key, value


def call(sim: Simulator | str, operation: Operation, check_mode: bool = False, **parameters: Any) -> core.Result:
    """Run an operation as its module would; what is not given is as in its argument spec, apart from `SHORT`."""
    spec = {**CONNECTION, **MODULES[operation.__name__].arguments}
    unknown = parameters.keys() - spec.keys()
    if unknown:
        raise TypeError(f"{operation.__name__} has no {', '.join(sorted(unknown))}")
    defaults = {name: entry.get("default") for name, entry in spec.items()}
    url = {"gax_url": sim if isinstance(sim, str) else sim.url}
    try:
        return operation(core.Context({**defaults, **SHORT, **url, **parameters}, check_mode))
    finally:
        wait_for_log_outs()  # as the process of Ansible does before it ends


def delete(estate: Estate, name: str) -> None:
    """Delete an application, when nobody is connected to it any more: Configuration Server deletes no other."""
    gone = estate.app(name)["dbid"]
    for app in estate.all("CfgApplication"):
        connections = app.get("appservers", {}).get("conninfo", [])
        rest = [item for item in connections if item["appserverdbid"] != gone]
        if rest != connections:
            estate.put({**app, "appservers": {"conninfo": rest}})
        if app.get("backupserverdbid") == gone:
            estate.put({**estate.app(app["name"]), "backupserverdbid": "0"})
    estate.remove("CfgApplication", gone)


# --- the main job ----------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """How a run ended, as its user sees it: what it says of each application."""

    problem: EngageError | None = None
    changed: set[str] = field(default_factory=set)
    rolled_back: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    untouched: set[str] = field(default_factory=set)
    result: core.Result = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.problem is None


def converge(
    sim: Simulator | str,
    cluster: str = CLUSTER,
    endpoint: str = "webme",
    queue: str | None = QUEUE,
    **more: Any,
) -> Run:
    """Bring the channel of one cluster to what is asked, as the role does: in one call."""
    given = {"run": f"run-{uuid.uuid4().hex}", "cluster": cluster, "endpoint": endpoint, "queue": queue, **more}
    try:
        result = call(sim, chat_channel, **given)
    except EngageError as problem:
        said = problem.details
        return Run(
            problem,
            rolled_back=set(said["rolled_back"]),
            left=said["left"],
            unknown=set(said["unknown"]),
            untouched=set(said["untouched"]),
        )
    return Run(changed={item["name"] for item in result["applications"] if item["changed"]}, result=result)


def lies(run: Run, start: Mapping[str, Obj], now: Mapping[str, Obj]) -> Iterator[str]:
    """Yield what a failed run says that is not so. What is unknown may be anything; whatever is said else must hold."""
    changed = differing(start, now)
    as_before = run.rolled_back | run.untouched
    certain = run.left.keys() - run.unknown
    if as_before & changed:
        yield f"{as_before & changed} are changed, but were said to be rolled back or untouched"
    if certain - changed:
        yield f"{certain - changed} are as before, but were said to be changed"
    if changed - run.left.keys():
        yield f"{changed - run.left.keys()} are changed, but the user was not told"
    if run.rolled_back & run.untouched or run.left.keys() & as_before:
        yield "an application is in two lists"


# --- estates ---------------------------------------------------------------------------------------------------------


def with_triples(obj: Obj, *triples: tuple[str, str, str], family: str = "options") -> Obj:
    """Return a copy of an object with more triples at the end; duplicates are allowed."""
    container = FAMILIES[family]
    more = [{"section": section, "key": key, "value": value} for section, key, value in triples]
    return with_items(obj, container, [*items(obj, container), *more])


def lived_in(clusters: int = 1, chat_servers: int = 2, **more: Any) -> Estate:
    """Return generated clusters with the traces of other people: duplicates, annexes, an endpoint that is wrong."""
    estate = generate(clusters, chat_servers, **more)
    for app in estate.all("CfgApplication"):
        if app["name"].startswith("ChatServer_") and app["subtype"] == "CFGChatServer":
            twice = with_triples(app, ("log", "verbose", "standard"), ("log", "verbose", "trace"))
            annexed = with_triples(twice, ("owner", "team", "chat"), ("endpoints:1", "webme", "x"), family="annex")
            estate.put(annexed)
        if app["name"].startswith("ChatServer_") and app["name"].endswith("_02"):
            estate.edit(app["name"], f"endpoints:{app['tenantdbids']['id'][0]['dbid']}", "webme", "Chat In")
    return estate


def triples_of(obj: Obj) -> list[Triple]:
    """Return all triples of both families, sorted, duplicates included."""
    return sorted(
        (family, item["section"], item["key"], item["value"])
        for family, container in FAMILIES.items()
        for item in items(obj, container)
    )


def raw(estate: Estate) -> dict[str, Obj]:
    """Return the applications by name, as they are: order, duplicates and all."""
    return {app["name"]: app for app in estate.all("CfgApplication")}


def snapshot(sim: Simulator) -> dict[str, Obj]:
    """Return the applications of a simulator now. Objects are never changed in place."""
    return raw(sim.estate)


def differing(before: Mapping[str, Obj], after: Mapping[str, Obj]) -> set[str]:
    """Return the names of the applications that are not exactly the same."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


# --- watching --------------------------------------------------------------------------------------------------------


class Watch:
    """Follows our reads and writes, and notes what a write took away or brought back that it should not have.

    ``wronged`` was as it is now when we read the application last, ``lost`` came in between: it was in the window.
    """

    def __init__(self, sim: Simulator, ours: set[tuple[str, str]]) -> None:
        self._sim, self._ours = sim, ours
        self._read: dict[str, list[Triple]] = {}
        self.wronged: list[tuple[str, Any]] = []
        self.lost: list[tuple[str, Any]] = []
        sim.before_request(self._on_request)
        sim.on_write(self._on_write)

    def _on_request(self, entry: Request) -> None:
        parts = entry["path"].split("/")
        if entry["method"] == "GET" and parts[-2] == "CfgApplication":
            obj = self._sim.estate.get("CfgApplication", parts[-1])
            self._read[parts[-1]] = triples_of(obj) if obj else []

    def _on_write(self, estate: Estate, entry: Write) -> None:
        self.wronged += [(str(entry["name"]), attribute) for attribute in entry["other"]]
        for change in entry["changes"]:
            place = (change["family"], change["section"], change["key"])
            if place[1:] in self._ours and place[0] == "options":
                continue
            seen = [value for *where, value in self._read[str(entry["dbid"])] if tuple(where) == place]
            before = change["before"] if isinstance(change["before"], list) else [change["before"]]
            same = sorted(seen) == sorted(value for value in before if value is not None)
            (self.wronged if same else self.lost).append((str(entry["name"]), change))


def written(sim: Simulator) -> Counter[str]:
    """Return how many writes of each application were applied."""
    return Counter(str(write["name"]) for write in sim.journal if write["applied"])


def option(sim: Simulator, name: str, section: str, key: str, family: str = "options") -> str | None:
    """Return the value of an option on the server, or None."""
    return sim.options(name, family).get(section, {}).get(key)
