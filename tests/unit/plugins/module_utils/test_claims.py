# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two inventory hosts of one run that want different things of one object."""

from __future__ import annotations

import stat
from pathlib import Path

from ansible_collections.genesys_ops.engage.plugins.module_utils._run.claims import (
    FILE,
    Claim,
    claim,
    need,
    no_longer_needed,
)


def test_the_first_has_it_and_the_others_are_told_who(tmp_path: Path) -> None:
    assert claim(tmp_path, "main", "GWE_A", {"chat 1": "Queue_A", "chat 2": "Queue_A"}) == {}
    others = claim(tmp_path, "dr", "GWE_B", {"chat 2": "Queue_B", "chat 3": "Queue_B"})
    assert others == {"chat 2": Claim("main", "GWE_A", "Queue_A")}
    # What was refused is not noted, so that it is in nobody's way.
    assert claim(tmp_path, "third", "GWE_C", {"chat 3": "Queue_C"}) == {}


def test_equal_wishes_and_a_host_that_changes_its_mind_are_fine(tmp_path: Path) -> None:
    assert claim(tmp_path, "main", "GWE_A", {"chat 1": "Queue_A"}) == {}
    assert claim(tmp_path, "dr", "GWE_B", {"chat 1": "Queue_A"}) == {}
    assert claim(tmp_path, "dr", "GWE_B", {"chat 1": "Queue_B"}) == {}


def test_without_a_folder_or_a_host_nobody_else_is_known(tmp_path: Path) -> None:
    assert claim(None, "main", "GWE_A", {"chat 1": "Queue_A"}) == {}
    assert claim(tmp_path, "", "GWE_A", {"chat 1": "Queue_A"}) == {}
    assert not (tmp_path / FILE).exists()


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    claim(tmp_path, "main", "GWE_A", {"chat 1": "Queue_A"})
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_what_others_need_is_known_until_they_no_longer_do(tmp_path: Path) -> None:
    for host in ("main", "dr", "main"):
        need(tmp_path, host, "queue A")
    need(tmp_path, "third", "queue B")
    with no_longer_needed(tmp_path, "main", "queue A") as others:
        assert others == ["dr"]
    with no_longer_needed(tmp_path, "dr", "queue A") as others:
        assert others == []


def test_without_a_folder_or_a_host_nobody_else_needs_anything(tmp_path: Path) -> None:
    need(tmp_path, "dr", "queue A")
    need(None, "main", "queue A")
    need(tmp_path, "", "queue A")
    for folder, host in ((None, "main"), (tmp_path, "")):
        with no_longer_needed(folder, host, "queue A") as others:
            assert others == []
    with no_longer_needed(tmp_path, "main", "queue A") as others:
        assert others == ["dr"]
