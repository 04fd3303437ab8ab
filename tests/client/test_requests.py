# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a run that changes something makes: docs/performance.md#requests"""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.simulator import generate

CONSTANT = 15  # whatever the number of Chat Servers


@pytest.mark.parametrize("servers", [5, 20])
def test_each_changed_application_costs_three_requests(start: Start, servers: int) -> None:
    sim = start(generate(1, servers))
    call(sim, chat_channel, cluster="GWE_Cluster_1", queue="Webengagement_Chat", gax_timeout=20.0)
    assert sum(write["applied"] for write in sim.journal) == servers + 1
    assert len(sim.log) <= 3 * (servers + 1) + CONSTANT


def test_few_chat_servers_of_a_large_estate_are_read_one_by_one(start: Start) -> None:
    sim = start(generate(30, 4))  # the list would hold 120
    call(sim, chat_channel, cluster="GWE_Cluster_1", queue="Webengagement_Chat", gax_timeout=20.0)
    assert len(sim.log) <= 4 * (4 + 1) + CONSTANT
    listed = [item for item in sim.log if item["query"].get("filters") == "subtype=CFGChatServer"]
    assert listed == []
