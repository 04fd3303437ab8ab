# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists and single objects."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.query import parse_filters

Start = Callable[..., Simulator]


def names(found: list[dict[str, str]]) -> list[str]:
    return [obj["name"] for obj in found]


def test_a_list_is_a_top_level_array_of_full_objects(gax: Client, demo: Estate) -> None:
    answer = gax.get("cfg/objects", type="CfgApplication", brief="false")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json() == demo.all("CfgApplication")
    assert gax.find("CfgAgentLogin") == []


def test_an_object_comes_as_it_is_stored(gax: Client, demo: Estate) -> None:
    for obj in demo:
        answer = gax.get(f"cfg/objects/{obj['type']}/{obj['dbid']}")
        assert list(answer.json().items()) == list(obj.items())


def test_text_beyond_ascii_is_sent_as_utf8(gax: Client) -> None:
    assert "Zürich".encode() in gax.get("cfg/objects", type="CfgScript").content
    assert names(gax.find("CfgScript", name="Chat_Kundenservice_Zürich")) == ["Chat_Kundenservice_Zürich"]


def test_brief(gax: Client) -> None:
    assert gax.find(name="GAX", brief="true") == [
        {
            "type": "CfgApplication",
            "dbid": "105",
            "name": "GAX",
            "subtype": "CFGGenesysAdministratorServer",
            "folderid": "102",
            "state": "CFGEnabled",
        }
    ]


def test_by_property(gax: Client) -> None:
    assert len(gax.find("CfgScript", subtype="CFGInteractionQueue", tenantdbid="101")) == 6
    assert len(gax.find("CfgScript", name="Webengagement_Chat")) == 2
    assert gax.find(nothing="1") == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("subtype=CFGFolder", 0),
        ("folderid=102 AND subtype=CFGApplication", 1),
        ("folderid=102 AND subtype=CFGFolder OR folderid=119 AND subtype=CFGScript", 2),
        ("subtype=CFGScript OR subtype=CFGHost AND name=Nothing", 2),
    ],
)
def test_filters(gax: Client, filters: str, expected: int) -> None:
    assert len(gax.find("CfgFolder", brief="true", filters=filters)) == expected


def test_filters_with_plus_signs(gax: Client) -> None:
    query = "brief=false&filters=subtype=CFGChatServer+OR+subtype=CFGContactServer&type=CfgAppPrototype"
    assert len(gax.call("GET", "cfg/objects?" + query).json()) == 2


def test_filters_ignored(start: Start) -> None:
    assert len(Client(start(filters="ignored")).find("CfgFolder", filters="dbid=102")) == 6


def test_filter_grammar() -> None:
    assert parse_filters("a=1 AND b=2 OR c=x=y") == [{"a": "1", "b": "2"}, {"c": "x=y"}]
    with pytest.raises(ValueError, match="not understood"):
        parse_filters("a=1 AND b")


@pytest.mark.parametrize("query", [{}, {"type": "CfgFolder", "filters": "nonsense"}])
def test_senseless_lists(gax: Client, query: dict[str, str]) -> None:
    assert gax.get("cfg/objects", **query).status_code == 400


@pytest.mark.parametrize(
    ("position", "asked", "expected"),
    [
        ("exact", "gax", []),
        ("exact", "GAX", ["GAX"]),
        ("substring", "Node_", ["GWE_Node_1", "GWE_Node_2", "GMS_Node_1"]),
        ("ignore-case", "gax", ["GAX"]),
    ],
)
def test_name_match(start: Start, position: str, asked: str, expected: list[str]) -> None:
    assert names(Client(start(name_match=position)).find(name=asked)) == expected


def test_filters_of_a_gax_that_knows_no_or(start: Start) -> None:
    gax = Client(start(filters="first-only"))
    assert names(gax.find(filters="name=GAX OR name=UCS")) == ["GAX"]


def test_name_ignored(start: Start) -> None:
    assert len(Client(start(name_match="ignored")).find("CfgHost", name="nobody")) == 6


def test_environment_is_hidden_or_listed(sim: Simulator, gax: Client) -> None:
    assert names(gax.find("CfgTenant")) == ["Resources"]
    assert gax.get("cfg/objects/CfgTenant/1").json()["name"] == "Environment"
    sim.set(environment="listed")
    assert names(gax.find("CfgTenant")) == ["Environment", "Resources"]
    assert gax.get("cfg/objects/CfgTenant/1").json()["name"] == "Environment"


def test_environment_exists_without_being_loaded(start: Start) -> None:
    gax = Client(start(Estate()))
    assert gax.get("cfg/objects/CfgTenant/1").json()["name"] == "Environment"


@pytest.mark.parametrize(
    ("position", "status", "text"),
    [("404", 404, "not exist"), ("200-null", 200, "null"), ("200-empty", 200, ""), ("204", 204, ""), ("500", 500, "")],
)
def test_missing_object(start: Start, position: str, status: int, text: str) -> None:
    answer = Client(start(missing_object=position)).get("cfg/objects/CfgApplication/9999")
    assert answer.status_code == status
    assert text in answer.text


def test_empty_containers(start: Start) -> None:
    gax = Client(start(empty_containers="absent"))
    cluster = gax.find(name="ChatServer_Cluster")[0]
    assert not {"options", "userproperties", "resources", "portinfos"} & set(cluster)
    assert {"appservers", "tenantdbids"} <= set(cluster)
    everything = Client(start(empty_containers="present")).find()
    assert all({"options", "userproperties", "resources", "portinfos"} <= set(app) for app in everything)


def test_empty_key(start: Start) -> None:
    gax = Client(start(empty_key=True))
    marker = {"section": "empty-section", "key": "", "value": ""}
    for app in gax.find():
        assert app["options"]["property"][-1] == marker
    assert all("options" not in script for script in gax.find("CfgScript"))


@pytest.mark.parametrize(("position", "status"), [("403-json", 403), ("403-text", 403), ("500-text", 500)])
def test_deny_read(start: Start, position: str, status: int) -> None:
    gax = Client(start(deny_read=["GAX", "UCS"], denied=position))
    answer = gax.get("cfg/objects/CfgApplication/105")
    assert answer.status_code == status
    assert ("json" in answer.headers["Content-Type"]) is position.endswith("json")
    assert "permission" in answer.text
    assert not {"GAX", "UCS"} & set(names(gax.find()))
