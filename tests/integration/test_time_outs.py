# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A time-out of Ansible ends a run: nobody goes on with it, and the report says how the estate is.

Ansible does not end the process of a shipped module: that goes on, and must find out that it is over.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    MAIN,
    QUEUE,
    SERVERS,
    differing,
    endpoints,
    options_of,
    when_written,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    AS_MODULES,
    AS_SHIPPED,
    CONFIGURE,
    SHIPPED,
    Player,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

BATCHES = {"chat_channel_batch_size": 1}
# All of them wait five minutes.
WHOLE = pytest.mark.skipif(not os.environ.get("ENGAGE_ROLE_FAULTS"), reason="make role-faults tries it")
REST = 5  # seconds: longer than what is left of a call would need to go on


def seconds_of_a_task(args: list[str]) -> int:
    """Return Ansible's time-out: many times what a call needs until it is held up, for a machine that is busy."""
    return 10 if args or AS_MODULES else 6


def ended(args: list[str]) -> dict[str, str]:
    """Return the environment of a run that Ansible ends."""
    return {"ANSIBLE_TASK_TIMEOUT": str(seconds_of_a_task(args))}


def slow(args: list[str]) -> dict[str, Any]:
    """Return variables with which a request that hangs outlives its task, and where that is shipped, until the next."""
    return {"gax_concurrency": 1, "gax_timeout": seconds_of_a_task(args) + (3 if args or AS_MODULES else 0)}


def let_land_late(sim: Simulator, seconds: float) -> None:
    """Let the next write get no answer, and be applied after the end of the task: only this one."""
    before = len(sim.log)

    def let_the_others_land() -> None:
        while not any(request["method"] in ("PUT", "POST") for request in sim.log[before:]):
            time.sleep(0.05)
        time.sleep(0.2)
        sim.set(late_writes=None)

    sim.set(late_writes={"seconds": seconds, "answer": "hang"})
    threading.Thread(target=let_the_others_land, daemon=True).start()


def hang(methods: str, path: str) -> dict[str, Any]:
    return {"kind": "hang", "methods": [methods], "path": path, "times": 1}


@pytest.mark.parametrize(
    ("given", "args"),
    [
        pytest.param({}, [], id="one call"),
        pytest.param(BATCHES, [], id="batches", marks=WHOLE),
        pytest.param(BATCHES, AS_SHIPPED, id="shipped"),
    ],
)
def test_a_run_that_ansible_ends_is_rolled_back(
    demo: Estate, play: Player, given: dict[str, Any], args: list[str]
) -> None:
    with simulator(demo) as sim:
        path = f"CfgApplication/{sim.app('ChatServer_2')['dbid']}$"
        sim.set(faults=[hang("PUT", path)])
        variables = {**connection(sim), **given, **slow(args)}
        run = play(sim, CONFIGURE, MAIN, variables, args=args, env=ended(args))
        assert run.rc != 0
        if args:
            time.sleep(REST)
        assert options_of(sim.estate) == options_of(demo)
        assert written(sim.journal)["ChatServer_1"][-1] == ("endpoints:101", "webme", QUEUE, None)
        state, cause, *_rest = run.report("main")
        assert state.startswith("Nothing is changed: ChatServer_1 is rolled back.")
        assert cause.startswith("Cause: Task '")
        assert f"{seconds_of_a_task(args)} second" in cause or "time frame" in cause
        assert "[DEPRECATION WARNING]" not in run.output
        after = play(sim, CONFIGURE, MAIN, connection(sim))
        after.assert_success()  # without a warning: that run has ended


@WHOLE
def test_a_call_that_ansible_ends_repeats_no_write(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        sim.set(faults=[hang("PUT", f"CfgApplication/{sim.app('ChatServer_2')['dbid']}$")])
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **slow([]), "gax_concurrency": 3}, env=ended([]))
        assert run.report("main")[0] == "Nothing is changed: both applications are rolled back."
        assert written(sim.journal).keys() == {"ChatServer_1", "ChatServer_3"}
        assert options_of(sim.estate) == options_of(demo)


@WHOLE
@pytest.mark.parametrize("given", [{}, BATCHES], ids=["one call", "batches"])
def test_a_shipped_module_that_ansible_ends_while_it_reads_never_writes(
    demo: Estate, play: Player, given: dict[str, Any]
) -> None:
    with simulator(demo) as sim:
        reading = hang("GET", r"objects\?type=CfgApplication")
        if given:  # in the second batch: the call that ends there has begun nothing, and the first one is rolled back
            when_written(sim, "ChatServer_1", lambda _estate: sim.set(faults=[reading]))
        else:
            sim.set(faults=[reading])
        variables = {**connection(sim), **given, **slow(AS_SHIPPED)}
        run = play(sim, CONFIGURE, MAIN, variables, args=AS_SHIPPED, env=ended(AS_SHIPPED))
        assert run.rc != 0
        assert run.report("main")[0].startswith("Nothing is changed")
        time.sleep(REST)
        assert options_of(sim.estate) == options_of(demo)
        assert len(sim.journal) == (2 if given else 0)
        play(sim, CONFIGURE, MAIN, connection(sim)).assert_success()


