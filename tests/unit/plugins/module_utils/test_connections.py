# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections are planned, edited and compared like options."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import differences, edited, plan, undo
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.connections import wanted_connection
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import Raw, raw_application
from hypothesis import given
from hypothesis import strategies as st

PORTS = {"portinfo": [{"id": "default"}, {"id": "ESP"}]}
UCS = Application(raw_application("30", "UCS", "CFGContactServer", portinfos=PORTS))
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "port_id": st.sampled_from(["default", "ESP", None]),
        "protocol": st.sampled_from(["addp", "none", None]),
        "local_timeout": st.sampled_from([1, 30, None]),
        "unrelated": st.just("x"),
    },
)
CONNECTIONS = st.builds(
    dict,
    id=st.sampled_from(["default", "ESP"]),
    mode=st.sampled_from(["CFGTMBoth", "CFGTMNoTraceMode"]),
    connprotocol=st.sampled_from(["", "addp"]),
    timoutlocal=st.sampled_from(["0", "7"]),
)


@st.composite
def clients(draw: st.DrawFn) -> Application:
    """Draw a Chat Server with connections to some servers, at most one to each; UCS may be among them."""
    held = draw(st.lists(st.tuples(st.sampled_from(["29", "30", "31"]), CONNECTIONS), unique_by=lambda item: item[0]))
    raw = raw_application("1", "Chat_A")
    raw["appservers"]["conninfo"] = [{"appserverdbid": dbid, **connection} for dbid, connection in held]
    return Application(raw)


def estate_after(client: Application, given_values: dict[str, Any], present: bool = True) -> Raw:
    changes = plan(client, wanted_connection(client, UCS, given_values, present)).changes
    sent = edited(client.raw, "connections", changes)
    assert differences(sent, copy.deepcopy(sent), changes, "connections") == []
    return sent


def held_by(raw: Raw) -> dict[str, Raw]:
    return {connection["appserverdbid"]: connection for connection in raw["appservers"]["conninfo"]}


@given(client=clients(), values=GIVEN, present=st.booleans())
def test_connecting_twice_changes_nothing_more(client: Application, values: dict[str, Any], present: bool) -> None:
    once = Application(estate_after(client, values, present))
    assert plan(once, wanted_connection(once, UCS, values, present)).changes == ()


@given(client=clients(), values=GIVEN, present=st.booleans())
def test_connections_to_other_servers_and_all_else_stay(
    client: Application, values: dict[str, Any], present: bool
) -> None:
    before, after = copy.deepcopy(client.raw), estate_after(client, values, present)
    assert client.raw == before
    assert {**held_by(after), "30": None} == {**held_by(before), "30": None}
    assert {**after, "appservers": None} == {**before, "appservers": None}
    assert ("30" in held_by(after)) is present


@given(client=clients(), values=GIVEN)
def test_a_connection_gets_what_is_given_and_keeps_or_defaults_the_rest(
    client: Application, values: dict[str, Any]
) -> None:
    usual = {"id": "default", "connprotocol": "addp", "timoutlocal": "7", "timoutremote": "11"}
    expected = {**held_by(client.raw).get("30", usual)}
    if values.get("port_id"):
        expected["id"] = values["port_id"]
    if values.get("protocol"):
        expected["connprotocol"] = {"addp": "addp", "none": ""}[values["protocol"]]
    if values.get("local_timeout"):
        expected["timoutlocal"] = str(values["local_timeout"])
    found = held_by(estate_after(client, values))["30"]
    assert found == {**found, **expected}


def test_a_new_connection_has_every_attribute_that_connections_have_in_gax() -> None:
    """docs/evidence.md#reading."""
    found = held_by(estate_after(Application(raw_application("1", "Chat_A")), {}))["30"]
    assert found == {
        "appserverdbid": "30",
        "id": "default",
        "connprotocol": "addp",
        "timoutlocal": "7",
        "timoutremote": "11",
        "mode": "CFGTMNoTraceMode",
        "appparams": "",
        "transportparams": "",
        "longfield1": "0",
        "longfield2": "0",
        "longfield3": "0",
        "longfield4": "0",
    }


def test_a_connection_that_is_lost_on_the_way_is_a_difference() -> None:
    client = Application(raw_application("1", "Chat_A", connections=["29", "30"]))
    came_back = raw_application("1", "Chat_A", connections=["30"])
    assert {change.section for change in differences(client.raw, came_back, (), "options")} == {"29"}


@pytest.mark.parametrize(
    ("client", "values", "words"),
    [
        (raw_application("30", "UCS"), {}, "'UCS' cannot be connected to itself"),
        (raw_application("1", "Chat_A", connections=["30", "30"]), {}, "'Chat_A' has several connections to 'UCS'"),
        (raw_application("1", "Chat_A"), {"port_id": "webapi"}, "'UCS' has no port 'webapi'; it has default, ESP."),
    ],
)
def test_a_connection_that_cannot_be_is_refused(client: Raw, values: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        wanted_connection(Application(client), UCS, values)


def test_a_foreign_connection_without_a_port_stays() -> None:
    raw = raw_application("1", "Chat_A")
    raw["appservers"]["conninfo"] = [{"appserverdbid": "29", "connprotocol": "addp"}]
    assert set(held_by(estate_after(Application(raw), {}))) == {"29", "30"}


def test_a_connection_that_was_taken_away_comes_back_as_it_was() -> None:
    raw = raw_application("1", "Chat_A")
    raw["appservers"]["conninfo"] = [{"appserverdbid": "30", "id": "default", "mode": "CFGTMBoth", "longfield1": "7"}]
    removal = plan(Application(raw), wanted_connection(Application(raw), UCS, {}, present=False))
    gone = Application(edited(raw, "connections", removal.changes))
    assert gone.connections == []
    (back,) = Application(edited(gone.raw, "connections", plan(gone, undo(removal)).changes)).connections
    assert (back["id"], back["mode"], back["longfield1"]) == ("default", "CFGTMBoth", "7")
    assert undo(removal).title("30") == "connection to UCS"
