# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays of a user who calls the role: one after the other in one run, on the same host, each with something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import DR, KEY
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    NAMESPACE,
    PASSWORD,
    SHIPPED,
    USER,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

ROLE = f"{NAMESPACE}.chat_channel"


def play_with(title: str, *roles: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a play of a user who calls the role, once for each of these."""
    calls = [{"role": ROLE, "vars": variables} for variables in roles or ({},)]
    return {"name": title, "hosts": "dr", "gather_facts": False, "roles": calls, **keywords}


@dataclass
class Story:
    """Four plays of one run, each on what the one before has left."""

    sim: Simulator
    run: Run

    def reports(self) -> list[list[str]]:
        return [item.result["msg"] for item in self.run.tasks("Report on the chat channel", "dr")]


@pytest.fixture(scope="module")
def story(demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    file = tmp_path_factory.mktemp("tasks") / "look.yml"
    file.write_text(json.dumps([{"name": "Look", "ansible.builtin.debug": {"msg": "looked"}}]), encoding="utf-8")
    says = {"ansible.builtin.debug": {"msg": "{{ chat_channel_restart_required | map(attribute='application') }}"}}
    with simulator(demo) as sim:
        given = connection(sim)
        faster = {"chat_channel_refresh_task_period": 2}
        plays = [
            play_with(
                "rehearsal",
                {"chat_channel_batch_size": 1, "chat_channel_after_batch_tasks": str(file)},
                vars={**given, "chat_channel_create_queue": True, "chat_channel_queue": "Chat_New"},
                check_mode=True,
            ),
            play_with(
                "twice",
                faster,
                {**faster, "chat_channel_cluster": "GWE_Cluster_Direct"},
                vars=given,
                handlers=[{"name": "Restart", "listen": "genesys restart required", **says}],
            ),
            play_with("environment", environment={"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}),
            play_with(
                "shipped",
                {"chat_channel_queu": "Chat_Old"},
                vars={**given, **SHIPPED},
            ),
        ]
        yield Story(sim, play(sim, plays, DR))


def test_check_mode_as_a_keyword_predicts_and_writes_nothing(story: Story) -> None:
    first = story.run.calls("chat_channel", "dr")[0]
    assert first.writes == []
    assert first.result["steps_left"][-1] == "last_look"
    assert story.reports()[0][:2] == [
        "GWE_Cluster_DR: queueKey 101:webme, 2 Chat Servers and 2 backups, 5 applications would change.",
        "Interaction Queue 'Chat_New' would be created.",
    ]
    assert story.run.tasks("Look") == []
    assert "Chat_New" not in [obj.get("name") for obj in story.sim.estate]


def test_the_role_twice_on_one_host_names_the_right_clusters(story: Story) -> None:
    assert story.sim.options("GWE_Cluster_DR")["chat"]["queueKey"] == KEY
    assert story.sim.options("GWE_Cluster_Direct")["chat"]["queueKey"] == "1:webme"
    (restart,) = story.run.tasks("Restart")
    assert set(restart.result["msg"]) == {"GWE_Cluster_DR", "GWE_Cluster_Direct"}
    reports = story.reports()[1:3]
    assert [report[0].split(":")[0] for report in reports] == ["GWE_Cluster_DR", "GWE_Cluster_Direct"]
    assert all(report[1].startswith("Restart the Web Engagement nodes") for report in reports)


def test_the_environment_of_a_play_is_that_of_the_call(story: Story) -> None:
    report = story.reports()[3]
    assert report[0].startswith("GWE_Cluster_DR: queueKey 101:webme")
    assert report[0].endswith("as requested.")


def test_a_variable_that_is_not_known_is_warned_of_by_shipped_modules_too(story: Story) -> None:
    assert story.reports()[4][0].endswith("as requested.")
    assert story.run.rc == 0
    said = "Variable chat_channel_queu is unknown. Did you mean chat_channel_queue? It has no effect."
    assert said in " ".join(story.run.output.split())
    assert story.run.output.count("WARNING") == 1
