# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that does the main job: a bare script with eight connections. No check, no message, no roll-back.

It makes the requests that the role makes: the same lists, and read, write, read for each application that differs.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

TYPES = ("CFGChatServer", "CFGApplicationCluster", "CFGContactServer", "CFGInteractionServer", "CFGGenericServer")
SCRIPTS = ("CFGInteractionQueue", "CFGEnhancedRouting", "CFGInteractionQueueView", "CFGInteractionSubmitter")

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

    def get(path: str, **params: str) -> Any:
        answer = session.get(api + path, params=params)
        answer.raise_for_status()
        return answer.json()

    def listed(kind: str, *subtypes: str) -> Any:
        query = {"filters": " OR ".join(f"subtype={name}" for name in subtypes)} if subtypes else {}
        return get("cfg/objects", type=kind, brief="false", **query)

    def carry_out(item: tuple[str, Options]) -> None:
        dbid, wanted = item
        raw = get(f"cfg/objects/CfgApplication/{dbid}")
        session.put(api + f"cfg/objects/CfgApplication/{dbid}", json=edited(raw, wanted)).raise_for_status()
        if missing(get(f"cfg/objects/CfgApplication/{dbid}"), wanted):
            sys.exit(f"{raw['name']} is not as it was written.")

    get("cfg/schema")
    account = {"username": user, "password": password, "isPasswordEncrypted": False}
    session.post(api + "session/login", json=account).raise_for_status()
    get("user/info")
    estate = {raw["dbid"]: raw for raw in listed("CfgApplication", *TYPES)}
    listed("CfgTenant")
    if not any(raw["name"] == queue for raw in listed("CfgScript", *SCRIPTS)):
        sys.exit(f"There is no queue {queue}.")
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
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(carry_out, [(dbid, endpoint) for dbid, raw in servers.items() if missing(raw, endpoint)]))
    if missing(cluster, chat):
        carry_out((cluster["dbid"], chat))
    session.post(api + "session/logout")


if __name__ == "__main__":
    main(*sys.argv[1:])
