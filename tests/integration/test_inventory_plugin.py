# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin on the demo estate: hosts, variables, groups, the cache, several GAX, and what can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.inventory import (
    CLUSTERS,
    DR_SERVERS,
    MAIN_SERVERS,
    SERVERS,
    Shown,
    show,
    source,
    write,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    NAMESPACE,
    PASSWORD,
    USER,
    Player,
    connection,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTIONS
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

SECRET = "Geheim-4711"
HOSTILE = "Bad 'name' \"here\" {{ 6 * 7 }}"


@pytest.fixture(scope="module")
def gax(demo: Estate) -> Iterator[Simulator]:
    """Return a simulator that nobody writes to."""
    with playbook.simulator(demo) as running:
        yield running


class TestClusters:
    @pytest.fixture(scope="class")
    def shown(self, gax: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Shown:
        return show(tmp_path_factory.mktemp("clusters"), {"gax.yml": source(gax)})

    def test_it_ends_without_a_word_beyond_the_inventory(self, shown: Shown) -> None:
        shown.assert_clean()

    def test_each_web_engagement_cluster_is_a_host(self, shown: Shown) -> None:
        assert sorted(shown.variables) == CLUSTERS

    def test_a_host_has_the_variables_that_the_role_needs(self, shown: Shown, gax: Simulator) -> None:
        main = shown.variables["GWE_Cluster_Main"]
        assert {name: value for name, value in main.items() if name != "gax_options"} == {
            "gax_url": f"{gax.url}/gax",
            "gax_dbid": "301",
            "gax_type": "CFGApplicationCluster",
            "gax_version": "8.5.200.14",
            "gax_state": "CFGEnabled",
            "gax_tenants": ["Resources"],
            "gax_chat_servers": MAIN_SERVERS,
            "chat_channel_cluster": "GWE_Cluster_Main",
            "chat_channel_tenant": "101",
        }
        assert main["gax_options"] == gax.options("GWE_Cluster_Main")

    def test_groups_are_made_by_tenant_type_and_version(self, shown: Shown) -> None:
        assert shown.groups == {
            "tenant_Environment": ["GWE_Cluster_Direct"],
            "tenant_Resources": ["GWE_Cluster_DR", "GWE_Cluster_Main"],
            "type_CFGApplicationCluster": CLUSTERS,
            "version_8_5_200_14": CLUSTERS,
        }

    def test_the_account_is_nowhere(self, shown: Shown) -> None:
        assert PASSWORD not in shown.output
        assert USER not in shown.variables["GWE_Cluster_Main"].values()


class TestChatServers:
    @pytest.fixture(scope="class")
    def shown(self, demo: Estate, tmp_path_factory: pytest.TempPathFactory) -> Shown:
        estate = demo.copy()
        estate.edit("ChatServer_1", "db", "password", SECRET)
        estate.edit("ChatServer_1", "db", "other", PASSWORD)
        with playbook.simulator(estate) as sim:
            return show(tmp_path_factory.mktemp("servers"), {"gax.yml": source(sim, hosts="chat_servers")})

    def test_each_chat_server_is_a_host_its_backup_too(self, shown: Shown) -> None:
        shown.assert_clean()
        assert sorted(shown.variables) == SERVERS

    def test_it_is_in_a_group_for_each_cluster_that_reaches_it(self, shown: Shown) -> None:
        found = {name: hosts for name, hosts in shown.groups.items() if name.startswith("cluster_")}
        assert found == {
            "cluster_GWE_Cluster_DR": DR_SERVERS,
            "cluster_GWE_Cluster_Direct": ["ChatServer_Direct"],
            "cluster_GWE_Cluster_Main": MAIN_SERVERS,
        }

    def test_secrets_are_masked(self, shown: Shown) -> None:
        assert shown.variables["ChatServer_1"]["gax_options"]["db"] == {"password": "********", "other": "********"}
        assert SECRET not in shown.output
        assert PASSWORD not in shown.output


class TestChosenClusters:
    @pytest.mark.parametrize(
        "names, hosts",
        [
            (["GWE_Cluster_*"], CLUSTERS),
            (["GWE_Cluster_D?"], ["GWE_Cluster_DR"]),
            (["GWE_Cluster_Main", "GWE_Cluster_Direct"], ["GWE_Cluster_Direct", "GWE_Cluster_Main"]),
        ],
    )
    def test_by_name_and_pattern(self, gax: Simulator, tmp_path: Path, names: list[str], hosts: list[str]) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, clusters=names)})
        shown.assert_clean()
        assert sorted(shown.variables) == hosts

    def test_a_name_that_is_not_there_is_told(self, gax: Simulator, tmp_path: Path) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, clusters=["GWE_Cluster_Mian"])})
        assert "clusters: there is no application 'GWE_Cluster_Mian'." in shown.sentences
        assert "Did you mean 'GWE_Cluster_Main'" in shown.sentences
        assert "Traceback" not in shown.output

    @pytest.mark.parametrize("names", [[101], [None], [{"name": "GWE_Cluster_Main"}], ["GWE_Cluster_Main", True]])
    def test_what_is_no_text_is_refused(self, gax: Simulator, tmp_path: Path, names: list[Any]) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, clusters=names)})
        assert "clusters must hold names or patterns as text. Put a number in quotes." in shown.sentences
        assert shown.variables == {}


