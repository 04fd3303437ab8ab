# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makers of configuration objects, in the shape of GAX (docs/evidence.md#reading).

Each maker returns one object with all the keys that a real one carries. Numbers are given by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .objects import Obj

Options = Mapping[str, Mapping[str, str]]  # section -> key -> value
Port = tuple[str, str]  # id, number
Target = tuple[int, str]  # dbid of the server, id of its port

_LONGFIELDS = {f"longfield{number}": "0" for number in range(1, 5)}


def triples(options: Options) -> dict[str, list[dict[str, str]]]:
    """Return nested options as GAX holds them."""
    return {
        "property": [
            {"section": section, "key": key, "value": value}
            for section, pairs in options.items()
            for key, value in pairs.items()
        ]
    }


def connections(targets: Iterable[Target]) -> dict[str, list[dict[str, str]]]:
    """Return a connection list: ADDP with the usual 7 and 11 seconds."""
    return {
        "conninfo": [
            {
                "appserverdbid": str(dbid),
                "id": port,
                "mode": "CFGTMNoTraceMode",
                "connprotocol": "addp",
                "timoutlocal": "7",
                "timoutremote": "11",
                "appparams": "",
                "transportparams": "",
                **_LONGFIELDS,
            }
            for dbid, port in targets
        ]
    }


def application(
    dbid: int,
    name: str,
    subtype: str,
    *,
    prototype: int,
    tenants: Sequence[int] = (1,),
    host: int = 0,
    ports: Sequence[Port] = (),
    connects: Iterable[Target] = (),
    options: Options | None = None,
    annex: Options | None = None,
    backup: int = 0,
    primary: bool = True,
    redundancy: str = "CFGHTColdStanby",
    version: str = "8.5.300.08",
    folder: int = 102,
    directory: str = "",
) -> Obj:
    """Return an application that is a server, or a cluster (host 0)."""
    return {
        "type": "CfgApplication",
        "dbid": str(dbid),
        "name": name,
        "subtype": subtype,
        "version": version,
        "appprototypedbid": str(prototype),
        "folderid": str(folder),
        "state": "CFGEnabled",
        "isserver": "CFGTrue",
        "isprimary": "CFGTrue" if primary else "CFGFalse",
        "redundancytype": redundancy,
        "backupserverdbid": str(backup),
        "hostdbid": str(host),
        "port": ports[0][1] if ports else "",
        "portinfos": {"portinfo": [{"id": id_, "port": port, **_LONGFIELDS} for id_, port in ports]},
        "appservers": connections(connects),
        "tenantdbids": {"id": [{"dbid": str(tenant)} for tenant in tenants]},
        "startuptype": "CFGSUTAutomatic" if host else "CFGSUTDisabled",
        "workdirectory": f"/opt/genesys/{directory or name.lower()}" if host else ".",
        "commandline": "./run.sh" if host else ".",
        "commandlinearguments": "",
        "autorestart": "CFGTrue" if host else "CFGFalse",
        "startuptimeout": "90",
        "shutdowntimeout": "90",
        "timeout": "10",
        "attempts": "1",
        "componenttype": "CFGAppComponentUnknown",
        "resources": {"resource": []},
        "options": triples(options or {}),
        "userproperties": triples(annex or {}),
    }


def script(
    dbid: int, name: str, subtype: str, *, tenant: int = 1, folder: int = 145, annex: Options | None = None
) -> Obj:
    """Return a script object, such as an Interaction Queue."""
    return {
        "type": "CfgScript",
        "dbid": str(dbid),
        "name": name,
        "subtype": subtype,
        "tenantdbid": str(tenant),
        "folderid": str(folder),
        "index": "0",
        "state": "CFGEnabled",
        "resources": {"resource": []},
        "userproperties": triples(annex or {}),
    }


def folder(dbid: int, name: str, subtype: str, *, parent: int = 119, owner: int = 1) -> Obj:
    """Return a folder for objects of a class."""
    return {
        "type": "CfgFolder",
        "dbid": str(dbid),
        "name": name,
        "subtype": subtype,
        "folderclass": "CFGFCDefault",
        "ownertype": "CFGTenant",
        "ownerdbid": str(owner),
        "folderid": str(parent),
        "customtype": "0",
        "state": "CFGEnabled",
        "resources": {"resource": []},
        "objectids": {"idtype": []},
    }


def tenant(dbid: int, name: str) -> Obj:
    """Return a tenant."""
    return {
        "type": "CfgTenant",
        "dbid": str(dbid),
        "name": name,
        "parenttenantdbid": "0" if dbid == 1 else "1",
        "chargeablenumber": "",
        "state": "CFGEnabled",
        "userproperties": triples({}),
    }


def host(dbid: int, name: str, address: str) -> Obj:
    """Return a host."""
    return {
        "type": "CfgHost",
        "dbid": str(dbid),
        "name": name,
        "subtype": "CFGNetworkServer",
        "ostype": "CFGRedHatLinux",
        "ipaddress": address,
        "lcaport": "4999",
        "scsdbid": "0",
        "folderid": "103",
        "state": "CFGEnabled",
        "resources": {"resource": []},
    }


def prototype(dbid: int, name: str, subtype: str, version: str = "8.5.300.08") -> Obj:
    """Return an application template."""
    fields: dict[str, Any] = {"type": "CfgAppPrototype", "dbid": str(dbid), "subtype": subtype, "name": name}
    return {**fields, "version": version, "folderid": "101", "state": "CFGEnabled", "options": triples({})}
