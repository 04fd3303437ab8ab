# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's tasks do not list reaches the modules all the same: nobody notices an option that is dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import CATALOGUE
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import MODULES
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._role import (
    MAY_BE_EMPTY,
    MODULES_OF_ROLE,
    given_by_role,
    options_of,
)
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._variables import ROLE, SPECS

OMIT = "__omit_place_holder__1"
ENTRIES = {"chat_channel": "main", "chat_channel_info": "audit"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(module: str, *arguments: str, **variables: Any) -> dict[str, Any]:
    named = {f"{ROLE}{name}": value for name, value in variables.items()}
    return given_by_role(module, arguments, {**named, "ansible_host": "a"}, lambda _name, value: value, OMIT)


@pytest.mark.parametrize("module", MODULES_OF_ROLE)
def test_every_variable_of_the_role_that_is_an_option_of_the_module_is_given_and_no_other(module: str) -> None:
    specs = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["argument_specs"][ENTRIES[module]]["options"]
    meant = {name for name in MODULES[module].arguments if f"{ROLE}{name}" in specs}
    assert meant >= {option.name for option in CATALOGUE}
    found = given(module, "one_step", **dict.fromkeys(MODULES[module].arguments, "x"))
    assert found == dict.fromkeys(meant, "x")


def test_other_modules_get_nothing() -> None:
    assert given("application_rollback", cluster="A", backup_dir="b") == {}


@pytest.mark.parametrize("nothing", [None, OMIT])
def test_what_has_no_value_is_not_given(nothing: object) -> None:
    assert given("chat_channel", tenant=nothing, endpoint="e", refresh_pool_size=0) == {
        "endpoint": "e",
        "refresh_pool_size": 0,
    }


@pytest.mark.parametrize("name", options_of("chat_channel"))
def test_an_empty_text_leaves_out_only_what_may_be_empty(name: str) -> None:
    assert (name in given("chat_channel", **{name: ""})) is (name not in MAY_BE_EMPTY)


@pytest.mark.parametrize(
    ("tasks", "restarts"),
    [("restart.yml", True), ("0", True), ("", False), (None, False), (False, False), (OMIT, False)],
)
def test_a_module_knows_whether_the_user_restarts_the_nodes(tasks: object, restarts: bool) -> None:
    assert given("chat_channel", "one_step", restart_tasks=tasks) == {"restarts": restarts}
    assert given("chat_channel_info", cluster="A", restart_tasks=tasks) == {"cluster": "A"}


@pytest.mark.parametrize("name", ["batch_size", "after_batch_tasks", "restart_tasks"])
@pytest.mark.parametrize(
    ("value", "in_steps"),
    [(2, True), ("2", True), ("a.yml", True), (0, False), ("", False), (None, False), (False, False), (OMIT, False)],
)
def test_the_first_call_of_a_run_in_steps_only_says_which_there_are(
    folder: Path, name: str, value: object, in_steps: bool
) -> None:
    (folder / str(value or "none")).touch()
    value = str(value) if value == 2 and name != "batch_size" else value
    others = {"batch_size": 0, "after_batch_tasks": "", "restart_tasks": None}
    assert given("chat_channel", **{**others, name: value})["predict"] is in_steps
    assert "predict" not in given("chat_channel", "one_step", **{name: value})
    assert "predict" not in given("chat_channel", "after_failure", **{name: value})


def test_a_zero_as_text_is_no_batch_size_but_may_be_the_name_of_a_file(folder: Path) -> None:
    (folder / "0").touch()
    assert given("chat_channel", batch_size="0")["predict"] is False
    assert given("chat_channel", batch_size="0", restart_tasks="0")["predict"] is True
    assert given("chat_channel", after_batch_tasks="0")["predict"] is True


def test_a_queue_without_a_name_is_given_as_such_so_that_it_is_refused() -> None:
    assert given("chat_channel_info", queue=None) == {"queue": ""}
    assert given("chat_channel_info", cluster="A") == {"cluster": "A"}
