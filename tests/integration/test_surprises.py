# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Others change the estate while a run is under way, or something ends the run: no chat is lost, and it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.client import Gax
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import Account
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.lock import only_one
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    KEY,
    MAIN,
    QUEUE,
    SERVERS,
    added,
    endpoints,
    in_use,
    options_of,
    order_of,
    sharing,
    watch,
    when_written,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    SHARED,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.reliability.harness import delete
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

WIDE = {"wide": {"chat_channel_cluster": "GWE_Cluster_Wide"}}
BATCHES = {"chat_channel_batch_size": 1}
RESTART = "Restart the Web Engagement nodes, one by one, to apply queueKey, webengagementChatQueue."
RENAME = {
    "chat_channel_endpoint": "proactive",
    "chat_channel_previous_endpoint": "webme",
    "chat_channel_nodes_restarted": True,
}


def pointing(estate: Estate) -> None:
    """Let cluster Narrow, which shares two Chat Servers with cluster Wide, use their endpoint."""
    estate.edit("GWE_Cluster_Narrow", "chat", "queueKey", KEY)
    estate.edit("GWE_Cluster_Narrow", "chat", "webengagementChatQueue", QUEUE)


def wide_in_use(demo: Estate) -> Estate:
    """Return an estate in which cluster Wide uses its Chat Servers, and cluster Narrow does not yet."""
    estate = sharing(demo)
    for server in ("ChatServer_1", "ChatServer_2", "ChatServer_DR_A"):
        estate.edit(server, "endpoints:101", "webme", QUEUE)
    estate.edit("GWE_Cluster_Wide", "chat", "queueKey", KEY)
    estate.edit("GWE_Cluster_Wide", "chat", "webengagementChatQueue", QUEUE)
    return estate


@pytest.mark.parametrize(("playbook", "given"), [(RETIRE, {}), (RETIRE, BATCHES), (CONFIGURE, RENAME)])
def test_an_endpoint_that_somebody_begins_to_use_is_not_removed(
    demo: Estate, play: Player, playbook: str, given: dict[str, Any]
) -> None:
    with simulator(wide_in_use(demo)) as sim:
        broken = watch(sim)
        when_written(sim, "GWE_Cluster_Wide", pointing)
        run = play(sim, playbook, WIDE, {**connection(sim), **given})
        assert run.rc != 0
        report = run.report("wide")
        assert report[0].startswith("Nothing is changed: ")
        assert "GWE_Cluster_Narrow" in report[1]
        run.assert_clean()
        assert broken == []
        assert [endpoints(sim, name)["webme"] for name in ("ChatServer_1", "ChatServer_2")] == [QUEUE, QUEUE]
        assert sim.options("GWE_Cluster_Wide")["chat"]["queueKey"] == KEY
        assert sim.options("GWE_Cluster_Narrow")["chat"]["queueKey"] == KEY


def test_a_roll_back_leaves_what_somebody_uses_meanwhile_and_names_it(demo: Estate, play: Player) -> None:
    with simulator(sharing(demo), deny_write=["GWE_Cluster_Wide"]) as sim:
        broken = watch(sim)
        servers = {"ChatServer_1", "ChatServer_2"}

        def once_both_are_there(estate: Estate, _entry: Any) -> None:
            if all("webme" in estate.options(name).get("endpoints:101", {}) for name in servers):
                pointing(estate)

        sim.on_write(once_both_are_there)
        run = play(sim, CONFIGURE, WIDE, {**connection(sim), "gax_concurrency": 1})
        assert broken == []
        assert [endpoints(sim, name).get("webme") for name in (*sorted(servers), "ChatServer_DR_A")] == [
            QUEUE,
            QUEUE,
            None,
        ]
        report = run.report("wide")
        assert report[0] == "2 applications are changed, 2 are rolled back, 1 is unchanged."
        assert report[1] == "Changed: ChatServer_1, ChatServer_2."
        assert all("GWE_Cluster_Narrow" in line for line in report if line.startswith("Not rolled back"))
        assert "restore" in report[-1]
        run.assert_clean()


