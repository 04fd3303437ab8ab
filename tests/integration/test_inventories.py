# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example inventories of docs/inventories: what they show, what they run, and what docs/inventory.md says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.inventory import Shown
from ansible_collections.genesys_ops.engage.tests.integration.playbook import NAMESPACE, SHARED, Player, Run
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

EXAMPLES = COLLECTION / "docs" / "inventories"
TEXT = (COLLECTION / "docs" / "inventory.md").read_text(encoding="utf-8")
USER, PASSWORD = "automation", "Dummy-4711"  # the password that the vault of many_gax holds
ACCOUNT = {"GAX_PASSWORD": PASSWORD, "GAX_PASSWORD_TEST": PASSWORD}
ADDRESS = re.compile(r"https://[a-z0-9.-]+:8443")

# Example -> hosts, and the Web Engagement Cluster that each configures. Each example needs a line here.
HOSTS = {
    "one_cluster": {"web_engagement": "GWE_Cluster_Main"},
    "many_clusters": {"direct": "GWE_Cluster_Direct", "main": "GWE_Cluster_Main", "dr": "GWE_Cluster_DR"},
    "many_gax": {
        "main_production": "GWE_Cluster_Main",
        "direct_production": "GWE_Cluster_Direct",
        "main_disaster_recovery": "GWE_Cluster_DR",
        "main_test": "GWE_Cluster_Main",
    },
    "from_gax": {
        "GWE_Cluster_DR": "GWE_Cluster_DR",
        "GWE_Cluster_Direct": "GWE_Cluster_Direct",
        "GWE_Cluster_Main": "GWE_Cluster_Main",
        "test_GWE_Cluster_Main": "GWE_Cluster_Main",
    },
}
# The demo estate has this cluster as these examples want it: their run would change the others only.
AS_WANTED = {"many_clusters": {"direct"}, "from_gax": {"GWE_Cluster_Direct"}}


@dataclass(frozen=True)
class Copy:
    """An example in a folder of its own, with each address replaced by a simulator."""

    home: Path
    sims: dict[str, Simulator]

    @property
    def folder(self) -> Path:
        return self.home / "inventory"

    @property
    def arguments(self) -> list[str]:
        key = self.folder / "vault_password.txt"
        return [f"--vault-password-file={key}"] if key.exists() else []

    def show(self, *arguments: str) -> Shown:
        env = playbook.environment(self.home, ACCOUNT)
        return Shown(*playbook.command("inventory", ["-i", str(self.folder), *arguments], env, self.home))


@pytest.fixture(scope="module")
def sims(demo: Estate) -> Iterator[dict[str, Simulator]]:
    """Return a GAX for each address in the examples."""
    texts = [file.read_text(encoding="utf-8") for file in EXAMPLES.rglob("*.yml")]
    running: dict[str, Simulator] = {}
    try:
        for address in sorted({found for text in texts for found in ADDRESS.findall(text)}):
            running[address] = Simulator(demo, user=USER, password=PASSWORD)
            running[address].start()
        yield running
    finally:
        for sim in running.values():
            sim.stop()


@pytest.fixture(scope="module")
def copies(sims: dict[str, Simulator], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Copy]:
    def copy(name: str) -> Copy:
        made = Copy(tmp_path_factory.mktemp(name), sims)
        shutil.copytree(EXAMPLES / name, made.folder)
        for file in made.folder.rglob("*.yml"):
            text = file.read_text(encoding="utf-8")
            file.write_text(ADDRESS.sub(lambda found: sims[found[0]].url, text), encoding="utf-8")
        return made

    return {name: copy(name) for name in HOSTS}


def test_each_example_is_tested_and_explained() -> None:
    assert sorted(HOSTS) == sorted(item.name for item in EXAMPLES.iterdir())
    assert sorted(re.findall(r"^\| \[\w+\]\(inventories/(\w+)\)", TEXT, re.MULTILINE)) == sorted(HOSTS)


