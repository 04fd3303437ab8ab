# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account sees, and what it costs to show it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.rendering import Rendering
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches

Start = Callable[..., Simulator]


def names(gax: Client, kind: str = "CfgApplication", **query: str) -> list[str]:
    return [obj["name"] for obj in gax.find(kind, **query)]


def test_a_hidden_object_is_neither_listed_nor_found(start: Start) -> None:
    gax = Client(start(hidden=["GAX"]))
    assert "GAX" not in names(gax)
    assert names(gax, name="GAX") == []
    assert gax.get("cfg/objects/CfgApplication/105").status_code == 404


def test_an_account_sees_its_tenants_and_what_is_theirs(start: Start) -> None:
    sim = start(account_tenants=["Resources"], environment="listed")
    gax = Client(sim)
    assert names(gax, "CfgTenant") == ["Resources"]
    assert {script["tenantdbid"] for script in gax.find("CfgScript")} == {"101"}
    assert {folder["ownerdbid"] for folder in gax.find("CfgFolder")} == {"101"}
    seen = set(names(gax))
    assert {"ChatServer_1", "GWE_Cluster_Main"} <= seen
    assert not {"ChatServer_Direct", "GWE_Cluster_Direct"} & seen
    direct = sim.app("ChatServer_Direct")
    assert gax.get(f"cfg/objects/CfgApplication/{direct['dbid']}").status_code == 403
    assert gax.put(direct).status_code == 403
    assert [write["applied"] for write in sim.journal] == [False]


def test_a_list_is_cut_without_a_word_and_single_reads_are_not(start: Start) -> None:
    sim = start(list_limit=5)
    gax, everything = Client(sim), [app["name"] for app in sim.estate.all("CfgApplication")]
    assert names(gax) == everything[:5]
    assert names(gax, name=everything[-1]) == everything[-1:]


class TestTheJsonOfObjects:
    def test_is_built_once_and_again_after_a_change_or_in_another_form(self) -> None:
        switches, estate = Switches(), generate(1, 2)
        rendering = Rendering(switches)
        first = rendering.of(estate.named("ChatServer_1_01"))
        assert rendering.of(estate.named("ChatServer_1_01")) is first
        estate.edit("ChatServer_1_01", "log", "verbose", "trace")
        assert b"trace" in rendering.of(estate.named("ChatServer_1_01"))
        switches.empty_key = True
        assert b"empty-section" in rendering.of(estate.named("ChatServer_1_01"))

    @pytest.mark.parametrize("filters", ["", "subtype=CFGChatServer OR subtype=CFGApplicationCluster"])
    def test_of_a_big_estate_costs_little(self, start: Start, filters: str) -> None:
        gax = Client(start(generate(160, 10)))
        times = []
        for _unused in range(4):
            began = time.process_time()
            answer = gax.get("cfg/objects", type="CfgApplication", filters=filters)
            times.append(time.process_time() - began)
            assert len(answer.content) > 4_000_000
        # Both sides, in processor time; without the cache it is half a second and more.
        assert min(times[1:]) < 0.15