CONSTRUCTED = {
    "compose": {
        "site": "'dr' if chat_channel_cluster.endswith('DR') else 'main'",
        "servers": "gax_chat_servers | length",
    },
    "groups": {
        "disaster_recovery": "chat_channel_cluster is search('DR')",
        "large": "gax_chat_servers | length > 3",
    },
    "keyed_groups": [{"key": "gax_options.chat.refreshPoolSize | default('none')", "prefix": "pool"}],
}


class TestConstructed:
    def test_variables_and_groups_of_ones_own(self, gax: Simulator, tmp_path: Path) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, **CONSTRUCTED)})
        shown.assert_clean()
        made = {name: (known["site"], int(known["servers"])) for name, known in shown.variables.items()}
        assert made == {"GWE_Cluster_DR": ("dr", 4), "GWE_Cluster_Direct": ("main", 1), "GWE_Cluster_Main": ("main", 3)}
        assert shown.groups["disaster_recovery"] == shown.groups["large"] == ["GWE_Cluster_DR"]
        assert shown.groups["pool_10"] == ["GWE_Cluster_Direct", "GWE_Cluster_Main"]
        assert shown.groups["pool_none"] == ["GWE_Cluster_DR"]

    def test_without_strict_an_expression_that_fails_makes_nothing(self, gax: Simulator, tmp_path: Path) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, compose={"new": "no_such_variable + 1"}, strict=False)})
        assert sorted(shown.variables) == CLUSTERS
        assert not any("new" in known for known in shown.variables.values())

    def test_with_strict_it_is_an_error_that_names_it(self, gax: Simulator, tmp_path: Path) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, compose={"new": "no_such_variable + 1"}, strict=True)})
        assert "Could not set new for host" in shown.sentences
        assert "no_such_variable" in shown.sentences
        assert "Traceback" not in shown.output


class TestSeveralGax:
    def test_one_file_each_with_group_vars_beside_them(self, gax: Simulator, demo: Estate, tmp_path: Path) -> None:
        with playbook.simulator(demo) as other:
            shown = show(
                tmp_path,
                {
                    "production.gax.yml": source(gax, groups={"production": "true"}),
                    "test.gax.yml": source(other, groups={"test": "true"}, host_prefix="test_", clusters=["*_Main"]),
                    "group_vars/all.yml": {"chat_channel_queue": "Webengagement_Chat", "stage": "none"},
                    "group_vars/test.yml": {"stage": "test"},
                    "group_vars/tenant_Environment.yml": {"chat_channel_queue": "Chat In"},
                },
            )
            shown.assert_clean()
            known = shown.variables
            assert sorted(known) == [*CLUSTERS, "test_GWE_Cluster_Main"]
            assert known["test_GWE_Cluster_Main"]["gax_url"] == f"{other.url}/gax"
        assert known["test_GWE_Cluster_Main"]["chat_channel_cluster"] == "GWE_Cluster_Main"
        assert known["GWE_Cluster_Main"]["gax_url"] == f"{gax.url}/gax"
        assert {name: own["stage"] for name, own in known.items()} == {
            **dict.fromkeys(CLUSTERS, "none"),
            "test_GWE_Cluster_Main": "test",
        }
        assert known["GWE_Cluster_Direct"]["chat_channel_queue"] == "Chat In"
        assert known["GWE_Cluster_DR"]["chat_channel_queue"] == "Webengagement_Chat"

    def test_clusters_of_one_name_do_not_replace_each_other(self, gax: Simulator, demo: Estate, tmp_path: Path) -> None:
        with playbook.simulator(demo) as other:
            shown = show(tmp_path, {"a.gax.yml": source(gax), "b.gax.yml": source(other)})
            assert f"comes from {gax.url}/gax and from {other.url}/gax" in shown.sentences
        assert "Give host_prefix in one of the two files" in shown.sentences
        assert {known["gax_url"] for known in shown.variables.values()} == {f"{gax.url}/gax"}

    def test_one_gax_may_be_read_twice(self, gax: Simulator, tmp_path: Path) -> None:
        files = {"a.gax.yml": source(gax), "b.gax.yml": source(gax, groups={"also": "true"})}
        shown = show(tmp_path, files)
        shown.assert_clean()
        assert shown.groups["also"] == CLUSTERS


