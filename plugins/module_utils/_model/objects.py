# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Read-only views of Configuration Server objects, over the raw JSON that GAX gives.

Shapes: docs/evidence.md#reading. A container that is missing and one that is empty read the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .._secrets import shown

APPLICATION, SCRIPT, TENANT, FOLDER = "CfgApplication", "CfgScript", "CfgTenant", "CfgFolder"
CONTAINERS = {"options": "options", "annex": "userproperties"}
CONNECTIONS = "connections"
FAMILIES = (*CONTAINERS, CONNECTIONS)
# Attributes of a connection that mean the same when they are missing (docs/evidence.md#reading).
CONNECTION_DEFAULTS = {"connprotocol": "", "timoutlocal": "0", "timoutremote": "0"}
CHAT_SERVER, APPLICATION_CLUSTER = "CFGChatServer", "CFGApplicationCluster"
CONTACT_SERVER, INTERACTION_SERVER, GENERIC_SERVER = "CFGContactServer", "CFGInteractionServer", "CFGGenericServer"
THIRD_PARTY_SERVER = "CFGThirdPartyServer"
INTERACTION_QUEUE, ENHANCED_ROUTING = "CFGInteractionQueue", "CFGEnhancedRouting"
QUEUE_VIEW, SUBMITTER = "CFGInteractionQueueView", "CFGInteractionSubmitter"

NOTHING = ("", "0")  # a reference that leads nowhere on purpose

Raw = dict[str, Any]
Options = dict[str, dict[str, str]]
Values = dict[tuple[str, str], list[str]]


def inner(raw: Raw, container: str, key: str) -> list[Raw]:
    """Return the list in a container such as ``options.property``; empty when any part of it is missing."""
    outer = raw.get(container)
    found = outer.get(key) if isinstance(outer, dict) else None
    if isinstance(found, dict):
        found = [found]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text(value: Any) -> str:
    """Return an option's value as Configuration Server stores it: text. ``True`` is ``true``, ``60`` is ``60``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@dataclass(frozen=True)
class GaxObject:
    """What all objects have in common."""

    raw: Raw = field(repr=False)
    _values: dict[str, Values] = field(default_factory=dict, init=False, repr=False, compare=False)
    _options: dict[str, Options] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def name(self) -> str:
        return text(self.raw.get("name"))

    @cached_property
    def dbid(self) -> str:
        return text(self.raw.get("dbid"))

    @cached_property
    def subtype(self) -> str:
        """Type within the class, such as ``CFGChatServer``."""
        return text(self.raw.get("subtype"))

    @property
    def enabled(self) -> bool:
        return text(self.raw.get("state", "CFGEnabled")) == "CFGEnabled"

    def triples(self, family: str) -> list[tuple[str, str, str]]:
        """Return (section, key, value) in order; family is ``options`` or ``annex``.

        A triple with an empty key carries no option: it stands for an empty section (docs/evidence.md#reading).
        """
        found = inner(self.raw, CONTAINERS[family], "property")
        return [(text(t.get("section")), text(t["key"]), text(t.get("value"))) for t in found if t.get("key")]

    def values(self, family: str) -> Values:
        """Return (section, key) -> each of its values, to be read only (duplicates: docs/evidence.md#reading)."""
        if family not in self._values:
            found: Values = {}
            for section, key, value in self.triples(family):
                found.setdefault((section, key), []).append(value)
            self._values[family] = found
        return self._values[family]

    def options(self, family: str = "options") -> Options:
        """Return section -> key -> value, to be read only. Of duplicates the first counts."""
        if family not in self._options:
            nested: Options = {}
            for (section, key), values in self.values(family).items():
                nested.setdefault(section, {})[key] = values[0]
            self._options[family] = nested
        return self._options[family]


@dataclass(frozen=True)
class Application(GaxObject):
    """A Configuration Server application. Its connections read as options, too: section is the DBID of the server."""

    def triples(self, family: str) -> list[tuple[str, str, str]]:
        if family != CONNECTIONS:
            return super().triples(family)
        return [
            (text(connection.get("appserverdbid")), key, text(value))
            for connection in self.connections
            for key, value in {**CONNECTION_DEFAULTS, **connection}.items()
            if key != "appserverdbid"
        ]

    @property
    def release(self) -> tuple[int, ...]:
        """The numbers at the beginning of its version, such as (8, 5, 200, 26); empty where there are none."""
        found = re.match(r"\d+(\.\d+)*", text(self.raw.get("version")))
        return tuple(map(int, found[0].split("."))) if found else ()

    @property
    def tenants(self) -> list[str]:
        """DBIDs of the tenants it serves."""
        return [text(item.get("dbid")) for item in inner(self.raw, "tenantdbids", "id")]

    @property
    def connections(self) -> list[Raw]:
        """Its own list of connections, as GAX gives them."""
        return inner(self.raw, "appservers", "conninfo")

    @cached_property
    def connected_to(self) -> list[str]:
        """DBIDs of the applications it is connected to, each once, in order."""
        dbids = dict.fromkeys(text(item.get("appserverdbid")) for item in self.connections)
        return [dbid for dbid in dbids if dbid not in NOTHING]

    @cached_property
    def ports_named(self) -> dict[str, list[str]]:
        """For the DBID of each application that it is connected to, the ports that its connections name."""
        named: dict[str, list[str]] = {}
        for item in self.connections:
            named.setdefault(text(item.get("appserverdbid")), []).append(text(item.get("id")))
        return named

    @property
    def ports(self) -> list[str]:
        """IDs of its listening ports."""
        return [text(item.get("id")) for item in self.listening]

    @property
    def listening(self) -> list[Raw]:
        """Its listening ports, as GAX gives them."""
        return inner(self.raw, "portinfos", "portinfo")

    @cached_property
    def backup(self) -> str | None:
        """DBID of its backup application."""
        dbid = text(self.raw.get("backupserverdbid"))
        return dbid if dbid not in NOTHING else None


@dataclass(frozen=True)
class Script(GaxObject):
    """A script object; an Interaction Queue is one of subtype ``CFGInteractionQueue``."""

    @property
    def tenant(self) -> str:
        return text(self.raw.get("tenantdbid"))


@dataclass(frozen=True)
class Tenant(GaxObject):
    """A tenant."""


def shown_options(application: Application, family: str) -> dict[str, dict[str, str]]:
    """Return options, section by section, with secrets masked."""
    nested = application.options(family)
    return {
        section: {key: shown(key, value, section) for key, value in keys.items()} for section, keys in nested.items()
    }
