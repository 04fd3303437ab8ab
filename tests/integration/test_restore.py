# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `restore` takes back one application, one cluster or all, and refuses what would do harm."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._write.trusted import checksum
from ansible_collections.genesys_ops.engage.tests.integration.estates import (
    CLUSTERS,
    HOSTS,
    QUEUE,
    SERVERS,
    endpoints,
    in_use,
    options_of,
    order_of,
    with_oddities,
)
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    Run,
    connection,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

NOW = datetime.now(timezone.utc).isoformat()
RESTORE = "genesys_ops.engage.restore"
RENAME = {
    "chat_channel_endpoint": "proactive",
    "chat_channel_previous_endpoint": "webme",
    "chat_channel_nodes_restarted": True,
}
SHOWN = "Show what will be restored"


@dataclass
class Story:
    """Main and DR are renamed with a backup; then restored: in check mode, DR, both, and both again."""

    sim: Simulator
    before: Estate
    runs: dict[str, Run] = field(default_factory=dict)
    writes: dict[str, list[Write]] = field(default_factory=dict)
    after_dr: Estate | None = None


class TestRestored:
    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
        before = with_oddities(in_use(demo))
        with simulator(before) as sim:
            story = Story(sim, before)
            variables = {**connection(sim), "chat_channel_backup_dir": str(tmp_path_factory.mktemp("backup"))}

            def run(name: str, playbook: str, *args: str, **more: Any) -> None:
                writes = len(sim.journal)
                story.runs[name] = play(sim, playbook, HOSTS, {**variables, **more}, args=list(args))
                story.writes[name] = sim.journal[writes:]

            run("rename", CONFIGURE, **RENAME)
            run("check", RESTORE, "--check", "--diff", "--limit", "dr")
            run("dr", RESTORE, "--diff", "--limit", "dr")
            story.after_dr = sim.estate.copy()
            run("both", RESTORE)
            run("again", RESTORE)
            yield story

    def test_every_run_succeeds_without_a_warning(self, story: Story) -> None:
        for run in story.runs.values():
            run.assert_success()

    def test_one_cluster_is_as_before_and_the_other_as_it_was_left(self, story: Story) -> None:
        assert story.after_dr
        now, then = options_of(story.after_dr), options_of(story.before)
        assert {name for name in then if now[name] != then[name]} == {*SERVERS["main"], CLUSTERS["main"]}

    def test_all_are_as_before_in_the_end(self, story: Story) -> None:
        assert options_of(story.sim.estate) == options_of(story.before)
        assert {*order_of(story.writes["both"])} == {*SERVERS["main"], CLUSTERS["main"]}

    def test_the_old_endpoint_comes_first_then_queue_key_then_the_new_one_goes(self, story: Story) -> None:
        order = order_of(story.writes["dr"])
        assert sorted(order[:4]) == sorted(order[5:]) == sorted(SERVERS["dr"])
        assert order[4] == "GWE_Cluster_DR"

    def test_it_shows_what_it_will_take_back_before_the_first_write(self, story: Story) -> None:
        shown = story.runs["dr"].task(SHOWN)
        assert "GWE_Cluster_DR [chat] queueKey: 101:proactive -> 101:webme" in shown.result["msg"]
        assert re.fullmatch(
            r"GWE_Cluster_DR: run \S+ \(configure, succeeded, \d+ seconds? ago\) will be undone\.",
            shown.result["msg"][0],
        )
        assert shown.result["msg"][-1] == (
            "Afterwards, restart the Web Engagement nodes, one by one, to apply queueKey."
        )
        assert len(shown.result["msg"]) == 11
        results = story.runs["dr"].results
        assert not [item for item in results[: results.index(shown) + 1] if item.writes]

    def test_check_mode_shows_the_same_and_writes_nothing(self, story: Story) -> None:
        assert story.writes["check"] == []
        assert story.runs["check"].shown_diff == story.runs["dr"].shown_diff != []
        shown = [run.task(SHOWN).result["msg"][1:] for run in (story.runs["check"], story.runs["dr"])]
        assert shown[0] == shown[1]

    def test_what_was_restored_already_is_left_alone_and_named(self, story: Story) -> None:
        assert "was already restored there" in story.runs["both"].task(SHOWN, "dr").result["msg"][0]

    def test_all_clusters_are_shown_in_the_end(self, story: Story) -> None:
        lines = story.runs["both"].task("Show all clusters of this play").result["msg"]
        assert lines[0].startswith("GWE_Cluster_Main: run ")
        assert "4 of 4 applications changed" in lines[0]
        assert lines[1].startswith("GWE_Cluster_DR is left alone; run ")
        assert len(lines) == 2

    def test_when_all_is_taken_back_there_is_nothing_to_do(self, story: Story) -> None:
        assert story.runs["again"].task(SHOWN, "dr").result["msg"] == ["GWE_Cluster_DR: no run is left to undo."]
        assert story.writes["again"] == []
        assert {story.runs["again"].stats[host]["changed"] for host in HOSTS} == {0}


