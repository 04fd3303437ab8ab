# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache of the inventory plugin: what it saves, whose it is, and what it must not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.tests.integration import playbook
from ansible_collections.genesys_ops.engage.tests.integration.inventory import CLUSTERS, SERVERS, Shown, show, source
from ansible_collections.genesys_ops.engage.tests.integration.playbook import NAMESPACE, PASSWORD, USER
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

SECRET = "Geheim-4711"


class TestCache:
    """Two readings with one cache, and one that flushes it."""

    @pytest.fixture(scope="class")
    def story(self, demo: Estate, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
        estate, home = demo.copy(), tmp_path_factory.mktemp("cache")
        estate.edit("GWE_Cluster_Main", "db", "password", SECRET)
        estate.edit("GWE_Cluster_Main", "odd", "value", "{{ 6 * 7 }}")
        with playbook.simulator(estate) as sim:
            cached = {
                "cache": True,
                "cache_plugin": "ansible.builtin.jsonfile",
                "cache_connection": str(home / "cache"),
            }
            files = {"gax.yml": source(sim, **cached)}
            first, asked = show(home, files), len(sim.log)
            sim.edit("GWE_Cluster_Main", "engagement", "strictEngagementMode", "false")
            second, asked_twice = show(home, files), len(sim.log)
            flush = ["-i", str(home / "inventory"), "--flush-cache", "--list-hosts", f"{NAMESPACE}.configure"]
            assert playbook.command("playbook", flush, playbook.environment(home), home)[0] == 0
            asked_again, flushed = len(sim.log), show(home, files)
        kept = "".join(file.read_text(encoding="utf-8") for file in (home / "cache").iterdir())
        requests = (asked, asked_twice - asked, asked_again - asked_twice)
        return {"first": first, "second": second, "flushed": flushed, "requests": requests, "kept": kept}

    def test_the_second_reading_asks_gax_nothing(self, story: dict[str, Any]) -> None:
        first, second, _flushed = story["requests"]
        assert first > 0
        assert second == 0

    def test_it_shows_the_same(self, story: dict[str, Any]) -> None:
        story["first"].assert_clean()
        story["second"].assert_clean()
        assert story["second"].stdout == story["first"].stdout
        assert sorted(story["second"].variables) == CLUSTERS

    def test_flushing_reads_again(self, story: dict[str, Any]) -> None:
        assert story["requests"][2] > 0
        options = story["flushed"].variables["GWE_Cluster_Main"]["gax_options"]
        assert options["engagement"]["strictEngagementMode"] == "false"

    def test_the_cache_holds_no_secrets(self, story: dict[str, Any]) -> None:
        assert "GWE_Cluster_Main" in story["kept"]
        assert SECRET not in story["kept"]
        assert PASSWORD not in story["kept"]


class TestWhoseCache:
    """One cache for one file whose GAX, account and choice change: each has hosts of its own."""

    CACHED: ClassVar = {"plugin": f"{NAMESPACE}.gax", "cache": True, "cache_plugin": "ansible.builtin.jsonfile"}

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        """Return a function that reads the inventory, and the simulators of two GAX."""
        home, renamed = tmp_path_factory.mktemp("whose"), demo.copy()
        renamed.put({**renamed.app("GWE_Cluster_Main"), "name": "GWE_Elsewhere"})
        with playbook.simulator(demo) as here, playbook.simulator(renamed) as there:

            def read(sim: Simulator, user: str = USER, **options: Any) -> Shown:
                env = {"GAX_URL": sim.url, "GAX_USERNAME": user, "GAX_PASSWORD": PASSWORD}
                return show(
                    home, {"gax.yml": {**cls.CACHED, "cache_connection": str(home / "cache"), **options}}, env=env
                )

            yield read, here, there, home / "cache"

    def test_another_gax_has_hosts_of_its_own(self, story: Any) -> None:
        read, here, there, _cache = story
        assert sorted(read(here).variables) == CLUSTERS
        found = read(there)
        assert "GWE_Elsewhere" in found.variables
        assert {known["gax_url"] for known in found.variables.values()} == {f"{there.url}/gax"}

    def test_another_choice_has_hosts_of_its_own(self, story: Any) -> None:
        read, here, _there, _cache = story
        read(here)
        assert sorted(read(here, hosts="chat_servers").variables) == SERVERS
        assert list(read(here, clusters=["*_Main"]).variables) == ["GWE_Cluster_Main"]
        assert sorted(read(here).variables) == CLUSTERS

    def test_another_account_is_asked_for(self, story: Any) -> None:
        read, here, _there, _cache = story
        read(here)
        assert "did not accept user 'somebody'" in read(here, "somebody").sentences

    def test_each_is_read_once(self, story: Any) -> None:
        read, here, there, _cache = story
        for sim in (here, there):
            read(sim)
            asked = len(sim.log)
            read(sim).assert_clean()
            assert len(sim.log) == asked

    # Some cores take a file in another form for one that is not there.
    @pytest.mark.parametrize(("broken", "told"), [("", True), ("{", True), ('{"of": [], "hosts": []}', False)])
    def test_a_broken_cache_is_read_anew_with_a_warning(self, story: Any, broken: str, told: bool) -> None:
        read, here, _there, cache = story
        read(here)
        for file in cache.iterdir():
            file.write_text(broken, encoding="utf-8")
        shown = read(here)
        assert sorted(shown.variables) == CLUSTERS
        assert "GAX is read again" in shown.sentences or not told
        assert "Traceback" not in shown.output
        read(here).assert_clean()