def test_a_chat_server_whose_endpoints_another_run_holds_hinders_no_other_roll_back(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        other = Gax(HttpSettings((f"{sim.url}/gax",)), Account("other", "secret"))
        held = f"endpoints of {sim.app('ChatServer_2')['dbid']}"
        with only_one(other, held, "Chat Server 'ChatServer_2'"):
            run = play(sim, CONFIGURE, MAIN, {**connection(sim), "gax_timeout": 1})
        assert run.rc != 0
        assert [endpoints(sim, name).get("webme") for name in SERVERS["main"]] == [None, QUEUE, None]
        report = run.report("main")
        assert report[:3] == [
            "1 application is changed, 2 are rolled back, 1 is unchanged.",
            "Changed: ChatServer_2.",
            "Not rolled back, application 'ChatServer_2': the cause is the same.",
        ]
        assert report[3].startswith(
            "Cause, application 'GWE_Cluster_Main': Chat Server 'ChatServer_2' is held by process"
        )
        assert "restore" in report[-1]
        play(sim, CONFIGURE, MAIN, connection(sim)).assert_success()


def test_what_somebody_changes_between_two_batches_stays_and_stops_the_run(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        changed = ("ChatServer_1", "endpoints:101", "webme", "Chat_VIP")
        when_written(sim, "ChatServer_2", lambda estate: estate.edit(*changed))
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **BATCHES})
        assert run.rc != 0
        assert [endpoints(sim, name).get("webme") for name in SERVERS["main"]] == ["Chat_VIP", None, None]
        report = run.report("main")
        assert report[:2] == [
            "1 application is overwritten, 1 is rolled back.",
            "Overwritten: ChatServer_1.",
        ]
        assert "from 'Webengagement_Chat' to 'Chat_VIP' during this run. Agree on the value." in report[2]
        assert report[-1].startswith("Next: fix the cause, then run the same command again, or undo this run: ")
        play(sim, CONFIGURE, MAIN, {**connection(sim), **BATCHES}).assert_success()
        assert endpoints(sim, "ChatServer_1")["webme"] == QUEUE


@pytest.mark.parametrize("what", ["renamed", "deleted"])
def test_what_is_gone_hinders_no_other_roll_back(demo: Estate, play: Player, what: str) -> None:
    def disturb(estate: Estate) -> None:
        server = estate.app("ChatServer_DR_A")
        if what == "renamed":
            estate.put({**server, "name": "ChatServer_Renamed"})
            return
        delete(estate, server["name"])

    with simulator(demo, deny_write=["ChatServer_DR_B_Backup"]) as sim:
        when_written(sim, "ChatServer_DR_B", disturb)
        run = play(sim, CONFIGURE, DR, {**connection(sim), **BATCHES})
        assert run.rc != 0
        assert "webme" not in endpoints(sim, "ChatServer_DR_B")
        assert "chat" not in sim.options("GWE_Cluster_DR") or "queueKey" not in sim.options("GWE_Cluster_DR")["chat"]
        report = run.report("dr")
        if what == "renamed":  # the DBID says which it is
            assert report[0] == "Nothing is changed: all 3 applications are rolled back."
            assert "webme" not in endpoints(sim, "ChatServer_Renamed")
        else:
            assert report[0] == "1 application is rolled back, 1 is unchanged, 1 is unknown: ChatServer_DR_A."
            assert "Not rolled back, application 'ChatServer_DR_A': it can no longer be found." in report
        run.assert_clean()


def test_only_remove_in_use_removes_what_is_in_use(demo: Estate, play: Player) -> None:
    before = in_use(demo)
    before.edit("CoBrowse_Cluster", "chat", "queueKey", KEY)
    with simulator(before) as sim:
        never = play(sim, RETIRE, MAIN, {**connection(sim), "chat_channel_fail_on": "never"})
        assert never.rc != 0
        assert sim.journal == []
        assert options_of(sim.estate) == options_of(before)
        assert "CoBrowse_Cluster" in "\n".join(never.report("main"))


def test_a_state_that_was_broken_before_is_what_a_roll_back_returns_to(demo: Estate, play: Player) -> None:
    before = in_use(demo)
    before.edit("ChatServer_DR_B", "endpoints:101", "webme", None)
    with simulator(before, deny_write=["ChatServer_DR_B_Backup"]) as sim:
        broken = watch(sim)
        run = play(sim, RETIRE, DR, {**connection(sim), **BATCHES})
        assert run.rc != 0
        assert run.report("dr")[0].startswith("Nothing is changed: ")
        assert options_of(sim.estate) == options_of(before)
        assert broken == []


@pytest.mark.parametrize("how", ["deleted", "hidden"])
def test_a_chat_server_that_is_gone_at_the_end_is_not_said_to_be_configured(
    demo: Estate, play: Player, how: str
) -> None:
    with simulator(demo) as sim:
        gone = "ChatServer_2"
        disturb = {"deleted": lambda estate: delete(estate, gone), "hidden": lambda _estate: sim.set(hidden=[gone])}
        when_written(sim, "GWE_Cluster_Main", disturb[how])
        run = play(sim, CONFIGURE, MAIN, connection(sim))
        assert run.rc != 0
        report = run.report("main")
        assert report[:2] == [
            f"3 applications are changed, 1 is unknown: {gone}.",
            "Changed: ChatServer_1, ChatServer_3, GWE_Cluster_Main.",
        ]
        cause = f"Cause, application '{gone}': it was deleted during this run, or this account cannot read it any more."
        assert cause in report
        assert RESTART in report
        run.assert_clean()
        sim.set(hidden=[])
        play(sim, CONFIGURE, MAIN, connection(sim)).assert_success()


