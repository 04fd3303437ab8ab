# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad input needs: applications that cannot be configured, and answers of servers that are no GAX."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

PAGE = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"


def with_oddities(estate: Estate) -> Estate:
    """Return an estate with more Web Engagement Clusters, each with something wrong."""
    odd = estate.copy()

    def cluster(dbid: int, name: str, connected_to: list[str], **other: Any) -> None:
        raw = estate.app("GWE_Cluster_Main")
        template = raw["appservers"]["conninfo"][0]
        connections = {"conninfo": [{**template, "appserverdbid": target} for target in connected_to]}
        odd.add({**raw, "dbid": str(dbid), "name": name, "appservers": connections, **other})

    cluster(900, "GWE_Cluster_Lonely", ["180", "182"])
    cluster(903, "Empty_Application_Cluster", ["180"])
    cluster(904, "GWE_Cluster_Hollow", ["903"])
    cluster(901, "GWE_Cluster_Two_Tenants", ["310"], tenantdbids={"id": [{"dbid": "1"}, {"dbid": "101"}]})
    cluster(902, "GWE_Cluster_Disabled", ["310"], state="CFGDisabled")
    return odd


def a_page(_seen: Seen, _pass_on: PassOn) -> Reply:
    """Answer with a page, as a web server that is no GAX."""
    return Reply(text=PAGE, headers={"Content-Type": "text/html; charset=utf-8"})


def an_echo(seen: Seen, pass_on: PassOn) -> Reply:
    """Send what is in a JSON body back, as text."""
    if not seen.body:
        return a_page(seen, pass_on)
    values = " ".join(map(str, json.loads(seen.body).values()))
    return Reply(500, f"Cannot process {values}", {"Content-Type": "text/plain"})
