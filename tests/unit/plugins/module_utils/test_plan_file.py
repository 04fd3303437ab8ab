# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan says what would change; a run with it changes exactly that, or stops and says what differs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.changes import Plan, Wanted, plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.identity import Identity
from ansible_collections.genesys_ops.engage.plugins.module_utils._model.objects import Application
from ansible_collections.genesys_ops.engage.plugins.module_utils._text import is_unseen
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.plan_file import check_plan, save_plan
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.builders import raw_application

GAX = ["https://gax.example.com:8443/gax"]
MAIN = Identity.of(GAX, "301", "GWE_Main")
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
ENDPOINT = "endpoints:101"

Options = Mapping[str, Mapping[str, str]]


def change(dbid: str, name: str, before: Options, wanted: Mapping[str, Mapping[str, str | None]]) -> Plan:
    return plan(Application(raw_application(dbid, name, options=before)), Wanted(wanted))


def server(dbid: str = "201", before: str | None = None, after: str | None = "Queue") -> Plan:
    there = {ENDPOINT: {"webme": before}} if before else {}
    return change(dbid, f"Chat_{dbid}", there, {ENDPOINT: {"webme": after}})


def cluster(after: str = "101:webme", before: str | None = None) -> Plan:
    return change("301", "GWE_Main", {"chat": {"queueKey": before}} if before else {}, {"chat": {"queueKey": after}})


def save(folder: Path, plans: Sequence[Plan] = (), identity: Identity = MAIN, **more: Any) -> Path:
    given = {"inputs": {"endpoint": "webme", "queue": "Queue", "tenant": None}, "now": NOW, **more}
    return save_plan(folder, given.pop("run", "R1"), identity, plans or [server(), cluster()], **given)


def check(folder: Path, plans: Sequence[Plan], identity: Identity = MAIN, **more: Any) -> None:
    check_plan(folder, identity, plans, now=NOW + timedelta(hours=1), **more)


def refused(folder: Path, plans: Sequence[Plan], **more: Any) -> str:
    with pytest.raises(BadInput) as caught:
        check(folder, plans, **more)
    return str(caught.value)


# --- saved -----------------------------------------------------------------------------------------------------------


def test_a_plan_holds_who_what_why_and_when(tmp_path: Path) -> None:
    file = save(tmp_path / "plan", findings=[{"id": "GWE001", "severity": "warning"}], restarts=[{"application": "X"}])
    assert file.name.startswith("GWE_Main-")
    said = json.loads(file.read_text(encoding="utf-8"))
    assert (said["run"], said["made"], said["cluster"]) == (
        "R1",
        "2026-03-01T12:00:00+00:00",
        {"name": "GWE_Main", "dbid": "301"},
    )
    assert said["inputs"] == {"endpoint": "webme", "queue": "Queue"}
    assert said["findings"][0]["id"] == "GWE001"
    assert [
        (item["name"], item["changes"][0]["before"], item["changes"][0]["after"]) for item in said["applications"]
    ] == [
        ("Chat_201", None, "Queue"),
        ("GWE_Main", None, "101:webme"),
    ]


def test_plan_md_tells_of_all_clusters_of_this_run_and_of_no_other(tmp_path: Path) -> None:
    save(tmp_path, identity=Identity.of(GAX, "309", "GWE_Old"), run="R0")
    save(tmp_path, restarts=[{"application": "GWE_Main", "option": "chat/queueKey"}])
    save(tmp_path, [server(before="Queue")], identity=Identity.of(GAX, "302", "GWE_DR"))
    text = (tmp_path / "plan.md").read_text(encoding="utf-8")
    assert "2 applications would change in 2 clusters" in text
    assert "| Chat\\_201 | \\[endpoints:101\\] webme | not there | Queue |" in text
    assert "## GWE\\_DR" in text
    assert "Nothing would change." in text
    assert "The nodes of GWE\\_Main must restart to apply chat/queueKey." in text
    assert "Requested: endpoint webme, queue Queue." in text
    assert "Old" not in text


