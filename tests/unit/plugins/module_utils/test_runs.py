# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a run: its name, what it saves, how it is continued and ends, and what is refused when it is read."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Plan, Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.run_names import check_run, run_name
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.runs import (
    INTERRUPTED,
    KEPT,
    ROLLED_BACK,
    SUCCEEDED,
    Record,
    check_folder,
    find,
    state_folder,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.unfinished import unfinished
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import application, raw_application

URLS = ["https://gax.example.com:8443/gax"]
NOW = datetime(2026, 3, 1, 23, 4, 5, 67890, tzinfo=timezone(timedelta(hours=1)))


def begin(folder: Path, run: str = "R1", **more: Any) -> Record:
    given = {"gax_urls": URLS, "cluster_name": "GWE Main", "cluster_dbid": "301", "kind": "configure", **more}
    return Record.begin(folder, run, **given)


def change(name: str = "Chat_A", value: str = "new", dbid: str = "201") -> Plan:
    before = Application(raw_application(dbid, name, options={"chat": {"queue": "old"}}))
    return plan(before, Wanted({"chat": {"queue": value}}))


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def head(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((record.folder / "run.json").read_text(encoding="utf-8"))
    return found


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "job"),
    [
        ({}, ""),
        ({"CI": "true", "JOB_ID": "7"}, ""),
        ({"GITLAB_CI": "true", "CI_JOB_ID": "4711"}, "-gitlab-4711"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "99", "GITHUB_RUN_ATTEMPT": "2"}, "-github-99-2"),
        ({"JENKINS_URL": "http://j/", "JOB_NAME": "chat/prod", "BUILD_NUMBER": "12"}, "-jenkins-chat_prod-12"),
        ({"AWX_HOST": "https://awx", "JOB_ID": "33"}, "-awx-33"),
        ({"GITLAB_CI": "true"}, "-gitlab"),
    ],
)
def test_a_run_is_named_after_its_time_in_utc_and_the_job_of_the_ci_system(environ: dict[str, str], job: str) -> None:
    assert run_name(environ, NOW) == f"20260301T220405.067Z{job}"


@pytest.mark.parametrize("evil", ["../../x", "a b\n", "{{ x }}", "x" * 500, "/", "é\ud800"])
def test_whatever_a_ci_system_says_the_name_is_one_of_a_folder(evil: str) -> None:
    name = run_name({"GITLAB_CI": "1", "CI_JOB_ID": evil}, NOW)
    assert check_run(name) == name


@pytest.mark.parametrize("good", ["CHG0012345", "2026-03-01_v1.2", "Änderung-7", "7"])
def test_a_user_may_name_a_run(good: str) -> None:
    assert check_run(good) == good


@pytest.mark.parametrize("bad", ["", ".", "..", "a/b", "../x", "-x", "a b", "a\n", "x" * 201, "ж" * 101, "a\0"])
def test_a_name_that_is_none_of_a_folder_is_refused_with_the_variable(bad: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^run \(chat_channel_run\): .* cannot name a run"):
        begin(tmp_path, bad)
    assert list(tmp_path.iterdir()) == []


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_record_holds_the_run_the_cluster_and_each_application_before_its_change(tmp_path: Path) -> None:
    record = begin(tmp_path / "backup", stranded={("301", "202", "101:webme")})
    record.save([change(), change("Chat_B", "old", dbid="202"), change("Chat_C", dbid="203")])
    (place,) = (tmp_path / "backup" / "R1").iterdir()
    assert place.name.startswith("GWE_Main-")
    assert [file.name for file in files(tmp_path)] == [
        "001-201-Chat_A-options.json",
        "001-203-Chat_C-options.json",
        "run.json",
    ]
    said = head(record)
    assert (said["run"], said["kind"], said["outcome"], said["ended"]) == ("R1", "configure", "running", None)
    assert said["cluster"] == {"name": "GWE Main", "dbid": "301"}
    assert said["stranded"] == [["301", "202", "101:webme"]]
    entry = record.entries()[0]
    assert (entry["name"], entry["options"]) == ("Chat_A", {"chat": {"queue": "old"}})
    assert entry["changes"] == [{"section": "chat", "key": "queue", "before": "old", "after": "new", "masked": False}]


def test_everything_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        record = begin(tmp_path / "backup")
        record.save([change()])
    finally:
        os.umask(before)
    folders = [tmp_path / "backup", record.folder.parent, record.folder]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files(tmp_path)} == {0o600}


