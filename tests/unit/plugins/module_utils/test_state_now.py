# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left in an application of what a run wrote: all or part of it, nothing, or what somebody else set."""

from __future__ import annotations

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Change, Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import CHAT_SERVER, Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.backup import Saved, undoing
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.failure import (
    CHANGED,
    OVERWRITTEN,
    UNTOUCHED,
    state_now,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.writer import undoing_of
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import (
    application,
    raw_application,
    triples,
)

BEFORE = {"a": "old", "gone": "was there"}
WRITTEN = {"a": "new", "b": "added"}
CASES = [
    (WRITTEN, CHANGED),
    ({"a": "new", "gone": "was there"}, CHANGED),
    ({"a": "theirs", "b": "added"}, CHANGED),
    ({"a": "theirs"}, CHANGED),  # ``gone`` is, as this run left it
    ({"a": "theirs", "b": "theirs", "gone": "theirs"}, OVERWRITTEN),
    ({"a": "theirs", "gone": "was there"}, OVERWRITTEN),
    ({"gone": "was there"}, OVERWRITTEN),
    (BEFORE, UNTOUCHED),
    ({**BEFORE, "c": "somebody else's"}, UNTOUCHED),
]


@pytest.mark.parametrize(("found", "state"), CASES)
def test_from_what_was_sent_and_from_a_record_it_is_the_same(found: dict[str, str], state: str) -> None:
    before, now = application({"s": BEFORE}), application({"s": found})
    done = plan(before, Wanted({"s": {"a": "new", "b": "added", "gone": None}}))
    assert state_now(undoing_of(done, application({"s": WRITTEN}).raw), now) == state
    saved = Saved(now.name, now.dbid, now.subtype, "options", done.changes)
    assert state_now(undoing(saved, now), now) == state


def test_an_option_with_duplicates_is_as_before_with_both() -> None:
    twice = [{"section": "s", "key": "a", "value": value} for value in ("one", "two")]
    before = Application({**application({}).raw, "options": {"property": twice}})
    done = plan(before, Wanted({"s": {"a": "new"}}))
    assert state_now(undoing_of(done, application({"s": {"a": "new"}}).raw), before) == UNTOUCHED


@pytest.mark.parametrize(("value", "state"), [("new", CHANGED), ("old", UNTOUCHED), ("theirs", OVERWRITTEN)])
def test_an_application_that_cannot_be_written_is_compared(value: str, state: str) -> None:
    """A container in an unknown form forbids a write; what a run has left of its options can be seen nevertheless."""
    options = {"property": triples({"s": {"a": value}})}
    strange = Application({**raw_application("7", "Chat_A"), "options": options, "appservers": {"new": {"x": "1"}}})
    saved = Saved("Chat_A", "7", CHAT_SERVER, "options", [Change("s", "a", "old", "new")])
    assert state_now(undoing(saved, strange), strange) == state