def test_names_in_plan_md_are_no_markup(tmp_path: Path) -> None:
    evil = change("201", "a|b\n# <img> [x](y) @all", {}, {ENDPOINT: {"webme": "`q`\x1b[31m"}})
    save(tmp_path, [evil])
    text = (tmp_path / "plan.md").read_text(encoding="utf-8")
    assert "a\\|b\\\\n\\# \\<img\\> \\[x\\](y) @\u200ball" in text
    assert "\x1b" not in text
    assert "\\`q\\`" in text


def test_what_cannot_be_seen_is_an_escape_in_both_files_and_yet_compared(tmp_path: Path) -> None:
    odd = change("201", "Чат\u202e", {ENDPOINT: {"a\x9b": "1\n2"}}, {ENDPOINT: {"a\x9b": "\u2066渠道"}})
    file = save(tmp_path, [odd])
    readable = (tmp_path / "plan.md").read_text(encoding="utf-8")
    cells = (r"Чат\\u{202e}", r"\[endpoints:101\] a\\u{9b}", r"1\\n2", r"\\u{2066}渠道")
    assert f"| {' | '.join(cells)} |" in readable
    both = readable + file.read_text(encoding="utf-8")
    assert not [char for char in both if is_unseen(char) and char != "\n"]
    assert "Чат\\u202e" in file.read_text(encoding="utf-8")
    check(tmp_path, [odd])


def test_a_secret_is_in_neither_file_and_yet_compared(tmp_path: Path) -> None:
    def secret(before: str, after: str) -> Plan:
        return change("201", "Chat_201", {"db": {"password": before}}, {"db": {"password": after}})

    file = save(tmp_path, [secret("hunter1", "hunter2")])
    assert "hunter" not in file.read_text(encoding="utf-8") + (tmp_path / "plan.md").read_text(encoding="utf-8")
    check(tmp_path, [secret("hunter1", "hunter2")])
    check(tmp_path, [secret("hunter2", "hunter2")])
    for other in (secret("hunter1", "hunter3"), secret("hunter9", "hunter2")):
        message = refused(tmp_path, [other])
        assert "Chat_201 [db] password" in message
        assert "hunter" not in message
    again = save(tmp_path / "again", [secret("hunter1", "hunter2")])
    hashes = [json.loads(made.read_text(encoding="utf-8"))["applications"][0]["changes"] for made in (file, again)]
    assert hashes[0] != hashes[1]


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300, "nul\0"])
def test_a_folder_that_cannot_be_written_is_named_with_its_variable(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"^plan_dir \(chat_channel_plan_dir\): cannot write to "):
        save(tmp_path / place)


# --- approved --------------------------------------------------------------------------------------------------------


def test_what_was_approved_may_be_changed_and_what_is_so_already_is_skipped(tmp_path: Path) -> None:
    save(tmp_path)
    check(tmp_path, [server(), cluster()])
    check(tmp_path, [server(before="Queue"), cluster()])
    check(tmp_path, [server(before="Queue"), cluster(before="101:webme")])


