# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches: what is refused, and with which sentence."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.switches import Switches


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"latenzy": 1}, "There is no switch 'latenzy'. Is 'latency' meant?"),
        ({"expired": 399}, "Switch expired: 399 is none of 401, 403, 302, 200-html, STATUS."),
        ({"expired": "STATUS"}, "Switch expired: 'STATUS' is none of"),
        ({"cookie": ","}, "Switch cookie: ',' is no plain word."),
        ({"latency": "soon"}, "Switch latency: 'soon' is no number."),
        ({"latency": -1}, "Switch latency: -1 is out of range: 0 or more."),
        ({"latency": "nan"}, "Switch latency: 'nan' is out of range: 0 or more."),
        ({"session_limit": 1.5}, "Switch session_limit: 1.5 is no integer."),
        ({"dedupe": "perhaps"}, "Switch dedupe: 'perhaps' is neither on nor off."),
        ({"cookie": "a b"}, "Switch cookie: 'a b' is no plain word."),
        ({"deny_read": 7}, "Switch deny_read: 7 is no list of names."),
        ({"faults": "{"}, "Switch faults: '{' is not JSON"),
        ({"faults": {"kind": "drop"}}, "is no list of rules."),
        ({"faults": ["drop"]}, "'drop' is no mapping."),
        ({"faults": [{"kind": "explode"}]}, "a fault has the kind status, drop, hang, half or drip, not 'explode'"),
        ({"faults": [{"kind": "drop", "share": 2}]}, "between 0 and 1"),
        ({"faults": [{"kind": "drop", "path": "("}]}, "no regular expression"),
        ({"faults": [{"kind": "drop", "how": "hard"}]}, "there is no 'how'; known are kind, status,"),
        ({"faults": [{}]}, "is not complete"),
        ({"rivals": [{"object": "a", "section": "b", "key": "c", "value": "d"}]}, "either after_reads or before_put"),
        (
            {"rivals": [{"object": "a", "section": "b", "key": "c", "value": "d", "before_put": True, "family": "x"}]},
            "no family 'x'",
        ),
        ({"late_writes": {"seconds": 1, "answer": "smile"}}, "answers hang, drop or 503, not 'smile'"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(wanted: dict[str, Any], sentence: str) -> None:
    switches = Switches()
    with pytest.raises(ValueError) as refusal:
        switches.change({"mode": "emergency", **wanted})
    assert sentence in str(refusal.value)
    assert switches == Switches(), "nothing changes when one value is bad"


def test_a_simulator_refuses_them_too(sim: Simulator) -> None:
    with pytest.raises(ValueError, match="There is no switch"):
        Simulator(nonsense=1)
    with pytest.raises(ValueError, match="none of"):
        sim.set(mode="party")


def test_values_may_be_texts_as_on_the_command_line() -> None:
    switches = Switches()
    switches.change(
        {
            "latency": "0.5",
            "session_limit": "3",
            "dedupe": "on",
            "deny_read": "A, B",
            "expired": 403,
            "faults": '[{"kind": "drop"}]',
            "late_writes": '{"seconds": 1}',
        }
    )
    assert (switches.latency, switches.session_limit, switches.dedupe) == (0.5, 3, True)
    assert switches.deny_read == ("A", "B")
    assert switches.expired == "403"
    assert switches.faults[0].kind == "drop"
    assert switches.late_writes and switches.late_writes.answer == "503"
    switches.change({"late_writes": None})
    assert switches.late_writes is None


def test_all_positions_are_ready_for_json() -> None:
    assert set(json.loads(json.dumps(Switches().as_dict()))) == {item.name for item in fields(Switches)}


def test_every_switch_is_explained() -> None:
    for item in fields(Switches):
        assert item.metadata["doc"].endswith(".")