def test_in_batches_one_that_is_gone_is_not_counted(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        when_written(sim, "GWE_Cluster_Main", lambda estate: delete(estate, "ChatServer_2"))
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **BATCHES})
        run.assert_success()
        assert run.report("main")[0] == "GWE_Cluster_Main: queueKey 101:webme, 2 Chat Servers, 3 applications changed."


@pytest.mark.parametrize("size", [0, 2])
def test_a_chat_server_that_is_added_during_the_run_is_found(demo: Estate, play: Player, size: int) -> None:
    before = demo.copy()
    with simulator(before) as sim:
        when_written(sim, "ChatServer_3", added("ChatServer_4", "ChatServer_DR_A", "ChatServer_Cluster"))
        variables = {**connection(sim), "chat_channel_batch_size": size}
        run = play(sim, CONFIGURE, MAIN, variables)
        servers = [*SERVERS["main"], "ChatServer_4"]
        if size:  # the last look finds it, and it is configured as well
            run.assert_success()
            assert run.facts("main")["chat_channel_result"]["chat_servers"] == servers
        else:  # one call: what was changed is right, and it says what is missing
            assert run.rc != 0
            report = run.report("main")
            assert report[0] == "4 applications are changed."
            assert "Cause, application 'ChatServer_4': it was added during this run" in report[2]
            assert RESTART in report
            assert report[-1] == "Next: run the same command again; it makes the changes that are still missing."
            play(sim, CONFIGURE, MAIN, variables).assert_success()
        assert [endpoints(sim, name)["webme"] for name in servers] == [QUEUE] * 4
        assert order_of(sim.journal).count("GWE_Cluster_Main") == 1


def test_a_fault_of_another_cluster_is_no_loss_when_that_cluster_joins_during_the_run(
    demo: Estate, play: Player
) -> None:
    def join(estate: Estate) -> None:
        other, server = estate.named("GWE_Cluster_DR"), estate.named("ChatServer_1")
        held = [*other["appservers"]["conninfo"], {"appserverdbid": server["dbid"], "id": "webapi"}]
        estate.put({**other, "appservers": {"conninfo": held}})

    before = demo.copy()
    before.edit("GWE_Cluster_DR", "chat", "queueKey", KEY)  # which its Chat Servers do not have
    with simulator(before) as sim:
        when_written(sim, "ChatServer_3", join)
        run = play(sim, CONFIGURE, MAIN, connection(sim))
        run.assert_success()
        assert {endpoints(sim, name)["webme"] for name in SERVERS["main"]} == {QUEUE}


def test_what_stays_changed_names_its_restart_when_the_last_look_fails(demo: Estate, play: Player) -> None:
    # The run after it finds nothing to do, so that it does not say so any more.
    with simulator(demo) as sim:
        fault = {"kind": "status", "status": 502, "methods": ["GET"], "path": "objects\\?"}
        when_written(sim, "GWE_Cluster_Main", lambda _estate: sim.set(faults=[fault]))
        report = play(sim, CONFIGURE, MAIN, connection(sim)).report("main")
        assert report[0] == "4 applications are changed."
        assert RESTART in report


def test_what_stays_changed_names_its_restart_when_the_restart_fails(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    (tmp_path / "restart.yml").write_text("- ansible.builtin.fail: {msg: node 1 does not start}\n", encoding="utf-8")
    tasks = {"chat_channel_restart_tasks": str(tmp_path / "restart.yml"), "chat_channel_on_failure": "keep"}
    with simulator(demo) as sim:
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **tasks})
        assert run.report("main")[0] == "4 applications are changed."
        assert RESTART in run.report("main")
        required = run.facts("main")["chat_channel_restart_required"]
        assert {entry["option"] for entry in required} == {"chat/queueKey", "chat/webengagementChatQueue"}
        assert run.stats["main"]["changed"] > 0


@SHARED
def test_hosts_that_want_different_things_of_one_object_are_refused(demo: Estate, play: Player) -> None:
    shared = {
        "wide": {"chat_channel_cluster": "GWE_Cluster_Wide"},
        "narrow": {"chat_channel_cluster": "GWE_Cluster_Narrow", "chat_channel_queue": "Chat_VIP"},
        # The Chat Servers of this one are shared with nobody.
        "twice": {"chat_channel_cluster": "GWE_Cluster_Direct"},
        "again": {"chat_channel_cluster": "GWE_Cluster_Direct"},
    }
    with simulator(sharing(demo)) as sim:
        run = play(sim, CONFIGURE, shared, connection(sim))
        for pair, words in (
            (("wide", "narrow"), ("can have only one queue", QUEUE, "Chat_VIP", "chat_channel_endpoint")),
            (("twice", "again"), ("both name the cluster GWE_Cluster_Direct", "again", "twice")),
        ):
            (refused,) = [host for host in pair if run.stats[host]["failures"]]
            report = "\n".join(run.report(refused))
            assert report.startswith("Nothing is changed.\nCause: ")
            assert [word for word in words if word not in report] == []
        assert len(order_of(sim.journal)) == len(set(order_of(sim.journal)))
        run.assert_clean()
