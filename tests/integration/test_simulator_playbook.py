# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook of the simulator: what was asked for wrongly. That it starts and stops one is in the pages of docs/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.playbook import NAMESPACE, Player


def test_a_mistyped_state_and_a_file_that_is_gone_are_sentences(play: Player, tmp_path: Path) -> None:
    file = tmp_path / "rehearsal.yml"
    cases = {
        "stoped": "simulator_state is 'stoped'; it must be started or stopped.",
        "stopped": f"{file} is not there: its simulator has ended already, or was started with another file.",
    }
    for state, words in cases.items():
        arguments = ["-e", f"simulator_state={state}", "-e", f"simulator_file={file}"]
        run = play(None, f"{NAMESPACE}.simulator", {}, args=arguments)
        assert (run.rc, run.failures("localhost")[-1].msg) == (2, words)
        assert not file.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"file": 5, "state": ["started"], "estate": None, "evidence": 7, "save_to": {}},
            "simulator_file, simulator_state, simulator_estate, simulator_evidence, simulator_save_to must be text.",
        ),
        ({"arguments": {"port": 1}}, "simulator_arguments must be text or a list."),
        ({"arguments": 5}, "simulator_arguments must be text or a list."),
    ],
)
def test_a_variable_of_a_wrong_type_is_named(play: Player, given: dict[str, Any], words: str) -> None:
    variables = json.dumps({f"simulator_{name}": value for name, value in given.items()})
    run = play(None, f"{NAMESPACE}.simulator", {}, args=["-e", variables])
    assert (run.rc, run.failures("localhost")[-1].msg) == (2, words)
