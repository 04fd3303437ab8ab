# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said in more than one place about a release is the same in each of them."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.genesys_ops.engage.plugins.module_utils._version import VERSION
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION


def text(name: str) -> str:
    return (COLLECTION / name).read_text(encoding="utf-8")


def test_the_changelog_has_the_version_of_the_collection() -> None:
    version, _separator, before_release = yaml.safe_load(text("galaxy.yml"))["version"].partition("-")
    if before_release:
        assert list((COLLECTION / "changelogs" / "fragments").glob("*.yml")), "what is new has no fragment"
        return
    assert version in yaml.safe_load(text("changelogs/changelog.yaml"))["releases"]
    assert f"## v{version}".replace(".", r"\.") in text("CHANGELOG.md")


def test_files_that_are_written_carry_the_version_of_the_collection() -> None:
    assert yaml.safe_load(text("galaxy.yml"))["version"] == VERSION


def test_nothing_claims_to_be_of_a_version_that_was_neither_released_nor_next() -> None:
    released = {*yaml.safe_load(text("changelogs/changelog.yaml"))["releases"]}
    released.add(yaml.safe_load(text("galaxy.yml"))["version"].split("-")[0])  # what comes next
    said = {
        (str(file.relative_to(COLLECTION)), version)
        for folder in ("plugins", "roles")
        for file in (COLLECTION / folder).rglob("*")
        if file.suffix in {".py", ".yml"}
        for version in re.findall(r"version_added: (\S+)", file.read_text(encoding="utf-8"))
    }
    assert said
    assert {(file, version) for file, version in said if version not in released} == set()


def test_ci_tests_the_cores_of_the_matrix() -> None:
    if not (COLLECTION / ".github").is_dir():
        pytest.skip("an installed copy has no CI")
    listed = re.findall(r"^(?:RELEASES|PRE_RELEASE)=.*$", text("tests/matrix.sh"), re.MULTILINE)
    cores = {core for line in listed for core in re.findall(r"2\.\d+-3\.\d+", line)}
    targets = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]["nightly"]["strategy"]["matrix"]["target"]
    tested = {target.removeprefix("matrix TESTED=") for target in targets if target.startswith("matrix ")}
    assert tested == cores
