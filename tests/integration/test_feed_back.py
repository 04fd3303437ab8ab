# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `application_info` returns can be given to `application_options`, as it is or with something changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import Player, Run, Task, call, simulator
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

NAMES = ["ChatServer_1", "ChatServer_DR_B", "UCS_DAP"]
DAP_PASSWORD = "Tr0ub4dor&3"
READ = {**call("application_info", "read", names=NAMES), "register": "found"}
FOUND = "{{ found.applications }}"


def give(title: str, applications: Any = FOUND, check: bool = False, **more: Any) -> Task:
    return call("application_options", title, {"check_mode": check}, applications=applications, **more)


def changes(run: Run, title: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return application -> what a task says that it changed."""
    return {
        item["name"]: [
            (change["section"], change["key"], change["before"], change["after"]) for change in item["changes"]
        ]
        for item in run.task(title).result["applications"]
        if item["changed"]
    }


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "shipped"])
class TestUnchanged:
    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Any]:
        """Return a function that plays the tasks, once for each way to run modules."""
        told: dict[bool, Run] = {}
        with simulator(demo, forbid_writes=True) as sim:

            def once(in_process: bool) -> Run:
                if in_process not in told:
                    tasks = [
                        READ,
                        give("options"),
                        give("annex", family="annex"),
                        give("options exclusive", exclusive=True),
                        give("annex exclusive", family="annex", exclusive=True),
                    ]
                    told[in_process] = play(sim, tasks, variables={"gax_in_process": in_process}, args=["-vvv"])
                assert (sim.violations, sim.journal) == ([], [])
                return told[in_process]

            yield once

    @pytest.mark.parametrize("task", ["options", "annex", "options exclusive", "annex exclusive"])
    def test_what_was_read_changes_nothing(self, story: Any, in_process: bool, task: str) -> None:
        run = story(in_process)
        run.assert_success()
        assert changes(run, task) == {}
        assert len(run.task(task).result["applications"]) == len(NAMES)

    def test_no_secret_is_shown_on_the_way(self, story: Any, in_process: bool) -> None:
        run = story(in_process)
        assert "********" in run.stdout
        assert DAP_PASSWORD not in run.output


class TestAfterSomebodyElse:
    """Another administrator changes options and an annex in between: what was read brings them back."""

    WANTED: ClassVar[dict[str, Any]] = {
        "options": {"ChatServer_1": [("endpoints:101", "default", "theirs", "Chat In")]},
        "annex": {"UCS_DAP": [("default", "dbname", "theirs", "ucs")]},
    }

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[tuple[Simulator, Run]]:
        with simulator(demo) as sim:

            def edit(name: str, section: str, key: str, family: str) -> Task:
                body = {"name": name, "section": section, "key": key, "value": "theirs", "family": family}
                task = {"url": f"{sim.url}/_sim/edit", "method": "POST", "body": body, "body_format": "json"}
                return {"name": f"edit {key}", "ansible.builtin.uri": task}

            tasks = [
                READ,
                edit("ChatServer_1", "endpoints:101", "default", "options"),
                edit("UCS_DAP", "default", "dbname", "annex"),
                edit("UCS_DAP", "default", "password", "annex"),
                *(
                    give(f"{when} {family}", family=family, check=when == "check")
                    for family in ("options", "annex")
                    for when in ("check", "real", "again")
                ),
            ]
            yield sim, play(sim, tasks)

    @pytest.mark.parametrize("family", ["options", "annex"])
    def test_they_are_back_and_nothing_else_changes(self, story: tuple[Simulator, Run], family: str) -> None:
        _unused, run = story
        run.assert_success()
        assert changes(run, f"check {family}") == changes(run, f"real {family}") == self.WANTED[family]
        assert changes(run, f"again {family}") == {}

    def test_a_masked_password_stays_what_it_is_now(self, story: tuple[Simulator, Run]) -> None:
        sim, _unused = story
        assert sim.options("UCS_DAP", "annex")["default"]["password"] == "theirs"


def test_the_options_of_one_for_others(sim: Simulator, play: Player) -> None:
    log = "{{ found.applications[0].options.log }}"
    copied = [{"name": name, "options": {"log": log}} for name in ("ChatServer_2", "ChatServer_3")]
    sim.edit("ChatServer_1", "log", "verbose", "all")
    run = play(sim, [READ, give("copy", copied), give("again", copied)])
    run.assert_success()
    assert changes(run, "copy") == {
        name: [("log", "verbose", "standard", "all")] for name in ("ChatServer_2", "ChatServer_3")
    }
    assert changes(run, "again") == {}
