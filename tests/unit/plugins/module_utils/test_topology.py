# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a cluster to every Chat Server that it reaches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.users import elsewhere, may_reach
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.lookup import explore, read_estate
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import (
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    CONTACT_SERVER,
    Application,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.topology import (
    Topology,
    check_is_cluster,
    check_is_contact_server,
    clients_of,
    discover,
    leading_to,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    FakeGax,
    Raw,
    raw_application,
    raw_cluster,
)
from hypothesis import given
from hypothesis import strategies as st

ROOT, NOWHERE = "1", "404"
Estate = dict[str, Application]


def estate_of(*raws: Raw) -> Estate:
    return {raw["dbid"]: Application(raw) for raw in raws}


def found_in(*raws: Raw) -> Topology:
    """Return what is reached from the application with DBID 1."""
    estate = estate_of(*raws)
    return discover(estate[ROOT], estate)


def origins(topology: Topology) -> dict[str, str]:
    assert len({server.application.dbid for server in topology.chat_servers}) == len(topology.chat_servers)
    return {server.application.name: server.origin for server in topology.chat_servers}


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Draw applications connected at random: loops, chains, dangling DBIDs, duplicates, and backups of some."""
    kinds = draw(st.lists(st.sampled_from([CHAT_SERVER, APPLICATION_CLUSTER, "CFGStatServer"]), max_size=9))
    dbids = [str(number) for number in range(1, len(kinds) + 2)]
    connections = st.lists(st.sampled_from([*dbids, NOWHERE]), max_size=4)
    raws = {ROOT: raw_cluster(ROOT, "WE_Cluster", draw(connections))}
    for dbid, kind in zip(dbids[1:], kinds):
        raws[dbid] = raw_application(dbid, f"App_{dbid}", kind, connections=draw(connections))
    servers = [dbid for dbid, raw in raws.items() if raw["subtype"] == CHAT_SERVER]
    # Configuration Server: a backup is of the same type and backs up only one primary.
    for primary, backup in zip(servers[::2], [*servers[1::2], NOWHERE]):
        if draw(st.booleans()):
            raws[primary]["backupserverdbid"] = backup
    return estate_of(*raws.values())


def connected(estate: Estate) -> set[str]:
    """Return the DBIDs of the Chat Servers grouped by the root or an Application Cluster that it leads to."""
    groups = {ROOT}
    while True:
        held = {dbid for group in groups for dbid in estate[group].connected_to if dbid in estate}
        nested = {dbid for dbid in held if estate[dbid].subtype == APPLICATION_CLUSTER}
        if nested <= groups:
            break
        groups |= nested
    held |= {dbid for dbid, client in estate.items() if groups & set(client.connected_to)}
    return {dbid for dbid in held if estate[dbid].subtype == CHAT_SERVER}


# --- discover --------------------------------------------------------------------------------------------------------


@given(estate=estates())
def test_every_chat_server_that_is_reached_is_found_once_with_its_backup_and_no_other(estate: Estate) -> None:
    reached = connected(estate)
    backups = {estate[dbid].backup for dbid in reached} & set(estate)
    found = [server.application.dbid for server in discover(estate[ROOT], estate).chat_servers]
    assert sorted(found) == sorted(reached | backups)


@given(estate=estates(), numbers=st.sets(st.integers(2, 10)))
def test_upwards_from_chat_servers_are_those_that_reach_them(estate: Estate, numbers: set[int]) -> None:
    clients = clients_of(estate)
    servers = {dbid for dbid in map(str, numbers) if dbid in estate and estate[dbid].subtype == CHAT_SERVER}
    reached = {
        dbid: {server.application.dbid for server in discover(application, estate, clients).chat_servers}
        for dbid, application in estate.items()
    }
    found = leading_to(servers, estate, clients)
    assert found - servers == {dbid for dbid in estate.keys() - servers if reached[dbid] & servers}
    assert elsewhere(servers, estate, clients) == {
        dbid for dbid, item in estate.items() if not may_reach(item, estate, clients, servers)
    }


@given(estate=estates())
def test_every_chat_server_tells_how_it_was_found(estate: Estate) -> None:
    topology = discover(estate[ROOT], estate)
    clusters = {item.name: item for item in (topology.cluster, *(cluster for cluster, _depth in topology.clusters))}
    servers = {server.application.name: server.application for server in topology.chat_servers}
    for name, origin in origins(topology).items():
        server = servers[name]
        if origin == "direct":
            assert server.dbid in topology.cluster.connected_to
        elif origin.startswith("via "):
            assert server.dbid in clusters[origin.removeprefix("via ")].connected_to
        elif origin.startswith("member of "):
            assert clusters[origin.removeprefix("member of ")].dbid in server.connected_to
        else:
            assert servers[origin.removeprefix("backup of ")].backup == server.dbid
            assert server.dbid not in connected(estate)


@given(estate=estates())
def test_every_dbid_that_leads_nowhere_is_told_with_who_holds_it(estate: Estate) -> None:
    topology = discover(estate[ROOT], estate)
    groups = {topology.cluster.dbid, *(cluster.dbid for cluster, _depth in topology.clusters)}
    primaries = {dbid for dbid in connected(estate) if estate[dbid].backup == NOWHERE}
    expected = {dbid for dbid in groups if NOWHERE in estate[dbid].connected_to} | primaries
    assert {(holder.dbid, dbid) for holder, dbid in topology.dangling} == {(dbid, NOWHERE) for dbid in expected}


def test_servers_in_every_position_are_found_together() -> None:
    topology = found_in(
        raw_cluster("1", "WE", ["10", "2", "50"]),
        raw_cluster("2", "Chats", ["11", "3"]),
        raw_cluster("3", "More_Chats", ["12", "1", "3"]),
        raw_cluster("4", "Of_Others", ["21"]),
        raw_application("10", "Chat_A", backupserverdbid="20"),
        raw_application("11", "Chat_B", backupserverdbid="12"),
        raw_application("12", "Chat_C", backupserverdbid="404"),
        raw_application("13", "Chat_D", connections=["2"]),
        raw_application("14", "Chat_E", connections=["1"]),
        raw_application("20", "Chat_A_B"),
        raw_application("21", "Chat_Elsewhere", connections=["4", "10"]),
        raw_application("50", "Stat_A", "CFGStatServer", connections=["21"]),
        raw_application("60", "Node_A", "CFGGenericServer", connections=["1", "21"]),
    )
    assert origins(topology) == {
        "Chat_A": "direct",
        "Chat_B": "via Chats",
        "Chat_C": "via More_Chats",
        "Chat_D": "member of Chats",
        "Chat_E": "member of WE",
        "Chat_A_B": "backup of Chat_A",
    }
    assert [(item.name, depth) for item, depth in topology.clusters] == [("Chats", 1), ("More_Chats", 2)]
    assert [item.name for item in topology.others] == ["Stat_A"]
    assert "Node_A" in [item.name for item in topology.nodes]
    assert CHAT_SERVER not in [item.subtype for item in topology.nodes]
    assert [(item.name, dbid) for item, dbid in topology.dangling] == [("Chat_C", "404")]


def test_a_chat_server_remembers_who_leads_to_it() -> None:
    topology = found_in(
        raw_cluster("1", "WE", ["2"]),
        raw_cluster("2", "Chats", ["10"]),
        raw_application("10", "Chat_A", backupserverdbid="11"),
        raw_application("11", "Chat_A_B"),
    )
    server, backup = topology.chat_servers
    assert (server.holder and server.holder.name, server.primary) == ("Chats", None)
    assert (backup.holder, backup.primary and backup.primary.name) == (None, "Chat_A")


def test_the_shortest_way_to_a_chat_server_counts() -> None:
    chats, server = raw_cluster("2", "Chats", ["10"]), raw_application("10", "Chat_A", connections=["1"])
    assert origins(found_in(raw_cluster("1", "WE", ["2", "10"]), chats, server)) == {"Chat_A": "direct"}


def test_servers_that_are_each_others_backup_are_found_once() -> None:
    topology = found_in(
        raw_cluster("1", "WE", ["10"]),
        raw_application("10", "Chat_A", backupserverdbid="11"),
        raw_application("11", "Chat_B", backupserverdbid="10"),
    )
    assert origins(topology) == {"Chat_A": "direct", "Chat_B": "backup of Chat_A"}


def test_a_disabled_chat_server_is_found_too() -> None:
    topology = found_in(raw_cluster("1", "WE", ["10"]), raw_application("10", "Chat_A", state="CFGDisabled"))
    assert origins(topology) == {"Chat_A": "direct"}


# --- explore ---------------------------------------------------------------------------------------------------------


@given(estate=estates())
def test_exploring_from_one_list_finds_what_is_found_knowing_everything(estate: Estate) -> None:
    gax = FakeGax(*(application.raw for application in estate.values()))
    listed = {dbid: item for dbid, item in estate.items() if item.subtype != "CFGStatServer"}
    topology, known = explore(gax, estate[ROOT], listed)
    assert replace(topology, nodes=()) == replace(discover(estate[ROOT], estate), nodes=())
    assert known.items() >= listed.items()
    assert all(times == 1 and dbid not in listed for dbid, times in gax.reads.items())


@given(estate=estates())
def test_exploring_with_nothing_listed_follows_every_connection(estate: Estate) -> None:
    gax = FakeGax(*(application.raw for application in estate.values()))
    topology, known = explore(gax, estate[ROOT], {})
    assert topology == discover(estate[ROOT], known)
    assert {dbid for _holder, dbid in topology.dangling} <= {NOWHERE}


def test_the_list_holds_the_applications_that_gax_gives() -> None:
    raws = [raw_cluster("1", "WE"), raw_application("10", "Chat_A"), raw_application("11", "X", "CFGSomethingNew")]
    assert {dbid: item.name for dbid, item in read_estate(FakeGax(*raws)).items()} == {
        "1": "WE",
        "10": "Chat_A",
        "11": "X",
    }


# --- clusters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize(
    ("subtype", "words"),
    [
        (CHAT_SERVER, "of type Chat Server"),
        ("CFGContactServer", "of type Contact Server"),
        ("CFGInteractionServer", "of type Interaction Server"),
        ("CFGStatServer", "of type Stat Server"),
        ("CFGMessageServer", "of type Message Server"),
        ("CFGTServer", "of type T Server"),
        ("CFGDBServer", "of type DB Server"),
        ("CFGSCS", "of type SCS"),
    ],
)
def test_what_is_certainly_something_else_is_no_cluster(subtype: str, words: str, allowed: bool) -> None:
    with pytest.raises(BadInput, match=rf"^cluster: application 'X' is {words}; name the Web Engagement Cluster"):
        check_is_cluster(Application(raw_application("10", "X", subtype)), "cluster", allowed)


@pytest.mark.parametrize("subtype", ["CFGGenericServer", "CFGThirdPartyServer", "CFGNobodyKnowsIt", ""])
def test_another_type_is_a_cluster_only_for_those_who_say_so(subtype: str) -> None:
    application = Application(raw_application("1", "WE", subtype))
    with pytest.raises(BadInput, match=r"set allow_unknown_cluster \(chat_channel_allow_unknown_cluster\) to true\.$"):
        check_is_cluster(application, "cluster")
    check_is_cluster(application, "cluster", allow_unknown=True)


@pytest.mark.parametrize(
    ("version", "supported"),
    [
        ("8.1.200.39", False),
        ("8.4", False),
        ("7", False),
        ("8.5", True),
        ("8.5.000.33", True),
        ("9.0.1", True),
        ("", True),
    ],
)
def test_releases_before_8_5_are_refused(version: str, supported: bool) -> None:
    application = Application(raw_cluster("1", "WE", version=version))
    if supported:
        check_is_cluster(application, "cluster")
        return
    with pytest.raises(BadInput, match=rf"^cluster: application 'WE' is of release {version}, .* 8\.5 and later"):
        check_is_cluster(application, "cluster", allow_unknown=True)


def test_servers_that_chat_servers_connect_to_group_nothing() -> None:
    """A Chat Server is connected to Contact Server and Interaction Server: that makes neither of them its cluster."""
    server = Application(raw_application("1", "Generic", "CFGGenericServer"))
    chat = Application(raw_application("10", "Chat_A", connections=["1"]))
    assert discover(server, {"1": server, "10": chat}).chat_servers == ()


@pytest.mark.parametrize("primary_connected", [True, False])
def test_a_backup_that_somebody_connects_to_stays_a_backup(primary_connected: bool) -> None:
    cluster = Application(raw_cluster("1", "WE", ["11", *(["10"] if primary_connected else [])]))
    primary = Application(raw_application("10", "Chat_A", backupserverdbid="11"))
    backup = Application(raw_application("11", "Chat_A_B"))
    found = discover(cluster, {"1": cluster, "10": primary, "11": backup}).chat_servers
    assert [(item.application.name, item.primary.name if item.primary else None, item.origin) for item in found] == [
        ("Chat_A_B", "Chat_A", "direct"),
        *([("Chat_A", None, "direct")] if primary_connected else []),
    ]


# --- contact servers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("UCS", None),
        ("UCS_Nine", None),
        ("UCS_Holder", None),
        ("Stat", "application 'Stat' is of type Stat Server"),
        ("DAP", "application 'DAP' is of type Database Access Point"),
        ("Hollow", "Application Cluster 'Hollow' is not connected to a Universal Contact Server"),
    ],
)
def test_only_what_reaches_a_contact_server_is_one(name: str, problem: str | None) -> None:
    raws = [
        raw_application("1", "UCS", CONTACT_SERVER, connections=["2"]),
        raw_cluster("2", "UCS_Nine"),
        raw_cluster("3", "UCS_Holder", ["1"]),
        raw_application("4", "Stat", "CFGStatServer"),
        raw_application("5", "DAP", "CFGDatabaseAccessPoint"),
        raw_cluster("6", "Hollow"),
    ]
    estate = {raw["dbid"]: Application(raw) for raw in raws}
    [server] = [item for item in estate.values() if item.name == name]
    if problem is None:
        check_is_contact_server(server, estate, "contact_server")
        return
    with pytest.raises(BadInput, match=f"^contact_server: {problem}; name a Universal Contact Server"):
        check_is_contact_server(server, estate, "contact_server")


def test_a_reference_to_nothing_is_not_dangling() -> None:
    cluster = Application(raw_cluster("1", "WE", connections=["0", ""]))
    assert discover(cluster, {"1": cluster}).dangling == ()


def test_an_application_cluster_that_is_connected_back_is_no_node() -> None:
    cluster = Application(raw_cluster("1", "WE", connections=["2"]))
    back = Application(raw_cluster("2", "Back", connections=["1"]))
    assert discover(cluster, {"1": cluster, "2": back}).nodes == ()