@dataclass
class Refused:
    """Restores that must not happen, all in one play: each inventory host is one of them."""

    sim: Simulator
    before: Estate
    run: Run
    folder: Path


class TestRefused:
    """Main was renamed. Then one Chat Server was changed by somebody else, and files were meddled with."""

    WORDS = (
        (
            "stale",
            (
                "Nothing is changed.",
                "Cause: ChatServer_2 changed since the backup.",
                "ChatServer_2 [endpoints:101] proactive: the run left Webengagement_Chat, it is now Chat_VIP.",
                "chat_channel_restore_on_conflict",
            ),
        ),
        (
            "no_endpoint_left",
            ("application 'ChatServer_1': queueKey 101:proactive", "'GWE_Cluster_Main'"),
        ),
        (
            "no_endpoint_there",
            ("application 'GWE_Cluster_Main': queueKey 101:webme", "would lack that"),
        ),
        ("foreign", ("another GAX, http://gax.elsewhere.example", "chat_channel_restore_other_gax")),
        ("other_cluster", ("is of a 'GWE_Cluster_Main' with DBID 4711; it has 301 here",)),
        ("edited", ("was edited or truncated since it was written",)),
        ("torn", ("cannot be read as a backup: it is damaged",)),
        ("cut", ("cannot be read as a backup: No such file",)),
        ("path", ("names a file that is not part of a backup: '../../x.json'",)),
        ("no_backup", ("is not a backup of this version",)),
        ("other_version", ("is not a record of a run of this version of the collection",)),
        ("no_run", ("chat_channel_restore_run", "there is no run 4711 in", "The newest:")),
        ("both", ("restore_run|restore_to", "mutually exclusive")),
        ("unknown", ("chat_channel_restore_only", "does not contain ChatServer_9", "it contains ChatServer_1")),
    )

    @pytest.fixture(scope="class")
    @classmethod
    def story(cls, demo: Estate, play: Player, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refused]:
        folder = tmp_path_factory.mktemp("backup")
        with simulator(in_use(demo)) as sim:
            variables = {**connection(sim), "chat_channel_backup_dir": str(folder)}
            play(sim, CONFIGURE, {"main": HOSTS["main"]}, {**variables, **RENAME}).assert_success()
            sim.edit("ChatServer_2", "endpoints:101", "proactive", "Chat_VIP")
            [backup] = [file.parent for file in folder.rglob("run.json")]
            hosts: dict[str, dict[str, Any]] = {"stale": {"chat_channel_restore_from": str(backup)}}
            hosts["no_endpoint_left"] = {"chat_channel_restore_only": ["ChatServer_1"]}
            hosts["no_endpoint_there"] = {"chat_channel_restore_only": ["GWE_Cluster_Main"]}
            hosts["unknown"] = {"chat_channel_restore_only": ["ChatServer_9"]}
            hosts["no_run"] = {"chat_channel_restore_run": "4711"}
            hosts["both"] = {"chat_channel_restore_run": "4711", "chat_channel_restore_to": "4711"}
            gax = ["http://gax.elsewhere.example:80/gax"]
            meddled: dict[str, tuple[str, dict[str, Any]]] = {
                "foreign": ("*.json", {"gax": gax}),
                "other_cluster": ("*.json", {"cluster": {"name": "GWE_Cluster_Main", "dbid": "4711"}}),
                "no_backup": ("0*.json", {"format": "something else"}),
                "other_version": ("run.json", {"format": "genesys_ops.engage run 3"}),
                "path": ("run.json", {"steps": [{"outcome": "succeeded", "saved": NOW, "files": ["../../x.json"]}]}),
            }
            for name, (files, change) in meddled.items():
                hosts[name] = {"chat_channel_restore_from": str(_meddled(backup, folder.parent / name, files, change))}
            for name in ("edited", "torn", "cut"):
                copy = folder.parent / name
                shutil.copytree(backup, copy)
                hosts[name] = {"chat_channel_restore_from": str(copy)}
            file = min((folder.parent / "edited").glob("0*.json"))
            file.write_text(file.read_text(encoding="utf-8").replace('"before": "', '"before": "x'), encoding="utf-8")
            min((folder.parent / "torn").glob("0*.json")).write_text('{"format": ', encoding="utf-8")
            min((folder.parent / "cut").glob("0*.json")).unlink()
            before = sim.estate.copy()
            run = play(sim, RESTORE, {name: {**HOSTS["main"], **given} for name, given in hosts.items()}, variables)
            yield Refused(sim, before, run, backup)

    @pytest.mark.parametrize(("host", "words"), WORDS)
    def test_it_says_what_is_wrong(self, story: Refused, host: str, words: tuple[str, ...]) -> None:
        text = "\n".join(story.run.task(SHOWN, host).result["msg"])
        assert [word for word in words if word not in text] == [], text
        assert story.run.failures(host)

    def test_nothing_was_written(self, story: Refused) -> None:
        assert list(story.sim.estate) == list(story.before)
        assert set(story.run.stats) == {host for host, _unused in self.WORDS}
        story.run.assert_clean()