@pytest.mark.parametrize("name", HOSTS)
def test_it_has_the_hosts_and_their_clusters(copies: dict[str, Copy], name: str) -> None:
    copy = copies[name]
    shown = copy.show("--list", *copy.arguments)
    shown.assert_clean()
    assert {host: own["chat_channel_cluster"] for host, own in shown.variables.items()} == HOSTS[name]


@pytest.mark.parametrize("name", HOSTS)
class TestConfigure:
    @pytest.fixture(scope="class")
    def runs(self, copies: dict[str, Copy], play: Player) -> dict[str, Run]:
        def check(copy: Copy) -> Run:
            arguments = ["--check", "--diff", *copy.arguments]
            return play(None, f"{NAMESPACE}.configure", copy.folder, args=arguments, env=ACCOUNT)

        return {name: check(copy) for name, copy in copies.items()}

    def test_the_role_would_configure_each_cluster(self, runs: dict[str, Run], name: str) -> None:
        runs[name].assert_success()
        results = {host: runs[name].facts(host)["chat_channel_result"] for host in HOSTS[name]}
        assert {host: result["cluster"] for host, result in results.items()} == HOSTS[name]
        assert {host for host, result in results.items() if not result["changes"]} == AS_WANTED.get(name, set())

    def test_no_password_is_shown(self, runs: dict[str, Run], name: str) -> None:
        assert PASSWORD not in runs[name].output


class TestManyGax:
    @pytest.fixture(scope="class")
    def variables(self, copies: dict[str, Copy]) -> dict[str, dict[str, Any]]:
        return copies["many_gax"].show("--list", *copies["many_gax"].arguments).variables

    def test_the_strongest_place_wins_as_the_text_says(self, variables: dict[str, dict[str, Any]]) -> None:
        rows = re.findall(r"^\| `([\w/.]+)`[^|]* \| (\d) \| `(\w+)` \|$", TEXT, re.MULTILINE)
        assert len(rows) == 4
        for place, value, host in rows:
            assert variables[host]["example_decided_by"] == place
            assert variables[host]["chat_channel_refresh_task_period"] == int(value)

    def test_each_group_has_its_own_gax(self, variables: dict[str, dict[str, Any]], copies: dict[str, Copy]) -> None:
        urls = {name: sim.url for name, sim in copies["many_gax"].sims.items()}
        assert {host: own["gax_url"] for host, own in variables.items()} == {
            "main_production": urls["https://gax.example.com:8443"],
            "direct_production": urls["https://gax.example.com:8443"],
            "main_disaster_recovery": ",".join(urls[f"https://gax-{number}.dr.example.com:8443"] for number in (1, 2)),
            "main_test": urls["https://gax.test.example.com:8443"],
        }

    def test_one_backup_folder_serves_all(self, copies: dict[str, Copy], play: Player) -> None:
        copy = copies["many_gax"]

        def run(name: str, *more: str) -> Run:
            return play(None, f"{NAMESPACE}.{name}", copy.folder, args=[*more, *copy.arguments], env=ACCOUNT)

        try:
            run("configure").assert_success()
            [backup] = (copy.home / "backup").iterdir()
            names = sorted(folder.name.rpartition("-")[0] for folder in backup.iterdir() if folder.is_dir())
            assert names == ["GWE_Cluster_DR", "GWE_Cluster_Direct", "GWE_Cluster_Main", "GWE_Cluster_Main"]
            writes = {url: len(sim.journal) for url, sim in copy.sims.items()}
            run("restore", "--limit", "main_test").assert_success()
            written = {url for url, sim in copy.sims.items() if len(sim.journal) > writes[url]}
            assert written == {"https://gax.test.example.com:8443"}
        finally:
            for sim in copy.sims.values():
                sim.reset()
            shutil.rmtree(copy.home / "backup", ignore_errors=True)

    @SHARED
    def test_a_cluster_in_two_inventories_of_one_run_is_refused(self, copies: dict[str, Copy], play: Player) -> None:
        copy = copies["many_gax"]
        url = copy.sims["https://gax.example.com:8443"].url
        second = copy.home / "second.yml"
        variables = {"gax_url": url, "gax_username": USER, "chat_channel_cluster": "GWE_Cluster_Main"}
        second.write_text(yaml.safe_dump({"all": {"hosts": {"mine": variables}}}), encoding="utf-8")
        arguments = ["-i", str(second), "--limit", "mine:main_production", *copy.arguments]
        run = play(None, f"{NAMESPACE}.configure", copy.folder, args=["--check", *arguments], env=ACCOUNT)
        assert sorted(run.stats[host]["failures"] for host in ("mine", "main_production")) == [0, 1]
        assert "both name the cluster GWE_Cluster_Main" in run.output

    def test_the_vault_opens_with_its_password_only(self, copies: dict[str, Copy]) -> None:
        shown = copies["many_gax"].show("--list")
        assert shown.rc != 0
        assert "Attempting to decrypt but no vault secrets found" in shown.sentences
        assert PASSWORD not in shown.output

    def test_no_file_holds_the_password_in_clear(self) -> None:
        files = [file for file in EXAMPLES.rglob("*") if file.is_file()]
        assert not [file for file in files if PASSWORD in file.read_text(encoding="utf-8")]
        vault = (EXAMPLES / "many_gax/group_vars/production/vault.yml").read_text(encoding="utf-8")
        assert vault.startswith("$ANSIBLE_VAULT;")
        assert "TEST-ONLY" in (EXAMPLES / "many_gax/vault_password.txt").read_text(encoding="utf-8")


