# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that does the main job: a bare script with eight connections. No check, no message, no roll-back.

The cheapest that one would trust: one session, one list of the applications, the writes, and one list read back.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

TYPES = " OR ".join(f"subtype={name}" for name in ("CFGChatServer", "CFGApplicationCluster"))

Options = Mapping[tuple[str, str], str]


def missing(raw: Mapping[str, Any], wanted: Options) -> bool:
    found = {(item["section"], item["key"]): item["value"] for item in raw["options"]["property"]}
    return any(found.get(place) != value for place, value in wanted.items())


def edited(raw: Mapping[str, Any], wanted: Options) -> dict[str, Any]:
    kept = [item for item in raw["options"]["property"] if (item["section"], item["key"]) not in wanted]
    new = [{"section": section, "key": key, "value": value} for (section, key), value in wanted.items()]
    return {**raw, "options": {"property": kept + new}}


def main(url: str, user: str, password: str, cluster_name: str, queue: str) -> None:
    api = f"{url}/gax/api/"
    session = requests.Session()
    session.mount(api, requests.adapters.HTTPAdapter(pool_maxsize=8))

    def read() -> dict[str, Any]:
        query = {"type": "CfgApplication", "brief": "false", "filters": TYPES}
        answer = session.get(api + "cfg/objects", params=query)
        answer.raise_for_status()
        return {raw["dbid"]: raw for raw in answer.json()}

    def write(item: tuple[Any, Options]) -> None:
        raw, wanted = item
        path = f"cfg/objects/CfgApplication/{raw['dbid']}"
        session.put(api + path, json=edited(raw, wanted)).raise_for_status()

    account = {"username": user, "password": password, "isPasswordEncrypted": False}
    session.post(api + "session/login", json=account).raise_for_status()
    estate = read()
    cluster = next(raw for raw in estate.values() if raw["name"] == cluster_name)
    tenant = cluster["tenantdbids"]["id"][0]["dbid"]
    servers, waiting = {}, [cluster]
    while waiting:
        for connection in waiting.pop()["appservers"]["conninfo"]:
            found = estate.get(connection["appserverdbid"])
            if found and found["subtype"] == "CFGApplicationCluster":
                waiting.append(found)
            elif found and found["subtype"] == "CFGChatServer":
                servers[found["dbid"]] = found
    endpoint = {(f"endpoints:{tenant}", "webme"): queue}
    chat = {
        ("chat", "queueKey"): f"{tenant}:webme",
        ("chat", "webengagementChatQueue"): queue,
        ("chat", "identifyCreateContact"): "3",
        ("chat", "refreshTaskPeriod"): "2",
    }
    todo = [(raw, endpoint) for raw in servers.values() if missing(raw, endpoint)]
    last = [(cluster, chat)] if missing(cluster, chat) else []
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, todo))
    for item in last:
        write(item)
    if todo or last:
        now = read()
        for raw, wanted in [*todo, *last]:
            if missing(now[raw["dbid"]], wanted):
                sys.exit(f"{raw['name']} is not as it was written.")
    session.post(api + "session/logout")


if __name__ == "__main__":
    main(*sys.argv[1:])
