# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong in the field: a wrong target, users that nobody thinks of, applications that are hidden."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    KEY,
    MAIN,
    QUEUE,
    endpoints,
    in_use,
    with_cluster,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    call,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

AUDIT = "genesys_ops.engage.audit"


def host(cluster: str, **more: Any) -> dict[str, Any]:
    return {"main": {"chat_channel_cluster": cluster, **{f"chat_channel_{key}": value for key, value in more.items()}}}


def of_type(estate: Estate, name: str, subtype: str, **more: Any) -> Estate:
    """Return an estate with one more application, of any type, that serves tenant Resources."""
    grown = with_cluster(estate, name, "")
    raw = {**grown.app(name), "subtype": subtype, **more}
    grown.put(raw)
    return grown


def connected(raw: dict[str, Any], *dbids: str) -> dict[str, Any]:
    """Return an application with connections to these and no others."""
    template = {"id": "default", "connprotocol": "addp", "timoutlocal": "10", "timoutremote": "10", "mode": "CFGTMBoth"}
    return {**raw, "appservers": {"conninfo": [{**template, "appserverdbid": dbid} for dbid in dbids]}}


def with_option(estate: Estate, name: str, section: str, key: str, value: str) -> Estate:
    estate = estate.copy()
    estate.edit(name, section, key, value)
    return estate


