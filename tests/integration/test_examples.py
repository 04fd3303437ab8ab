# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation is true: its examples run, and ansible-doc shows every option."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    NAMESPACE,
    Player,
    TaskResult,
    command,
    connection,
    environment,
    play_of,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

MODULES = sorted(file.stem for file in (COLLECTION / "plugins" / "modules").glob("[a-z]*.py"))


def documentation(module: str) -> Any:
    return importlib.import_module(f"ansible_collections.{NAMESPACE}.plugins.modules.{module}")


def examples(module: str) -> list[dict[str, Any]]:
    return yaml.safe_load(documentation(module).EXAMPLES) or []


def own_options(module: str) -> list[str]:
    return list(yaml.safe_load(documentation(module).DOCUMENTATION)["options"])


def talks_to_gax(module: str) -> bool:
    return f"{NAMESPACE}.gax" in yaml.safe_load(documentation(module).DOCUMENTATION).get(
        "extends_documentation_fragment", ()
    )


class TestExamples:
    """One play for each module, each against a demo estate of its own, all in one run."""

    @pytest.fixture(scope="class")
    @classmethod
    def results(
        cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[dict[str, list[TaskResult]]]:
        with contextlib.ExitStack() as stack:
            plays, last = [], {}
            for module in MODULES:
                sim = stack.enter_context(simulator(demo))
                tasks = [{**task, "name": f"{module}: {task['name']}"} for task in examples(module)]
                plays.append(play_of(tasks, connection(sim)))
                last[module] = sim
            home = str(tmp_path_factory.mktemp("home"))
            run = play(None, plays, env={"HOME": home})
            run.assert_clean()
            yield {module: [item for item in run.results if item.task.startswith(f"{module}: ")] for module in MODULES}

    @pytest.mark.parametrize("module", MODULES)
    def test_every_example_of_a_module_succeeds(self, results: dict[str, list[TaskResult]], module: str) -> None:
        assert [(item.task, item.msg) for item in results[module] if item.status != "ok"] == []
        assert len(results[module]) == len(examples(module))

    @pytest.mark.parametrize("module", MODULES)
    def test_a_module_has_examples_that_use_it(self, module: str) -> None:
        actions = [key for task in examples(module) for key in task if key.startswith(NAMESPACE)]
        assert f"{NAMESPACE}.{module}" in actions

    @pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith(("_info", "_report"))])
    def test_an_example_of_a_module_that_can_change_something_does(
        self, results: dict[str, list[TaskResult]], module: str
    ) -> None:
        assert any(item.changed for item in results[module] if item.action == f"{NAMESPACE}.{module}")

    @pytest.mark.parametrize("module", MODULES)
    def test_every_value_that_is_documented_is_returned(
        self, results: dict[str, list[TaskResult]], module: str
    ) -> None:
        documented = yaml.safe_load(documentation(module).RETURN)
        returned = {key for item in results[module] if item.action == f"{NAMESPACE}.{module}" for key in item.result}
        expected = {key for key, value in documented.items() if value["returned"] in ("success", "always")}
        assert expected
        assert expected <= returned

    @pytest.mark.parametrize("module", MODULES)
    def test_every_value_that_is_returned_is_documented(
        self, results: dict[str, list[TaskResult]], module: str
    ) -> None:
        documented = set(yaml.safe_load(documentation(module).RETURN))
        common = {"changed", "diff", "failed", "invocation", "warnings", "deprecations"}
        returned = {key for item in results[module] if item.action == f"{NAMESPACE}.{module}" for key in item.result}
        assert {key for key in returned if not key.startswith("_")} - common <= documented


class TestAnsibleDoc:
    @pytest.fixture(scope="class")
    @classmethod
    def pages(cls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
        """Return the page of each module, and of the role, as a user reads it."""
        home = tmp_path_factory.mktemp("doc")
        pages = {}
        names = [f"{NAMESPACE}.{module}" for module in MODULES]
        for kind, wanted in (("module", names), ("role", [f"{NAMESPACE}.chat_channel"])):
            rc, stdout, stderr = command("doc", ["-t", kind, *wanted], environment(home), home)
            assert (rc, stderr) == (0, "")
            for page in re.split(r"^> ", stdout, flags=re.MULTILINE)[1:]:
                name = re.search(rf"{NAMESPACE}\.(\w+)", page.lower())
                pages["the role" if kind == "role" else name[1] if name else ""] = page
        return pages

    @pytest.mark.parametrize("module", MODULES)
    def test_the_page_of_a_module_names_every_option(self, pages: dict[str, str], module: str) -> None:
        connection_options = ["gax_url", "gax_password", "gax_concurrency"] if talks_to_gax(module) else []
        options = [*own_options(module), *connection_options]
        assert [name for name in options if not re.search(rf"^[=-] {name}\b", pages[module], re.MULTILINE)] == []

    @pytest.mark.parametrize("module", MODULES)
    def test_the_page_of_a_module_tells_what_it_supports_and_what_it_returns(
        self, pages: dict[str, str], module: str
    ) -> None:
        for word in ("check_mode", "diff_mode", "idempotent", "EXAMPLES:", "RETURN VALUES:"):
            assert word in pages[module]
        assert ("action_group" in pages[module]) == talks_to_gax(module)

    def test_the_page_of_the_role_names_every_variable(self, pages: dict[str, str]) -> None:
        specs = (COLLECTION / "roles" / "chat_channel" / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
        for entry in yaml.safe_load(specs)["argument_specs"].values():
            for name in entry.get("options", {}):
                assert re.search(rf"^[=-] {name}\b", pages["the role"], re.MULTILINE), name
