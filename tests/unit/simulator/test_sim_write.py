# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PUT, POST and DELETE, and what the journal says of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.objects import Obj, with_triple

Start = Callable[..., Simulator]

QUEUE: Obj = {
    "type": "CfgScript",
    "name": "New",
    "subtype": "CFGInteractionQueue",
    "tenantdbid": "101",
    "folderid": "146",
}
APPLICATION: Obj = {"type": "CfgApplication", "name": "New", "subtype": "CFGChatServer", "appprototypedbid": "132"}


def with_webme(sim: Simulator, name: str = "ChatServer_1") -> Obj:
    return with_triple(sim.app(name), "options", "endpoints:101", "webme", "Webengagement_Chat")


def without(obj: Obj, key: str) -> Obj:
    return {name: value for name, value in obj.items() if name != key}


def test_a_put_replaces_and_is_written_down(sim: Simulator, gax: Client) -> None:
    wanted = with_webme(sim)
    answer = gax.put(wanted)
    assert (answer.status_code, answer.json()) == (200, wanted)
    assert list(sim.app("ChatServer_1").items()) == list(wanted.items())
    assert sim.journal == [
        {
            "seq": 0,
            "method": "PUT",
            "type": "CfgApplication",
            "dbid": "202",
            "name": "ChatServer_1",
            "status": 200,
            "applied": True,
            "changes": [
                {
                    "family": "options",
                    "section": "endpoints:101",
                    "key": "webme",
                    "before": None,
                    "after": "Webengagement_Chat",
                }
            ],
            "other": [],
        }
    ]


def test_a_put_of_what_is_there_changes_nothing(sim: Simulator, gax: Client) -> None:
    before = list(sim.estate)
    for obj in before:
        assert gax.put(obj).status_code == 200
    assert list(sim.estate) == before
    assert all(entry["changes"] == [] and entry["other"] == [] for entry in sim.journal)


def test_what_a_put_leaves_out_is_gone(sim: Simulator, gax: Client) -> None:
    gax.put(without(without(sim.app("ChatServer_1"), "options"), "workdirectory") | {"hostdbid": "0"})
    assert sim.app("ChatServer_1")["options"] == {"property": []}
    assert "workdirectory" not in sim.app("ChatServer_1")
    assert len(sim.journal[0]["changes"]) == 11
    assert sim.journal[0]["other"] == ["hostdbid", "workdirectory"]


def test_merge_keeps_what_is_left_out(start: Start) -> None:
    sim = start(put_semantics="merge")
    wanted = with_triple(with_webme(sim), "options", "log", "expire", None)
    assert Client(sim).put(without(wanted, "workdirectory")).status_code == 200
    assert sim.options("ChatServer_1")["log"]["expire"] == "10"
    assert sim.options("ChatServer_1")["endpoints:101"]["webme"] == "Webengagement_Chat"
    assert sim.app("ChatServer_1")["workdirectory"]
    assert [change["key"] for change in sim.journal[0]["changes"]] == ["webme"]


@pytest.mark.parametrize(
    ("position", "status", "has_body"),
    [
        ("200-json", 200, True),
        ("200-empty", 200, False),
        ("201-empty", 201, False),
        ("204", 204, False),
        ("302", 302, False),
    ],
)
def test_put_answer(start: Start, position: str, status: int, has_body: bool) -> None:
    sim = start(put_answer=position)
    answer = Client(sim).put(with_webme(sim))
    assert (answer.status_code, bool(answer.content)) == (status, has_body)
    if position == "302":
        assert answer.headers["Location"] == "/gax/api/cfg/objects/CfgApplication/202"
    assert sim.options("ChatServer_1")["endpoints:101"]["webme"]


@pytest.mark.parametrize(
    ("position", "status"), [("200-json", 200), ("201-json", 201), ("201-empty", 201), ("302", 302), ("204", 204)]
)
def test_post_answer(start: Start, position: str, status: int) -> None:
    sim = start(post_answer=position)
    answer = Client(sim).post(QUEUE)
    dbid = sim.journal[0]["dbid"]
    assert answer.status_code == status
    assert (answer.json()["dbid"] if position.endswith("json") else answer.text) == (
        dbid if position.endswith("json") else ""
    )
    if position == "302":
        assert answer.headers["Location"] == f"/gax/api/cfg/objects/CfgScript/{dbid}"
    assert sim.estate.get("CfgScript", dbid or "")


