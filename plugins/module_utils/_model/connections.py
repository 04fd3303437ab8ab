# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Connections between applications: what one should hold. Source: docs/evidence.md#reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import BadInput
from .changes import Wanted
from .objects import CONNECTIONS, Application, text

# For a connection that is made; one that is there keeps what is not given.
ATTRIBUTES = {
    "port_id": "id",
    "protocol": "connprotocol",
    "local_timeout": "timoutlocal",
    "remote_timeout": "timoutremote",
}
DEFAULTS = {"id": "default", "connprotocol": "addp", "timoutlocal": "7", "timoutremote": "11"}


def wanted_connection(
    client: Application, server: Application, params: Mapping[str, Any], present: bool = True
) -> Wanted:
    """Return what the client should hold; ``params`` may have ``port_id``, ``protocol`` and time-outs in seconds.

    Raises BadInput when the server has no such port, the client is the server, or has several connections to it.
    """
    there = [item for item in client.connections if text(item.get("appserverdbid")) == server.dbid]
    if client.dbid == server.dbid:
        raise BadInput(f"applications: application '{client.name}' cannot be connected to itself.")
    if len(there) > 1:
        ports = ", ".join(text(item.get("id")) for item in there)
        raise BadInput(
            f"server: application '{client.name}' has several connections to '{server.name}' (ports {ports}); "
            "first remove all but one in Genesys Administrator."
        )
    values = {
        ATTRIBUTES[name]: text(value) for name, value in params.items() if name in ATTRIBUTES and value is not None
    }
    if values.get("connprotocol") == "none":
        values["connprotocol"] = ""
    wanted: dict[str, str | None] = {**({} if there else DEFAULTS), **values}
    if not present:
        wanted = dict.fromkeys((*DEFAULTS, *(key for key in there[0] if key != "appserverdbid"))) if there else {}
    elif "id" in wanted and server.ports and wanted["id"] not in server.ports:
        raise BadInput(
            f"port_id: application '{server.name}' has no port '{wanted['id']}'; it has {', '.join(server.ports)}."
        )
    return Wanted({server.dbid: wanted}, CONNECTIONS, titles={server.dbid: f"connection to {server.name}"})