@pytest.mark.parametrize(
    ("hosts", "words"),
    [
        (host("UCS"), "application 'UCS' is of type Contact Server; name the Web Engagement Cluster"),
        (
            host("InteractionServer"),
            "'InteractionServer' is of type Interaction Server; name the Web Engagement",
        ),
        (
            host("GMS_Node_1"),
            "'GMS_Node_1' is of type Generic Server; a Web Engagement Cluster is of type App",
        ),
        (
            host("GWE_Cluster_Main", contact_server="StatServer"),
            "'StatServer' is of type Stat Server; name a Univ",
        ),
        (host("GWE_Cluster_Main", contact_server="GMS_Node_1"), "'GMS_Node_1' is of type Generic Server; name a"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_target_of_the_wrong_type_is_refused_before_anything_is_written(
    hosts: dict[str, Any], words: str, demo: Estate, play: Player
) -> None:
    estate = demo
    known = {app["name"]: app["subtype"] for app in demo.all("CfgApplication")}
    for name, subtype in (("UCS", "CFGContactServer"), ("InteractionServer", "CFGInteractionServer")):
        if name not in known:
            estate = of_type(estate, name, subtype)
    if "StatServer" not in known:
        estate = of_type(estate, "StatServer", "CFGStatServer")
    with simulator(estate, forbid_writes=True) as sim:
        run = play(sim, CONFIGURE, hosts, connection(sim))
        assert run.rc == 2
        assert words in " ".join(run.stdout.split())
        assert sim.violations == []


def test_a_release_that_keeps_its_options_elsewhere_is_refused(demo: Estate, play: Player) -> None:
    estate = demo.copy()
    estate.put({**estate.app("GWE_Cluster_Main"), "version": "8.1.200.39"})
    with simulator(estate, forbid_writes=True) as sim:
        run = play(sim, CONFIGURE, MAIN, connection(sim))
        assert run.rc == 2
        assert "'GWE_Cluster_Main' is of release 8.1.200.39" in " ".join(run.stdout.split())


def test_an_expert_may_say_that_another_type_is_a_cluster(demo: Estate, play: Player) -> None:
    estate = demo.copy()
    estate.put({**estate.app("GWE_Cluster_Main"), "subtype": "CFGGenericServer"})
    with simulator(estate) as sim:
        hosts = host("GWE_Cluster_Main", allow_unknown_cluster=True)
        play(sim, CONFIGURE, hosts, connection(sim)).assert_success()
        assert sim.options("GWE_Cluster_Main")["chat"]["queueKey"] == KEY
        assert endpoints(sim, "ChatServer_1")["webme"] == QUEUE


@pytest.mark.parametrize("subtype", ["CFGGenericServer", "CFGThirdPartyServer"])
@pytest.mark.parametrize("mode", ["first run", "check", "one Chat Server"])
def test_a_node_of_such_a_release_is_refused_by_every_run_that_changes_something(
    mode: str, subtype: str, demo: Estate, play: Player
) -> None:
    estate = of_type(in_use(demo) if mode == "one Chat Server" else demo, "WE_Old", subtype, version="8.1.300.15")
    estate.put(connected(estate.app("WE_Old"), estate.app("GWE_Cluster_Main")["dbid"]))
    estate.edit("ChatServer_2", "endpoints:101", "webme", None)
    with simulator(estate, forbid_writes=True) as sim:
        run = play(sim, CONFIGURE, MAIN, connection(sim), args=["--check"] if mode == "check" else [])
        assert run.rc == 2
        assert "GWE001 WE_Old: This node is of a release" in " ".join(run.stdout.split())
        assert sim.violations == []


def test_a_run_says_what_it_has_not_looked_at(demo: Estate, play: Player) -> None:
    with simulator(in_use(demo)) as sim:
        task = call("chat_channel", cluster="GWE_Cluster_Main", queue=QUEUE, refresh_task_period=2)
        [same, info] = play(sim, [task, call("chat_channel_info", cluster="GWE_Cluster_Main")]).results
        assert not same.changed
        assert same.result["not_looked_at"].startswith("Generic and Third Party Servers, among them nodes")
        assert info.result["not_looked_at"].startswith("Applications of types other than Chat Server")
        gone = {"state": "absent", "queue": QUEUE}
        [retired] = play(sim, [call("chat_channel", cluster="GWE_Cluster_Main", **gone)]).results
        assert retired.changed
        assert retired.result["not_looked_at"] == ""


@pytest.mark.parametrize("allowed", [False, True])
def test_a_chat_server_that_is_hidden_stops_a_run_unless_that_is_allowed(
    allowed: bool, demo: Estate, play: Player
) -> None:
    """The list omits it, and it is answered 404: as if it had been deleted."""
    estate = demo.copy()
    estate.remove("CfgApplication", estate.app("ChatServer_DR_B")["dbid"])
    with simulator(estate) as sim:
        hosts = {"dr": {**HOSTS["dr"], "chat_channel_allow_unreadable": allowed}}
        run = play(sim, CONFIGURE, hosts, connection(sim))
        assert run.rc == (0 if allowed else 2)
        assert "GWE020" in run.stdout
        assert bool(sim.journal) is allowed


@pytest.mark.parametrize("hidden", ["ChatServer_DR_B", "ChatServer_DR_A_Backup", "ChatServer_Cluster_DR"])
def test_it_stops_a_retirement_which_would_leave_the_endpoint_there(hidden: str, demo: Estate, play: Player) -> None:
    with simulator(in_use(demo), hidden=[hidden], forbid_writes=True) as sim:
        run = play(sim, RETIRE, DR, connection(sim))
        assert run.rc == 2
        assert "GWE020" in run.stdout
        assert sim.violations == []


@pytest.mark.parametrize(
    ("subtype", "section", "key", "value"),
    [
        ("CFGGenericServer", "chat.customer-support", "endpoint", "Resources:webme"),
        ("CFGThirdPartyServer", "chat", "queueKey", "101:webme"),
        ("CFGWebAPIServer", "whatever", "else", "101:webme"),
    ],
)
def test_whoever_names_the_endpoint_stops_its_removal_whatever_type_it_is_of(
    subtype: str, section: str, key: str, value: str, demo: Estate, play: Player
) -> None:
    estate = with_option(of_type(in_use(demo), "Somebody", subtype), "Somebody", section, key, value)
    with simulator(estate, forbid_writes=True) as sim:
        run = play(sim, RETIRE, MAIN, connection(sim))
        assert run.rc == 2
        assert f"GWE018 Somebody: Option {section}/{key} uses endpoint 'webme'" in " ".join(run.stdout.split())
        assert sim.violations == []


@pytest.mark.parametrize("subtype", ["CFGGenericServer", "CFGApplicationCluster"])
def test_co_browse_without_chat_is_no_user(subtype: str, demo: Estate, play: Player) -> None:
    """Not even where it is connected to these Chat Servers."""
    estate = of_type(in_use(demo), "Cobrowse", subtype)
    estate.put(connected(estate.app("Cobrowse"), estate.app("ChatServer_Cluster_DR")["dbid"]))
    for key, value in (("queueKey", KEY), ("useChat", "false")):
        estate.edit("Cobrowse", "chat", key, value)
    with simulator(estate) as sim:
        play(sim, RETIRE, DR, connection(sim)).assert_success()
        assert "webme" not in endpoints(sim, "ChatServer_DR_A")


def test_a_queue_that_any_application_names_is_not_deleted(demo: Estate, play: Player) -> None:
    estate = with_option(of_type(demo, "Mail", "CFGEmailServer"), "Mail", "endpoints:101", "in", QUEUE)
    with simulator(estate, forbid_writes=True) as sim:
        task = call("interaction_queue", name=QUEUE, tenant="Resources", state="absent")
        [failure] = play(sim, [task]).failures()
        assert "still in use by" in failure.msg
        assert "Mail [endpoints:101] in" in failure.msg


def test_retiring_can_keep_queue_key_and_its_endpoint(demo: Estate, play: Player) -> None:
    with simulator(in_use(demo)) as sim:
        first = play(sim, RETIRE, DR, connection(sim), args=["--check"])
        assert "GWE025 (warning) GWE_Cluster_DR: queueKey will be removed" in first.stdout
        hosts = {"dr": {**HOSTS["dr"], "chat_channel_keep_queue_key": True}}
        play(sim, RETIRE, hosts, connection(sim)).assert_success()
        assert sim.options("GWE_Cluster_DR")["chat"] == {"queueKey": KEY, "somebodyElses": "1"}
        assert endpoints(sim, "ChatServer_DR_A")["webme"] == QUEUE
        writes = len(sim.journal)
        again = play(sim, RETIRE, hosts, connection(sim))
        again.assert_success()
        assert again.facts("dr")["chat_channel_result"]["queue_key"] == KEY
        assert len(sim.journal) == writes


def test_a_contact_server_is_connected_where_chat_servers_have_backups(demo: Estate, play: Player) -> None:
    """Configuration Server connects the backups, so that their missing connection does not stop the run."""
    estate = demo.copy()
    contact = next(app for app in estate.all("CfgApplication") if app["subtype"] == "CFGContactServer")
    for server in ("ChatServer_DR_A", "ChatServer_DR_A_Backup"):
        raw = estate.app(server)
        held = [item for item in raw["appservers"]["conninfo"] if item["appserverdbid"] != contact["dbid"]]
        estate.put({**raw, "appservers": {"conninfo": held}})
    with simulator(estate) as sim:
        hosts = {
            "dr": {
                **HOSTS["dr"],
                "chat_channel_contact_server": contact["name"],
                "chat_channel_identify_create_contact": 3,
            }
        }
        play(sim, CONFIGURE, hosts, connection(sim)).assert_success()
        connected = [item["appserverdbid"] for item in sim.app("ChatServer_DR_A")["appservers"]["conninfo"]]
        assert contact["dbid"] in connected


def lists_of_applications(sim: Simulator) -> list[str]:
    """Return the filters of every list of applications that was read."""
    return [
        request["query"].get("filters", "all")
        for request in sim.log
        if request["path"].endswith("/cfg/objects") and request["query"].get("type") == "CfgApplication"
        if "name" not in request["query"]
    ]


def test_generic_servers_are_read_only_where_they_matter(demo: Estate, play: Player) -> None:
    """They are most of what a large estate holds, and a run that changes nothing needs none of them."""
    with simulator(in_use(demo)) as sim:
        play(sim, CONFIGURE, DR, connection(sim)).assert_success()
        sim.log.clear()
        play(sim, CONFIGURE, DR, connection(sim)).assert_success()
        assert lists_of_applications(sim)
        assert not any("Generic" in filters or filters == "all" for filters in lists_of_applications(sim))
        sim.log.clear()
        play(sim, AUDIT, DR, connection(sim))
        assert any("Generic" in filters for filters in lists_of_applications(sim))
        sim.log.clear()
        play(sim, RETIRE, DR, connection(sim)).assert_success()
        assert "all" in lists_of_applications(sim)


@pytest.mark.parametrize("backup", ["UCS", "Stat_Server", "GMS_Node_1"])
def test_a_backup_that_is_no_chat_server_gets_no_endpoint(demo: Estate, play: Player, backup: str) -> None:
    estate = demo.copy()
    estate.put({**estate.app("ChatServer_DR_A"), "backupserverdbid": estate.app(backup)["dbid"]})
    with simulator(estate) as sim:
        run = play(sim, CONFIGURE, DR, connection(sim))
        run.assert_success()
        assert f"GWE012 (warning) ChatServer_DR_A: Its backup '{backup}' is of type" in "\n".join(run.report("dr"))
        assert backup not in [write["name"] for write in sim.journal]
