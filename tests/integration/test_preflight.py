# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `preflight`: each GAX once, a table on the console, an exit code, an evidence file."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import leaks, listen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, generate

PREFLIGHT = f"{NAMESPACE}.preflight"
ASK = "Find out how it behaves"


def test_each_gax_is_asked_once_and_one_that_is_not_ready_fails(demo: Estate, play: Player, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    with simulator(demo, forbid_writes=True) as sim, simulator(generate(1, 2), missing_object="500") as other:
        heard = listen(sim)
        hosts = {
            "main": {**connection(sim), "chat_channel_cluster": "GWE_Cluster_Main"},
            "far": {**connection(other), "chat_channel_cluster": "GWE_Cluster_1"},
            "dr": {**connection(sim.url + "/gax/"), "chat_channel_cluster": "GWE_Cluster_DR"},
            "no_cluster_yet": connection(f"{sim.url},http://127.0.0.1:9"),
        }
        run = play(sim, PREFLIGHT, hosts, {"gax_evidence_dir": str(folder)})
        assert run.rc == 2
        assert [item.host for item in run.tasks(ASK) if item.status != "skipped"] in (["main", "far"], ["far", "main"])
        (failure,) = run.failures("far")
        assert "not ready. A missing object is answered 500" in failure.msg
        assert not run.failures("main")
        for line in (
            "Verdict: ready to read",
            "Verdict: not ready",
            "Clusters that it can read: GWE_Cluster_Main, GWE_",
        ):
            assert line in run.output
        assert len([entry for entry in sim.log if entry["path"].endswith("session/login")]) == 2
        told = run.output.index("this logs out others who use it")
        assert told < run.output.index("Verdict"), "it is said before"
        assert sim.violations == []
        names = {url.removeprefix("http://").replace(":", "_") + ".json" for url in (sim.url, other.url)}
        assert {file.name for file in folder.iterdir()} == names
        assert leaks(run.output, *heard.passwords, *heard.cookies) == []


@pytest.mark.parametrize("mode", ["check", "write"])
def test_the_write_test_needs_a_name_and_leaves_the_estate_as_it_was(
    demo: Estate, play: Player, tmp_path: Path, mode: str
) -> None:
    with simulator(demo) as sim:
        hosts = {"main": {**connection(sim), "chat_channel_cluster": "GWE_Cluster_Main"}}
        variables = {"gax_preflight_application": "Workspace_Desktop", "gax_preflight_second_session": False}
        run = play(sim, PREFLIGHT, hosts, variables, args=["--check"] if mode == "check" else [])
        run.assert_success()
        assert ("Verdict: ready to read" if mode == "check" else 'Verdict: ready"') in run.output
        assert "The account logs in once." in run.output
        assert len(sim.journal) == (0 if mode == "check" else 3)
        assert list(sim.estate) == list(demo)


def test_the_role_stops_where_the_evidence_says_so(demo: Estate, play: Player, tmp_path: Path) -> None:
    with simulator(demo, list_limit=23) as sim:
        hosts = {"main": {**connection(sim), "chat_channel_cluster": "GWE_Cluster_Main"}}
        first = play(sim, PREFLIGHT, hosts, {"gax_evidence_dir": str(tmp_path)})
        assert first.rc == 2
        (file,) = tmp_path.glob("*.json")
        sim.set(list_limit=0)
        run = play(sim, CONFIGURE, hosts, {"gax_evidence": str(file)})
        assert run.rc == 2
        assert "Cause: gax_evidence: Lists lack objects" in run.output
        assert "(list_complete: false)" in run.output
        assert sim.journal == []