class TestLimit:
    def test_a_group_of_the_plugin_limits_a_run(self, gax: Simulator, tmp_path: Path, play: Player) -> None:
        folder = write(tmp_path, {"gax.yml": source(gax), "group_vars/all.yml": account(gax)})
        run = play(gax, f"{NAMESPACE}.configure", folder, args=["--check", "--limit", "tenant_Resources:!*_DR"])
        run.assert_success()
        assert list(run.stats) == ["GWE_Cluster_Main"]
        assert run.facts("GWE_Cluster_Main")["chat_channel_result"]["chat_servers"] == MAIN_SERVERS


def account(sim: Simulator) -> dict[str, Any]:
    """Return what the inventory does not give to hosts, as variables."""
    return {name: value for name, value in connection(sim).items() if name != "gax_url"}


class TestWhereTheAccountComesFrom:
    def test_everything_from_the_environment(self, gax: Simulator, tmp_path: Path) -> None:
        env = {"GAX_URL": gax.url, "GAX_USERNAME": USER, "GAX_PASSWORD": PASSWORD}
        shown = show(tmp_path, {"gax.yml": {"plugin": f"{NAMESPACE}.gax"}}, env=env)
        shown.assert_clean()
        assert sorted(shown.variables) == CLUSTERS

    def test_a_look_up_of_a_variable_with_another_name(self, gax: Simulator, tmp_path: Path) -> None:
        look_up = source(gax, gax_password="{{ lookup('ansible.builtin.env', 'TEST_GAX') }}")
        shown = show(tmp_path, {"gax.yml": look_up}, env={"TEST_GAX": PASSWORD})
        shown.assert_clean()
        assert sorted(shown.variables) == CLUSTERS

    def test_a_vaulted_password(self, gax: Simulator, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("vault-key\n", encoding="utf-8")
        command = ["encrypt_string", "--vault-password-file", str(tmp_path / "key"), "--name", "gax_password", PASSWORD]
        rc, vaulted, problem = playbook.command("vault", command, playbook.environment(tmp_path), tmp_path)
        assert rc == 0, problem
        text = f"plugin: {NAMESPACE}.gax\ngax_url: {gax.url}\ngax_username: {USER}\n{vaulted}\n"
        shown = show(tmp_path, {"gax.yml": text}, ["--list", "--vault-password-file", str(tmp_path / "key")])
        shown.assert_clean()
        assert sorted(shown.variables) == CLUSTERS
        assert PASSWORD not in shown.output

    def test_extra_variables_win_over_the_file_and_the_environment(self, gax: Simulator, tmp_path: Path) -> None:
        """As for modules: `-e @rehearsal.yml` leads away from the real GAX, its proxy and its certificate."""
        away = {"gax_url": "http://127.0.0.1:9", "gax_proxy": "http://127.0.0.1:9", "gax_client_cert": "nowhere.pem"}
        rehearsal = {**connection(gax), "gax_proxy": "", "gax_client_cert": "", "gax_ca_path": ""}
        rehearsal |= {"gax_retries": "0", "gax_timeout": "50", "gax_validate_certs": "false"}  # as in -e name=value
        (tmp_path / "rehearsal.json").write_text(json.dumps(rehearsal), encoding="utf-8")
        env = {"GAX_USERNAME": "somebody", "GAX_PASSWORD": "else", "GAX_CA_PATH": "nowhere.pem"}
        source_of_real = {"plugin": f"{NAMESPACE}.gax", **away, "gax_username": "{{ 'some' ~ 'body' }}"}
        shown = show(tmp_path, {"gax.yml": source_of_real}, ["--list", "-e", f"@{tmp_path / 'rehearsal.json'}"], env)
        assert (shown.rc, sorted(shown.variables)) == (0, CLUSTERS), shown.output
        assert "WARNING" not in shown.output

    def test_an_extra_variable_that_is_a_template_of_hosts_is_left_to_them(
        self, gax: Simulator, tmp_path: Path
    ) -> None:
        extra = json.dumps({"gax_password": "{{ passwords[inventory_hostname] }}"})
        shown = show(tmp_path, {"gax.yml": source(gax)}, ["--graph", "-e", extra])
        shown.assert_clean()


class TestWhatGoesWrong:
    def failure(self, home: Path, content: Any, **env: str) -> str:
        shown = show(home, {"gax.yml": content}, env=env)
        assert "Traceback" not in shown.output
        assert PASSWORD not in shown.output
        assert '"hostvars": {}' in shown.stdout
        return shown.sentences

    def test_a_wrong_password(self, gax: Simulator, tmp_path: Path) -> None:
        said = self.failure(tmp_path, source(gax, gax_password=SECRET))
        assert f"GAX did not accept user '{USER}' at {gax.url}/gax (POST" in said
        assert "session/login answered 401" in said
        assert "check gax_username, gax_password and gax_password_transport (now obfuscated)" in said
        assert SECRET not in said

    def test_no_gax_there(self, gax: Simulator, tmp_path: Path) -> None:
        gone = {**source(gax, gax_retries=0), "gax_url": "http://127.0.0.1:9"}
        said = self.failure(tmp_path, gone)
        assert "No GAX can be reached." in said
        assert "no connection; check gax_url, the firewall, and that GAX is running" in said

    def test_no_address(self, gax: Simulator, tmp_path: Path) -> None:
        content = {name: value for name, value in source(gax).items() if name != "gax_url"}
        said = self.failure(tmp_path, content)
        assert "gax_url (or the environment variable GAX_URL) is missing or empty." in said

    def test_an_address_that_is_none(self, gax: Simulator, tmp_path: Path) -> None:
        said = self.failure(tmp_path, {**source(gax), "gax_url": "gax.example.com"})
        assert "gax_url: 'gax.example.com' is not an address such as https://gax.example.com:8443." in said

    def test_a_choice_that_is_none(self, gax: Simulator, tmp_path: Path) -> None:
        said = self.failure(tmp_path, source(gax, hosts="queues"))
        assert "queues" in said
        assert "chat_servers" in said

    def test_no_requests_beside_ansible(self, gax: Simulator, tmp_path: Path) -> None:
        (tmp_path / "requests.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
        path = f"{tmp_path}:{COLLECTIONS}"
        said = self.failure(tmp_path, source(gax), PYTHONPATH=path)
        assert "Failed to import the required Python library (requests)" in said

    def test_a_file_of_another_name_is_not_read_and_that_is_told(self, gax: Simulator, tmp_path: Path) -> None:
        asked = len(gax.log)
        content = f"plugin: {NAMESPACE}.gax\ngax_url: {gax.url}\n"
        shown = show(tmp_path, {"genesys.yml": content})
        assert len(gax.log) == asked
        assert (
            "genesys.yml: the name of an inventory file for genesys_ops.engage.gax must end in gax.yml"
            in shown.sentences
        )

    def test_no_cluster_is_told_with_those_that_are_there(self, gax: Simulator, tmp_path: Path) -> None:
        shown = show(tmp_path, {"gax.yml": source(gax, clusters=["Bank_*"])})
        assert f"no Application Cluster at {gax.url}/gax matches Bank_*" in shown.sentences
        assert "GAX shows ChatServer_Cluster, ChatServer_Cluster_DR" in shown.sentences
        assert "GWE_Cluster_Main" in shown.sentences

    @pytest.mark.parametrize(
        ("password", "said"), [("x{{ y", "the error is not shown"), ("x{{ nothing }}", "'nothing' is undefined")]
    )
    def test_a_password_whose_template_fails_is_not_shown(
        self, gax: Simulator, tmp_path: Path, password: str, said: str
    ) -> None:
        shown = self.failure(tmp_path, source(gax, gax_password=f"{SECRET}{password}"))
        assert f"gax_password is a template that failed: {said}" in shown
        assert SECRET not in shown

    @pytest.mark.parametrize("mistake", [{"gax_timeout": "soon"}, {"hosts": "queues"}, {"gax_username": "{{ x }}"}])
    def test_a_mistake_beside_the_password_does_not_show_it(
        self, gax: Simulator, tmp_path: Path, mistake: dict[str, str]
    ) -> None:
        lines = {**source(gax), "gax_password": SECRET, **mistake}
        shown = self.failure(tmp_path, "".join(f"{name}: '{value}'\n" for name, value in lines.items()))
        assert next(iter(mistake)) in shown
        assert SECRET not in shown


class TestTheEnvironmentIsText:
    """Nothing from the environment is run as a template; what the file holds is."""

    def test_a_password_with_braces_works(self, demo: Estate, tmp_path: Path) -> None:
        password = "pa{{ss}}{%w%}{#d#}"
        with Simulator(demo.copy(), user=USER, password=password) as sim:
            env = {"GAX_URL": sim.url, "GAX_USERNAME": USER, "GAX_PASSWORD": password}
            shown = show(tmp_path, {"gax.yml": {"plugin": f"{NAMESPACE}.gax"}}, env=env)
        assert sorted(shown.variables) == CLUSTERS
        assert password not in shown.output

    def test_a_look_up_is_not_run(self, gax: Simulator, tmp_path: Path) -> None:
        mark = tmp_path / "run"
        look_up = "{{ lookup('ansible.builtin.pipe', 'touch " + str(mark) + "') }}"
        env = {"GAX_URL": gax.url, "GAX_USERNAME": look_up, "GAX_PASSWORD": PASSWORD, "GAX_CA_PATH": look_up}
        show(tmp_path, {"gax.yml": {"plugin": f"{NAMESPACE}.gax"}}, env=env)
        assert not mark.exists()


class TestHostileNames:
    """What GAX says is data: a name and an option that are templates, in every place where they show."""

    @pytest.fixture(scope="class")
    def run(self, demo: Estate, tmp_path_factory: pytest.TempPathFactory, play: Player) -> playbook.Run:
        estate = demo.copy()
        cluster = estate.app("GWE_Cluster_Direct")
        estate.put({**cluster, "name": HOSTILE})
        estate.edit(HOSTILE, "odd", "template", "{{ 6 * 7 }}{% if true %}!{% endif %}")
        estate.edit(HOSTILE, "odd", "terminal", "\x1b[31m\x9b2J\u202e")
        with playbook.simulator(estate) as sim:
            files = {"gax.yml": source(sim, compose={"twice": "gax_options.odd.template"}, clusters=[HOSTILE])}
            folder = write(tmp_path_factory.mktemp("hostile"), files)
            names = (
                *("inventory_hostname", "chat_channel_cluster", "gax_options.odd.template", "twice"),
                "gax_options.odd.terminal",
            )
            shown = {name: "{{ " + name + " }}" for name in names}
            tasks = [{"name": "Show", "ansible.builtin.debug": {"msg": shown}}]
            return play(sim, [{"hosts": "all", "gather_facts": False, "tasks": tasks}], folder)

    def test_they_arrive_as_they_are(self, run: playbook.Run) -> None:
        run.assert_success()
        assert run.task("Show").result["msg"] == {
            "inventory_hostname": HOSTILE,
            "chat_channel_cluster": HOSTILE,
            "gax_options.odd.template": "{{ 6 * 7 }}{% if true %}!{% endif %}",
            "twice": "{{ 6 * 7 }}{% if true %}!{% endif %}",
            "gax_options.odd.terminal": r"\u{1b}[31m\u{9b}2J\u{202e}",
        }

    def test_the_role_finds_the_cluster(self, demo: Estate, tmp_path: Path, play: Player) -> None:
        estate = demo.copy()
        estate.put({**estate.app("GWE_Cluster_Direct"), "name": HOSTILE})
        with playbook.simulator(estate) as sim:
            folder = write(tmp_path, {"gax.yml": source(sim, clusters=[HOSTILE]), "group_vars/all.yml": account(sim)})
            run = play(sim, f"{NAMESPACE}.configure", folder, args=["--check"])
            run.assert_success()
            assert run.facts(HOSTILE)["chat_channel_result"]["cluster"] == HOSTILE
