# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of the collection in its meta files agrees with what is in it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION

LOCAL = {"chat_channel_report"}  # talks to no GAX itself


def names(kind: str) -> set[str]:
    return {file.stem for file in (COLLECTION / "plugins" / kind).glob("*.py") if not file.stem.startswith("_")}


def read(name: str) -> Any:
    return yaml.safe_load((COLLECTION / name).read_text(encoding="utf-8"))


def requirements(name: str) -> set[str]:
    lines = (COLLECTION / name).read_text(encoding="utf-8").splitlines()
    return {line.split("#")[0].strip() for line in lines} - {""}


def test_module_defaults_of_the_group_reach_every_module_that_logs_in() -> None:
    group = read("meta/runtime.yml")["action_groups"]["gax"]
    assert group == sorted(names("modules") - LOCAL)


def test_every_module_has_an_action_plugin_and_the_other_way_round() -> None:
    assert names("modules") == names("action")


def test_every_role_has_a_readme_which_galaxy_wants() -> None:
    roles = [folder for folder in (COLLECTION / "roles").iterdir() if folder.is_dir()]
    assert roles
    for role in roles:
        assert f"genesys_ops.engage.{role.name}" in (role / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["tests/unit/requirements.txt", "tests/integration/requirements.txt"])
def test_ansible_test_installs_the_libraries_that_users_install(name: str) -> None:
    assert requirements("requirements.txt") <= requirements(name)


def test_an_execution_environment_gets_the_libraries(tmp_path: Path) -> None:
    """`ansible-builder` takes them from a collection that is installed."""
    builder = shutil.which("ansible-builder")
    if builder is None:
        pytest.skip("ansible-builder is not installed: meta/execution-environment.yml is NOT tested")
    installed = tmp_path / "ansible_collections" / "genesys_ops" / "engage"
    installed.mkdir(parents=True)
    for name in ("meta", "requirements.txt", "galaxy.yml"):
        source = COLLECTION / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, installed / name)
    found = tmp_path / "python.txt"
    subprocess.run(
        [builder, "introspect", "--write-pip", str(found), str(tmp_path)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert "requests>=" in found.read_text(encoding="utf-8")
    definition = tmp_path / "execution-environment.yml"
    definition.write_text("version: 3\nimages:\n  base_image:\n    name: example.com/base:1\n", encoding="utf-8")
    context = tmp_path / "context"
    subprocess.run(
        [builder, "create", "--file", str(definition), "--context", str(context), "--output-filename", "Containerfile"],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert "example.com/base:1" in (context / "Containerfile").read_text(encoding="utf-8")
