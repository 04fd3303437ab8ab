# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of one play that need different steps: each ends as if it had been alone, whatever the strategy."""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.tests.integration.estates import options_of, watch
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    PASSWORD,
    USER,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.reliability.harness import call
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUEUE, NEW = "Webengagement_Chat", "Chat_New"
WAYS = {
    "linear": ({}, {}),
    "free": ({"ANSIBLE_STRATEGY": "free"}, {}),
    "host_pinned": ({"ANSIBLE_STRATEGY": "host_pinned"}, {}),
    "serial": ({}, {"chat_channel_serial": 2}),
}
RENAME = {"endpoint": "proactive", "previous_endpoint": "webme"}
# Host -> what it asks for, as options of the module. Its cluster is that of the same number.
HOSTS: dict[str, dict[str, Any]] = {
    "retires": {"state": "absent"},
    "in_batches": {"batch_size": 1},
    "renames": RENAME,
    "lacks_the_queue": {"queue": NEW, "create_queue": True, "batch_size": 1},
    "lacks_the_contact_server": {"contact_server": "UCS"},
    "waits_for_the_restart": RENAME,
}


def servers(number: int) -> list[str]:
    return [f"ChatServer_{number}_{index:02}" for index in (1, 2)]


def use(estate: Estate, number: int) -> None:
    """Let the channel of a cluster be in use."""
    for name in servers(number):
        estate.edit(name, "endpoints:1", "webme", QUEUE)
    estate.edit(f"GWE_Cluster_{number}", "chat", "queueKey", "1:webme")
    estate.edit(f"GWE_Cluster_{number}", "chat", "webengagementChatQueue", QUEUE)


def disconnect(estate: Estate, number: int) -> None:
    """Take the connections to Universal Contact Server away from the Chat Servers of a cluster."""
    contact = estate.app("UCS")["dbid"]
    for name in servers(number):
        app = copy.deepcopy(estate.app(name))
        links = app["appservers"]["conninfo"]
        app["appservers"]["conninfo"] = [link for link in links if link["appserverdbid"] != contact]
        estate.put(app)


@pytest.fixture(scope="module")
def start() -> Estate:
    estate = generate(6, 2)
    for number, host in enumerate(HOSTS, 1):
        if host in ("retires", "renames", "waits_for_the_restart"):
            use(estate, number)
    disconnect(estate, list(HOSTS).index("lacks_the_contact_server") + 1)
    return estate


def outcome(estate: Estate) -> dict[str, Any]:
    """Return options, connections and the names of the queues; not their DBIDs."""
    links = {
        app["name"]: sorted(link["appserverdbid"] for link in app.get("appservers", {}).get("conninfo", []))
        for app in estate.all("CfgApplication")
    }
    return {"options": options_of(estate), "links": links, "queues": sorted(q["name"] for q in estate.all("CfgScript"))}


