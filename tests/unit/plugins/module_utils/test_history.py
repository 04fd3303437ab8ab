# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which run a restore takes back, for which clusters, and which folders it does not trust."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.identity import Identity, addresses
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.choice import (
    Asked,
    Choice,
    choose,
    in_force,
    split_addresses,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.history import age, read_history
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.runs import (
    KEPT,
    ROLLED_BACK,
    RUNNING,
    SUCCEEDED,
    Record,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_application

GAX, OTHER = ["https://gax/gax"], ["https://other/gax"]
A, B, C = ("301", "GWE_A"), ("302", "GWE_B"), ("303", "GWE_C")


def ran(folder: Path, run: str, *clusters: tuple[str, str], outcome: str = SUCCEEDED, **more: Any) -> None:
    """Leave the record of a run, newer than all before it."""
    time.sleep(0.002)
    for dbid, name in clusters or (A,):
        given: dict[str, Any] = {"gax_urls": GAX, "kind": "configure", **more}
        record = Record.begin(folder, run, cluster_name=name, cluster_dbid=dbid, **given)
        before = Application(raw_application("201", "Chat_A", options={"chat": {"queue": "old"}}))
        record.save([plan(before, Wanted({"chat": {"queue": run}}))])
        if outcome != RUNNING:
            record.finish(outcome)


def restored(folder: Path, run: str, *takes_back: str, clusters: Sequence[tuple[str, str]] = (A,), **more: Any) -> None:
    ran(folder, run, *clusters, kind="restore", takes_back=takes_back, **more)


def asked(folder: Path, cluster: tuple[str, str] = A, **more: Any) -> Choice:
    own = Identity.of(more.pop("gax", GAX), *cluster)
    return choose(read_history(folder), Asked(own, **more), datetime.now(timezone.utc))


def runs(choice: Choice) -> list[str]:
    return [part.run for part in choice.parts]


PLAY = [(name, addresses(GAX)) for _dbid, name in (A, B, C)]


# --- the newest ------------------------------------------------------------------------------------------------------


def test_the_newest_run_is_taken_back_and_named_with_its_age(tmp_path: Path) -> None:
    ran(tmp_path, "z")
    ran(tmp_path, "a")
    choice = asked(tmp_path)
    assert runs(choice) == ["a"]
    assert choice.message == "GWE_A: run a (configure, succeeded, 0 seconds ago) will be undone."


@pytest.mark.parametrize(("outcome", "found"), [(ROLLED_BACK, "one"), (KEPT, "two"), (RUNNING, "two")])
def test_a_run_that_was_rolled_back_does_not_count(tmp_path: Path, outcome: str, found: str) -> None:
    ran(tmp_path, "one")
    ran(tmp_path, "two", outcome=outcome)
    assert runs(asked(tmp_path)) == [found]


def test_a_run_that_left_something_changed_is_said_to_have_failed(tmp_path: Path) -> None:
    ran(tmp_path, "a", outcome=KEPT)
    assert asked(tmp_path).message == "GWE_A: run a (configure, failed, 0 seconds ago) will be undone."


def test_after_a_restore_the_run_before_is_next_and_in_the_end_nothing_is_left(tmp_path: Path) -> None:
    ran(tmp_path, "one")
    ran(tmp_path, "two")
    restored(tmp_path, "r2", "two")
    assert runs(asked(tmp_path)) == ["one"]
    restored(tmp_path, "r1", "one")
    choice = asked(tmp_path)
    assert (runs(choice), choice.message) == ([], "GWE_A: no run is left to undo.")


def test_a_restore_that_was_restored_or_rolled_back_takes_nothing_back(tmp_path: Path) -> None:
    ran(tmp_path, "one")
    restored(tmp_path, "r1", "one", outcome=ROLLED_BACK)
    assert runs(asked(tmp_path)) == ["one"]
    restored(tmp_path, "r2", "one")
    assert runs(asked(tmp_path, run="r2")) == ["r2"]
    restored(tmp_path, "r3", "r2")
    assert runs(asked(tmp_path)) == ["one"]


def test_a_run_of_the_same_name_that_changed_something_again_counts_again(tmp_path: Path) -> None:
    ran(tmp_path, "CHG1")
    restored(tmp_path, "CHG1-restore", "CHG1")
    assert runs(asked(tmp_path)) == []
    ran(tmp_path, "CHG1")
    assert runs(asked(tmp_path)) == ["CHG1"]
    restored(tmp_path, "CHG1-restore", "CHG1")
    assert runs(asked(tmp_path)) == []


# --- several clusters ------------------------------------------------------------------------------------------------


def test_the_newest_of_the_whole_play_is_taken_back_and_who_took_no_part_is_left_alone(tmp_path: Path) -> None:
    ran(tmp_path, "one", A, B, C)
    ran(tmp_path, "two", A, B)
    assert [runs(asked(tmp_path, cluster, play=PLAY)) for cluster in (A, B, C)] == [["two"], ["two"], []]
    left = asked(tmp_path, C, play=PLAY).message
    assert left == "GWE_C is left alone; run two (configure, succeeded, 0 seconds ago) did not change it."


def test_a_cluster_that_is_restored_alone_goes_by_its_own_runs(tmp_path: Path) -> None:
    ran(tmp_path, "one", A)
    ran(tmp_path, "two", B)
    assert runs(asked(tmp_path, A)) == ["one"]


def test_what_the_first_host_has_restored_changes_nothing_for_the_next(tmp_path: Path) -> None:
    ran(tmp_path, "one", A, B)
    ran(tmp_path, "two", A)
    restored(tmp_path, "now", "two")
    assert runs(asked(tmp_path, B, play=PLAY, this_run="now")) == []
    assert runs(asked(tmp_path, B, play=PLAY)) == ["one"]


def test_a_run_that_was_restored_for_one_cluster_is_still_there_for_the_other(tmp_path: Path) -> None:
    ran(tmp_path, "one", A, B)
    restored(tmp_path, "r1", "one", clusters=[A])
    assert runs(asked(tmp_path, B, play=PLAY)) == ["one"]
    assert "was already restored there" in asked(tmp_path, A, play=PLAY).message


def test_one_name_on_two_gax_finds_its_own(tmp_path: Path) -> None:
    ran(tmp_path, "one", gax_urls=GAX)
    ran(tmp_path, "two", gax_urls=OTHER)
    assert runs(asked(tmp_path)) == ["one"]
    assert runs(asked(tmp_path, gax=OTHER)) == ["two"]
    assert runs(asked(tmp_path, gax=[*OTHER, "https://pair/gax"])) == ["two"]


def test_only_another_gax_is_refused_unless_it_is_said_to_be_the_same(tmp_path: Path) -> None:
    ran(tmp_path, "one", gax_urls=OTHER)
    with pytest.raises(BadInput, match=r"another GAX, https://other:443/gax; .*chat_channel_restore_other_gax"):
        asked(tmp_path)
    assert runs(asked(tmp_path, other_gax=True)) == ["one"]


def test_a_cluster_that_was_never_changed_is_named(tmp_path: Path) -> None:
    ran(tmp_path, "one", B)
    with pytest.raises(BadInput, match="there is no backup of 'GWE_A'"):
        asked(tmp_path)


# --- a given run, and several ----------------------------------------------------------------------------------------


def test_a_given_run_is_taken_back(tmp_path: Path) -> None:
    for run in ("one", "two", "three"):
        ran(tmp_path, run, A, B) if run == "two" else ran(tmp_path, run, A, C)
    assert runs(asked(tmp_path, A, run="two")) == ["two"]
    assert runs(asked(tmp_path, C, run="two")) == []
    with pytest.raises(
        BadInput, match=r"chat_channel_restore_run\): there is no run four .* newest: three, two, one\.$"
    ):
        asked(tmp_path, run="four")


def test_several_runs_are_taken_back_newest_first_to_what_a_run_left(tmp_path: Path) -> None:
    for run in ("one", "two", "three"):
        ran(tmp_path, run, A)
    ran(tmp_path, "four", B)
    choice = asked(tmp_path, back_to="one")
    assert runs(choice) == ["three", "two"]
    assert choice.message.startswith("GWE_A returns to the state after run one (configure, succeeded, 0 seconds ago);")
    assert runs(asked(tmp_path, B, back_to="one")) == ["four"]
    assert "no run has changed it since four" in asked(tmp_path, A, back_to="four").message
    with pytest.raises(BadInput, match="there is no run five"):
        asked(tmp_path, back_to="five")


def test_going_back_over_a_restore(tmp_path: Path) -> None:
    ran(tmp_path, "one")
    ran(tmp_path, "two")
    restored(tmp_path, "r2", "two")
    ran(tmp_path, "three")
    assert runs(asked(tmp_path, back_to="one")) == ["three"]  # two and its restore cancel each other
    assert runs(asked(tmp_path, back_to="two")) == ["three", "r2"]


# --- backups of 1.0.0 ------------------------------------------------------------------------------------------------


def old(folder: Path, *applications: tuple[str, str, str], url: str = GAX[0]) -> None:
    """Write a backup as 1.0.0 did: DBID, name and type of each application."""
    folder.mkdir(parents=True)
    for dbid, name, kind in applications:
        entry = {
            "step": 1,
            "format": "genesys_ops.engage backup 1",
            "saved": "2026-01-02T03:04:05+00:00",
            "gax_url": url,
            "name": name,
            "dbid": dbid,
            "type": kind,
            "family": "options",
            "changes": [{"section": "chat", "key": "queueKey", "before": None, "after": "1:webme"}],
            "options": {},
        }
        (folder / f"{dbid}-{name}-options.json").write_text(json.dumps(entry), encoding="utf-8")


SERVER = ("201", "Chat_A", "CFGChatServer")


def cluster(which: tuple[str, str]) -> tuple[str, str, str]:
    return (*which, "CFGApplicationCluster")


def test_an_old_backup_is_of_the_cluster_that_it_names(tmp_path: Path) -> None:
    old(tmp_path / "GWE_Main" / "20260102T030405000000Z", SERVER, cluster(("301", "GWE.Main")))
    old(tmp_path / "GWE_Main" / "20260103T030405000000Z", SERVER, cluster(("302", "GWE Main")))
    choice = asked(tmp_path, ("301", "GWE.Main"))
    assert runs(choice) == ["20260102T030405000000Z"]
    assert [entry["name"] for entry in choice.parts[0].entries()] == ["Chat_A", "GWE.Main"]
    assert runs(asked(tmp_path, ("302", "GWE Main"))) == ["20260103T030405000000Z"]


def test_an_old_backup_of_another_gax_is_not_taken(tmp_path: Path) -> None:
    old(tmp_path / "GWE_A" / "20260102T030405000000Z", cluster(A), url=OTHER[0])
    with pytest.raises(BadInput, match="comes from another GAX"):
        asked(tmp_path)


def test_an_old_backup_that_names_no_cluster_must_be_named_by_its_folder(tmp_path: Path) -> None:
    place = tmp_path / "GWE_A" / "20260102T030405000000Z"
    old(place, SERVER)
    with pytest.raises(BadInput, match=r"of version 1\.0\.0, does not say which cluster.*chat_channel_restore_from"):
        asked(tmp_path)
    assert runs(asked(place)) == ["20260102T030405000000Z"]


def test_an_old_backup_of_another_cluster_is_not_taken_by_its_folder_either(tmp_path: Path) -> None:
    place = tmp_path / "GWE_Main" / "20260102T030405000000Z"
    old(place, SERVER, cluster(B))
    with pytest.raises(BadInput, match="there is no backup of 'GWE_A'"):
        asked(place)


def test_a_newer_run_comes_before_an_old_backup(tmp_path: Path) -> None:
    old(tmp_path / "GWE_A" / "20260102T030405000000Z", cluster(A))
    ran(tmp_path, "new")
    assert runs(asked(tmp_path)) == ["new"]
    restored(tmp_path, "r", "new")
    assert runs(asked(tmp_path)) == ["20260102T030405000000Z"]
    restored(tmp_path, "r2", "20260102T030405000000Z")
    assert runs(asked(tmp_path)) == []


# --- folders ---------------------------------------------------------------------------------------------------------


def places(folder: Path) -> list[Path]:
    return sorted(file.parent for file in folder.rglob("run.json"))


def test_the_folder_of_a_run_or_of_a_cluster_in_it_may_be_named_and_lie_elsewhere(tmp_path: Path) -> None:
    ran(tmp_path / "b", "one")
    ran(tmp_path / "b", "two")
    place = places(tmp_path / "b")[0]
    assert runs(asked(place)) == runs(asked(place.parent)) == ["one"]
    shutil.copytree(place, tmp_path / "elsewhere")
    assert runs(asked(tmp_path / "elsewhere")) == ["one"]
    (tmp_path / "elsewhere" / "run.json").unlink()  # only files that were taken out of a record
    assert runs(asked(tmp_path / "elsewhere")) == ["one"]


def test_a_copy_beside_the_original_is_refused(tmp_path: Path) -> None:
    ran(tmp_path, "one")
    shutil.copytree(tmp_path / "one", tmp_path / "one.bak")
    with pytest.raises(BadInput, match="is a copy of run one"):
        asked(tmp_path)


def test_a_folder_that_cannot_be_trusted_stops_the_choice_but_not_of_a_run_that_is_named(tmp_path: Path) -> None:
    ran(tmp_path, "one")
    ran(tmp_path, "two")
    (places(tmp_path / "two")[0] / "run.json").write_text("{}")
    with pytest.raises(BadInput, match=r"run\.json is not a record of a run"):
        asked(tmp_path)
    assert runs(asked(tmp_path, run="one")) == ["one"]
    with pytest.raises(BadInput, match=r"run\.json is not a record of a run"):
        asked(tmp_path, run="two")


def test_other_files_do_not_matter_beside_backups_and_are_named_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "note.json").write_text("{}")
    with pytest.raises(BadInput, match=r"note\.json is not a backup of this version"):
        asked(tmp_path)
    ran(tmp_path, "one")
    assert runs(asked(tmp_path)) == ["one"]


def test_a_foreign_file_among_those_of_an_old_backup_is_refused(tmp_path: Path) -> None:
    old(tmp_path / "GWE_A" / "20260102T030405000000Z", cluster(A))
    (tmp_path / "GWE_A" / "20260102T030405000000Z" / "x.json").write_text("[]")
    with pytest.raises(BadInput, match=r"x\.json is not a backup"):
        asked(tmp_path)


def test_an_empty_or_missing_folder_is_named(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BadInput, match=f"there is no backup in {folder}"):
            asked(folder)


def test_all_clusters_at_once(tmp_path: Path) -> None:
    ran(tmp_path, "one", A, B)
    ran(tmp_path, "two", A)
    restored(tmp_path, "r", "two")
    found = [(part.run, part.identity.name) for part in in_force(read_history(tmp_path).parts)]
    assert sorted(found) == [("one", "GWE_A"), ("one", "GWE_B"), ("r", "GWE_A")]


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=25), "1 day"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(seconds=-5), "0 seconds"),
    ],
)
def test_ages_are_told_in_their_largest_unit(passed: timedelta, words: str) -> None:
    assert age(passed) == words


def test_addresses_as_users_write_them() -> None:
    assert split_addresses("https://gax , https://b:8443/gax/") == addresses(["https://gax/gax", "https://b:8443/gax"])


@pytest.mark.parametrize(
    "change",
    [
        {"stranded": [["1"]]},
        {"steps": None},
        {"steps": [{}]},
        {"started": "yesterday"},
        {"cluster": None},
        {"gax": 7},
        {"run": "../x"},
    ],
    ids=str,
)
def test_a_record_that_was_meddled_with_checksum_and_all_is_refused_in_one_sentence(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    ran(tmp_path, "one")
    (place,) = places(tmp_path)
    content = {**json.loads((place / "run.json").read_text(encoding="utf-8")), **change}
    (place / "run.json").write_text(json.dumps({**content, "check": checksum(content)}), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        asked(place)
    assert "\n" not in str(caught.value)
