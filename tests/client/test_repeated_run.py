# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that was killed while it wrote is repeated under its name: what is said, restored and restarted is true."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import chat_channel as module
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import call
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.reliability.harness import delete
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

CLUSTER = "GWE_Cluster_1"
SERVERS = [f"ChatServer_1_{number:02}" for number in range(1, 6)]
EVERYTHING = len(SERVERS) + 1
SECTION, KEY, QUEUE = "endpoints:1", "webme", "Webengagement_Chat"
RESTART = "Restart the Web Engagement nodes, one by one, to apply queueKey, webengagementChatQueue."
ONE_CALL: dict[str, Any] = {}
BATCH = {"one_step": True, "batch_size": 3}
ways = pytest.mark.parametrize("steps", [ONE_CALL, BATCH], ids=["one call", "batches"])
Killed = Callable[..., None]


@pytest.fixture
def gax(start: Start) -> Simulator:
    return start(generate(1, len(SERVERS)))


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Return the options of a run that has the name of a change ticket."""
    run = {"run": "CHG12345", "backup_dir": str(tmp_path / "backups"), "gax_concurrency": 1, "gax_retries": 0}
    return {"cluster": CLUSTER, "queue": QUEUE, **run}


@pytest.fixture
def killed(gax: Simulator, monkeypatch: pytest.MonkeyPatch) -> Killed:
    """Return a function that runs a call which is killed after it has written so many applications."""

    def run(writes: int, **options: Any) -> None:
        apply = module.apply

        def until(client: Any, plans: Any, *rest: Any) -> None:
            apply(client, plans[:writes], *rest)
            raise KeyboardInterrupt

        with monkeypatch.context() as meanwhile, pytest.raises(KeyboardInterrupt):
            meanwhile.setattr(module, "apply", until)
            call(gax, chat_channel, **options)

    return run


def failed(gax: Simulator, **options: Any) -> EngageError:
    with pytest.raises(EngageError) as caught:
        call(gax, chat_channel, **options)
    return caught.value


def endpoints(gax: Simulator) -> list[str | None]:
    return [gax.options(name).get(SECTION, {}).get(KEY) for name in SERVERS]


def restore(gax: Simulator, given: dict[str, Any], **more: Any) -> dict[str, Any]:
    folder = given["backup_dir"]
    return call(gax, application_rollback, path=folder, backup_dir=folder, cluster=CLUSTER, **more)


def outcomes(given: dict[str, Any], run: str = "CHG12345") -> list[str]:
    heads = Path(given["backup_dir"]).glob(f"{run}/*/run.json")
    return [json.loads(file.read_text(encoding="utf-8"))["outcome"] for file in heads]


# --- what stays ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["keep", "batch"])
@ways
def test_what_a_killed_run_had_only_saved_is_not_said_to_be_changed(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any], mode: str
) -> None:
    killed(1, **given, **steps)
    gax.set(deny_write=SERVERS[1])
    problem = failed(gax, **given, **steps, on_failure=mode)
    assert endpoints(gax) == [QUEUE, *[None] * 4]
    state, changed, *rest = str(problem).splitlines()
    assert state.startswith("1 application is changed, ")
    assert changed == f"Changed: {SERVERS[0]}."
    assert problem.details["left"].keys() == {SERVERS[0]}
    assert not [line for line in rest if line.startswith("Restart")]
    assert problem.details["restart_required"] == []


def test_a_restart_that_what_was_written_requires_is_due(gax: Simulator, given: dict[str, Any], killed: Killed) -> None:
    call(gax, chat_channel, **{**given, "run": "first"})
    killed(1, **given, state="absent")
    assert "queueKey" not in gax.options(CLUSTER).get("chat", {})
    gax.set(deny_write=SERVERS[0])
    problem = failed(gax, **given, state="absent", on_failure="keep")
    lines = str(problem).splitlines()
    assert f"Changed: {CLUSTER}." in lines
    assert [line for line in lines if line.startswith("Restart the Web Engagement nodes") and "queueKey" in line]


@ways
def test_what_somebody_overwrites_in_an_earlier_batch_is_said_to_be_overwritten(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    killed(2, **given, **steps)
    gax.set(deny_write=SERVERS[3])
    gax.on_write(lambda estate, entry: estate.edit(SERVERS[0], SECTION, KEY, "Theirs"))
    problem = failed(gax, **given, **steps, on_failure="keep")
    assert endpoints(gax) == ["Theirs", QUEUE, QUEUE, None, None]
    assert problem.details["overwritten"] == [SERVERS[0]]
    assert problem.details["left"].keys() == {*SERVERS[:3]}
    assert "agree on what was overwritten" in str(problem)


@pytest.mark.parametrize("mode", ["keep", "batch"])
def test_what_somebody_overwrites_between_two_batches_is_said_to_be_overwritten(
    gax: Simulator, given: dict[str, Any], mode: str
) -> None:
    steps = {"one_step": True, "batch_size": 2, "on_failure": mode}
    call(gax, chat_channel, **given, **steps)
    gax.set(deny_write=SERVERS[3])
    gax.on_write(lambda estate, entry: estate.edit(SERVERS[0], SECTION, KEY, "Theirs"))
    problem = failed(gax, **given, **steps)
    state, who, *_rest = str(problem).splitlines()
    written = [SERVERS[2], SERVERS[1]] if mode == "keep" else [SERVERS[1]]
    assert endpoints(gax) == ["Theirs", QUEUE, QUEUE if mode == "keep" else None, None, None]
    assert who == f"Changed: {', '.join(written)}. Overwritten: {SERVERS[0]}."
    assert ", 1 is overwritten, " in state
    assert problem.details["overwritten"] == [SERVERS[0]]


@pytest.mark.parametrize("mode", ["keep", "rollback"])
def test_without_gax_what_was_only_saved_is_unknown_and_nothing_is_asked_twice(
    gax: Simulator, given: dict[str, Any], killed: Killed, mode: str
) -> None:
    killed(1, **given)

    def lose(*_unused: Any) -> None:
        if len(gax.journal) == 2:
            gax.set(faults=[{"kind": "drop"}])

    gax.on_write(lose)
    before = len(gax.log)
    problem = failed(gax, **given, on_failure=mode)
    assert set(problem.details["unknown"]) == {*SERVERS, CLUSTER}
    unsure = "Restart the Web Engagement nodes, one by one, unless you know that they use the present queueKey."
    assert unsure in str(problem).splitlines()
    unanswered = [entry for entry in gax.log[before:] if entry["status"] is None and entry["method"] == "GET"]
    assert len(unanswered) <= 3  # what was written is read back and, as all that was saved, read again once
    gax.set(faults=[])
    done = call(gax, chat_channel, **given)
    assert gax.options(CLUSTER)["chat"]["queueKey"] == f"1:{KEY}"
    assert RESTART in done["summary"]


@pytest.mark.parametrize("how", [{"gax_password": "wrong"}, {"queue": "Missing"}, {"previous_endpoint": KEY}], ids=str)
def test_a_repeat_that_does_not_get_to_its_first_write_says_that_the_killed_run_stays(
    gax: Simulator, given: dict[str, Any], killed: Killed, how: dict[str, Any]
) -> None:
    killed(1, **given)
    problem = failed(gax, **{**given, **how})
    assert problem.details["changed"] is False
    state, _cause, *rest = str(problem).splitlines()
    assert state == "This call changed nothing; what an earlier call of run CHG12345 has changed is not rolled back."
    assert [line.split(":")[0] for line in rest] == ["Backup of run CHG12345", "Next"]
    assert "restore_run=CHG12345" in rest[-1]
    assert call(gax, chat_channel, **given)["state"] == "6 applications changed."


@pytest.mark.parametrize("more", [{}, {"queue": "Missing"}, {"check_mode": True}, {"predict": True}], ids=str)
@pytest.mark.parametrize("run", ["../CHG12345", "CHG 12345"])
def test_what_cannot_name_a_run_is_refused_first_in_check_mode_too(
    gax: Simulator, given: dict[str, Any], run: str, more: dict[str, Any]
) -> None:
    state, cause, after = str(failed(gax, **{**given, "run": run, **more})).splitlines()
    assert state == "Nothing is changed."
    assert cause.startswith(f"Cause: run (chat_channel_run): '{run}' cannot name a run: ")
    assert after == "Next: fix the cause, then run the same command again."


def test_what_cannot_name_a_restore_is_refused_in_check_mode_too(gax: Simulator, given: dict[str, Any]) -> None:
    call(gax, chat_channel, **given)
    with pytest.raises(EngageError, match="cannot name a run"):
        restore(gax, given, run="CHG 12345", check_mode=True)


# --- what comes back -------------------------------------------------------------------------------------------------


@ways
def test_a_value_that_somebody_set_before_the_repeat_comes_back(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    killed(1, **given, **steps)
    gax.edit(SERVERS[0], SECTION, KEY, "Theirs")
    while call(gax, chat_channel, **given, **steps).get("steps_left"):
        pass
    assert endpoints(gax) == [QUEUE] * 5
    done = restore(gax, given, restore_run="CHG12345")
    assert f"{SERVERS[0]} [{SECTION}] {KEY}: {QUEUE} -> Theirs" in done["lines"]
    assert endpoints(gax) == ["Theirs", *[None] * 4]


@ways
def test_a_value_that_somebody_set_before_the_repeat_survives_its_roll_back(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    killed(2, **given, **steps)
    gax.edit(SERVERS[0], SECTION, KEY, "Theirs")
    gax.set(deny_write=CLUSTER)
    problem = None
    while not problem:
        try:
            call(gax, chat_channel, **given, **steps)
        except EngageError as raised:
            problem = raised
    assert endpoints(gax) == ["Theirs", *[None] * 4]
    assert str(problem).splitlines()[0].startswith(("Nothing is changed", "1 application is overwritten"))


@pytest.mark.parametrize(
    ("stuck", "state"),
    [
        ({"deny_read": SERVERS[:1]}, f"2 applications are rolled back, 3 are unchanged, 1 is unknown: {SERVERS[0]}."),
        ({"deny_write": SERVERS[:1]}, "1 application is changed, 2 are rolled back, 3 are unchanged."),
        ({}, "1 application is overwritten, 2 are rolled back, 3 are unchanged."),
    ],
)
def test_what_a_killed_run_had_only_saved_holds_nothing_in_its_roll_back(
    gax: Simulator, given: dict[str, Any], killed: Killed, stuck: dict[str, list[str]], state: str
) -> None:
    """The record names the cluster, too, which the run did not reach; one Chat Server cannot be rolled back."""
    killed(3, **given)
    gax.set(**stuck)
    if not stuck:
        gax.edit(SERVERS[0], SECTION, KEY, "Theirs")
    problem = failed(gax, **given, after_failure="The run was ended.")
    assert str(problem).splitlines()[0] == state
    assert endpoints(gax) == ["Theirs" if not stuck else QUEUE, *[None] * 4]


# --- what is still due -----------------------------------------------------------------------------------------------


@ways
def test_the_repeat_of_a_run_that_had_written_everything_ends_it_and_names_the_restart(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    if steps:
        call(gax, chat_channel, **given, **steps)
        call(gax, chat_channel, **given, **steps)
    killed(EVERYTHING, **given, **steps)
    writes = len(gax.journal)
    done = call(gax, chat_channel, **given, **steps)
    assert len(gax.journal) == writes
    assert done["summary"][0] == f"{CLUSTER}: queueKey 1:{KEY}, 5 Chat Servers, 6 applications changed."
    assert RESTART in done["summary"]
    assert [entry["option"] for entry in done["restart_required"]] == ["chat/queueKey", "chat/webengagementChatQueue"]
    assert outcomes(given) == ["succeeded"]
    again = call(gax, chat_channel, **given, **steps)
    assert again["restart_required"] == []
    warnings: list[str] = []
    call(gax, chat_channel, **{**given, "run": "next"}, warnings=warnings)
    assert warnings == []


@pytest.mark.parametrize("steps", [{"check_mode": True}, {"predict": True}], ids=str)
def test_what_only_predicts_leaves_the_record_open(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    killed(EVERYTHING, **given)
    call(gax, chat_channel, **given, **steps)
    assert outcomes(given) == ["running"]


@pytest.mark.parametrize("steps", [ONE_CALL, {"predict": True}], ids=["one call", "first call of steps"])
def test_the_next_run_names_the_restart_that_a_killed_one_requires_once(
    gax: Simulator, given: dict[str, Any], killed: Killed, steps: dict[str, Any]
) -> None:
    killed(EVERYTHING, **given)
    warnings: list[str] = []
    done = call(gax, chat_channel, **{**given, "run": "next"}, **steps, warnings=warnings)
    assert "did not finish" in warnings[0]
    assert warnings[0].endswith(RESTART)
    assert [entry["option"] for entry in done["restart_required"]] == ["chat/queueKey", "chat/webengagementChatQueue"]
    assert RESTART in done["summary"]
    assert done["changed"] is done["in_steps"] is False
    again = call(gax, chat_channel, **{**given, "run": "after"}, **steps)
    assert (again["restart_required"], again["summary"][1:]) == ([], [])


def test_the_next_run_restarts_the_nodes_first_where_it_has_tasks_for_that(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(EVERYTHING, **given)
    said = call(gax, chat_channel, **{**given, "run": "next"}, predict=True, restarts=True)
    assert (said["in_steps"], said["steps_left"], said["restart_now"]) == (True, ["last_look"], True)


def test_what_only_predicts_says_that_a_step_is_left_and_whether_the_restart_comes_first(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(EVERYTHING, **given)
    said = call(gax, chat_channel, **given, predict=True, restarts=True)
    assert (said["in_steps"], said["steps_left"], said["restart_now"]) == (True, ["last_look"], True)
    call(gax, chat_channel, **given, one_step=True, restarts=True)
    assert outcomes(given) == ["succeeded"]
    assert not call(gax, chat_channel, **given, predict=True, restarts=True)["in_steps"]


def test_a_repeat_that_finds_a_part_to_do_speaks_for_the_whole_run(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    call(gax, chat_channel, **{**given, "run": "first"})
    killed(1, **given, state="absent")
    done = call(gax, chat_channel, **given, state="absent")
    assert "chat/queueKey" in [entry["option"] for entry in done["restart_required"]]
    assert {item["name"] for item in done["applications"] if item["changed"]} == {CLUSTER, *SERVERS}


def test_a_repeat_with_another_endpoint_does_not_name_what_was_never_written(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(1, **given)
    done = call(gax, chat_channel, **given, endpoint="other")
    changes = {
        (item["name"], change["key"])
        for item in done["applications"]
        for change in item["changes"]
        if change["section"] == SECTION
    }
    assert changes == {(SERVERS[0], KEY), *((name, "other") for name in SERVERS)}


def test_a_repeat_that_takes_back_what_the_killed_run_wrote_names_no_change_there(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(1, **given)
    done = call(gax, chat_channel, **given, state="absent")
    assert endpoints(gax) == [None] * 5
    changed = [change["key"] for item in done["applications"] for change in item["changes"]]
    assert changed == ["connectionTimeout"]  # which was there before


# --- others run in between -------------------------------------------------------------------------------------------


def test_what_another_run_completes_is_its_own_and_comes_back_with_it(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(1, **given)
    warnings: list[str] = []
    call(gax, chat_channel, **{**given, "run": "completes"}, warnings=warnings)
    assert ["Run CHG12345 (configure, " in warning for warning in warnings] == [True]
    renamed = {"endpoint": "new", "previous_endpoint": KEY, "nodes_restarted": True}
    call(gax, chat_channel, **{**given, "run": "renames"}, **renamed)
    assert endpoints(gax) == [None] * 5
    said = [restore(gax, given, run=f"undo{number}") for number in range(3)]
    assert [f"run {name} (" in done["msg"] for name, done in zip(("renames", "completes", "CHG12345"), said)] == [
        True
    ] * 3
    assert said[2]["lines"][1:] == [f"{SERVERS[0]} [{SECTION}] {KEY}: {QUEUE} -> not there"]
    assert endpoints(gax) == [None] * 5
    assert "queueKey" not in gax.options(CLUSTER)["chat"]


def test_a_restore_of_the_killed_run_alone_takes_back_nothing_that_another_has_written(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(1, **given)
    call(gax, chat_channel, **{**given, "run": "completes"})
    restore(gax, given, restore_run="CHG12345", on_conflict="leave")
    assert endpoints(gax) == [QUEUE] * 5  # the first one is needed by the queueKey of the other run
    assert gax.options(CLUSTER)["chat"]["queueKey"] == f"1:{KEY}"


@pytest.mark.parametrize("mode", ["rollback", "keep"])
def test_a_repeat_that_fails_takes_back_nothing_that_another_run_has_written(
    gax: Simulator, given: dict[str, Any], killed: Killed, mode: str
) -> None:
    killed(1, **given)
    call(gax, chat_channel, **{**given, "run": "completes"})
    gax.set(deny_write=CLUSTER)
    problem = failed(gax, **given, refresh_pool_size=7, on_failure=mode)
    assert str(problem).splitlines()[0] == "Nothing is changed."
    assert endpoints(gax) == [QUEUE] * 5
    gax.set(deny_write="")
    done = call(gax, chat_channel, **given, refresh_pool_size=7)
    assert done["state"] == "1 application changed."


def test_a_repeat_after_a_retirement_is_the_newest_run_and_comes_back_to_what_that_left(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    for server in SERVERS:
        gax.edit(server, SECTION, KEY, "Old")
    killed(1, **given)
    call(gax, chat_channel, **{**given, "run": "retires"}, state="absent")
    done = call(gax, chat_channel, **given)
    assert done["state"] == "6 applications changed."
    first = restore(gax, given, run="undo1")
    assert "run CHG12345 (configure, succeeded, " in first["msg"]
    assert endpoints(gax) == [None] * 5
    second = restore(gax, given, run="undo2")
    assert "run retires (retire, succeeded, " in second["msg"]
    assert endpoints(gax) == [QUEUE, *["Old"] * 4]  # as the retirement found it


def test_a_conflict_does_not_claim_that_a_killed_run_left_a_value(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(1, **given)
    gax.edit(CLUSTER, "chat", "queueKey", "1:default")
    with pytest.raises(EngageError) as caught:
        restore(gax, given, restore_run="CHG12345")
    assert f"queueKey: the run was to leave 1:{KEY}, it is now 1:default." in str(caught.value)


def test_what_cannot_be_read_when_the_next_run_closes_the_record_is_restored_later(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    killed(2, **given)
    gax.set(hidden=[SERVERS[0]])
    failed(gax, **{**given, "run": "next"})
    assert outcomes(given) == ["interrupted"]
    gax.set(hidden=[])
    restore(gax, given)
    assert endpoints(gax) == [None] * 5


def test_a_restore_over_runs_that_took_turns_comes_back_to_the_value_from_before_all_of_them(
    gax: Simulator, given: dict[str, Any], killed: Killed
) -> None:
    call(gax, chat_channel, **{**given, "run": "first"}, connection_timeout=2)
    killed(1, **given, connection_timeout=3)
    call(gax, chat_channel, **{**given, "run": "between"}, connection_timeout=4)
    call(gax, chat_channel, **given, connection_timeout=3)
    restore(gax, given, restore_to="first")
    assert gax.options(CLUSTER)["chat"]["connectionTimeout"] == "2"


def test_a_roll_back_reads_no_list_for_each_application_that_is_gone(gax: Simulator, given: dict[str, Any]) -> None:
    steps = {**BATCH, "batch_size": 4}
    call(gax, chat_channel, **given, **steps)
    for name in SERVERS[:3]:
        delete(gax.estate, name)
    problem = failed(gax, **given, **steps, after_failure="The health check failed.")
    assert set(problem.details["unknown"]) == {*SERVERS[:3]}
    first = next(at for at, entry in enumerate(gax.log) if entry["status"] == 404)
    lists = [item for item in gax.log[first:] if item["type"] == "CfgApplication" and "type" in item["query"]]
    assert len(lists) == 2  # whether others name them, and immediately before an endpoint goes


# --- repeated with another request -----------------------------------------------------------------------------------


@pytest.mark.parametrize("writes", [0, 2])
def test_a_failed_run_and_its_killed_repeat_that_retires_come_back_together(
    gax: Simulator, given: dict[str, Any], killed: Killed, writes: int
) -> None:
    gax.set(deny_write=CLUSTER)
    failed(gax, **given, on_failure="keep")
    gax.set(deny_write="")
    killed(writes, **given, state="absent")
    restore(gax, given)
    assert endpoints(gax) == [None] * 5
    assert gax.options(CLUSTER)["chat"] == {"connectionTimeout": "10"}


@pytest.mark.parametrize("by_another", [False, True], ids=["restored", "noted by another run"])
@pytest.mark.parametrize("writes", [0, 1, 2])
def test_the_value_before_a_killed_run_comes_back_whatever_its_killed_repeat_has_written(
    gax: Simulator, given: dict[str, Any], killed: Killed, writes: int, by_another: bool
) -> None:
    for server in SERVERS[:2]:
        gax.edit(server, SECTION, KEY, "Old")
    before = {name: gax.options(name) for name in SERVERS}
    killed(2, **given)
    killed(writes, **{**given, "queue": "Chat In"})
    if by_another:
        call(gax, chat_channel, **{**given, "run": "other"}, endpoint="other")
        restore(gax, given, run="undo1")
    restore(gax, given, run="undo2")
    assert {name: gax.options(name) for name in SERVERS} == before


@pytest.mark.parametrize("repeated", [False, True], ids=["another run", "the same run"])
def test_the_restart_for_a_killed_run_is_due_although_its_repeat_was_to_write_something_else(
    gax: Simulator, given: dict[str, Any], killed: Killed, repeated: bool
) -> None:
    killed(EVERYTHING, **given)
    killed(0, **given, endpoint="other")
    warnings: list[str] = []
    run = given if repeated else {**given, "run": "next"}
    done = call(gax, chat_channel, **run, warnings=warnings)
    assert [entry["option"] for entry in done["restart_required"]] == ["chat/queueKey", "chat/webengagementChatQueue"]
    assert RESTART in done["summary"]


@pytest.mark.parametrize("by_another", [False, True], ids=["restored", "noted by another run"])
def test_a_killed_run_whose_repeat_broke_off_in_a_rename_comes_back(
    gax: Simulator, given: dict[str, Any], killed: Killed, by_another: bool
) -> None:
    """The new endpoint is there, and the old one is not removed yet: both are saved together."""
    before = {name: gax.options(name) for name in SERVERS}
    killed(3, **given)
    gax.on_write(lambda *_unused: gax.set(faults=[{"kind": "drop"}]) if len(gax.journal) == 5 else None)
    renamed = {"endpoint": "new", "previous_endpoint": KEY, "nodes_restarted": True}
    failed(gax, **given, **renamed, on_failure="keep")
    gax.set(faults=[])
    assert gax.options(SERVERS[0])[SECTION].keys() >= {"new", KEY}
    if by_another:
        call(gax, chat_channel, **{**given, "run": "other"}, endpoint="other")
        restore(gax, given, run="undo1")
    restore(gax, given, run="undo2")
    assert {name: gax.options(name) for name in SERVERS} == before
