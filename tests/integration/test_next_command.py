# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that messages give: typed as they stand, they do what they say."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._command_line import connecting
from ansible_collections.genesys_ops.engage.tests.integration.estates import MAIN, options_of
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    AS_SHIPPED,
    CONFIGURE,
    PASSWORD,
    USER,
    Player,
    Run,
    command,
    connection,
    environment,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

RESTORE = "genesys_ops.engage.restore"
NEW_QUEUE = {"chat_channel_create_queue": True, "chat_channel_queue": 'Web chat\'s "new" queue'}


def queues(sim: Simulator) -> list[str]:
    return [script["name"] for script in sim.estate.all("CfgScript")]


def typed(line: str, home: Path) -> tuple[int, str]:
    """Run the command at the end of a line, as a shell takes it apart."""
    program, *arguments = shlex.split(line[line.index("ansible") :])
    what = {"ansible": "adhoc", "ansible-playbook": "playbook"}[program]
    code, out, err = command(what, arguments, environment(home), home)
    return code, out + err


@pytest.mark.parametrize(
    ("host", "source", "way"),
    [
        *((host, source, []) for host in ("main", "erster host") for source in ("file", "variable")),
        pytest.param("erster host", "file", AS_SHIPPED, id="shipped"),
    ],
)
def test_a_failed_run_is_taken_back_by_its_last_line(
    demo: Estate, play: Player, tmp_path: Path, host: str, source: str, way: list[str]
) -> None:
    """Whatever the folder and the host are called, where the address of GAX comes from, and how modules run."""
    folder = tmp_path / "meine backups"
    with simulator(demo) as sim:
        (tmp_path / "gax.json").write_text(json.dumps({"gax_url": sim.url}), encoding="utf-8")
        given = f"@{tmp_path / 'gax.json'}" if source == "file" else f"gax_url={sim.url}"
        variables = {"gax_username": USER, "gax_password": PASSWORD, "chat_channel_backup_dir": str(folder)}
        sim.set(deny_write=["GWE_Cluster_Main"])
        keep = {"chat_channel_on_failure": "keep"}
        run: Run = play(sim, CONFIGURE, {host: MAIN["main"]}, {**variables, **keep}, args=["-e", given, *way])
        assert run.rc != 0
        assert options_of(sim.estate) != options_of(demo)
        code, out = typed(run.report(host)[-1], tmp_path)
        assert code == 0, out
        assert options_of(sim.estate) == options_of(demo)


def test_what_an_audit_finds_goes_away_with_its_command(demo: Estate, play: Player, tmp_path: Path) -> None:
    with simulator(demo) as sim:
        (tmp_path / "my gax.json").write_text(json.dumps(connection(sim)), encoding="utf-8")
        asked = "chat_channel_endpoint=web_chat chat_channel_refresh_task_period=4"
        arguments = ["-e", f"@{tmp_path / 'my gax.json'}", "-e", asked, "-e", "chat_channel_fail_on=warning"]
        run: Run = play(sim, "genesys_ops.engage.audit", MAIN, args=arguments)
        said = run.task("Show the summary of the audit").result["msg"]
        (line,) = [line for line in said if "can be fixed with: " in line]
        code, out = typed(line, tmp_path)
        assert code == 0, out
        assert "chat_channel_fail_on" not in line
        play(sim, "genesys_ops.engage.audit", MAIN, args=arguments).assert_success()
        assert sim.options("GWE_Cluster_Main")["chat"]["queueKey"] == "101:web_chat"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("@vars.yml", ["-e", "@vars.yml"]),
        ("gax_url=https://gax:8443", ["-e", "gax_url=https://gax:8443"]),
        ('{"chat_channel_cluster": "GWE"}', ["-e", "chat_channel_cluster=GWE"]),
        ('{"gax_url": "https://gax:8443", "gax_retries": 1}', ["-e", "gax_url=https://gax:8443 gax_retries=1"]),
        ('{"chat_channel_cluster": "GWE Main"}', ["-e", '{"chat_channel_cluster": "GWE Main"}']),
        ('["gax_url"]', ["-e", '["gax_url"]']),
        ('{"gax_url": "https://gax", "gax_proxy": null}', ["-e", '{"gax_url": "https://gax", "gax_proxy": null}']),
        ("gax_url=https://gax gax_password=x", []),
        ('{"gax_url": "https://gax", "api_token": "x9k2"}', []),
        ("gax_proxy=http://me:x9k2@proxy:3128", []),
        (
            "gax_url=https://gax gax_password_transport=plain",
            ["-e", "gax_url=https://gax gax_password_transport=plain"],
        ),
        ("chat_channel_queue=X", []),
        ("gax_in_process=false", []),
    ],
)
def test_a_command_holds_what_leads_to_gax_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, given: str, kept: list[str]
) -> None:
    arguments = {"extra_vars": (given,), "ask_vault_pass": True, "vault_ids": ["prod@ask"], "vault_password_files": []}
    monkeypatch.setattr("ansible.context.CLIARGS", arguments)
    assert connecting() == [*kept, "--ask-vault-pass", "--vault-id", "prod@ask"]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("chat_channel_queue=X", True),
        ("chat_channel_hosts=main", True),
        ("gax_url=https://gax:8443", True),
        ("chat_channel_report_dir=report", False),
        ("chat_channel_compare_with=latest", False),
        ("chat_channel_fail_on=warning", False),
        ("chat_channel_queue=X gax_password=x9k2", False),
        ("other=1", False),
    ],
)
def test_the_command_of_an_audit_asks_for_the_same_channel(
    monkeypatch: pytest.MonkeyPatch, given: str, is_kept: bool
) -> None:
    monkeypatch.setattr("ansible.context.CLIARGS", {"extra_vars": (given,)})
    assert connecting(asking=True) == (["-e", given] if is_kept else [])


