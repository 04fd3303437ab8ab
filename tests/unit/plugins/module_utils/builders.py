# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw objects as GAX sends them: made by hand, and at random with everything that is odd about real ones."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import (
    APPLICATION,
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    INTERACTION_QUEUE,
    SCRIPT,
    TENANT,
    Application,
)
from hypothesis import strategies as st

Raw = dict[str, Any]

# --- by hand ---------------------------------------------------------------------------------------------------------


def triples(options: Mapping[str, Mapping[str, str]]) -> list[Raw]:
    return [
        {"section": section, "key": key, "value": value}
        for section, keys in options.items()
        for key, value in keys.items()
    ]


def raw_application(
    dbid: str,
    name: str,
    subtype: str = CHAT_SERVER,
    options: Mapping[str, Mapping[str, str]] | None = None,
    connections: Iterable[str] = (),
    port: str = "webapi",
    **more: Any,
) -> Raw:
    """Return an application of tenant 1; ``connections`` are the DBIDs that it is connected to, at ``port``."""
    return {
        "type": APPLICATION,
        "dbid": dbid,
        "name": name,
        "subtype": subtype,
        "version": "8.5.3",
        "state": "CFGEnabled",
        "redundancytype": "CFGHTColdStanby",
        "backupserverdbid": "0",
        "tenantdbids": {"id": [{"dbid": "1"}]},
        "appservers": {
            "conninfo": [{"appserverdbid": target, "id": port, "connprotocol": "addp"} for target in connections]
        },
        "options": {"property": triples(options or {})},
        "userproperties": {"property": []},
        **more,
    }


def application(options: Mapping[str, Mapping[str, str]], name: str = "Chat_A", **more: Any) -> Application:
    return Application(raw_application("201", name, options=options, **more))


def with_triples(*found: tuple[str, str, str], family: str = "options") -> Application:
    """Return an application with exactly these triples, in this order, duplicates included."""
    container = {"options": "options", "annex": "userproperties"}[family]
    listed = [{"section": section, "key": key, "value": value} for section, key, value in found]
    return Application({**raw_application("201", "Chat_A"), container: {"property": listed}})


def raw_cluster(dbid: str, name: str, connections: Iterable[str] = (), **more: Any) -> Raw:
    return raw_application(dbid, name, APPLICATION_CLUSTER, connections=connections, **more)


def raw_queue(dbid: str, name: str, tenant: str = "1", subtype: str = INTERACTION_QUEUE) -> Raw:
    return {"type": SCRIPT, "dbid": dbid, "name": name, "subtype": subtype, "tenantdbid": tenant, "state": "CFGEnabled"}


def raw_tenant(dbid: str, name: str) -> Raw:
    return {"type": TENANT, "dbid": dbid, "name": name}


class FakeGax:
    """Holds objects instead of asking for them, and counts what is read: objects by DBID, and lists.

    ``name_works=False`` stands for a GAX whose ``name=`` finds nothing.
    """

    def __init__(self, *raws: Raw, name_works: bool = True) -> None:
        self.raws = raws
        self.name_works = name_works
        self.reads: Counter[str] = Counter()
        self.lists = 0

    def each(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return [work(item) for item in items]

    def object(self, kind: str, dbid: str) -> Raw | None:
        self.reads[dbid] += 1
        return next((raw for raw in self.raws if (raw["type"], raw["dbid"]) == (kind, dbid)), None)

    def objects(self, kind: str, **query: str) -> list[Raw]:
        """Return all of a class: GAX may give more than asked for."""
        self.lists += 1
        return [raw for raw in self.raws if raw["type"] == kind]

    def applications(self, **query: str) -> list[Application]:
        return [Application(raw) for raw in self.objects(APPLICATION, **query)]

    def find_by_name(self, kind: str, name: str) -> list[Raw]:
        return [raw for raw in self.objects(kind) if raw["name"] == name] if self.name_works else []

    def tenants(self) -> list[Raw]:
        return self.objects(TENANT)


# --- at random -------------------------------------------------------------------------------------------------------

# Few names, so that triples collide; some that look like others, some secret, some not ASCII.
_SECTIONS = ("chat", "Chat", "endpoints:1", "настройки")
_KEYS = ("queueKey", "queuekey", "db-password", "Access_Token", "Größe", "a b")
_VALUES = ("", "1", "60", "true", "1:webme", "Очередь чата", "********")
_EXTRA: tuple[Raw, ...] = ({}, {}, {"flags": "1"}, {"mode": None})
_TRIPLES = [
    {"section": section, "key": key, "value": value, **extra}
    for section, key, value, extra in product(_SECTIONS, (*_KEYS, ""), (*_VALUES, None), _EXTRA)
]
_EMPTY_CONTAINERS = [None, "", [], {}, {"property": None}, {"property": []}, {"mode": "1"}]

SECTIONS, KEYS, VALUES = st.sampled_from(_SECTIONS), st.sampled_from(_KEYS), st.sampled_from(_VALUES)
GIVEN = st.sampled_from(_VALUES[:-1])  # what a user may give: no mask
TRIPLES = st.sampled_from(_TRIPLES).map(dict) | st.sampled_from(_TRIPLES).map(lambda t: dict(reversed(t.items())))


def place(triple: Raw) -> tuple[str, str]:
    return triple["section"], triple["key"]


def _containers(unique: bool) -> st.SearchStrategy[Any]:
    """Return a strategy for a container of options, in every form that GAX may give it; False when it is missing."""
    lists = st.lists(TRIPLES, max_size=6, unique_by=place if unique else None)
    return st.one_of(
        lists.map(lambda found: {"property": found}),
        lists.map(lambda found: {"mode": "1", "property": found, "режим": None}),
        TRIPLES.map(lambda found: {"property": found}),
        st.sampled_from(_EMPTY_CONTAINERS).map(copy.deepcopy),
        st.just(False),
    )


def _odd_application(name: str, options: Any, annex: Any, unknown: Raw, backwards: bool) -> Raw:
    raw = {**raw_application("201", name), **unknown, "options": options, "userproperties": annex}
    items = [(key, value) for key, value in raw.items() if value is not False]
    return dict(reversed(items) if backwards else items)


def raw_applications(unique: bool = False) -> st.SearchStrategy[Raw]:
    """Return a strategy for applications; with ``unique`` no option occurs twice. Options collide often otherwise."""
    unknown = st.sampled_from([{}, {"timoutlocal": "10", "ключ": None}, {"new-in-9": {"a": ["b", {}]}}])
    containers = _containers(unique)
    return st.builds(_odd_application, VALUES, containers, containers, unknown, st.booleans())


def _options(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    return st.dictionaries(SECTIONS, st.dictionaries(KEYS, values, max_size=3), max_size=3)


def wanted_options() -> st.SearchStrategy[dict[str, dict[str, str | None]]]:
    """Return a strategy for section -> key -> value, or None for an option that has to go."""
    return _options(GIVEN | st.none())


def user_options() -> st.SearchStrategy[dict[str, dict[str, str]]]:
    """Return a strategy for options as a user gives them; a section may name none."""
    return _options(GIVEN)