@pytest.mark.parametrize(
    ("mode", "args"),
    [pytest.param("rollback", AS_SHIPPED, id="rollback", marks=WHOLE), pytest.param("keep", [], id="keep")],
)
def test_a_write_that_lands_after_its_call_was_ended_is_known(
    demo: Estate, play: Player, mode: str, args: list[str]
) -> None:
    with simulator(demo) as sim:
        when_written(sim, "ChatServer_1", lambda _estate: let_land_late(sim, seconds_of_a_task(args)))
        variables = {**connection(sim), **slow(args), "chat_channel_on_failure": mode}
        run = play(sim, CONFIGURE, MAIN, variables, args=args, env=ended(args))
        changed = [name for name in SERVERS["main"] if "webme" in endpoints(sim, name)]
        if mode == "rollback":
            assert run.report("main")[0] == "Nothing is changed: both applications are rolled back."
            assert options_of(sim.estate) == options_of(demo)
        else:
            assert run.report("main")[:2] == [
                "2 applications are changed, 2 are unchanged.",
                f"Changed: {', '.join(changed)}.",
            ]
            assert changed == ["ChatServer_1", "ChatServer_2"]
        assert len(sim.journal) == (4 if mode == "rollback" else 2)


@WHOLE
@pytest.mark.parametrize(("args", "trouble"), [([], "late"), (AS_SHIPPED, "lost")], ids=["late", "lost"])
def test_a_queue_that_appears_after_its_call_was_ended_is_deleted(
    demo: Estate, play: Player, args: list[str], trouble: str
) -> None:
    with simulator(demo) as sim:
        if trouble == "late":
            let_land_late(sim, seconds_of_a_task(args))
        else:  # whoever finds out that it was lost must not create it again
            sim.set(faults=[hang("POST", "cfg/objects$")])
        variables = {**connection(sim), **slow(args), "chat_channel_create_queue": True, "chat_channel_queue": "Fresh"}
        run = play(sim, CONFIGURE, MAIN, variables, args=args, env=ended(args))
        assert run.report("main")[0].startswith("Nothing is changed")
        time.sleep(REST if trouble == "lost" else 0)
        assert differing(demo, sim.estate) == set()


@WHOLE
def test_what_was_not_written_is_not_said_to_depend_on_what_stays(demo: Estate, play: Player) -> None:
    with simulator(demo) as sim:
        sim.set(faults=[hang("PUT", f"CfgApplication/{sim.app('ChatServer_3')['dbid']}$")])
        when_written(sim, "ChatServer_2", lambda estate: estate.edit("ChatServer_1", "endpoints:101", "webme", "Other"))
        report = play(sim, CONFIGURE, MAIN, {**connection(sim), **slow([])}, env=ended([])).report("main")
        assert report[0] == "1 application is overwritten, 1 is rolled back, 2 are unchanged."
        (stays,) = [line for line in report if line.startswith("Not rolled back")]
        assert "'ChatServer_1': another administrator changed option 'webme'" in stays


@WHOLE
def test_without_a_folder_for_its_record_the_state_of_a_run_that_ansible_ends_is_unknown(
    demo: Estate, play: Player
) -> None:
    with simulator(demo) as sim:
        sim.set(faults=[hang("PUT", f"CfgApplication/{sim.app('ChatServer_2')['dbid']}$")])
        env = {**ended(AS_SHIPPED), "XDG_STATE_HOME": "", "HOME": ""}
        run = play(sim, CONFIGURE, MAIN, {**connection(sim), **slow(AS_SHIPPED)}, args=AS_SHIPPED, env=env)
        assert run.report("main")[0].startswith("What this run has changed is unknown")
        time.sleep(REST)
        assert list(written(sim.journal)) == ["ChatServer_1"]


def test_a_run_whose_backup_somebody_removes_goes_on(demo: Estate, play: Player, tmp_path: Path) -> None:
    with simulator(demo) as sim:
        when_written(sim, "ChatServer_1", lambda _estate: shutil.rmtree(tmp_path / "backup"))
        run = play(
            sim, CONFIGURE, MAIN, {**connection(sim), **slow([]), "chat_channel_backup_dir": str(tmp_path / "backup")}
        )
        run.assert_success()
        assert len(written(sim.journal)) == 4


@pytest.mark.parametrize("failing", [False, pytest.param(True, marks=WHOLE)])
def test_a_call_that_ansible_ends_after_its_last_write_is_not_said_to_have_changed_nothing(
    demo: Estate, play: Player, tmp_path: Path, failing: bool
) -> None:
    """The process of the first shipped module lingers when its work is done."""
    first, python = tmp_path / "first", tmp_path / "python"
    first.touch()
    linger = f'if rm "{first}" 2>&-; then exec sleep 20; fi'
    python.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\n{linger}\n', encoding="utf-8")
    python.chmod(0o755)
    args = ["--extra-vars", json.dumps({**SHIPPED, "ansible_python_interpreter": str(python)})]
    with simulator(demo, deny_write=["ChatServer_3"] * failing) as sim:
        variables = {**connection(sim), **slow(args), "chat_channel_on_failure": "keep"}
        run = play(sim, CONFIGURE, MAIN, variables, args=args, env=ended(args))
        state = run.report("main")[0]
        if failing:
            assert state.startswith("What this run has changed is unknown")
            assert "restore" in run.report("main")[-1]
        else:
            assert state == "Nothing is left to change in GWE_Cluster_Main: it is as requested."
        assert any(line.startswith("Restart the Web Engagement nodes") for line in run.report("main"))
        assert len(written(sim.journal)) == (2 if failing else 4)
