# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of Configuration Server for writes, and what GAX shows of an object and takes back.

Rules come from the protocol beneath GAX (docs/evidence.md#writing). Each refusal names its error code.
"""

from __future__ import annotations

from collections.abc import Iterator

from .estate import Estate
from .objects import CONTAINERS, FAMILIES, Change, Obj, is_empty_container, items, with_items
from .switches import Switches

MANDATORY = {
    "CfgApplication": ("name", "subtype", "appprototypedbid"),
    "CfgAppPrototype": ("name", "subtype", "version"),
    "CfgFolder": ("name", "subtype"),
    "CfgHost": ("name",),
    "CfgScript": ("name", "subtype", "tenantdbid"),
    "CfgTenant": ("name",),
}
SERVER_MANDATORY = ("workdirectory", "commandline", "startuptimeout", "shutdowntimeout")

# Within which scope a name is unique; () = the whole database.
UNIQUE_WITHIN: dict[str, tuple[str, ...]] = {
    "CfgApplication": (),
    "CfgAppPrototype": (),
    "CfgFolder": ("folderid", "subtype", "ownerdbid"),
    "CfgHost": (),
    "CfgScript": ("tenantdbid",),
    "CfgTenant": (),
}
FIXED = ("subtype", "appprototypedbid", "tenantdbid")
REFERENCES = {
    "folderid": "CfgFolder",
    "tenantdbid": "CfgTenant",
    "hostdbid": "CfgHost",
    "appprototypedbid": "CfgAppPrototype",
    "backupserverdbid": "CfgApplication",
}

# The triple of an empty section, as the switch empty_key shows it (docs/evidence.md#reading).
EMPTY_SECTION = {"section": "empty-section", "key": "", "value": ""}


class Refused(Exception):
    """A write that breaks a rule."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.code, self.status = code, status


def shown(obj: Obj, switches: Switches) -> Obj:
    """Return an object as an answer shows it."""
    if switches.empty_key and obj["type"] == "CfgApplication":
        obj = with_items(obj, "options", [*items(obj, "options"), EMPTY_SECTION])
    if switches.empty_containers == "present" and obj["type"] == "CfgApplication":
        obj = {**obj, **{key: {inner: []} for key, inner in CONTAINERS.items() if key not in obj}}
    if switches.empty_containers == "absent":
        obj = {key: value for key, value in obj.items() if not is_empty_container(key, value)}
    return obj


def lost_section(body: Obj, current: Obj, switches: Switches) -> list[Change]:
    """Return the change that a PUT makes without knowing, when it drops the section that `empty_key` shows."""
    if not switches.empty_key or current["type"] != "CfgApplication" or EMPTY_SECTION in items(body, "options"):
        return []
    return [Change(family="options", section=EMPTY_SECTION["section"], key="", before="", after=None)]


def created(estate: Estate, body: Obj, switches: Switches) -> Obj:
    """Return the object that a POST makes, without its number; raise Refused."""
    kind = body.get("type", "")
    if not kind.startswith("Cfg"):
        raise Refused("CFGIncompleteObjectData", "The object has no type.")
    if "dbid" in body:
        raise Refused("CFGInvalidObjectData", "A new object has no dbid.")
    defaults = {"state": "CFGEnabled"}
    if kind == "CfgApplication":
        is_server = body.get("hostdbid", "0") != "0"
        defaults |= {"isserver": "CFGTrue" if is_server else "CFGFalse", "startuptype": "CFGSUTAutomatic"}
    folders = [item["dbid"] for item in estate.all("CfgFolder") if item.get("subtype") == "CFG" + kind[3:]]
    if folders and kind != "CfgFolder":
        defaults["folderid"] = folders[0]
    obj = {**body, **{key: value for key, value in defaults.items() if key not in body}}
    if switches.dedupe:
        obj = _deduplicated(obj)
    _check(estate, obj, {})
    return obj


def replaced(estate: Estate, current: Obj, body: Obj, switches: Switches) -> Obj:
    """Return the object that a PUT makes of the current one; raise Refused."""
    for key in ("type", "dbid"):
        if body.get(key) != current[key]:
            raise Refused("CFGInvalidObjectData", f"The {key} of the object is {current[key]}, not {body.get(key)}.")
    for key in FIXED:
        if key in body and body[key] != current.get(key, body[key]):
            raise Refused("CFGInvalidObjectData", f"{key} cannot be changed after creation.")
    if switches.empty_key and current["type"] == "CfgApplication":
        body = with_items(body, "options", [item for item in items(body, "options") if item != EMPTY_SECTION])
    obj = _merged(current, body) if switches.put_semantics == "merge" else _full(current, body)
    if switches.dedupe:
        obj = _deduplicated(obj)
    _check(estate, obj, current)
    return obj


def _full(current: Obj, body: Obj) -> Obj:
    """Absent containers count as empty; all else is as sent."""
    emptied: Obj = {key: {CONTAINERS[key]: []} for key in current if key in CONTAINERS and key not in body}
    return {**body, **emptied}


def _merged(current: Obj, body: Obj) -> Obj:
    """What the body leaves out stays: keys of the object, and triples."""
    obj = {**current, **body}
    for container in FAMILIES.values():
        sent = items(body, container)
        named = {(item["section"], item["key"]) for item in sent}
        kept = [item for item in items(current, container) if (item["section"], item["key"]) not in named]
        if sent or kept:
            obj = with_items(obj, container, kept + sent)
    return obj


def _deduplicated(obj: Obj) -> Obj:
    for container in FAMILIES.values():
        unique = list({tuple(item.items()): item for item in items(obj, container)}.values())
        if len(unique) < len(items(obj, container)):
            obj = with_items(obj, container, unique)
    return obj


def _check(estate: Estate, obj: Obj, current: Obj) -> None:
    kind = obj["type"]
    needed = MANDATORY.get(kind, ())
    if kind == "CfgApplication" and obj.get("hostdbid", "0") != "0":
        needed += SERVER_MANDATORY
    lacking = [key for key in needed if not obj.get(key)]
    if lacking:
        raise Refused("CFGIncompleteObjectData", f"Mandatory fields are missing: {', '.join(lacking)}.")
    scope = ("name", *UNIQUE_WITHIN[kind]) if kind in UNIQUE_WITHIN else ()
    identity = [obj.get(key) for key in scope]
    renamed = scope and identity != [current.get(key) for key in scope]
    for other in estate.all(kind) if renamed else ():
        if other is not current and identity == [other.get(key) for key in scope]:
            raise Refused("CFGUniquenessViolation", f"{kind} {obj['name']!r} already exists.", 409)
    known = set(references(current)) if current else set()
    for target, dbid in references(obj):
        if (target, dbid) not in known and estate.has(target) and not estate.get(target, dbid):
            raise Refused("CFGObjectNotFound", f"There is no {target} {dbid}.")


def references(obj: Obj) -> Iterator[tuple[str, str]]:
    """Yield class and number of every object that this one points at. `0` points at nothing."""
    for key, kind in REFERENCES.items():
        if obj.get(key, "0") != "0":
            yield kind, obj[key]
    for tenant in items(obj, "tenantdbids"):
        yield "CfgTenant", tenant["dbid"]
    for connection in items(obj, "appservers"):
        yield "CfgApplication", connection["appserverdbid"]


def users_of(estate: Estate, obj: Obj) -> list[str]:
    """Return the names of the applications that are connected to an application: it cannot be deleted."""
    if obj["type"] != "CfgApplication":
        return []
    return [
        app["name"]
        for app in estate.all("CfgApplication")
        if any(item["appserverdbid"] == obj["dbid"] for item in items(app, "appservers"))
    ]


def forget(estate: Estate, obj: Obj) -> None:
    """Delete an object; primaries lose it as their backup (docs/evidence.md#writing)."""
    estate.remove(obj["type"], obj["dbid"])
    for app in estate.all("CfgApplication") if obj["type"] == "CfgApplication" else ():
        if app.get("backupserverdbid") == obj["dbid"]:
            estate.put({**app, "backupserverdbid": "0"})
