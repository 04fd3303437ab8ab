# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has saved becomes a plan that takes it back, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import (
    Change,
    Plan,
    Wanted,
    edited,
    plan,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.backup import compared, only_named, saved
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.runs import Record
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import application

BEFORE = application({"chat": {"queueKey": "1:old", "gone": "x", "same": "Größe"}})
WANTED = Wanted({"chat": {"queueKey": "1:webme", "gone": None, "new": "1"}})


def after(planned: Plan) -> Application:
    return Application(edited(planned.application.raw, planned.wanted.family, planned.changes))


def kept(folder: Path, *plans: Plan, keep_secrets: bool = False) -> list[dict[str, Any]]:
    """Save plans, one step each, and return what another call reads from the files."""
    for planned in plans:
        begin(folder, keep_secrets).save([planned])
    return begin(folder, keep_secrets).entries()


def begin(folder: Path, keep_secrets: bool) -> Record:
    return Record.begin(folder, "R", ["https://gax/gax"], "GWE", "301", "configure", keep_secrets)


def taken_back(entries: list[dict[str, Any]], fresh: Application) -> tuple[Plan, list[Change]]:
    (done,) = saved(entries)
    return compared(done, fresh)


def test_what_was_saved_undoes_the_run(tmp_path: Path) -> None:
    planned = plan(BEFORE, WANTED)
    todo, strange = taken_back(kept(tmp_path, planned), after(planned))
    assert after(todo).options() == BEFORE.options()
    assert strange == []


def test_what_others_changed_since_is_told_with_both_values(tmp_path: Path) -> None:
    planned = plan(BEFORE, WANTED)
    theirs = after(plan(after(planned), Wanted({"chat": {"queueKey": "1:theirs", "else": "1"}})))
    _todo, strange = taken_back(kept(tmp_path, planned), theirs)
    assert strange == [Change("chat", "queueKey", "1:webme", "1:theirs")]


def test_what_is_back_already_needs_no_undoing(tmp_path: Path) -> None:
    todo, strange = taken_back(kept(tmp_path, plan(BEFORE, WANTED)), BEFORE)
    assert (todo.changes, strange) == ((), [])


def test_an_application_that_was_renamed_meanwhile_is_taken_back_all_the_same(tmp_path: Path) -> None:
    planned = plan(BEFORE, WANTED)
    renamed = Application({**after(planned).raw, "name": "Chat_Renamed"})
    todo, strange = taken_back(kept(tmp_path, planned), renamed)
    assert (todo.application.name, strange) == ("Chat_Renamed", [])
    assert after(todo).options() == BEFORE.options()


def test_an_application_that_was_changed_twice_goes_back_to_what_it_was_first(tmp_path: Path) -> None:
    first = plan(BEFORE, WANTED)
    second = plan(after(first), Wanted({"chat": {"queueKey": "1:last", "gone": "y", "new": None}}))
    todo, _strange = taken_back(kept(tmp_path, first, second), after(second))
    assert after(todo).options() == BEFORE.options()


def test_a_value_that_looks_like_an_escape_comes_back_as_it_was(tmp_path: Path) -> None:
    before = application({"log": {"path": r"C:\\x1b\\u0041"}})
    planned = plan(before, Wanted({"log": {"path": "new"}}))
    todo, _strange = taken_back(kept(tmp_path, planned), after(planned))
    assert after(todo).options() == before.options()


@pytest.mark.parametrize("keep", [True, False])
def test_a_masked_secret_is_refused_and_one_that_was_kept_comes_back(tmp_path: Path, keep: bool) -> None:
    planned = plan(application({"db": {"password": "hunter1"}}), Wanted({"db": {"password": "hunter2"}}))
    entries = kept(tmp_path, planned, keep_secrets=keep)
    if keep:
        todo, _strange = taken_back(entries, after(planned))
        assert after(todo).options() == {"db": {"password": "hunter1"}}
    else:
        with pytest.raises(BadInput, match=r"masked secret, \[db\] password.*manually"):
            saved(entries)


def test_only_what_is_named_is_taken_and_what_is_not_there_is_named() -> None:
    entries = [{"name": "Chat_A", "n": 1}, {"name": "Chat_B"}, {"name": "Chat_A", "n": 2}]
    assert only_named(entries, ["Chat_A"]) == [entries[0], entries[2]]
    with pytest.raises(BadInput, match=r"does not contain Chat_C; it contains Chat_A, Chat_B\.$"):
        only_named(entries, ["Chat_A", "Chat_C"])


@pytest.mark.parametrize(
    ("different", "words"),
    [
        ({"dbid": "999"}, "its dbid is '999' there and '201' here"),
        ({"type": "CFGStatServer"}, "its type is 'CFGStatServer'"),
        ({"family": "strange"}, "unknown family: 'strange'"),
        ({"changes": [{"section": "chat"}]}, "contains no changes"),
        ({"changes": None}, "contains no changes"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(tmp_path: Path, different: dict[str, object], words: str) -> None:
    (entry,) = kept(tmp_path, plan(BEFORE, WANTED))
    with pytest.raises(BadInput, match=words):
        taken_back([{**entry, **different}], BEFORE)
