# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `preflight`: each GAX once, a table on the console, an exit code, an evidence file."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import Reply, between
from ansible_collections.genesys_ops.engage.tests.client.certificates import make
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    NAMESPACE,
    Player,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import leaks, listen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate

PREFLIGHT = f"{NAMESPACE}.preflight"
ASK = "Check how GAX behaves"


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
            "Readable clusters: GWE_Cluster_Main, GWE_",
        ):
            assert line in run.output
        assert len([entry for entry in sim.log if entry["path"].endswith("session/login")]) == 2
        told = run.output.index("this logs out its other users")
        assert told < run.output.index("Verdict"), "it is said before"
        assert sim.violations == []
        names = {url.removeprefix("http://").replace(":", "_") + ".json" for url in (sim.url, other.url)}
        assert {file.name for file in folder.iterdir()} == names
        assert leaks(run.output, *heard.passwords, *heard.cookies) == []


@pytest.mark.parametrize(("forks", "strategy"), [(1, "free"), (5, "linear")])
def test_a_gax_is_asked_little_whatever_the_number_of_hosts(
    forks: int, strategy: str, demo: Estate, play: Player
) -> None:
    """Three hosts share a GAX, where the write test is made, and three have one each; one name is wrong everywhere."""
    with ExitStack() as stack:
        shared, *own = (stack.enter_context(simulator(demo)) for _number in range(4))
        clusters = ["GWE_Cluster_Main", "GWE_Cluster_DR", "GWE_Cluster_Mian"]
        hosts = {
            f"{name} {index}": {**connection(sim), "chat_channel_cluster": cluster}
            for name, sims in (("shared", [shared] * 3), ("own", own))
            for index, (sim, cluster) in enumerate(zip(sims, clusters))
        }
        hosts["shared 0"]["gax_preflight_application"] = "Workspace_Desktop"
        run = play(shared, PREFLIGHT, hosts, args=["-f", str(forks)], env={"ANSIBLE_STRATEGY": strategy})
        problems = [failure.msg for failure in run.failures()]
        assert len(problems) == 2
        hint = "Cluster 'GWE_Cluster_Mian' cannot be read; check its name and the permissions of the account. Did you"
        assert all(f"{hint} mean 'GWE_Cluster_Main'" in problem for problem in problems)
        for sim in (shared, *own):
            assert Counter(entry["path"].rpartition("/")[2] for entry in sim.log)["login"] == 2
            assert len(sim.log) <= 40
            assert bool(sim.journal) is (sim is shared)


def test_a_play_with_another_strategy_is_refused_in_a_sentence(demo: Estate, play: Player) -> None:
    role = {"name": "genesys_ops.engage.chat_channel", "tasks_from": "preflight"}
    plays = [{"name": "Mine", "hosts": "all", "gather_facts": False, "strategy": "free", "tasks": []}]
    late = {"name": "Wait", "ansible.builtin.wait_for": {"timeout": 3}, "when": "inventory_hostname == 'two'"}
    plays[0]["tasks"] = [late, {"name": "Preflight", "ansible.builtin.include_role": role}]
    with simulator(demo) as sim:
        run = play(sim, plays, {name: connection(sim) for name in ("one", "two")})
        assert run.rc == 2
        assert "Each GAX is checked once for all hosts of the play: run the play with strategy linear." in run.output
        assert "has no attribute" not in run.output


# What is at an address, and what is said of it. No password is sent where it is clear before that it is no GAX.
NO_GAX: dict[str, tuple[Reply, str]] = {
    "a web server": (Reply(404, "<html>Not Found</html>"), "does not look like GAX"),
    "a log-in page of a proxy": (
        Reply(200, "<html><form>Sign in</form></html>", {"Content-Type": "text/html"}),
        "does not look like GAX",
    ),
    "a single sign-on": (Reply(302, headers={"Location": "https://sso.example.com/"}), "redirects to https://sso"),
    "empty answers": (Reply(200), "whether this is a GAX (host, port and path in gax_url)"),
    "a page for everything": (Reply(200, '{"status": "UP"}'), "whether this is a GAX"),
}
APPLICATION = {"gax_preflight_application": "Workspace_Desktop"}
# Switches of a simulator, variables of the host, and what is said.
NOT_READY: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "set-up": ({"state": "setup"}, {}, "shows its first-time set-up page"),
    "starting": ({"state": "starting"}, {}, "is starting or not set up"),
    "read-only": ({"mode": "read-only"}, APPLICATION, "'Workspace_Desktop' could not be written. "),
    "no right to write": ({"deny_write": ["Workspace_Desktop"]}, APPLICATION, "is logged in but lacks permission"),
    "no right to read": ({"account_tenants": ["Nowhere"]}, {}, "Cluster 'GWE_Cluster_Main' cannot be read"),
    "no such application": ({}, {"gax_preflight_application": "Workspace_Dektop"}, "mean 'Workspace_Desktop'?"),
    "others edit": ({}, APPLICATION, "another administrator changed [theirs] one"),
    "wrong password": ({}, {"gax_password": "wrong"}, "GAX did not accept user"),
}


def test_what_cannot_be_worked_with_is_told_in_one_sentence_and_nothing_is_changed(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        hosts, said = {}, {}

        def add(name: str, url: str, words: str, **more: Any) -> None:
            hosts[name] = {**connection(url), "chat_channel_cluster": "GWE_Cluster_Main", "gax_retries": 0, **more}
            said[name] = words

        for name, (reply, words) in NO_GAX.items():
            server = stack.enter_context(between(script=lambda seen, pass_on, reply=reply: reply))
            add(name, server.url, words)
        sims: dict[str, Simulator] = {}
        for name, (switches, variables, words) in NOT_READY.items():
            sims[name] = stack.enter_context(simulator(demo, **switches))
            add(name, sims[name].url, words, **variables)
        sims["others edit"].on_write(lambda estate, entry: estate.edit("Workspace_Desktop", "theirs", "one", "1"))
        files = make(tmp_path)
        plain = stack.enter_context(simulator(demo))
        tls = stack.enter_context(simulator(demo, tls_cert=files.server, tls_key=files.server_key))
        add("TLS to plain http", plain.url.replace("http:", "https:"), "this port does not use TLS")
        add("plain http to TLS", tls.url.replace("https:", "http:"), "this port uses TLS")
        add("nobody", "http://127.0.0.1:9", "no connection; check gax_url")
        run = play(None, PREFLIGHT, hosts)
        assert run.rc == 2
        for name, words in said.items():
            (failure,) = run.failures(name)
            assert words in failure.msg, name
            assert "\n" not in failure.msg
        assert "Traceback" not in run.output
        for name, sim in sims.items():
            if name != "others edit":
                assert list(sim.estate) == list(demo), name
        theirs = sims["others edit"].options("Workspace_Desktop")
        assert theirs.pop("theirs") == {"one": "1"}
        assert theirs == demo.options("Workspace_Desktop")
        assert plain.log == tls.log == []


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
        assert "Cause: gax_evidence: Lists omit objects" in run.output
        assert "(list_complete: false)" in run.output
        assert sim.journal == []
