# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keywords and settings of Ansible around the role: roll-back, prediction and summary stay true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    DR,
    HOSTS,
    KEY,
    QUEUE,
    SERVERS,
    endpoints,
    in_use,
    options_of,
    writes_of,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    PASSWORD,
    USER,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

ROLE = f"{NAMESPACE}.chat_channel"
BATCHES = {"chat_channel_batch_size": 1}


def play_with(title: str, hosts: str, *roles: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a play of a user who calls the role, and a task after it."""
    return {
        "name": title,
        "hosts": hosts,
        "gather_facts": False,
        "roles": [{"role": ROLE, **role} for role in roles or ({},)],
        "post_tasks": [{"name": f"After {title}", "ansible.builtin.debug": {"var": "chat_channel_result.changed"}}],
        **keywords,
    }


@pytest.mark.parametrize(("way", "given"), [("keyword", BATCHES), ("keyword", {}), ("environment", BATCHES)])
def test_any_errors_fatal_hinders_no_roll_back(demo: Estate, play: Player, way: str, given: dict[str, Any]) -> None:
    env = {"ANSIBLE_ANY_ERRORS_FATAL": "true"} if way == "environment" else {}
    what = CONFIGURE if env else [play_with("strict", "all", any_errors_fatal=True)]
    with simulator(demo, deny_write=["ChatServer_3"]) as sim:
        run = play(sim, what, HOSTS, {**connection(sim), **given}, env=env)
        assert run.rc != 0
        assert {name: options for name, options in options_of(sim.estate).items() if name in SERVERS["main"]} == {
            name: options for name, options in options_of(demo).items() if name in SERVERS["main"]
        }
        assert run.report("main")[0].startswith("Nothing is changed: ")
        # The other one is either configured to its end, or was rolled back as well.
        found = {endpoints(sim, name).get("webme") for name in SERVERS["dr"]}
        key = sim.options("GWE_Cluster_DR").get("chat", {}).get("queueKey")
        assert (found, key) in (({QUEUE}, KEY), ({None}, None))
        if env:
            assert key == KEY
        run.assert_clean()


@dataclass
class Story:
    """Four plays of one run, each with another keyword, and the estate in between."""

    sim: Simulator
    before: Estate
    run: Run


class TestPlaysOfOneRun:
    """`ignore_errors` on the role, `check_mode` on the play, the role twice on one host, `environment` on the play."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
        file = tmp_path_factory.mktemp("tasks") / "look.yml"
        file.write_text(json.dumps([{"name": "Look", "ansible.builtin.debug": {"msg": "looked"}}]), encoding="utf-8")
        with simulator(demo, deny_write=["ChatServer_3"]) as sim:
            given = connection(sim)
            environment = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}
            says = {
                "ansible.builtin.debug": {"msg": "{{ chat_channel_restart_required | map(attribute='application') }}"}
            }
            plays = [
                play_with("lenient", "main", {"ignore_errors": True, "vars": BATCHES}, vars=given),
                play_with(
                    "rehearsal",
                    "dr",
                    {"vars": {**BATCHES, "chat_channel_after_batch_tasks": str(file)}},
                    vars={**given, "chat_channel_create_queue": True, "chat_channel_queue": "Chat_New"},
                    check_mode=True,
                ),
                play_with(
                    "twice",
                    "dr",
                    {"vars": {"chat_channel_refresh_task_period": 2}},
                    {
                        "vars": {
                            "chat_channel_cluster": "GWE_Cluster_Direct",
                            "chat_channel_refresh_task_period": 2,
                        }
                    },
                    vars=given,
                    handlers=[{"name": "Restart", "listen": "genesys restart required", **says}],
                ),
                play_with("environment", "dr", environment=environment),
            ]
            yield Story(sim, demo, play(sim, plays, HOSTS))

    def test_ignored_errors_are_rolled_back_and_nothing_is_claimed(self, story: Story) -> None:
        sim, run = story.sim, story.run
        assert writes_of(sim.journal)[:2] == ["ChatServer_1", "ChatServer_2"]
        for name in (*SERVERS["main"], "GWE_Cluster_Main"):
            assert sim.options(name) == story.before.options(name)
        assert run.report("main")[0] == "Nothing is changed: both applications are rolled back."
        assert run.task("After lenient").result["chat_channel_result.changed"] is False
        assert run.rc == 0

    def test_check_mode_as_a_keyword_predicts_and_writes_nothing(self, story: Story) -> None:
        run = story.run
        (call,) = run.calls("chat_channel", "dr")[:1]
        assert call.writes == []
        assert call.result["steps_left"][-1] == "last_look"
        report = run.report("dr")
        assert (
            report[0]
            == "GWE_Cluster_DR: queueKey 101:webme, 2 Chat Servers and 2 backups, 5 applications would change."
        )
        assert report[1] == "Interaction Queue 'Chat_New' would be created."
        assert run.tasks("Look") == []
        assert "Chat_New" not in [obj.get("name") for obj in story.sim.estate]

    def test_the_role_twice_on_one_host_names_the_right_clusters(self, story: Story) -> None:
        sim, run = story.sim, story.run
        assert sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == KEY
        assert sim.options("GWE_Cluster_Direct")["chat"]["queueKey"] == "1:webme"
        (restart,) = run.tasks("Restart")
        assert set(restart.result["msg"]) == {"GWE_Cluster_DR", "GWE_Cluster_Direct"}
        lines = [item.result["msg"][:2] for item in run.tasks("Report on the chat channel", "dr")[1:3]]
        assert [line[0].split(":")[0] for line in lines] == ["GWE_Cluster_DR", "GWE_Cluster_Direct"]
        assert all(line[1].startswith("Restart the Web Engagement nodes") for line in lines)

    def test_the_environment_of_a_play_is_that_of_the_call(self, story: Story) -> None:
        last = story.run.tasks("Report on the chat channel", "dr")[-1].result["msg"]
        assert last[0].startswith("GWE_Cluster_DR: queueKey 101:webme")
        assert last[0].endswith("as requested.")
        assert story.run.stats["dr"]["failures"] == 0


def test_the_playbook_runs_on_the_controller_whatever_is_configured(demo: Estate, play: Player, tmp_path: Path) -> None:
    remote = {
        "ansible_connection": "ssh",
        "ansible_host": "192.0.2.1",
        "ansible_become": True,
        "ansible_python_interpreter": "/nowhere/python",
    }
    with simulator(in_use(demo)) as sim:
        hosts = {"dr": {**DR["dr"], **remote, "chat_channel_connection_timeout": 4}}
        env = {"ANSIBLE_BECOME": "true", "ANSIBLE_BECOME_METHOD": "su", "ANSIBLE_TRANSPORT": "ssh"}
        run = play(sim, CONFIGURE, hosts, connection(sim), env=env)
        run.assert_success()
        assert sim.options("GWE_Cluster_DR")["chat"]["connectionTimeout"] == "4"