def test_batches_continue_the_record(tmp_path: Path) -> None:
    for number, name in enumerate(("Chat_A", "Chat_B"), 1):
        begin(tmp_path).save([change(name, dbid=f"20{number}")])
    record = begin(tmp_path)
    assert [(entry["name"], entry["step"]) for entry in record.entries()] == [("Chat_A", 1), ("Chat_B", 2)]


def test_what_was_finished_is_not_rolled_back_by_a_later_call_of_the_same_name(tmp_path: Path) -> None:
    first = begin(tmp_path)
    first.save([change()])
    first.finish(SUCCEEDED)
    again = begin(tmp_path)
    assert again.entries() == []
    again.save([change("Chat_B", dbid="202")])
    assert [entry["name"] for entry in again.entries()] == ["Chat_B"]
    again.finish(ROLLED_BACK)
    assert [step["outcome"] for step in head(again)["steps"]] == [SUCCEEDED, ROLLED_BACK]


@pytest.mark.parametrize("outcome", [SUCCEEDED, ROLLED_BACK, KEPT, INTERRUPTED])
def test_a_record_says_how_its_run_ended(tmp_path: Path, outcome: str) -> None:
    record = begin(tmp_path)
    record.save([change()])
    record.finish(outcome)
    assert head(record)["outcome"] == outcome
    assert head(record)["ended"] >= head(record)["started"]


def test_a_run_that_changed_nothing_leaves_nothing_and_one_that_is_discarded_neither(tmp_path: Path) -> None:
    begin(tmp_path).finish(SUCCEEDED)
    assert list(tmp_path.iterdir()) == []
    record = begin(tmp_path)
    record.save([change()])
    record.discard()
    assert list(tmp_path.iterdir()) == []


def test_two_clusters_of_one_run_have_a_folder_each_and_one_may_leave_nothing(tmp_path: Path) -> None:
    kept = begin(tmp_path, cluster_name="GWE.Main", cluster_dbid="302")
    kept.save([change()])
    begin(tmp_path).finish(SUCCEEDED)
    assert [path.name for path in (tmp_path / "R1").iterdir()] == [kept.folder.name]


def test_secrets_are_masked_in_files_and_known_within_the_call(tmp_path: Path) -> None:
    secret = plan(application({"db": {"password": "hunter1"}}), Wanted({"db": {"password": "hunter2"}}))
    record = begin(tmp_path)
    record.save([secret])
    assert record.entries()[0]["changes"][0]["before"] == "hunter1"
    assert "hunter" not in "".join(file.read_text(encoding="utf-8") for file in files(tmp_path))
    assert "hunter" not in json.dumps(begin(tmp_path).entries())
    clear = begin(tmp_path, "R2", keep_secrets=True)
    clear.save([secret])
    assert begin(tmp_path, "R2").entries()[0]["changes"][0]["before"] == "hunter1"


def test_text_that_is_no_unicode_is_saved_and_comes_back(tmp_path: Path) -> None:
    begin(tmp_path).save([change(value="half \ud83d of a pair")])
    assert begin(tmp_path).entries()[0]["changes"][0]["after"] == "half \ud83d of a pair"


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/x", "x" * 300, "nul\0"])
def test_a_folder_that_cannot_be_written_is_found_at_once_and_the_variable_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput) as caught:
        begin(tmp_path / place)
    assert str(caught.value).startswith("backup_dir (chat_channel_backup_dir): cannot write to ")
    assert "\n" not in str(caught.value)


