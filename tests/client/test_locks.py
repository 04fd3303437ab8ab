# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one machine write an object of a GAX one after another; who waits says so, and not for ever."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.client import Gax
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import Account
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.urls import split_urls
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_options,
    chat_server_endpoint,
    interaction_queue,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import lock
from ansible_collections.genesys_ops.engage.tests.client.between import between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import CHANNEL, ENDPOINT
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

SET = {"name": "ChatServer_1", "options": {"notes": {"owner": "contact centre"}}}
CHAT_SERVER_1, CHAT_SERVER_2 = "CfgApplication 202", "CfgApplication 203"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the locks a place of their own, and little patience."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(lock, "LEAST_PATIENCE", 1.0)
    monkeypatch.setattr(lock, "WARN_AFTER", 0.2)
    return folder


@contextmanager
def held(urls: str, key: str) -> Iterator[None]:
    """Be another run that holds an object."""
    other = Gax(HttpSettings(split_urls(urls)), Account("other", "secret"))
    with lock.only_one(other, key, "it"):
        yield


class TestWaiting:
    def test_the_holder_is_named_and_the_patience_has_an_end(self, sim: Simulator) -> None:
        warnings: list[str] = []
        begun = time.monotonic()
        with held(sim.url, CHAT_SERVER_1), pytest.raises(Exception, match="was not released") as caught:
            call(sim, application_options, warnings=warnings, **SET, gax_timeout=0.5)
        assert 1 <= time.monotonic() - begun < 5
        who = f"process {os.getpid()} on {socket.gethostname()} since 20"
        assert who in str(caught.value)
        assert "application 'ChatServer_1'" in str(caught.value)
        assert "not released within 1 second" in str(caught.value)
        assert len(warnings) == 1
        assert "Waiting for Application 'ChatServer_1'" in warnings[0]
        assert who in warnings[0]
        assert applied(sim) == {}

    def test_what_is_free_soon_is_waited_for_without_a_word(self, sim: Simulator) -> None:
        warnings: list[str] = []
        with ThreadPoolExecutor() as pool:
            with held(sim.url, CHAT_SERVER_1):
                waiting = pool.submit(call, sim, application_options, warnings=warnings, **SET)
                time.sleep(0.1)
                assert applied(sim) == {}
            assert waiting.result()["changed"]
        assert warnings == []

    def test_a_queue_that_moves_on_is_waited_for(self, sim: Simulator) -> None:
        """Patience is for one holder: forty hosts that share a Chat Server are no fault."""
        with ThreadPoolExecutor() as pool:

            def others() -> None:
                for _unused in range(5):
                    with held(sim.url, CHAT_SERVER_1):
                        time.sleep(0.3)
                    time.sleep(0.001)

            busy = pool.submit(others)
            time.sleep(0.1)
            assert call(sim, application_options, **SET, gax_timeout=0.5)["changed"]
            busy.result()

    def test_a_process_that_was_killed_holds_nothing(self, sim: Simulator, place: Path) -> None:
        folder = place / f"genesys_ops.engage-{os.getuid()}"
        with held(sim.url, CHAT_SERVER_1):
            (file,) = folder.iterdir()
        script = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(1, flush=True); sys.stdin.read()"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen([sys.executable, "-c", script, file], **pipes) as holder:
            assert holder.stdout
            holder.stdout.readline()
            refused(sim, application_options, "held by another process of this user", **SET, gax_timeout=0.5)
            holder.kill()
        assert call(sim, application_options, **SET)["changed"]

    def test_endpoints_that_another_run_may_be_removing_are_named_by_their_chat_server(self, sim: Simulator) -> None:
        with held(sim.url, "endpoints of 203"):
            said = refused(sim, chat_channel, **CHANNEL, gax_timeout=0.5)
        # The roll-back removes endpoints, and must not either; the other Chat Servers are not held.
        assert said.splitlines()[:3] == [
            "1 application is changed, 2 are rolled back, 1 is unchanged.",
            "Changed: ChatServer_2.",
            "Not rolled back, application 'ChatServer_2': the cause is the same.",
        ]
        assert "Cause, application 'GWE_Cluster_Main': Chat Server 'ChatServer_2' is held by process" in said
        assert sim.options("ChatServer_2")["endpoints:101"]["webme"] == CHANNEL["queue"]

    def test_several_that_are_held_are_waited_for_once(self, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lock, "LEAST_PATIENCE", 2.0)
        begin = time.monotonic()
        with held(sim.url, "endpoints of 203"), held(sim.url, "endpoints of 204"):
            said = refused(sim, chat_channel, **CHANNEL, gax_timeout=0.5).splitlines()
        # Once before queueKey moves, and once in the roll-back; for each of them it would be 8 seconds.
        assert time.monotonic() - begin < 7.5
        assert said[:2] == [
            "2 applications are changed, 1 is rolled back, 1 is unchanged.",
            "Changed: ChatServer_2, ChatServer_3.",
        ]
        assert not any("within 0 seconds" in line for line in said)
        assert "webme" not in sim.options("ChatServer_1").get("endpoints:101", {})

    def test_what_was_changed_before_is_rolled_back(self, sim: Simulator) -> None:
        with held(sim.url, CHAT_SERVER_2):
            refused(sim, chat_server_endpoint, "'ChatServer_2'", "is held by", **ENDPOINT, gax_timeout=0.5)
        assert "webme" not in sim.options("ChatServer_1").get("endpoints:101", {})
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]


