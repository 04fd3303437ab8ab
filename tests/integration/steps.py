# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of tasks that call modules, one step each, and what holds for every step of every module.

No task names the connection: it comes from ``module_defaults`` with ``group/genesys_ops.engage.gax``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    Player,
    Run,
    Task,
    TaskResult,
    call,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

QUEUE, ZUERICH = "Webengagement_Chat", "Chat_Kundenservice_Zürich"
CHECK = {"check_mode": True}
# A module runs in the controller's process where it can, and else as Ansible ships it: each must do the same.
WAYS = {"in process": {"gax_in_process": True}, "shipped": {"gax_in_process": False}}


@dataclass
class Story:
    """One run of all steps, and the simulator as it is afterwards."""

    sim: Simulator
    run: Run

    def __getitem__(self, step: str) -> TaskResult:
        return self.run.task(step)


def tell(
    estate: Estate, play: Player, steps: Mapping[str, Task], *args: str, way: str = "in process"
) -> Iterator[Story]:
    """Run the steps in order, each under its title."""
    with simulator(estate) as sim:
        tasks = [{**task, "name": title} for title, task in steps.items()]
        yield Story(sim, play(sim, tasks, variables=WAYS[way], args=args))


class Steps:
    """What holds for every step of every module."""

    STEPS: ClassVar[dict[str, Task]] = {}

    def test_every_step_succeeds_without_a_warning(self, story: Story) -> None:
        assert [item.task for item in story.run.failures()] == []
        story.run.assert_success()

    def test_a_step_is_changed_exactly_when_it_writes(self, story: Story) -> None:
        for item in story.run.results:
            check = self.STEPS[item.task].get("check_mode", False)
            assert bool(item.writes) == (item.changed and not check), item.task

    def test_each_write_touches_options_only_and_each_application_once(self, story: Story) -> None:
        for item in story.run.results:
            names = [write["name"] for write in item.writes]
            assert len(names) == len(set(names)), item.task
            assert all(write["applied"] and write["other"] == [] for write in item.writes), item.task

    def test_diff_and_changes_of_check_mode_are_those_of_the_run_after_it(self, story: Story) -> None:
        for check in [name for name in self.STEPS if name.startswith("check ")]:
            real = check.removeprefix("check ")
            before, after = story[check].result, story[real].result
            assert before["changed"] is True
            assert before["diff"] == after["diff"] != []
            assert before["applications"] == after["applications"]
            assert before["restart_required"] == after["restart_required"]

    def test_the_diff_is_empty_exactly_when_nothing_changes(self, story: Story) -> None:
        for item in story.run.results:
            assert bool(item.diff) == item.changed, item.task

    def test_every_step_ends_with_a_sentence(self, story: Story) -> None:
        for item in story.run.results:
            if not item.action.endswith("_info"):
                assert item.msg, item.task


def app_options(options: Any, keywords: Mapping[str, Any] | None = None, /, **more: Any) -> Task:
    given = {"name": "ChatServer_1", "options": options, **more}
    return call("application_options", None, keywords, **given)


def endpoint(keywords: Mapping[str, Any] | None = None, /, **given: Any) -> Task:
    defaults = {"chat_servers": ["ChatServer_1", "ChatServer_2", "ChatServer_3"], "tenant": "Resources", "queue": QUEUE}
    return call("chat_server_endpoint", None, keywords, **{**defaults, **given})


def chat(keywords: Mapping[str, Any] | None = None, /, **given: Any) -> Task:
    return call("web_engagement_chat", None, keywords, **{"cluster": "GWE_Cluster_DR", "queue": QUEUE, **given})


def channel(**given: Any) -> Task:
    return call("chat_channel_info", **{"cluster": "GWE_Cluster_DR", **given})


def info(**given: Any) -> Task:
    return call("application_info", **given)
