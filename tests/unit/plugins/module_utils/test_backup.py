# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run saves can be put back, and nothing else is taken for a backup."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput, Conflict
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import (
    Plan,
    Wanted,
    edited,
    plan,
    replan,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.backup import (
    check_origin,
    newest,
    only_named,
    read,
    save,
    saved,
    undoing,
)
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import application

URL = "https://gax.example.com/gax"
BEFORE = application({"chat": {"queueKey": "1:old", "gone": "x", "same": "Größe"}})
WANTED = Wanted({"chat": {"queueKey": "1:webme", "gone": None, "new": "1"}})


def after(planned: Plan) -> Application:
    return Application(edited(planned.application.raw, planned.wanted.family, planned.changes))


def undo_of(entries: list[dict[str, Any]], fresh: Application) -> Plan:
    (done,) = saved(entries)
    return undoing(done, fresh)


def test_what_was_saved_undoes_the_run(tmp_path: Path) -> None:
    planned = plan(BEFORE, WANTED)
    save(str(tmp_path), URL, [planned], keep_secrets=False)
    (entry,) = read(newest(str(tmp_path)))
    assert (entry["name"], entry["gax_url"], entry["options"]) == ("Chat_A", URL, BEFORE.options())
    now = after(planned)
    assert after(replan(undo_of([entry], now), now)).options() == BEFORE.options()


def test_what_others_changed_since_is_a_conflict_and_not_undone(tmp_path: Path) -> None:
    planned = plan(BEFORE, WANTED)
    save(str(tmp_path), URL, [planned], keep_secrets=False)
    (entry,) = read(tmp_path)
    theirs = after(plan(after(planned), Wanted({"chat": {"queueKey": "1:theirs"}})))
    with pytest.raises(Conflict, match="'queueKey'"):
        replan(undo_of([entry], theirs), theirs)


def test_what_is_back_already_needs_no_undoing(tmp_path: Path) -> None:
    save(str(tmp_path), URL, [plan(BEFORE, WANTED)], keep_secrets=False)
    (entry,) = read(tmp_path)
    assert replan(undo_of([entry], BEFORE), BEFORE).changes == ()


def test_files_are_for_their_owner_only_and_named_safely(tmp_path: Path) -> None:
    evil = application({}, name="../../etc/чат 1")
    save(str(tmp_path / "estate" / "run"), URL, [plan(evil, WANTED), plan(BEFORE, Wanted({}))], keep_secrets=False)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.parent == tmp_path / "estate" / "run"
    assert file.name == "201-______etc_____1-options.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("keep", [True, False])
def test_secrets_are_saved_only_when_asked_for(tmp_path: Path, keep: bool) -> None:
    planned = plan(application({"db": {"password": "hunter1"}}), Wanted({"db": {"password": "hunter2"}}))
    save(str(tmp_path), URL, [planned], keep_secrets=keep)
    (file,) = tmp_path.iterdir()
    assert ("hunter" in file.read_text()) is keep
    (entry,) = read(tmp_path)
    if keep:
        assert after(undo_of([entry], after(planned))).options() == {"db": {"password": "hunter1"}}
    else:
        with pytest.raises(BadInput, match=r"masked secret, \[db\] password.*by hand"):
            undo_of([entry], after(planned))


def test_an_application_with_a_long_name_can_be_saved(tmp_path: Path) -> None:
    save(str(tmp_path), URL, [plan(application({}, name="x" * 255), WANTED)], keep_secrets=False)
    assert read(tmp_path)[0]["name"] == "x" * 255


def test_nothing_saved_is_ever_overwritten(tmp_path: Path) -> None:
    first = plan(BEFORE, WANTED)
    save(str(tmp_path), URL, [first], keep_secrets=False)
    (file,) = tmp_path.iterdir()
    content = file.read_bytes()
    for value in map(str, range(2, 14)):
        save(str(tmp_path), URL, [plan(after(first), Wanted({"chat": {"new": value}}))], keep_secrets=False)
    assert file.read_bytes() == content
    assert [entry["changes"][-1]["after"] for entry in read(tmp_path)] == ["1", *map(str, range(2, 14))]


def test_an_application_that_was_changed_twice_goes_back_to_what_it_was_first(tmp_path: Path) -> None:
    first = plan(BEFORE, WANTED)
    second = plan(after(first), Wanted({"chat": {"queueKey": "1:last", "gone": "y", "new": None}}))
    for planned in (first, second):
        save(str(tmp_path), URL, [planned], keep_secrets=False)
    now = after(second)
    (done,) = saved(read(tmp_path))
    assert after(replan(undoing(done, now), now)).options() == BEFORE.options()


def test_a_backup_of_another_gax_is_refused_and_one_of_a_pair_is_taken() -> None:
    entry = {"name": "Chat_A", "gax_url": URL}
    check_origin([entry], ["https://other.example.com/gax", URL])
    with pytest.raises(
        BadInput, match=r"'Chat_A' comes from another GAX, https://gax\.example\.com/gax; this is h.*other_gax"
    ):
        check_origin([entry], ["https://other.example.com/gax"])


def test_only_what_is_named_is_taken_and_what_is_not_there_is_named() -> None:
    entries = [{"name": "Chat_A", "n": 1}, {"name": "Chat_B"}, {"name": "Chat_A", "n": 2}]
    assert only_named(entries, ["Chat_A"]) == [entries[0], entries[2]]
    with pytest.raises(BadInput, match=r"does not hold Chat_C; it holds Chat_A, Chat_B\.$"):
        only_named(entries, ["Chat_A", "Chat_C"])


def test_the_newest_run_is_the_last_by_name(tmp_path: Path) -> None:
    for run in ("20260102T000000", "20260301T000000", "20251231T000000"):
        save(str(tmp_path / run), URL, [plan(BEFORE, WANTED)], keep_secrets=False)
    assert newest(str(tmp_path)).name == "20260301T000000"
    assert newest(str(tmp_path / "20251231T000000")).name == "20251231T000000"


def test_a_folder_without_a_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no backup in"):
        newest(str(tmp_path))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "another"}', "{"])
def test_a_file_that_is_no_backup_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "note.json").write_text(content)
    with pytest.raises(BadInput, match=r"note\.json (is no backup|cannot be read as a backup)"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("different", "words"),
    [
        ({"dbid": "999"}, "its dbid is '999' there and '201' here"),
        ({"name": "Chat_Z"}, "its name is 'Chat_Z' there and 'Chat_A' here"),
        ({"type": "CFGStatServer"}, "its type is 'CFGStatServer'"),
        ({"family": "strange"}, "no family that is known: 'strange'"),
        ({"changes": [{"section": "chat"}]}, "holds no changes"),
        ({"changes": None}, "holds no changes"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(tmp_path: Path, different: dict[str, object], words: str) -> None:
    save(str(tmp_path), URL, [plan(BEFORE, WANTED)], keep_secrets=False)
    (file,) = tmp_path.iterdir()
    with pytest.raises(BadInput, match=words):
        undo_of([{**json.loads(file.read_text()), **different}], BEFORE)
