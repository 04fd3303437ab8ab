# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of one run: what an earlier one has saved is its own only where it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import chat_channel as module
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.tests.client.calling import call, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

FIRST, NUMBER = "ChatServer_1_01", 6
ENDPOINT = ("endpoints:1", "webme")


@pytest.fixture
def gax(start: Start) -> Simulator:
    return start(generate(1, NUMBER))


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    """Return the options of a run that has a name of its own, as that of a change ticket."""
    run = {"run": "CHG12345", "backup_dir": str(tmp_path / "backups")}
    return {"cluster": "GWE_Cluster_1", "queue": "Webengagement_Chat", **run}


@pytest.mark.parametrize("steps", [{}, {"one_step": True, "batch_size": 3}], ids=str)
def test_a_run_that_was_killed_can_be_repeated(
    gax: Simulator, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch, steps: dict[str, Any]
) -> None:
    apply = module.apply

    def killed(client: Any, plans: Any, *rest: Any) -> None:
        apply(client, plans[:1], *rest)
        raise KeyboardInterrupt

    with monkeypatch.context() as until_then:
        until_then.setattr(module, "apply", killed)
        with pytest.raises(KeyboardInterrupt):
            call(gax, chat_channel, **given, **steps)
    assert call(gax, chat_channel, **given, **steps)["changed"]
    assert call(gax, chat_channel, **given)["summary"]
    assert gax.options("GWE_Cluster_1")["chat"]["queueKey"] == "1:webme"


def test_a_run_that_was_killed_in_batches_and_taken_back_can_be_repeated(gax: Simulator, given: dict[str, Any]) -> None:
    batch = {"one_step": True, "batch_size": 2}
    call(gax, chat_channel, **given, **batch)  # and then it is killed
    run = {"cluster": given["cluster"], "restore_run": given["run"]}
    call(gax, application_rollback, path=given["backup_dir"], backup_dir=given["backup_dir"], **run)
    assert ENDPOINT[1] not in gax.options(FIRST).get(ENDPOINT[0], {})
    assert call(gax, chat_channel, **given, **batch)["changed"]
    assert call(gax, chat_channel, **given)["changed"]
    assert gax.options("GWE_Cluster_1")["chat"]["queueKey"] == "1:webme"


def test_what_somebody_else_has_overwritten_since_its_batch_is_said_where_all_is_kept(
    gax: Simulator, given: dict[str, Any]
) -> None:
    batch = {"one_step": True, "batch_size": 1, "on_failure": "keep"}
    call(gax, chat_channel, **given, **batch)
    gax.edit(FIRST, *ENDPOINT, "Chat In")
    said = refused(gax, chat_channel, f"Overwritten: {FIRST}", **given, **batch)
    assert said.startswith("1 application is overwritten")
    assert gax.options(FIRST)[ENDPOINT[0]][ENDPOINT[1]] == "Chat In"