DIFFERENT: dict[str, tuple[Sequence[Plan], str]] = {
    "a further application": (
        [server(), server("202"), cluster()],
        "Chat_202 [endpoints:101] webme would change to 'Queue', which is not in the plan",
    ),
    "another value": (
        [server(after="Other"), cluster()],
        "Chat_201 [endpoints:101] webme would change to 'Other', but in the plan to 'Queue'",
    ),
    "another value before": (
        [server(before="Theirs"), cluster()],
        "Chat_201 [endpoints:101] webme is now 'Theirs'; it was not there when the plan was made",
    ),
    "gone before": (
        [server(), cluster()],
        "GWE_Main [chat] queueKey is now not there; it was '101:old' when the plan was made",
    ),
    "left out": (
        [change("201", "Chat_201", {}, {}), cluster()],
        "Chat_201 [endpoints:101] webme would stay not there, but the plan changes it to 'Queue'",
    ),
    "no part of the channel any more": (
        [cluster()],
        "Chat_201 [endpoints:101] webme is in the plan, but the application is no longer part of this channel",
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_anything_else_stops_the_run_and_is_said(tmp_path: Path, case: str) -> None:
    plans, words = DIFFERENT[case]
    save(tmp_path, [server(), cluster(before="101:old") if case == "gone before" else cluster()])
    assert f"\n{words}.\n" in refused(tmp_path, plans)


def test_of_many_differences_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    save(tmp_path)
    lines = refused(tmp_path, [server(str(number)) for number in range(201, 240)] + [cluster()]).splitlines()
    assert len(lines) == 8
    assert lines[-2] == "and 33 more."


def test_a_queue_that_was_not_approved_is_not_created(tmp_path: Path) -> None:
    save(tmp_path, new_queue="Queue")
    check(tmp_path, [server(), cluster()], new_queue="Queue")
    check(tmp_path, [server(), cluster()])
    assert "would create queue 'Other', which is not in the plan" in refused(
        tmp_path, [server(), cluster()], new_queue="Other"
    )


def test_a_plan_that_is_too_old_or_of_the_future_is_refused(tmp_path: Path) -> None:
    save(tmp_path)
    check(tmp_path, [server(), cluster()], max_age=1)
    message = refused(tmp_path, [server(), cluster()], max_age=0.5)
    assert "made 1 hour ago; plan_max_age (chat_channel_plan_max_age) allows 0.5" in message
    check(tmp_path, [server(before="Queue"), cluster(before="101:webme")], max_age=0.5)  # nothing is left to do
    check(tmp_path, [server(), cluster()], max_age=1e300)
    for wrong in (-1.0, math.inf, math.nan):
        assert "must be 0 or more hours, not" in refused(tmp_path, [server(), cluster()], max_age=wrong)
    save(tmp_path, now=NOW + timedelta(days=1))
    assert "has a time in the future" in refused(tmp_path, [server(), cluster()])


def test_a_cluster_without_a_plan_may_not_be_changed(tmp_path: Path) -> None:
    assert "contains no plan for 'GWE_Main'" in refused(tmp_path, [cluster()])
    check(tmp_path, [cluster(before="101:webme")])
    assert "contains no plan" in refused(tmp_path / "missing", [cluster()])


@pytest.mark.parametrize(
    "other", [Identity.of(["https://x/gax"], "301", "GWE_Main"), Identity.of(GAX, "302", "GWE_Main")]
)
def test_a_plan_of_another_cluster_or_gax_is_refused(tmp_path: Path, other: Identity) -> None:
    save(tmp_path, identity=other)
    assert "is for another cluster or GAX: DBID" in refused(tmp_path, [cluster()])


def test_a_pair_of_gax_and_a_new_name_are_the_same_cluster(tmp_path: Path) -> None:
    save(tmp_path)
    check(tmp_path, [server(), cluster()], Identity.of(["https://b/gax", *GAX], "301", "Renamed"))


def edit(file: Path, resign: bool, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps({**content, "check": checksum(content)} if resign else content), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "resign", "words"),
    [
        (lambda plan: plan["applications"][0]["changes"][0].update(after="Evil"), False, "was edited or truncated"),
        (lambda plan: plan["applications"].pop(), False, "was edited or truncated"),
        (lambda plan: plan.update(format="genesys_ops.engage plan 9"), True, "is not a plan of this version"),
        (lambda plan: plan.update(version="9.9.9"), True, "was made with version 9.9.9"),
        (lambda plan: plan.update(applications=[{}]), True, "is a damaged plan"),
        (lambda plan: plan.update(applications=None), True, "is a damaged plan"),
        (lambda plan: plan.update(made="yesterday"), True, "is a damaged plan"),
        (lambda plan: plan.update(made="2026-03-01"), True, "is a damaged plan"),
        (lambda plan: plan.update(cluster={"name": 1, "dbid": "301"}), True, "is a damaged plan"),
        (lambda plan: plan.update(key="x"), True, "is a damaged plan"),
    ],
)
def test_a_plan_that_was_meddled_with_is_refused_in_one_sentence(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], resign: bool, words: str
) -> None:
    file = save(tmp_path)
    edit(file, resign, change)
    message = refused(tmp_path, [server(), cluster()])
    assert words in message
    assert str(file) in message
    assert "\n" not in message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    assert "x.json" in refused(tmp_path, [cluster()])
