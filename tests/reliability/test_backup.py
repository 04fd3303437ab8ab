# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups: what is saved, where, and what is refused when it is to be put back."""

from __future__ import annotations

import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.plugins.module_utils._run import shared
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.tests.reliability.harness import call, delete, lived_in, option, snapshot
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

SERVER = "ChatServer_1_01"
SECRET = {"db": {"password": "new-secret", "user": "new-user"}}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    estate = lived_in(1, 2)
    estate.edit(SERVER, "db", "password", "old-secret")
    estate.edit(SERVER, "db", "user", "old-user")
    with Simulator(estate) as running:
        yield running


def change(sim: Simulator, folder: Path | str, name: str = SERVER, **more: Any) -> core.Result:
    given = {"options": {"log": {"verbose": "all"}}, **more}
    return call(sim, core.application_options, name=name, backup_dir=str(folder), **given)


def restore(sim: Simulator, folder: Path, **more: Any) -> core.Result:
    return call(sim, application_rollback, path=str(folder), **more)


def refused(sim: Simulator, folder: Path) -> str:
    """Restore what must be refused before the first write; return the error."""
    writes = len(sim.journal)
    with pytest.raises(EngageError) as caught:
        restore(sim, folder)
    assert len(sim.journal) == writes
    return str(caught.value)