def _meddled(backup: Path, target: Path, files: str, change: dict[str, Any]) -> Path:
    """Return a copy of a backup in which these files are changed, checksums and all."""
    shutil.copytree(backup, target)
    for file in target.glob(files):
        content = {**json.loads(file.read_text(encoding="utf-8")), **change}
        file.write_text(json.dumps({**content, "check": checksum(content)}), encoding="utf-8")
    return target


def test_one_application_and_another_address_of_the_same_gax(demo: Estate, play: Player, tmp_path: Path) -> None:
    with simulator(in_use(demo)) as sim:
        variables = {**connection(sim), "chat_channel_backup_dir": str(tmp_path)}
        dr = {"dr": HOSTS["dr"]}
        play(sim, CONFIGURE, dr, {**variables, "chat_channel_queue": "Chat_VIP"}).assert_success()
        writes = len(sim.journal)
        given = {
            **variables,
            "gax_url": sim.url.replace("127.0.0.1", "localhost"),
            "chat_channel_restore_only": ["ChatServer_DR_A_Backup"],
        }
        refused = play(sim, RESTORE, dr, given)
        assert "comes from another GAX" in refused.task(SHOWN).msg
        run = play(sim, RESTORE, dr, {**given, "chat_channel_restore_other_gax": True})
        run.assert_success()
        assert order_of(sim.journal[writes:]) == ["ChatServer_DR_A_Backup"]
        found = [endpoints(sim, name)["webme"] for name in SERVERS["dr"]]
        assert found == ["Chat_VIP", "Chat_VIP", QUEUE, "Chat_VIP"]


def test_a_retired_channel_comes_back_and_a_refusal_in_the_middle_leaves_it_retired(
    demo: Estate, play: Player, tmp_path: Path
) -> None:
    before, dr = with_oddities(in_use(demo)), {"dr": HOSTS["dr"]}
    with simulator(before) as sim:
        variables = {**connection(sim), "chat_channel_backup_dir": str(tmp_path)}
        play(sim, RETIRE, dr, variables).assert_success()
        retired = options_of(sim.estate)
        sim.set(deny_write=["ChatServer_DR_B"])
        failed = play(sim, RESTORE, dr, variables)
        report = failed.task("Report what was restored").result["msg"]
        assert report[0].startswith("Nothing is changed")
        assert "application 'ChatServer_DR_B'" in report[1]
        assert options_of(sim.estate) == retired
        failed.assert_clean()
        sim.set(deny_write=[])
        play(sim, RESTORE, dr, variables).assert_success()
        assert options_of(sim.estate) == options_of(before)