def test_a_created_object_gets_what_the_server_gives(sim: Simulator, gax: Client) -> None:
    queue = gax.post(without(QUEUE, "folderid")).json()
    assert queue == {**QUEUE, "dbid": "369", "folderid": "145", "state": "CFGEnabled"}
    app = gax.post(APPLICATION).json()
    assert (app["isserver"], app["state"], app["folderid"]) == ("CFGFalse", "CFGEnabled", "102")
    assert sim.journal[1]["name"] == "New"
    assert sim.log[-1]["dbid"] == app["dbid"]


def test_numbers_are_never_used_again(gax: Client) -> None:
    first = gax.post(QUEUE).json()["dbid"]
    assert gax.delete("CfgScript", first).status_code == 204
    assert int(gax.post(QUEUE).json()["dbid"]) > int(first)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**QUEUE, "name": "Chat In"}, 409, "CFGUniquenessViolation"),
        ({**APPLICATION, "name": "GAX"}, 409, "CFGUniquenessViolation"),
        ({**QUEUE, "name": ""}, 400, "CFGIncompleteObjectData"),
        (without(QUEUE, "tenantdbid"), 400, "CFGIncompleteObjectData"),
        (without(APPLICATION, "appprototypedbid"), 400, "CFGIncompleteObjectData"),
        ({**APPLICATION, "hostdbid": "121"}, 400, "CFGIncompleteObjectData"),
        (without(QUEUE, "type"), 400, "CFGIncompleteObjectData"),
        ({**QUEUE, "dbid": "9"}, 400, "CFGInvalidObjectData"),
        ({**QUEUE, "folderid": "9"}, 400, "CFGObjectNotFound"),
        ({**QUEUE, "tenantdbid": "9"}, 400, "CFGObjectNotFound"),
        ({**QUEUE, "index": True}, 400, "BadRequest"),
        ({**QUEUE, "userproperties": {"property": [{"section": "s", "value": "v"}]}}, 400, "BadRequest"),
        ({**QUEUE, "userproperties": {"property": ["s"]}}, 400, "BadRequest"),
        ({**QUEUE, "userproperties": {"property": "s"}}, 400, "BadRequest"),
        ({**QUEUE, "resources": []}, 400, "BadRequest"),
        ([QUEUE], 400, "BadRequest"),
    ],
)
def test_a_post_that_breaks_a_rule(sim: Simulator, gax: Client, body: Obj, status: int, code: str) -> None:
    before = list(sim.estate)
    answer = gax.post(body)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert list(sim.estate) == before
    assert [(entry["status"], entry["applied"]) for entry in sim.journal] == [(status, False)]


def test_script_names_are_unique_within_a_tenant_only(gax: Client) -> None:
    assert gax.post({**QUEUE, "name": "Default_ChatRouting"}).status_code == 200  # tenant 1 has one


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"dbid": "203"}, 400),
        ({"subtype": "CFGStatServer"}, 400),
        ({"type": "CfgScript"}, 400),
        ({"appprototypedbid": "133"}, 400),
        ({"name": "GAX"}, 409),
        ({"name": ""}, 400),
        ({"folderid": "9999"}, 400),
        ({"tenantdbids": {"id": [{"dbid": "9999"}]}}, 400),
        ({"name": "ChatServer_New"}, 200),
    ],
)
def test_rules_of_put(sim: Simulator, gax: Client, change: Obj, status: int) -> None:
    answer = gax.call("PUT", "cfg/objects/CfgApplication/202", json=sim.app("ChatServer_1") | change)
    assert answer.status_code == status
    assert sim.journal[0]["applied"] is (status == 200)


def test_unknown_objects_and_bodies(sim: Simulator, gax: Client) -> None:
    assert gax.put({**sim.app("GAX"), "dbid": "9999"}).status_code == 404
    assert gax.delete("CfgApplication", "9999").status_code == 404
    assert gax.call("PUT", "cfg/objects/CfgApplication/105", data=b"\xff\xfe").status_code == 400


def test_numbers_are_taken_as_strings(sim: Simulator, gax: Client) -> None:
    app = sim.app("ChatServer_1")
    app["appservers"]["conninfo"][0]["timoutlocal"] = 10
    assert gax.put(app).status_code == 200
    assert sim.app("ChatServer_1")["appservers"]["conninfo"][0]["timoutlocal"] == "10"
    assert sim.journal[0]["other"] == ["appservers"]


