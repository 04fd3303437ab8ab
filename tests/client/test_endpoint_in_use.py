# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that removes an endpoint by itself keeps one that is in use, whoever uses it."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import chat_server_endpoint
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, refused
from ansible_collections.genesys_ops.engage.tests.integration.estates import endpoints
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request

SERVER = "ChatServer_1"
QUEUE = "Webengagement_Chat"


def remove(endpoint: str, **more: object) -> dict[str, object]:
    return {"chat_servers": [SERVER], "tenant": "101", "endpoint": endpoint, "state": "absent", **more}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("application", "section", "key", "value"),
    [
        ("GWE_Cluster_Main", "chat", "queueKey", "101:spare"),
        ("ChatServer_1", "settings", "some-option", "Resources:spare"),
        ("UCS", "a service", "_endpoint", " 101:spare "),
    ],
)
def test_one_that_an_application_names_stays(
    sim: Simulator, application: str, section: str, key: str, value: str, check_mode: bool
) -> None:
    sim.edit(SERVER, "endpoints:101", "spare", QUEUE)
    sim.edit(application, section, key, value)
    said = refused(sim, chat_server_endpoint, SERVER, check_mode=check_mode, **remove("spare"))
    assert f"endpoint 'spare' is in use by application '{application}', option {section}/{key}." in said
    assert "set remove_in_use to true" in said
    assert endpoints(sim, SERVER)["spare"] == QUEUE
    assert applied(sim) == {}


def test_the_one_that_mobile_services_use_by_default_stays(sim: Simulator) -> None:
    sim.edit(SERVER, "endpoints:101", "default", QUEUE)
    for application, key in (("CoBrowse_Cluster", "queueKey"), ("GMS_Node_1", "default_chat_endpoint")):
        sim.edit(application, "chat", key, None)  # so that nobody names it
    refused(sim, chat_server_endpoint, "Mobile Services uses endpoint 'default'", **remove("default"))
    assert applied(sim) == {}


def test_it_goes_when_nobody_uses_it_or_somebody_answers_for_that(sim: Simulator) -> None:
    sim.edit(SERVER, "endpoints:101", "spare", QUEUE)
    sim.edit("GWE_Cluster_Main", "chat", "queueKey", "101:other")
    assert call(sim, chat_server_endpoint, **remove("spare"))["changed"]
    sim.edit(SERVER, "endpoints:101", "default", QUEUE)
    assert call(sim, chat_server_endpoint, **remove("default", remove_in_use=True))["changed"]
    assert {"spare", "default"}.isdisjoint(endpoints(sim, SERVER))
    assert applied(sim) == {SERVER: 2}


def test_who_begins_to_use_it_after_the_first_look_stops_the_removal(sim: Simulator) -> None:
    sim.edit(SERVER, "endpoints:101", "spare", QUEUE)
    lists = []

    def look(entry: Request) -> None:
        if entry["path"].endswith("/cfg/objects") and "CfgApplication" in str(entry):
            lists.append(entry)
            if len(lists) == 3:  # the Chat Server by name, all applications, and all once more before the write
                sim.edit("UCS", "service", "endpoint", "101:spare")

    sim.before_request(look)
    said = refused(sim, chat_server_endpoint, "Nothing is changed", **remove("spare"))
    assert "endpoint 'spare' is in use by application 'UCS', option service/endpoint." in said
    assert len(lists) == 3
    assert endpoints(sim, SERVER)["spare"] == QUEUE
    assert applied(sim) == {}
