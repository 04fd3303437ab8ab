# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories of changes, rivals, faults and rollbacks, beside a model that is nothing but nested dictionaries."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.reliability.harness import call
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

NAMES = ["ChatServer_1_01", "ChatServer_1_02"]
FAMILIES = ["options", "annex"]
Options = dict[str, dict[str, Any]]
Change = tuple[str, str, Any, Any]  # section, key, before, after

# Few names, so that histories meet; some differ only in case, some are not ASCII.
SECTIONS = st.sampled_from(["log", "Log", "endpoints:1", "раздел"])
KEYS = st.sampled_from(["verbose", "Verbose", "a b", "ключ"])
VALUES = st.sampled_from(["", "x", "X", " ", "Очередь", 60, True, 0.5])
OPTIONS = st.dictionaries(SECTIONS, st.dictionaries(KEYS, VALUES, max_size=3), min_size=1, max_size=3)
WANTED = st.dictionaries(st.sampled_from(NAMES), OPTIONS, min_size=1)
FAULTS = st.sampled_from(
    [{"kind": "status"}, {"kind": "drop"}, {"kind": "drop", "after": True}, {"kind": "half"}, {"kind": "hang"}]
)


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def wanted(before: Options, options: Options, state: str, exclusive: bool) -> Options:
    """Return what the options of an application should become."""
    after = copy.deepcopy(before)
    for section, keys in options.items():
        there = after.setdefault(section, {})
        if exclusive or (state == "absent" and not keys):
            there.clear()
        for key, value in keys.items():
            if state == "present":
                there[key] = as_text(value)
            else:
                there.pop(key, None)
    return {section: keys for section, keys in after.items() if keys}


def changes_between(before: Options, after: Options) -> set[Change]:
    pairs = {(section, key) for options in (before, after) for section in options for key in options[section]}
    values = {(s, k): (before.get(s, {}).get(k), after.get(s, {}).get(k)) for s, k in pairs}
    return {(*pair, *value) for pair, value in values.items() if value[0] != value[1]}


def changes_in(result: core.Result) -> dict[str, set[Change]]:
    return {
        item["name"]: {(one["section"], one["key"], one["before"], one["after"]) for one in item["changes"]}
        for item in result["applications"]
    }


class Administration(RuleBasedStateMachine):
    """Applications on a server, what we and others do to them, and what they should be like."""

    def __init__(self) -> None:
        super().__init__()
        self.sim = Simulator(generate(1, 2))
        self.sim.start()
        self.model = {(name, family): self.sim.options(name, family) for name in NAMES for family in FAMILIES}
        self.last: core.Result | None = None

    def teardown(self) -> None:
        self.sim.stop()

    @rule(
        wish=WANTED,
        family=st.sampled_from(FAMILIES),
        how=st.sampled_from([("present", False), ("present", True), ("absent", False)]),
        fault=st.none() | st.tuples(st.integers(0, 12), FAULTS),
    )
    def change(self, wish: dict[str, Options], family: str, how: tuple[str, bool], fault: Any) -> None:
        """Change options, perhaps with one fault on the way: check mode predicts it, and once is enough."""
        given = {
            "applications": [{"name": name, "options": options} for name, options in wish.items()],
            "family": family,
            "state": how[0],
            "exclusive": how[1],
        }
        after = {name: wanted(self.model[name, family], options, *how) for name, options in wish.items()}
        expected = {name: changes_between(self.model[name, family], options) for name, options in after.items()}
        writes = len(self.sim.journal)
        assert changes_in(call(self.sim, core.application_options, check_mode=True, **given)) == expected
        assert len(self.sim.journal) == writes
        if fault:
            self.sim.set(faults=[{**fault[1], "at": len(self.sim.log) + fault[0], "times": 1}])
        self.last = call(self.sim, core.application_options, **given)
        self.sim.set(faults=[])
        assert changes_in(self.last) == expected
        assert self.last["changed"] is any(expected.values())
        self.model.update({(name, family): options for name, options in after.items()})
        writes = len(self.sim.journal)
        assert not call(self.sim, core.application_options, **given)["changed"]
        assert len(self.sim.journal) == writes

    @rule(wish=WANTED, refused=st.sampled_from(NAMES))
    def fail(self, wish: dict[str, Options], refused: str) -> None:
        """Where one application may not be written, all stay as they are."""
        entries = [{"name": name, "options": options} for name, options in wish.items()]
        after = wanted(self.model[refused, "options"], wish.get(refused, {}), "present", False)
        self.sim.set(deny_write=[refused])
        if after != self.model[refused, "options"]:
            with pytest.raises(EngageError, match=f"Cause, application '{refused}': PUT "):
                call(self.sim, core.application_options, applications=entries)
        self.sim.set(deny_write=[])

    @rule(
        name=st.sampled_from(NAMES),
        family=st.sampled_from(FAMILIES),
        section=SECTIONS,
        key=KEYS,
        value=st.sampled_from(["x", "theirs", None]),
    )
    def rival(self, name: str, family: str, section: str, key: str, value: str | None) -> None:
        """Somebody else changes one option."""
        self.sim.edit(name, section, key, value, family)
        there = self.model[name, family].setdefault(section, {})
        there.pop(key, None)
        if value is not None:
            there[key] = value
        if not there:
            del self.model[name, family][section]

    @precondition(lambda self: self.last is not None)
    @rule()
    def roll_back(self) -> None:
        """Take the last change back, application by application, where nobody else touched its options since."""
        assert self.last is not None
        left = []
        for item in self.last["applications"]:
            options = self.model[item["name"], item["family"]]
            values = [(options.get(one["section"], {}).get(one["key"]), one) for one in item["changes"]]
            if any(value not in (one["before"], one["after"]) for value, one in values):
                left.append(item["name"])
                continue
            for _unused, one in values:
                there = options.setdefault(one["section"], {})
                there.pop(one["key"], None)
                if one["before"] is not None:
                    there[one["key"]] = one["before"]
                if not there:
                    del options[one["section"]]
        entries = self.last["applications"]
        undone = call(self.sim, application_rollback, applications=entries, on_conflict="leave")
        assert list(undone["left"]) == left

    @invariant()
    def the_server_is_as_the_model(self) -> None:
        assert {place: self.sim.options(*place) for place in self.model} == self.model


Administration.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAdministration = Administration.TestCase