class TestCreatedQueue:
    """A queue that a run has created holds chats that nobody sees here: a restore names it and leaves it."""

    def play(self, play: Player, sim: Simulator, folder: Path, playbook: str, **variables: Any) -> Run:
        given = {**connection(sim), "chat_channel_backup_dir": str(folder), **NEW_QUEUE, **variables}
        run: Run = play(sim, playbook, MAIN, given)
        return run

    def test_a_restore_leaves_it_and_says_how_it_is_deleted(self, demo: Estate, play: Player, tmp_path: Path) -> None:
        with simulator(demo) as sim:
            self.play(play, sim, tmp_path / "b", CONFIGURE).assert_success()
            run = self.play(play, sim, tmp_path / "b", RESTORE)
            run.assert_success()
            assert NEW_QUEUE["chat_channel_queue"] in queues(sim)
            result = run.task("Undo what the run has changed").result
            assert result["queues_left"] == [NEW_QUEUE["chat_channel_queue"]]
            assert "which the run has created, stays." in result["msg"]
            (line,) = [line for line in result["lines"] if "delete it: ansible" in line]
            code, out = typed(line[line.index("delete it: ") + 11 :], tmp_path)
            assert code == 0, out
            assert sorted(queues(sim)) == sorted(script["name"] for script in demo.all("CfgScript"))
            assert options_of(sim.estate) == options_of(demo)

    @pytest.mark.parametrize("mode", ["keep", "rollback"])
    def test_the_first_line_of_a_failed_run_tells_of_it(
        self, demo: Estate, play: Player, tmp_path: Path, mode: str
    ) -> None:
        with simulator(demo, deny_write=["ChatServer_1", "ChatServer_2", "ChatServer_3"]) as sim:
            run = self.play(play, sim, tmp_path / "b", CONFIGURE, chat_channel_on_failure=mode)
            assert run.rc != 0
            name = NEW_QUEUE["chat_channel_queue"]
            stays = mode == "keep"
            assert (name in queues(sim)) is stays
            there = f"No application is changed; Interaction Queue '{name}' is there now."
            assert run.report("main")[0] == (there if stays else "Nothing is changed.")
            assert run.facts("main")["chat_channel_result"]["changed"] is stays

    def test_a_queue_that_is_used_meanwhile_stays_after_a_roll_back(
        self, demo: Estate, play: Player, tmp_path: Path
    ) -> None:
        name = NEW_QUEUE["chat_channel_queue"]
        with simulator(demo, deny_write=["GWE_Cluster_Main"]) as sim:
            sim.on_write(lambda *_unused: sim.edit("GWE_Cluster_DR", "chat", "webengagementChatQueue", str(name)))
            run = self.play(play, sim, tmp_path / "b", CONFIGURE)
            assert run.rc != 0
            assert name in queues(sim)
            first, *lines = run.report("main")
            assert first.endswith(f"applications are rolled back; Interaction Queue '{name}' is there now.")
            assert any("stays: it is in use by GWE_Cluster_DR [chat] webengagementChatQueue." in line for line in lines)
