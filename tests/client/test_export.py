# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export over real HTTP: a simulator on it answers as the GAX that it comes from, and a run does the same there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.export import estate_export
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_options,
    chat_channel_info,
    chat_server_endpoint,
    interaction_queue,
    web_engagement_chat,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import call, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import CHAT_SERVERS
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate, load
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

QUEUE, DAP_PASSWORD = "Webengagement_Chat", "Tr0ub4dor&3"


def export(sim: Simulator, file: Path, clusters: Sequence[str], **more: Any) -> dict[str, Any]:
    channels = [{"cluster": name, "queue": QUEUE} for name in clusters]
    return call(sim, estate_export, path=str(file), clusters=channels, **more)


def applied(writes: Sequence[Write]) -> list[Any]:
    return sorted(
        (write["name"], item["section"], item["key"], item["before"], item["after"])
        for write in writes
        if write["applied"]
        for item in write["changes"]
    )


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"filters": "ignored"},
        {"empty_containers": "absent"},
        {"empty_key": True},
        {"environment": "listed"},
        {"name_match": "ignored"},
        {"missing_object": "204"},
    ],
    ids=str,
)
def test_a_simulator_on_the_export_tells_what_the_gax_tells(
    start: Start, tmp_path: Path, switches: dict[str, Any]
) -> None:
    sim, file = start(**switches), tmp_path / "estate.yml"
    export(sim, file, list(CHAT_SERVERS))
    copy = start(load(file), **{**switches, "empty_key": False})
    for cluster in CHAT_SERVERS:
        for more in ({"queue": QUEUE}, {"queue": "Nirvana"}, {"queue": QUEUE, "contact_server": "UCS"}):
            given: dict[str, Any] = {"cluster": cluster, **more}
            assert told(copy, given) == told(sim, given)


def told(sim: Simulator, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a channel, apart from the address of its GAX."""
    return {**call(sim, chat_channel_info, **given), "gax": None}


@pytest.mark.parametrize("nested", [True, False])
def test_generated_estates_too(start: Start, tmp_path: Path, nested: bool) -> None:
    estate = generate(3, 2, applications=10, tenants=2, backups=True, nested=nested)
    sim, file = start(estate), tmp_path / "estate.json"
    export(sim, file, ["GWE_Cluster_1", "GWE_Cluster_2"])
    copy = start(load(file))
    for cluster in ("GWE_Cluster_1", "GWE_Cluster_2"):
        given: dict[str, Any] = {"cluster": cluster, "queue": QUEUE}
        assert told(copy, given) == told(sim, given)
    refused(copy, chat_channel_info, "no application 'GWE_Cluster_3'", cluster="GWE_Cluster_3")


def test_a_run_on_the_copy_writes_what_it_writes_in_the_estate(start: Start, tmp_path: Path) -> None:
    sim, file = start(), tmp_path / "estate.yml"
    export(sim, file, ["GWE_Cluster_DR"])
    copy = start(load(file))
    servers = CHAT_SERVERS["GWE_Cluster_DR"]
    for gax in (copy, sim):
        call(gax, interaction_queue, name="New", tenant="101")
        call(gax, chat_server_endpoint, chat_servers=servers, queue="New")
        call(gax, web_engagement_chat, cluster="GWE_Cluster_DR", queue="New", refresh_task_period=2)
    assert len({name for name, *_unused in applied(sim.journal)}) == 5
    assert applied(copy.journal) == applied(sim.journal)
    assert copy.estate.named("New", "CfgScript")["folderid"] == sim.estate.named("New", "CfgScript")["folderid"]


def test_a_queue_can_be_created_in_a_copy_whose_tenant_has_none(start: Start, tmp_path: Path) -> None:
    estate = Estate(obj for obj in load("demo") if (obj["type"], obj.get("tenantdbid")) != ("CfgScript", "101"))
    sim, file = start(estate), tmp_path / "estate.yml"
    export(sim, file, ["GWE_Cluster_DR"])
    copy = start(load(file))
    assert call(copy, interaction_queue, name="New", tenant="101")["changed"]
    made = copy.estate.named("New", "CfgScript")
    assert (made["tenantdbid"], made["folderid"]) == ("101", "146")


def test_it_only_reads_and_the_second_time_changes_nothing(start: Start, tmp_path: Path) -> None:
    sim, file = start(forbid_writes=True), tmp_path / "estate.yml"
    first = export(sim, file, ["GWE_Cluster_Main"])
    written = file.read_bytes()
    second = export(sim, file, ["GWE_Cluster_Main"])
    assert (first["changed"], second["changed"], second["diff"]) == (True, False, [])
    assert second["msg"].startswith(f"{file} is up to date: 13 applications")
    assert file.read_bytes() == written
    assert (sim.violations, sim.journal) == ([], [])


def test_check_mode_writes_no_file_and_says_the_same(sim: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "new" / "estate.yml"
    check = export(sim, file, ["GWE_Cluster_Main"], check_mode=True)
    assert not file.parent.exists()
    real = export(sim, file, ["GWE_Cluster_Main"])
    assert check["msg"].replace("would be", "was") == real["msg"]
    assert {**check, "msg": ""} == {**real, "msg": ""}
    assert real["diff"][0]["after"] == file.read_text(encoding="utf-8")


def test_a_change_in_the_estate_is_the_difference(sim: Simulator, tmp_path: Path) -> None:
    file = tmp_path / "estate.yml"
    export(sim, file, ["GWE_Cluster_Main"])
    before = file.read_text(encoding="utf-8")
    call(sim, application_options, name="ChatServer_2", options={"endpoints:101": {"webme": QUEUE}})
    result = export(sim, file, ["GWE_Cluster_Main"])
    assert (result["changed"], result["diff"][0]["before"]) == (True, before)
    assert result["diff"][0]["after"].count(QUEUE) == before.count(QUEUE) + 1


def test_passwords_of_a_database_access_point_are_not_in_the_file(start: Start, tmp_path: Path) -> None:
    estate = load("demo")
    server = estate.app("ChatServer_1")
    server["appservers"]["conninfo"].append({"appserverdbid": "106", "id": "default"})
    estate.put({**server, "password": DAP_PASSWORD})
    sim, file = start(estate), tmp_path / "estate.yml"
    result = export(sim, file, ["GWE_Cluster_Main"])
    assert load(file).options("UCS_DAP", "annex")["default"] | {"password": ""} == {
        **estate.options("UCS_DAP", "annex")["default"],
        "password": "",
    }
    assert DAP_PASSWORD not in file.read_text(encoding="utf-8") + str(result)
    copy = start(load(file))
    call(copy, application_options, name="UCS_DAP", family="annex", options={"default": {"dbname": "x"}})


def test_what_cannot_be_written_is_told_before_anything_is_asked(sim: Simulator, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, words in {
        tmp_path / "estate.txt": "must end in .yml",
        tmp_path / "file" / "estate.yml": "Not a directory",
    }.items():
        refused(sim, estate_export, words, path=str(path), clusters=[{"cluster": "GWE_Cluster_Main"}])
    assert not sim.log
