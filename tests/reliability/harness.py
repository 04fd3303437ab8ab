# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs operations of the core in this process, over real HTTP, and looks at what they left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
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
    return operation(core.Context({**defaults, **SHORT, **url, **parameters}, check_mode))


# --- the main job ----------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """How a converge run ended, as its user sees it. ``rollback`` is why nothing could be put back, if so."""

    problem: EngageError | None = None
    changed: set[str] = field(default_factory=set)
    put_back: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)
    untouched: set[str] = field(default_factory=set)
    rollback: EngageError | None = None

    @property
    def ok(self) -> bool:
        return self.problem is None


def converge(
    sim: Simulator | str,
    cluster: str = CLUSTER,
    endpoint: str = "webme",
    queue: str = QUEUE,
    on_failure: str = "rollback",
    tuning: Mapping[str, Any] | None = None,
    tenant: str | None = None,
    **connection: Any,
) -> Run:
    """Do the main job for one cluster with the module calls of the role chat_channel, in its order."""
    run = Run()
    done: list[dict[str, Any]] = []
    channel = {"endpoint": endpoint, "queue": queue, **connection}
    whole = {"cluster": cluster, **channel, **(tuning or {})}
    try:
        info = call(sim, core.chat_channel_info, tenant=tenant, **whole)
        if info["blocking"]:
            raise EngageError(f"Nothing was written. {info['blocking']}")
        changing = {item["name"] for item in info["changes"]}
        names = [server["name"] for server in info["chat_servers"] if server["name"] in changing]
        rest = {"tenant": info["tenant"]["dbid"], "on_failure": on_failure}
        try:
            if names:
                done += _changes(call(sim, core.chat_server_endpoint, chat_servers=names, **channel, **rest))
            if cluster in changing:
                done += _changes(call(sim, core.web_engagement_chat, **whole, **rest))
        except EngageError as problem:
            _note(run, problem)
            if done and on_failure == "rollback":
                _undo(sim, run, done, connection)
            else:
                run.left |= {item["name"]: "on_failure is keep" for item in done}
            raise
        run.changed = {item["name"] for item in done}
    except EngageError as problem:
        run.problem = problem
    return run


def _changes(result: core.Result) -> list[dict[str, Any]]:
    return [item for item in result["applications"] if item["changed"]]


def _note(run: Run, problem: EngageError) -> None:
    run.put_back |= set(problem.details.get("put_back", ()))
    run.left |= problem.details.get("left", {})
    run.untouched |= set(problem.details.get("untouched", ()))


def _undo(sim: Simulator | str, run: Run, done: list[dict[str, Any]], connection: Mapping[str, Any]) -> None:
    """Put earlier steps back, as the rescue of the role does."""
    try:
        undone = call(sim, application_rollback, applications=done, on_conflict="leave", **connection)
    except EngageError as problem:
        run.rollback = problem
        run.left |= {item["name"]: str(problem) for item in done}
        return
    run.left |= undone["left"]
    for item in undone["applications"]:
        (run.put_back if item["changed"] else run.untouched).add(item["name"])


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