def files(folder: Path) -> list[Path]:
    """Return the files of the applications; beside them lies what is known of the run."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run.json"]


def tamper(folder: Path, **changes: Any) -> None:
    """Change what a file holds, its checksum too: as somebody does who knows how."""
    (file,) = files(folder)
    content = {**json.loads(file.read_text(encoding="utf-8")), **changes}
    file.write_text(json.dumps({**content, "check": checksum(content)}), encoding="utf-8")


# --- what is saved ---------------------------------------------------------------------------------------------------


def test_a_backup_holds_all_options_as_they_were_and_what_was_changed(sim: Simulator, tmp_path: Path) -> None:
    before = sim.options(SERVER)
    change(sim, tmp_path / "b", options={"log": {"expire": "7"}})
    (file,) = files(tmp_path / "b")
    saved = json.loads(file.read_text(encoding="utf-8"))
    assert saved["options"]["settings"] == before["settings"]
    assert saved["options"].keys() == before.keys()
    assert saved["changes"] == [{"section": "log", "key": "expire", "before": None, "after": "7", "masked": False}]
    assert (saved["name"], saved["dbid"], saved["type"]) == (SERVER, sim.app(SERVER)["dbid"], "CFGChatServer")


def test_files_and_the_folder_belong_to_their_owner_only(sim: Simulator, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        change(sim, tmp_path / "b")
    finally:
        os.umask(old)
    (file,) = files(tmp_path / "b")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_files_are_complete_before_the_first_write(sim: Simulator, tmp_path: Path) -> None:
    seen: list[list[dict[str, Any]]] = []

    def read() -> list[dict[str, Any]]:
        return [json.loads(file.read_text(encoding="utf-8")) for file in files(tmp_path / "b")]

    sim.before_request(lambda entry: seen.append(read()) if entry["method"] == "PUT" else None)
    entries = [{"name": f"ChatServer_1_0{n}", "options": {"log": {"verbose": "all"}}} for n in (1, 2)]
    call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    assert [sorted(entry["name"] for entry in backup) for backup in seen] == [[e["name"] for e in entries]] * 2


def test_an_application_that_does_not_change_has_no_file(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b", options={"settings": {"transcript-auto-save": "1"}})
    assert files(tmp_path) == []


def test_check_mode_writes_no_file_and_no_folder(sim: Simulator, tmp_path: Path) -> None:
    assert change(sim, tmp_path / "b", check_mode=True)["changed"]
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_there_is_not_overwritten(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b")
    (file,) = files(tmp_path / "b")
    content, writes = file.read_bytes(), len(sim.journal)
    change(sim, tmp_path / "b", options={"log": {"verbose": "trace"}})
    assert len(files(tmp_path / "b")) == 2
    assert file.read_bytes() == content
    assert len(sim.journal) == writes + 1


@pytest.mark.parametrize("place", ["a file in the way", "below a file", "x" * 300, "no space"])
def test_a_folder_that_cannot_be_written_ends_in_one_sentence_before_the_first_write(
    sim: Simulator, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("")
    folder = {"a file in the way": tmp_path / "file", "below a file": tmp_path / "file" / "b"}.get(place)
    folder = folder or (Path("/dev/full") if place == "no space" else tmp_path / place)
    with pytest.raises(EngageError) as caught:
        change(sim, folder)
    assert str(caught.value).startswith("backup_dir (chat_channel_backup_dir): cannot write to ")
    assert "\n" not in str(caught.value)
    assert sim.journal == []


def test_a_full_disk_ends_in_one_sentence_and_leaves_no_half_backup(sim: Simulator, tmp_path: Path) -> None:
    with largest_file(300), pytest.raises(EngageError, match=r"cannot write to .*: File too large"):
        change(sim, tmp_path / "b")
    assert sim.journal == []
    assert list((tmp_path / "b").glob("*.json")) == []


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond this size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_are_masked_unless_they_are_asked_for(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "masked", options=SECRET)
    saved = files(tmp_path / "masked")[0].read_text(encoding="utf-8")
    assert "secret" not in saved
    assert "old-user" in saved


def test_a_masked_secret_is_not_put_back_and_nothing_else_is(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b", options=SECRET)
    message = refused(sim, tmp_path / "b")
    assert "masked secret, [db] password" in message
    assert "Set it manually" in message
    assert option(sim, SERVER, "db", "user") == "new-user"


def test_a_secret_beside_the_change_does_not_hinder_a_restore(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b", options={"db": {"user": "new-user"}})
    restore(sim, tmp_path / "b")
    assert (option(sim, SERVER, "db", "user"), option(sim, SERVER, "db", "password")) == ("old-user", "old-secret")


def test_secrets_that_were_kept_are_rolled_back_and_never_shown(sim: Simulator, tmp_path: Path) -> None:
    start = snapshot(sim)
    change(sim, tmp_path / "b", options=SECRET, backup_secrets=True)
    result = restore(sim, tmp_path / "b")
    assert snapshot(sim) == start
    assert "-secret" not in json.dumps(result)


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a" * 255, "Чат-сервер/1", "..", ".", "-rf *", "a\nb", "%2e%2e%2f", "𝒳" * 255]
)
def test_a_hostile_name_stays_within_the_folder_and_comes_back(tmp_path: Path, name: str) -> None:
    estate = lived_in()
    estate.put({**estate.app(SERVER), "name": name})
    outer = tmp_path / "outer"
    with Simulator(estate) as sim:
        start = snapshot(sim)
        change(sim, outer / "b", name=name, options={"log": {"expire": "7"}})
        assert [file.parents[2] for file in files(tmp_path)] == [outer / "b"]
        restore(sim, outer / "b")
        assert snapshot(sim) == start


def test_two_names_that_look_the_same_have_two_files(tmp_path: Path) -> None:
    estate = lived_in()
    for number, name in ((1, "a/b"), (2, "a:b")):
        estate.put({**estate.app(f"ChatServer_1_0{number}"), "name": name})
    with Simulator(estate) as sim:
        entries = [{"name": name, "options": {"log": {"expire": "7"}}} for name in ("a/b", "a:b")]
        call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    assert len(files(tmp_path / "b")) == 2


def test_options_and_annex_of_one_application_go_into_one_backup(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "run_name", lambda: "both")  # as in one run of ansible-playbook
    start = snapshot(sim)
    change(sim, tmp_path / "b", options={"log": {"expire": "7"}})
    change(sim, tmp_path / "b", options={"owner": {"team": "mine"}}, family="annex")
    restore(sim, tmp_path / "b")
    assert snapshot(sim) == start


def test_a_connection_that_was_taken_away_comes_back(sim: Simulator, tmp_path: Path) -> None:
    start = sim.app(SERVER)["appservers"]["conninfo"]
    given = {"applications": [SERVER], "server": "UCS", "backup_dir": str(tmp_path / "b")}
    call(sim, core.application_connection, **given, state="absent")
    assert len(sim.app(SERVER)["appservers"]["conninfo"]) == len(start) - 1
    restore(sim, tmp_path / "b")
    found = sim.app(SERVER)["appservers"]["conninfo"]
    assert sorted(found, key=lambda item: item["appserverdbid"]) == sorted(
        start, key=lambda item: item["appserverdbid"]
    )


# --- what is refused -------------------------------------------------------------------------------------------------


def test_an_empty_or_missing_folder_is_named(sim: Simulator, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        state, cause, _command = refused(sim, folder).splitlines()
        assert state == "Nothing is changed."
        assert cause == (
            f"Cause: backup_dir (chat_channel_backup_dir): there is no backup in {folder}. "
            "Name the folder that the run saved to."
        )


def test_without_a_folder_the_error_says_that_none_was_named(
    sim: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(EngageError) as caught:
        call(sim, application_rollback)
    assert str(caught.value).splitlines()[1] == (
        "Cause: backup_dir (chat_channel_backup_dir) is not set, and no interrupted run has left a record on this "
        "machine. Name the folder that the run saved to."
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("type", "CFGStatServer", "its type is 'CFGStatServer' there and 'CFGChatServer' here"),
        ("family", "resources", "of an unknown family: 'resources'"),
        ("format", "something else", "is not a backup of this version"),
        ("changes", None, "contains no changes"),
        ("changes", [{}], "contains no changes"),
        ("run", "another", "belongs to another run, GAX or cluster than its folder"),
        ("gax", ["https://elsewhere:443/gax"], "belongs to another run, GAX or cluster than its folder"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_before_the_first_write(
    sim: Simulator, tmp_path: Path, key: str, value: Any, words: str
) -> None:
    change(sim, tmp_path / "b")
    tamper(tmp_path / "b", **{key: value})
    assert words in refused(sim, tmp_path / "b")


@pytest.mark.parametrize(("key", "value"), [("dbid", "201"), ("name", "ChatServer_1_02"), ("changes", [])])
def test_a_file_that_was_edited_is_refused_before_the_first_write(
    sim: Simulator, tmp_path: Path, key: str, value: Any
) -> None:
    change(sim, tmp_path / "b")
    (file,) = files(tmp_path / "b")
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), key: value}), encoding="utf-8")
    assert f"{file} was edited or truncated" in refused(sim, tmp_path / "b")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"dbid": "999"}, "its dbid is '999' there"),
        ({"name": "ChatServer_1_02"}, "its dbid is"),
        ({"type": "CFGStatServer"}, "its type is 'CFGStatServer'"),
    ],
)
def test_of_files_without_a_checksum_one_of_another_estate_is_refused(
    sim: Simulator, tmp_path: Path, entry: dict[str, str], words: str
) -> None:
    change(sim, tmp_path / "b")
    (file,) = files(tmp_path / "b")
    new = json.loads(file.read_text(encoding="utf-8"))
    old = {"format": "genesys_ops.engage backup 1", "gax_url": new["gax"][0], **entry}  # as 1.0.0 has written it
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "x.json").write_text(json.dumps({**new, **old}), encoding="utf-8")
    assert words in refused(sim, tmp_path / "old")


def test_an_application_that_was_deleted_does_not_hinder_the_others_and_one_that_was_renamed_neither(
    sim: Simulator, tmp_path: Path
) -> None:
    entries = [{"name": f"ChatServer_1_0{n}", "options": {"log": {"expire": "7"}}} for n in (1, 2)]
    call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    renamed = {**sim.app(SERVER), "name": "Renamed"}
    sim.estate.put(renamed)
    delete(sim.estate, "ChatServer_1_02")
    result = restore(sim, tmp_path / "b")
    assert option(sim, "Renamed", "log", "expire") is None
    assert result["left"] == {"ChatServer_1_02": "it no longer exists, or this account cannot read it"}
    assert f"Application '{SERVER}' ({renamed['dbid']}) is now named 'Renamed'." in result["lines"]
    assert "Left unchanged: ChatServer_1_02." in result["msg"]


def test_a_conflict_can_be_settled_for_the_backup(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b", options={"log": {"expire": "7"}})
    sim.edit(SERVER, "log", "expire", "9")
    restore(sim, tmp_path / "b", on_conflict="overwrite")
    assert option(sim, SERVER, "log", "expire") is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "1", "\ufeff{}", '"text"'])
def test_a_damaged_file_is_named_and_refused(sim: Simulator, tmp_path: Path, content: str) -> None:
    change(sim, tmp_path / "b")
    (file,) = files(tmp_path / "b")
    file.write_text(content, encoding="utf-8")
    assert str(file) in refused(sim, tmp_path / "b")


def test_a_file_that_is_no_text_is_named_and_refused(sim: Simulator, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "broken.json").write_bytes(b"\xff\xfe\x00{")
    assert "broken.json cannot be read as a backup" in refused(sim, tmp_path / "b")


def test_one_bad_file_refuses_the_whole_backup(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b")
    (files(tmp_path / "b")[0].parent / "other.json").write_text("{}")
    assert "other.json" in refused(sim, tmp_path / "b")


def test_an_option_that_changed_since_refuses_the_whole_restore(sim: Simulator, tmp_path: Path) -> None:
    entries = [{"name": f"ChatServer_1_0{n}", "options": {"log": {"expire": "7"}}} for n in (1, 2)]
    call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    sim.edit("ChatServer_1_02", "log", "expire", "9")
    message = refused(sim, tmp_path / "b")
    for part in ("ChatServer_1_02 [log] expire: the run left 7, it is now 9.", "on_conflict", "leave", "overwrite"):
        assert part in message
    assert option(sim, SERVER, "log", "expire") == "7"


def test_a_refusal_names_what_was_changed_and_what_cannot_be_read(sim: Simulator, tmp_path: Path) -> None:
    entries = [{"name": f"ChatServer_1_0{n}", "options": {"log": {"expire": "7"}}} for n in (1, 2)]
    call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    sim.edit("ChatServer_1_02", "log", "expire", "9")
    sim.set(hidden=[SERVER])
    lines = refused(sim, tmp_path / "b").splitlines()
    assert "ChatServer_1_02 [log] expire: the run left 7, it is now 9." in lines
    assert (
        f"Cause, application '{SERVER}': it exists, as others are connected to it, but this account cannot read it."
        in lines
    )
    assert lines[-1].startswith(f"Next: make sure that the account may read {SERVER} and agree on the value, then run ")


def test_leave_puts_back_what_did_not_change_since(sim: Simulator, tmp_path: Path) -> None:
    entries = [{"name": f"ChatServer_1_0{n}", "options": {"log": {"expire": "7"}}} for n in (1, 2)]
    call(sim, core.application_options, applications=entries, backup_dir=str(tmp_path / "b"))
    sim.edit("ChatServer_1_02", "log", "expire", "9")
    result = restore(sim, tmp_path / "b", on_conflict="leave")
    assert list(result["left"]) == ["ChatServer_1_02"]
    assert (option(sim, SERVER, "log", "expire"), option(sim, "ChatServer_1_02", "log", "expire")) == (None, "9")


# --- restoring -------------------------------------------------------------------------------------------------------


def test_a_restore_in_check_mode_shows_what_it_would_do_and_does_nothing(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b", options={"log": {"standard": "file"}})
    writes = len(sim.journal)
    result = restore(sim, tmp_path / "b", check_mode=True)
    assert len(sim.journal) == writes
    assert result["diff"][0]["before"] == "[log] standard = file\n"
    assert result["diff"][0]["after"] == "[log] standard = stdout\n"


def test_of_duplicates_the_first_value_comes_back(sim: Simulator, tmp_path: Path) -> None:
    """`lived_in` has standard, standard and trace."""
    change(sim, tmp_path / "b", options={"log": {"verbose": "all"}})
    restore(sim, tmp_path / "b")
    triples = [item for item in sim.app(SERVER)["options"]["property"] if item["key"] == "verbose"]
    assert {item["value"] for item in triples} == {"standard"}


def test_a_second_restore_changes_nothing(sim: Simulator, tmp_path: Path) -> None:
    change(sim, tmp_path / "b")
    assert restore(sim, tmp_path / "b")["changed"]
    assert not restore(sim, tmp_path / "b")["changed"]


def test_the_newest_of_several_backups_is_rolled_back(sim: Simulator, tmp_path: Path) -> None:
    for name, value in (("20260101T000000Z", "7"), ("20260102T000000Z", "8")):
        change(sim, tmp_path / name, options={"log": {"expire": value}})
    restore(sim, tmp_path)
    assert option(sim, SERVER, "log", "expire") == "7"
    restore(sim, tmp_path / "20260101T000000Z")
    assert option(sim, SERVER, "log", "expire") is None


DAMAGED = [{"key": None}, {"key": 5}, {"key": ""}, {"section": None}, {"before": {"a": "b"}}, {"before": True}]


@pytest.mark.parametrize("damage", DAMAGED, ids=str)
def test_a_damaged_change_is_refused_before_the_first_write(
    sim: Simulator, tmp_path: Path, damage: dict[str, Any]
) -> None:
    change(sim, tmp_path / "b", options={"log": {"standard": "file"}})
    good = {"section": "log", "key": "standard", "before": "stdout", "after": "file"}
    tamper(tmp_path / "b", changes=[{**good, **damage}])
    assert SERVER in refused(sim, tmp_path / "b")
