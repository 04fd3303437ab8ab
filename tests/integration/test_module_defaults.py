# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a play says by `module_defaults` reaches the modules that it names, and no others; short names work too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    NAMESPACE,
    PASSWORD,
    USER,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

MAIN = {"chat_channel_cluster": "GWE_Cluster_Main"}
DR = {"cluster": "GWE_Cluster_DR", "queue": "Webengagement_Chat"}
ROLE = {"name": f"{NAMESPACE}.chat_channel"}


class TestDefaults:
    """One play: connection by group, options of one module by its name, short names through `collections`."""

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, demo: Estate, play: Player) -> Run:
        own = {**DR, "contact_server": "UCS"}
        defaults = {f"{NAMESPACE}.chat_channel": own, f"{NAMESPACE}.application_info": {"names": ["ChatServer_1"]}}
        with simulator(demo) as sim:
            whole = {
                "name": "Defaults",
                "hosts": "localhost",
                "gather_facts": False,
                "collections": [NAMESPACE],
                "module_defaults": {f"group/{NAMESPACE}.gax": connection(sim), **defaults},
                "tasks": [
                    {"name": "full", f"{NAMESPACE}.application_info": {}},
                    {"name": "short", "application_info": {}},
                    {"name": "another", f"{NAMESPACE}.chat_channel_info": {"cluster": "GWE_Cluster_Main"}},
                    {"name": "own", f"{NAMESPACE}.chat_channel": {}, "check_mode": True},
                    {
                        "name": "Role",
                        "ansible.builtin.include_role": ROLE,
                        "vars": {"chat_channel_cluster": "GWE_Cluster_Main"},
                    },
                ],
            }
            # Of another account, so that it is seen who had his way.
            return play(sim, [whole], env={"GAX_URL": sim.url, "GAX_USERNAME": "default", "GAX_PASSWORD": "wrong"})

    def test_the_defaults_of_one_module_are_not_those_of_another(self, run: Run) -> None:
        run.assert_success()
        assert [item["name"] for item in run.task("full").result["applications"]] == ["ChatServer_1"]
        assert run.task("another").result["cluster"]["name"] == "GWE_Cluster_Main"
        assert run.task("own").result["cluster"] == "GWE_Cluster_DR"

    def test_short_names_get_them_too(self, run: Run) -> None:
        assert run.task("short").result["applications"] == run.task("full").result["applications"]

    def test_the_connection_of_the_play_counts_in_the_role(self, run: Run) -> None:
        assert run.facts("localhost")["chat_channel_result"]["cluster"] == "GWE_Cluster_Main"
        assert run.facts("localhost")["chat_channel_result"]["changed"]

    def test_what_the_variables_leave_out_the_play_does_not_fill_in_for_the_role(self, run: Run) -> None:
        own, role = (
            run.task(name).result
            for name in ("own", "Configure the Chat Servers and the cluster as the inventory says")
        )
        assert own["invocation"]["module_args"]["contact_server"] == "UCS"
        assert role["invocation"]["module_args"]["contact_server"] is None


def test_a_variable_that_is_left_out_in_the_end_counts_as_not_set(demo: Estate, play: Player) -> None:
    omitted = "{{ nothing_like_it | default(omit) }}"
    with simulator(demo) as sim:
        # Up to core 2.18, Ansible's own check of the role's variables refuses this for numbers.
        left_out = dict.fromkeys(["gax_proxy", "chat_channel_tenant", "chat_channel_contact_server"], omitted)
        hosts = {"main": {**MAIN, **connection(sim), **left_out}}
        run = play(sim, f"{NAMESPACE}.configure", hosts)
        run.assert_success()
        assert run.facts("main")["chat_channel_result"]["tenant"] == "Resources"


@pytest.mark.parametrize("where", ["gax_url", "gax_username", "gax_password"])
def test_a_variable_that_is_not_defined_is_an_error(demo: Estate, play: Player, where: str) -> None:
    """Otherwise the environment, with another GAX, would be taken without a word."""
    with simulator(demo) as sim:
        hosts = {"main": {"chat_channel_cluster": "GWE_Cluster_Main", **connection(sim), where: "{{ gax_prodd }}"}}
        env = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}
        run = play(sim, f"{NAMESPACE}.configure", hosts, env=env)
        assert run.rc != 0
        assert "gax_prodd" in run.output
        assert sim.journal == []
        assert sim.log == []


def test_tasks_of_the_user_between_batches_get_no_variables_of_the_role(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    """They may look at another cluster, and say so; what they leave out is not filled in for them."""
    look = {"name": "look", f"{NAMESPACE}.chat_channel_info": {"cluster": "GWE_Cluster_DR"}, "register": "dr"}
    plan = {"name": "plan", f"{NAMESPACE}.chat_channel": DR, "check_mode": True}
    file = tmp_path / "tasks.yml"
    file.write_text(json.dumps([look, plan]), encoding="utf-8")
    with simulator(demo) as sim:
        files = dict.fromkeys(("chat_channel_after_batch_tasks", "chat_channel_restart_tasks"), str(file))
        steps = {**files, "chat_channel_endpoint": "proactive"}
        run = play(sim, f"{NAMESPACE}.configure", {"main": {**MAIN, **steps, **connection(sim)}})
        run.assert_success()
        looks = [item for item in run.tasks("look") if item.status != "skipped"]
        assert looks
        assert {item.result["cluster"]["name"] for item in looks} == {"GWE_Cluster_DR"}
        assert {item.result["endpoint"] for item in looks} == {"webme"}
        plans = [item.result["invocation"]["module_args"] for item in run.tasks("plan") if item.status != "skipped"]
        assert {plan["restarts"] for plan in plans} == {False}