def test_an_old_dangling_reference_does_not_forbid_a_put(sim: Simulator, gax: Client) -> None:
    sim.estate.put({**sim.app("GAX"), "folderid": "9999"})
    assert gax.put(sim.app("GAX")).status_code == 200


def test_delete(sim: Simulator, gax: Client) -> None:
    refused = gax.delete("CfgApplication", "202")
    assert refused.status_code == 409
    assert "ChatServer_Cluster" in refused.text
    assert gax.delete("CfgApplication", "207").status_code == 204
    assert sim.app("ChatServer_DR_A")["backupserverdbid"] == "0"
    assert gax.get("cfg/objects/CfgApplication/207").status_code == 404
    assert [entry["applied"] for entry in sim.journal] == [False, True]


@pytest.mark.parametrize("position", ["read-only", "emergency"])
def test_mode(start: Start, position: str) -> None:
    sim = start(mode=position)
    gax = Client(sim)
    for answer in (gax.put(with_webme(sim)), gax.post(QUEUE), gax.delete("CfgScript", "350")):
        assert answer.status_code == 500
        assert position in answer.text
    assert gax.find(name="GAX")
    assert not any(entry["applied"] for entry in sim.journal)


@pytest.mark.parametrize(("position", "status"), [("403-json", 403), ("403-text", 403), ("500-text", 500)])
def test_deny_write(start: Start, position: str, status: int) -> None:
    sim = start(deny_write="ChatServer_1, New", denied=position)
    gax = Client(sim)
    answers = [gax.put(with_webme(sim)), gax.post(QUEUE), gax.delete("CfgApplication", "202")]
    assert {answer.status_code for answer in answers} == {status}
    assert gax.put(with_webme(sim, "ChatServer_2")).status_code == 200
    assert [entry["applied"] for entry in sim.journal] == [False, False, False, True]


def test_absent_containers_count_as_empty(start: Start) -> None:
    sim = start(empty_containers="absent")
    gax = Client(sim)
    before = sim.app("ChatServer_Cluster")
    assert gax.put(gax.find(name="ChatServer_Cluster")[0]).status_code == 200
    assert sim.app("ChatServer_Cluster") == before
    assert sim.journal[0]["other"] == []


def test_the_empty_key_must_come_back(start: Start) -> None:
    sim = start(empty_key=True)
    gax = Client(sim)
    shown = gax.find(name="ChatServer_1")[0]
    stored = sim.app("ChatServer_1")
    assert gax.put(shown).status_code == 200
    assert gax.put(stored).status_code == 200
    assert sim.app("ChatServer_1") == stored
    assert sim.journal[0]["changes"] == []
    assert sim.journal[1]["changes"] == [
        {"family": "options", "section": "empty-section", "key": "", "before": "", "after": None}
    ]


def test_dedupe(start: Start) -> None:
    sim = start(dedupe=True)
    gax = Client(sim)
    assert gax.put(sim.app("GAX")).status_code == 200
    keys = [item["key"] for item in sim.app("GAX")["options"]["property"]]
    assert keys.count("client_app_name") == 1
    twice = {"property": [{"section": "s", "key": "k", "value": "v"}] * 2}
    assert len(gax.post({**QUEUE, "userproperties": twice}).json()["userproperties"]["property"]) == 1


def test_lost_writes(start: Start) -> None:
    sim = start(lost_writes=2)
    gax = Client(sim)
    assert gax.put(with_webme(sim)).json() == with_webme(sim)
    assert gax.get(f"cfg/objects/CfgScript/{gax.post(QUEUE).json()['dbid']}").status_code == 404
    assert "webme" not in sim.options("ChatServer_1")["endpoints:101"]
    assert gax.put(with_webme(sim)).status_code == 200
    assert "webme" in sim.options("ChatServer_1")["endpoints:101"]
    assert [entry["applied"] for entry in sim.journal] == [False, False, True]


def test_forbid_writes(start: Start) -> None:
    sim = start(forbid_writes=True)
    gax = Client(sim)
    before = list(sim.estate)
    answers = [gax.put(with_webme(sim)), gax.post(QUEUE), gax.delete("CfgScript", "350")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert [entry["method"] for entry in sim.violations] == ["PUT", "POST", "DELETE"]
    assert sim.journal == []
    assert list(sim.estate) == before
    assert gax.find(name="GAX")
