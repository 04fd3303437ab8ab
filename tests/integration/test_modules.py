# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules run where they can, and are shipped where they must; the connection may come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import closed_port
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    Player,
    call,
    connection,
    play_of,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.steps import (
    QUEUE,
    WAYS,
    Story,
    app_options,
    channel,
    chat,
    endpoint,
    info,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate


class TestBothWays:
    """The same task in the controller's process and shipped, each against an estate of its own."""

    TASKS: ClassVar = {
        "reads": info(names=["UCS_DAP", "ChatServer_1"]),
        "changes": app_options({"database": {"db-password": "New-Sesame-2", "größe": 1.5}}),
        "looks": channel(queue=QUEUE),
        "finds bad input": endpoint(queue="Nirvana"),
        "lacks an option": call("web_engagement_chat", cluster="GWE_Cluster_DR"),
        "has an option without a value": chat(queue=None),
        "has a misspelt option": info(nmaes=["UCS"]),
        "has a wrong type": chat(refresh_pool_size="many"),
        "has a wrong choice": chat(state="gone"),
        "has too many options": app_options({}, applications=[]),
        "has a string for a list": info(names="UCS,ORS"),
        "has a template": info(names=["{{ 'U' ~ 'CS' }}"]),
        "has no options": call("application_options", name="UCS", options={}),
        "lacks the cluster": call("chat_channel_info"),
        "cannot log in": info(gax_password="wrong"),
    }

    @pytest.fixture(scope="class")
    @classmethod
    def results(cls, demo: Estate, play: Player) -> dict[str, list[dict[str, Any]]]:
        with simulator(demo) as here, simulator(demo) as shipped:
            plays = [
                play_of([{**task, "name": title} for title, task in cls.TASKS.items()], connection(sim), vars=way)
                for sim, way in ((here, WAYS["in process"]), (shipped, WAYS["shipped"]))
            ]
            run = play(None, plays)
        found: dict[str, list[dict[str, Any]]] = {}
        for item in run.results:
            text = json.dumps(item.result).replace(here.url, "<url>").replace(shipped.url, "<url>")
            kept = {key: value for key, value in json.loads(text).items() if key[0] != "_" and key != "exception"}
            found.setdefault(item.task, []).append(kept)
        return found

    @pytest.mark.parametrize("title", TASKS)
    def test_both_return_the_same(self, results: dict[str, list[dict[str, Any]]], title: str) -> None:
        here, shipped = results[title]
        assert here == shipped


class TestConnection:
    """Other places for the connection than module_defaults."""

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player) -> Iterator[Story]:
        with simulator(demo) as sim:
            given = connection(sim)
            in_environment = {name.upper(): value for name, value in given.items()}
            read = {"names": ["UCS"]}
            tasks = [
                {**call("application_info", "of the task", **read, **given)},
                {**call("application_info", "of its environment", **read), "environment": in_environment},
                call("application_info", "plain", **read, **given, gax_password_transport="plain"),
                call("application_info", "pair", **read, **{**given, "gax_url": f"{closed_port()} , {sim.url}/"}),
                {**call("application_info", "in the background", **read, **given), "async": 60, "poll": 1},
                {**call("application_info", "elsewhere", **read, **given), "delegate_to": "somewhere"},
            ]
            hosts = {"localhost": {}, "somewhere": {}}
            run = play(sim, [{**play_of(tasks, {}), "hosts": "localhost"}], hosts)
            yield Story(sim, run)

    @pytest.mark.parametrize(
        "step", ["of the task", "of its environment", "plain", "pair", "in the background", "elsewhere"]
    )
    def test_the_connection_works(self, story: Story, step: str) -> None:
        assert [item["name"] for item in story[step].result["applications"]] == ["UCS"]

    def test_the_run_shows_no_warning(self, story: Story) -> None:
        story.run.assert_success()
