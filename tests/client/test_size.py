# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look at one cluster costs does not grow with its Chat Servers, nor with the estate around it."""

from __future__ import annotations

import time

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_options,
    chat_channel_info,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import asked, call
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

QUEUE = "Webengagement_Chat"


@pytest.mark.parametrize("chat_servers", [1, 10, 50])
def test_requests_do_not_grow_with_the_chat_servers(chat_servers: int) -> None:
    with Simulator(generate(1, chat_servers, backups=True)) as sim:
        found = call(sim, chat_channel_info, cluster="GWE_Cluster_1", queue=QUEUE)
        assert len(found["chat_servers"]) == 2 * chat_servers
        assert len(sim.log) <= 10


@pytest.mark.parametrize("filters", ["honoured", "ignored"])
def test_an_estate_of_two_thousand_applications(filters: str) -> None:
    with Simulator(generate(3, 10, applications=2000, tenants=2), filters=filters) as sim:
        begun = time.monotonic()
        found = call(sim, chat_channel_info, cluster="GWE_Cluster_1", queue=QUEUE, gax_timeout=30.0)
        seconds = time.monotonic() - begun
        print(f"2,000 applications, filters {filters}: {len(sim.log)} requests, {seconds:.2f} s")
        assert [server["name"] for server in found["chat_servers"]] == [f"ChatServer_1_{n:02}" for n in range(1, 11)]
        assert len(sim.log) <= 10
        assert seconds < 10


@pytest.mark.parametrize(("position", "lists"), [("ignored", 1), ("exact", 41), ("substring", 41)])
def test_names_are_looked_up_one_by_one_only_where_that_narrows_the_list(position: str, lists: int) -> None:
    """Where GAX ignores ``name=``, each look-up is the list of all applications."""
    with Simulator(generate(1, 40, applications=1000), name_match=position) as sim:
        names = ["GWE_Cluster_1", *[f"ChatServer_1_{n:02}" for n in range(1, 41)]]
        options = [{"name": name, "options": {"notes": {"owner": "contact centre"}}} for name in names]
        found = call(sim, application_options, check_mode=True, applications=options, gax_timeout=30.0)
        assert [item["name"] for item in found["applications"]] == names
        assert len([entry for entry in asked(sim, "cfg/objects") if entry["type"] == "CfgApplication"]) == lists