def test_the_graphs_in_the_text_are_what_ansible_shows(copies: dict[str, Copy]) -> None:
    blocks = re.findall(r"    \$ ansible-inventory -i docs/inventories/(\w+) --graph\n((?:    .+\n)+)", TEXT)
    assert [name for name, _graph in blocks] == ["many_gax", "from_gax"]
    for name, graph in blocks:
        shown = copies[name].show("--graph", *copies[name].arguments)
        assert sorted(line[4:] for line in graph.splitlines()) == sorted(shown.graph)


def test_limit_and_host_work_as_the_text_says(copies: dict[str, Copy], play: Player) -> None:
    copy = copies["many_clusters"]
    main = copy.show("--host", "main")
    main.assert_clean()
    assert '"chat_channel_refresh_task_period": 5' in main.stdout
    run = play(None, f"{NAMESPACE}.configure", copy.folder, args=["--check", "--limit", "main"], env=ACCOUNT)
    run.assert_success()
    assert list(run.stats) == ["main"]


def test_the_inventory_source_of_awx_needs_only_the_environment(copies: dict[str, Copy]) -> None:
    copy = copies["from_gax"]
    sim = copy.sims["https://gax.example.com:8443"]
    file = copy.home / "awx.gax.yml"
    file.write_text(f"plugin: {NAMESPACE}.gax\ngax_url: {sim.url}\n", encoding="utf-8")
    env = playbook.environment(copy.home, {"GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD})
    shown = Shown(*playbook.command("inventory", ["-i", str(file), "--list", "--export"], env, copy.home))
    shown.assert_clean()
    assert sorted(shown.variables) == ["GWE_Cluster_DR", "GWE_Cluster_Direct", "GWE_Cluster_Main"]


def test_a_pipeline_can_make_a_silent_gax_fatal(copies: dict[str, Copy]) -> None:
    setting = "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"
    assert setting in TEXT
    copy = copies["from_gax"]
    env = playbook.environment(copy.home, {**ACCOUNT, "GAX_PASSWORD_TEST": "wrong", setting: "true"})
    shown = Shown(*playbook.command("inventory", ["-i", str(copy.folder), "--list"], env, copy.home))
    assert shown.rc != 0
    assert "GAX did not accept user 'automation'" in shown.sentences
    assert "Traceback" not in shown.output
