# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every position of every switch of the simulator, as ``positions.py`` lists them.

A switch that is new in ``switches.py`` fails the first test until it has its lines there.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client.calling import PASSWORD, USER
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.expectations import Position, works
from ansible_collections.genesys_ops.engage.tests.client.jobs import WRITTEN, Stage, same
from ansible_collections.genesys_ops.engage.tests.client.positions import TABLE
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches

LINES = [(switch, name) for switch, positions in TABLE.items() for name in positions]


def stage_of(start: Start, switch: str, name: str) -> Stage:
    position = TABLE[switch][name]
    switches = {**position.also, switch: position.value}
    return Stage(start(**switches), switches, position.given, position.extra)


def missing(item: Field[Any], positions: Mapping[str, Position]) -> Iterator[str]:
    """Yield what the table lacks for a switch: each choice, any other status, or a position beside the default."""
    values = [position.value for position in positions.values()]
    default = item.default if item.default is not MISSING else None
    if "|" in item.metadata["shape"]:
        choices = item.metadata["shape"].split("|")
        yield from (choice for choice in choices if choice not in (*values, "STATUS"))
        if "STATUS" in choices and set(values) <= set(choices):
            yield "a status that is none of the choices"
    elif all(item.metadata["parse"](value) == default for value in values):
        yield f"a position that is not {default!r}"


def test_every_position_of_every_switch_has_a_line() -> None:
    lacking = {item.name: list(missing(item, TABLE.get(item.name, {}))) for item in fields(Switches)}
    assert {name: found for name, found in lacking.items() if found} == {}
    assert set(TABLE) == set(lacking)


def is_default(switch: str, position: Position) -> bool:
    parse = {item.name: item.metadata["parse"] for item in fields(Switches)}[switch]
    return parse(position.value) == getattr(Switches(), switch) and not (position.also or position.given)


@functools.cache
def everything_works_at_the_defaults() -> None:
    """Run the scenarios once for all lines that stand for the same: every switch at its default."""
    with Simulator("demo") as sim:
        works()(Stage(sim, {}))


@pytest.mark.parametrize(("switch", "name"), LINES, ids=[f"{switch}={name}" for switch, name in LINES])
def test_a_user_gets_what_can_be_expected(start: Start, switch: str, name: str) -> None:
    position = TABLE[switch][name]
    if is_default(switch, position):
        assert position.expect.__qualname__.startswith(works.__name__)
        everything_works_at_the_defaults()
    else:
        position.expect(stage_of(start, switch, name))


# A run of ansible-playbook costs seconds: one for each position that changes what GAX answers to a job that succeeds,
# and a few that must fail. Leave them out with -m "not playbook".
RUNS = [(switch, name) for switch, name in LINES if TABLE[switch][name].playbook]
FAILING = {"mode=read-only": "read-only mode", "state=setup": "first-time set-up", "forbid_writes=on": "forbidden"}


@pytest.mark.playbook
@pytest.mark.parametrize(("switch", "name"), RUNS, ids=[f"{switch}={name}" for switch, name in RUNS])
def test_the_playbook_configure_ends_the_same_way(start: Start, tmp_path: Path, switch: str, name: str) -> None:
    stage, cluster = stage_of(start, switch, name), "GWE_Cluster_Direct"
    inventory = {"direct": {"chat_channel_cluster": cluster}}
    options = {"chat_channel_identify_create_contact": 3, "chat_channel_refresh_task_period": 2}
    connection = {"gax_url": stage.sim.url, "gax_username": USER, "gax_password": PASSWORD}
    variables = {**connection, **stage.given, **options}
    before = stage.begin()
    run = playbook.play(tmp_path, stage.sim, "genesys_ops.engage.configure", inventory, variables)
    words = FAILING.get(f"{switch}={name}")
    if words:
        assert run.rc != 0
        assert run.failures("direct")
        assert words in run.output
        assert same(stage.sim.estate, before)
    else:
        run.assert_success()
        assert stage.written == {app: WRITTEN[app] for app in ("ChatServer_Direct", cluster)}
