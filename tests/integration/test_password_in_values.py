# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of the account is a word that stands in names and values, too: what is written never holds a mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.integration.estates import MAIN, QUEUE, options_of
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    CONFIGURE,
    RETIRE,
    Player,
    Run,
    connection,
    simulator,
    written,
)
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator

WORD = "genesys"  # the account's password
OLD = f"{WORD}_old_queue"
SERVERS = (f"{WORD}_Chat_1", "ChatServer_2", "ChatServer_3")


@dataclass
class Story:
    """Batches of one, of which the last is refused; then once more, without a refusal; then the channel goes."""

    before: Estate
    refused: Run
    after_refused: Estate
    journal: dict[str, list[tuple[str, str, str, str]]]
    done: Run
    after_done: Estate
    retired: Run
    after: Estate


class TestBatches:
    @pytest.fixture(scope="class", params=[1, 0])
    @classmethod
    def story(cls, demo: Estate, play: Player, request: pytest.FixtureRequest) -> Iterator[Story]:
        before = demo.copy()
        before.put({**before.app("ChatServer_1"), "name": SERVERS[0]})
        for name in SERVERS:
            before.edit(name, "endpoints:101", "webme", OLD)
        with Simulator(before, user="default", password=WORD, deny_write=["ChatServer_3"]) as sim:
            account = {"gax_url": sim.url, "gax_username": "default", "gax_password": WORD, "gax_concurrency": 1}
            given = {**account, "chat_channel_batch_size": request.param}
            refused = play(sim, CONFIGURE, MAIN, given)
            after_refused, journal = sim.estate.copy(), written(sim.journal)
            sim.set(deny_write=[])
            done = play(sim, CONFIGURE, MAIN, given)
            after_done = sim.estate.copy()
            retired = play(sim, RETIRE, MAIN, given)
            yield Story(before, refused, after_refused, journal, done, after_done, retired, sim.estate.copy())

    def test_the_roll_back_writes_the_old_value_exactly(self, story: Story) -> None:
        assert story.refused.rc != 0
        assert options_of(story.after_refused) == options_of(story.before)
        for name in SERVERS[:2]:
            assert story.journal[name] == [
                ("endpoints:101", "webme", OLD, QUEUE),
                ("endpoints:101", "webme", QUEUE, OLD),
            ]

    def test_a_name_that_holds_the_password_is_found_and_shown(self, story: Story) -> None:
        assert story.refused.report("main")[0] == "Nothing is changed: both applications are rolled back."
        story.done.assert_success()
        assert story.done.facts("main")["chat_channel_result"]["chat_servers"] == list(SERVERS)
        assert [story.after_done.options(name)["endpoints:101"]["webme"] for name in SERVERS] == [QUEUE] * 3

    def test_no_mask_was_written(self, story: Story) -> None:
        story.retired.assert_success()
        values = [str(options) for options in options_of(story.after).values()]
        assert not [text for text in values if "********" in text or "VALUE_SPECIFIED" in text]
        assert all("webme" not in story.after.options(name)["endpoints:101"] for name in SERVERS)


@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("value", ["********", "********_old_queue", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"])
def test_a_mask_that_was_written_to_gax_is_repaired_and_restored_as_any_value(
    demo: Estate, play: Player, tmp_path: Path, value: str, size: int
) -> None:
    """1.0.0 wrote such values. What a record holds is then no secret that was masked."""
    estate = demo.copy()
    for server in ("ChatServer_1", "ChatServer_2"):
        estate.edit(server, "endpoints:101", "webme", value)
    with simulator(estate) as sim:
        given = {"chat_channel_batch_size": size, "chat_channel_backup_dir": str(tmp_path / "backup")}
        for playbook in (CONFIGURE, CONFIGURE, "genesys_ops.engage.restore"):
            play(sim, playbook, MAIN, {**connection(sim), **given}).assert_success()
            if playbook == CONFIGURE:
                assert sim.options("ChatServer_1")["endpoints:101"]["webme"] == QUEUE
        assert options_of(sim.estate) == options_of(estate)