def test_a_folder_that_may_only_be_read_is_found_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root everything may be written: the system call is made to refuse."""

    def refuse(*_args: Any, **_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(BadInput, match=r"^plan_dir \(x\): cannot write to .*: Permission denied"):
        begin(tmp_path, option="plan_dir (x)")


# --- reading ---------------------------------------------------------------------------------------------------------


def edit(file: Path, resign: bool = False, **changes: Any) -> None:
    content = {**json.loads(file.read_text(encoding="utf-8")), **changes}
    content = {**content, "check": checksum(content)} if resign else content
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "changes", "words"),
    [
        ("run.json", {"run": "R2"}, "was edited"),
        ("001-201-Chat_A-options.json", {"name": "Chat_Z"}, "was edited"),
        ("001-201-Chat_A-options.json", {"format": "other"}, "is not a backup"),
        ("run.json", {"format": "genesys_ops.engage run 9"}, "of this version"),
        ("run.json", {"run": "R2", "resign": True}, "another run or cluster"),
        ("run.json", {"cluster": {"name": "GWE Main", "dbid": "999"}, "resign": True}, "another run or cluster"),
        ("001-201-Chat_A-options.json", {"run": "R2", "resign": True}, "another run, GAX or cluster"),
        ("run.json", {"steps": [{"outcome": "running", "files": ["../x.json"]}], "resign": True}, "part of a backup"),
        ("run.json", {"steps": [{"outcome": "running", "files": ["001-9-x.json"]}], "resign": True}, "No such file"),
    ],
)
def test_a_file_that_was_meddled_with_is_refused_in_one_sentence(
    tmp_path: Path, file: str, changes: dict[str, Any], words: str
) -> None:
    record = begin(tmp_path)
    record.save([change()])
    edit(record.folder / file, **changes)
    with pytest.raises(BadInput, match=words) as caught:
        begin(tmp_path).entries()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe{", b"[" * 100_000, b'"text"'])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    record = begin(tmp_path)
    (record.folder / "run.json").write_bytes(content)
    with pytest.raises(BadInput, match=r"run\.json (cannot be read as|is not) "):
        begin(tmp_path)


# --- runs that did not end -------------------------------------------------------------------------------------------


def test_a_run_that_did_not_end_is_told_once_and_only_of_this_cluster(tmp_path: Path) -> None:
    broken = begin(tmp_path, "R1")
    broken.save([change(), change("Chat_B", dbid="202")])
    ended = begin(tmp_path, "R2")
    ended.save([change()])
    ended.finish(SUCCEEDED)
    begin(tmp_path, "R3")  # nothing saved yet
    begin(tmp_path, "R4", gax_urls=["https://other/gax"]).save([change()])
    begin(tmp_path, "R5").save([change()])
    (found,) = unfinished(tmp_path, URLS, "301", besides="R5")
    assert found.run == "R1"
    assert "Run R1 (configure, 20" in found.message()
    assert "about to change Chat_A, Chat_B; its record is" in found.message()
    found.close({})
    assert unfinished(tmp_path, URLS, "301", besides="R5") == []
    assert head(broken)["outcome"] == INTERRUPTED


def test_a_damaged_record_does_not_hinder_the_next_run(tmp_path: Path) -> None:
    record = begin(tmp_path)
    record.save([change()])
    (record.folder / "run.json").write_text("{")
    assert unfinished(tmp_path, URLS, "301") == []
    assert unfinished(tmp_path / "missing", URLS, "301") == []


# --- calls that were ended from outside ------------------------------------------------------------------------------


def test_a_step_that_was_not_written_to_its_end_is_known(tmp_path: Path) -> None:
    record = begin(tmp_path)
    record.written(record.save([change()]))
    record.save([change("Chat_B", dbid="202")])
    later = find(tmp_path, "R1", URLS, "GWE Main")
    assert later
    assert [later.is_written(step) for step in (1, 2, 3)] == [True, False, False]
    assert [entry["name"] for entry in later.entries(written=True)] == ["Chat_A"]


# --- where records are kept without a backup -------------------------------------------------------------------------


def test_the_state_folder_is_private_and_follows_xdg(tmp_path: Path) -> None:
    folder = state_folder({"HOME": str(tmp_path)})
    assert folder == tmp_path / ".local/state/genesys_ops.engage/runs"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    there = state_folder({"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})
    assert there == tmp_path / "state/genesys_ops.engage/runs"


@pytest.mark.parametrize("environ", [{}, {"HOME": "relative"}, {"HOME": "/dev/null"}, {"XDG_STATE_HOME": "x\0"}])
def test_without_a_place_there_is_none(environ: dict[str, str]) -> None:
    assert state_folder(environ) is None


def test_a_folder_that_others_may_write_is_not_taken(tmp_path: Path) -> None:
    folder = state_folder({"HOME": str(tmp_path)})
    assert folder
    folder.chmod(0o777)
    assert state_folder({"HOME": str(tmp_path)}) is None


def test_where_no_record_can_be_made_is_known_beforehand(tmp_path: Path) -> None:
    check_folder(str(tmp_path / "new" / "newer"))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    for folder, why in (("file", "Not a directory"), ("file/below", "Not a directory"), ("x" * 300, "name too long")):
        with pytest.raises(BadInput, match=rf"^backup_dir \(chat_channel_backup_dir\): cannot write to .*: .*{why}"):
            check_folder(str(tmp_path / folder))