class TestIdentity:
    """A lock is of one object of one GAX."""

    def test_the_same_number_on_another_gax_is_not_waited_for(self, start: Start) -> None:
        with held(start().url, CHAT_SERVER_1):
            assert call(start(), application_options, **SET)["changed"]

    def test_one_address_in_common_is_enough(self, sim: Simulator) -> None:
        with between(sim.url) as second:
            pair = f"{sim.url},{second.url}"
            for others, ours in ((pair, second.url), (sim.url, f"{second.url}, {sim.url}"), (sim.url, pair)):
                with held(others, CHAT_SERVER_1):
                    refused(ours, application_options, "is held by", **SET, gax_timeout=0.5)

    def test_pairs_in_another_order_do_not_wait_for_each_other_for_ever(self, sim: Simulator) -> None:
        with between(sim.url) as second, ThreadPoolExecutor() as pool:
            urls = [f"{sim.url},{second.url}", f"{second.url},{sim.url}"] * 4
            done = [
                pool.submit(call, url, application_options, name="ChatServer_1", options={"n": {str(n): "x"}})
                for n, url in enumerate(urls)
            ]
            assert all(item.result(30)["changed"] for item in done)
        assert sim.options("ChatServer_1")["n"] == {str(n): "x" for n in range(8)}

    def test_two_hosts_that_need_one_queue_create_one(self, sim: Simulator) -> None:
        with ThreadPoolExecutor() as pool:
            queue = {"name": "Neue_Warteschlange", "tenant": "Resources", "gax_timeout": 20.0}
            done = [pool.submit(call, sim, interaction_queue, **queue) for _host in range(6)]
            assert [bool(item.result()) for item in done] == [True] * 6
        assert applied(sim) == {"Neue_Warteschlange": 1}


class TestNoPlace:
    """Without a safe folder there is no lock: the work goes on, and that is said."""

    def test_a_folder_that_is_a_link_is_not_used(self, sim: Simulator, place: Path, tmp_path: Path) -> None:
        (place / f"genesys_ops.engage-{os.getuid()}").symlink_to(tmp_path)
        warnings: list[str] = []
        assert call(sim, application_options, warnings=warnings, **SET)["changed"]
        (warning,) = warnings
        assert "can write the same objects" in warning
        assert "TMPDIR" in warning
        assert not list(tmp_path.glob("*.lock"))

    def test_it_is_said_once_for_many_applications(self, sim: Simulator, place: Path) -> None:
        (place / f"genesys_ops.engage-{os.getuid()}").write_text("a file")
        warnings: list[str] = []
        assert call(sim, chat_server_endpoint, warnings=warnings, **ENDPOINT)["changed"]
        assert len(warnings) == 1

    def test_a_disk_that_is_full_when_the_lock_is_released_fails_nothing(
        self, sim: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = os.pwrite

        def full(handle: int, text: bytes, offset: int) -> int:
            if text.startswith(lock.ENDED.encode()):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(handle, text, offset)

        monkeypatch.setattr(os, "pwrite", full)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert sim.options("ChatServer_1")["endpoints:101"]["webme"]