def alone(sim: Simulator, number: int, asked: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Bring one channel to what is asked, in this process."""
    account = {"gax_username": USER, "gax_password": PASSWORD, "gax_timeout": 30.0}
    named = {"cluster": f"GWE_Cluster_{number}", "queue": QUEUE, "run": f"run-{number}"}
    return call(sim, chat_channel, **{**account, **named, **asked, **more})


@pytest.fixture(scope="module")
def expected(start: Estate) -> dict[str, Any]:
    """Return what comes out when each host runs alone."""
    with simulator(start) as sim:
        for number, (host, asked) in enumerate(HOSTS.items(), 1):
            alone(sim, number, {**asked, "nodes_restarted": host == "renames"})
        return outcome(sim.estate)


class TestDifferentSteps:
    @pytest.fixture(scope="class", params=WAYS)
    @classmethod
    def story(
        cls, start: Estate, play: Player, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[tuple[Simulator, list[Any], Run]]:
        folder = tmp_path_factory.mktemp("tasks")
        for name in ("restart", "look"):
            text = json.dumps(
                [{"name": name, "ansible.builtin.debug": {"msg": "{{ chat_channel_batch | default('') }}"}}]
            )
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
        hosts = {}
        for number, (host, asked) in enumerate(HOSTS.items(), 1):
            variables = {f"chat_channel_{name}": value for name, value in asked.items()}
            hosts[host] = {"chat_channel_cluster": f"GWE_Cluster_{number}", **variables}
        hosts["renames"]["chat_channel_after_batch_tasks"] = str(folder / "look.yml")
        hosts["renames"]["chat_channel_restart_tasks"] = str(folder / "restart.yml")
        env, given = WAYS[request.param]
        args = [word for name, value in given.items() for word in ("-e", f"{name}={value}")]
        with simulator(start) as sim:
            broken = watch(sim)
            yield sim, broken, play(sim, CONFIGURE, hosts, connection(sim), env=env, args=args)

    def test_each_host_ends_as_if_alone(self, story: Any, expected: dict[str, Any]) -> None:
        sim, broken, run = story
        assert run.rc == 0, [item.msg for item in run.failures()]
        # What Ansible warns of is the overview at the end: with these strategies each host shows it.
        assert run.output.count("WARNING") == run.output.count("Using run_once with the free strategy")
        assert outcome(sim.estate) == expected
        assert broken == []

    def test_each_application_is_written_as_often_as_it_must(self, story: Any) -> None:
        names = [str(write["name"]) for write in story[0].journal if write["type"] == "CfgApplication"]
        twice = {*servers(list(HOSTS).index("renames") + 1)}
        # A connection and an option of one application are two writes.
        twice |= {*servers(list(HOSTS).index("lacks_the_contact_server") + 1)}
        assert {name: names.count(name) for name in set(names)} == {
            name: 2 if name in twice else 1 for name in set(names)
        }

    def test_the_results_are_those_of_the_host(self, story: Any) -> None:
        run = story[2]
        for number, host in enumerate(HOSTS, 1):
            result = run.facts(host)["chat_channel_result"]
            assert result["cluster"] == f"GWE_Cluster_{number}"
            assert result["chat_servers"] == servers(number)
            assert result["changed"]
            assert {item["name"] for item in result["changes"]} == {*servers(number), f"GWE_Cluster_{number}"}
        looks = [item.result["msg"] for item in run.tasks("look") if item.status == "ok"]
        assert looks == [servers(list(HOSTS).index("renames") + 1)] * 2
        assert len([item for item in run.tasks("restart") if item.status == "ok"]) == 1


# --- generated inventories -------------------------------------------------------------------------------------------

ASKED = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["present", "absent"]),
        "batch_size": st.sampled_from([0, 1]),
        "endpoint": st.sampled_from(["webme", "proactive"]),
        "connection_timeout": st.integers(1, 10),
        "remove_in_use": st.booleans(),
        "on_failure": st.sampled_from(["rollback", "keep"]),
    },
)
CLUSTERS = 3


def test_clusters_of_one_name_are_told_apart_by_their_hosts_whatever_became_of_them(demo: Estate, play: Player) -> None:
    with simulator(demo) as one, simulator(demo) as other:
        other.set(deny_write=["ChatServer_2"])
        named = {"chat_channel_cluster": "GWE_Cluster_Main"}
        hosts = {host: {**named, **connection(sim)} for host, sim in (("production", one), ("staging", other))}
        run = play(None, CONFIGURE, hosts)
        assert run.rc == 2
        changed, failed = run.task("Show all clusters of this play").result["msg"]
        assert changed == "production: GWE_Cluster_Main: 4 applications changed."
        assert failed.startswith("staging: GWE_Cluster_Main: failed. Nothing is changed")


def ended(sim: Simulator, number: int, asked: Mapping[str, Any], folder: Path) -> str:
    """Run one host to its end, in steps where it asks for batches; return how it ended."""
    steps = {"one_step": bool(asked.get("batch_size")), "backup_dir": str(folder)}
    try:
        for _step in range(10):
            result = alone(sim, number, asked, **steps)
            if not result["steps_left"]:
                return str(result["msg"])
    except Exception as problem:  # the message is what is compared
        first = str(problem).splitlines()[0]
        # Chat Servers of one step are written at the same time: which were, when one is refused, is chance.
        return first if steps["one_step"] else re.sub(": [^:]* rolled back", "", first)
    return "it does not end"


@given(st.lists(ASKED, min_size=CLUSTERS, max_size=CLUSTERS), st.sets(st.integers(1, CLUSTERS)), st.integers(0, 9))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_hosts_of_generated_inventories_end_as_if_alone(
    tmp_path_factory: pytest.TempPathFactory, asked: list[dict[str, Any]], in_use: set[int], refused: int
) -> None:
    estate = generate(CLUSTERS, 2)
    for number in in_use:
        use(estate, number)
    names = [name for number in range(1, CLUSTERS + 1) for name in (*servers(number), f"GWE_Cluster_{number}")]
    switches = {"deny_write": names[refused : refused + 1]}
    found = []
    for together in (False, True):
        folder, ends = tmp_path_factory.mktemp("runs"), {}
        with simulator(estate, **switches) as sim:
            broken = watch(sim)

            def work(number: int, sim: Simulator, folder: Path, ends: dict[int, str]) -> None:
                ends[number] = ended(sim, number, asked[number - 1], folder)

            numbers = range(1, CLUSTERS + 1)
            threads = [threading.Thread(target=work, args=(number, sim, folder, ends)) for number in numbers]
            for thread in threads:
                thread.start()
                if not together:
                    thread.join()
            for thread in threads:
                thread.join()
            assert broken == []
            found.append((ends, outcome(sim.estate)))
    assert found[0] == found[1]
