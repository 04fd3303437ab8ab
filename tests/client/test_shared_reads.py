# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one host has just read serves the others of its task, while nothing is to change. Threads play the forks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import chat_channel_info
from ansible_collections.genesys_ops.engage.plugins.module_utils._run import reads, shared
from ansible_collections.genesys_ops.engage.tests.client.between import Reply, between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, log_ins
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator, generate, load

APPLICATION = "CfgApplication"
QUEUE = "Webengagement_Chat"
ALONE = 7  # requests of a host that reads for itself and changes nothing
CALM = {"gax_timeout": 20.0}  # a machine under load must not look like a hang
PATIENCE = 60.0  # instead of reads.FRESH and YOUNG: nor must it look like something that is too old


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the run its private folder, as the action plugin does."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(shared, "_known", {"folder": folder, "name": "test"})
    monkeypatch.setattr(reads, "FRESH", PATIENCE)
    monkeypatch.setattr(reads, "YOUNG", PATIENCE)
    yield folder


def configured(clusters: int = 4, **more: Any) -> Estate:
    """Return an estate whose channels are all as they should be."""
    estate = generate(clusters, 2, **more)
    for number in range(1, clusters + 1):
        names = [item["name"] for item in estate.all(APPLICATION) if item["name"].startswith(f"ChatServer_{number}_")]
        for name in names:
            estate.edit(name, "endpoints:1", "webme", QUEUE)
        estate.edit(f"GWE_Cluster_{number}", "chat", "queueKey", "1:webme")
        estate.edit(f"GWE_Cluster_{number}", "chat", "webengagementChatQueue", QUEUE)
    return estate


def ask(sim: Simulator | str, number: int, task: str = "T", operation: Any = chat_channel, **more: Any) -> Any:
    cluster = {"cluster": f"GWE_Cluster_{number}", "queue": QUEUE}
    return call(sim, operation, task=task, **{**CALM, **cluster, **more})


def hosts(work: Callable[[int], Any], number: int) -> list[Any]:
    """Do the work for hosts 1 to ``number`` at the same time; return what each returned or raised."""

    def one(host: int) -> Any:
        try:
            return work(host)
        except EngageError as problem:
            return problem

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(1, number + 1)))


def requests_of(sim: Simulator) -> int:
    """Return the number of requests without log-outs, for which nobody waits."""
    return sum(not item["path"].endswith("logout") for item in sim.log)


def changed(result: Any) -> set[str]:
    return {item["name"] for item in result["applications"] if item["changed"]}


class TestNothingToDo:
    @pytest.mark.parametrize("check_mode", [False, True])
    def test_one_host_reads_for_all(self, start: Start, check_mode: bool) -> None:
        sim = start(configured(), latency=0.05)
        found = hosts(lambda host: ask(sim, host, check_mode=check_mode), 4)
        assert [item["changed"] for item in found] == [False] * 4
        assert [item["cluster"] for item in found] == [f"GWE_Cluster_{number}" for number in range(1, 5)]
        assert requests_of(sim) == ALONE

    def test_an_audit_reads_once_and_says_the_same_as_without_others(self, start: Start) -> None:
        sim = start(configured(), latency=0.05)
        found = hosts(lambda host: ask(sim, host, operation=chat_channel_info), 4)
        together = requests_of(sim)
        alone = [ask(sim, host, "", chat_channel_info) for host in range(1, 5)]
        assert found == alone
        assert requests_of(sim) == 5 * together

    @pytest.mark.parametrize(
        "make", [lambda: load("demo"), lambda: generate(1, 2, backups=True, nested=True, tenants=2)]
    )
    @pytest.mark.parametrize("more", [{}, {"queue": "none"}, {"endpoint": "default"}, {"state": "absent"}])
    def test_what_is_wrong_is_found_likewise(self, start: Start, make: Callable[[], Estate], more: Any) -> None:
        estate = make()
        chat = next(item["name"] for item in estate.all(APPLICATION) if item.get("subtype") == "CFGChatServer")
        for section, key, value in (
            ("settings", "use-contact-server", "false"),
            ("settings", "flex-disconnect-timeout", "1"),
            ("endpoints:", "x", "y"),
        ):
            estate.edit(chat, section, key, value)
        contact = next(item["name"] for item in estate.all(APPLICATION) if item.get("subtype") == "CFGContactServer")
        estate.edit(contact, "widget", "queue", more.get("queue", QUEUE), "annex")
        sim = start(estate)
        cluster = next(item["name"] for item in estate.all(APPLICATION) if "chat" in estate.options(item["name"]))
        asked = {"cluster": cluster, "enforce": False, **more}
        if more.get("state"):
            asked["remove_in_use"] = False
        first, second = (ask(sim, 1, "T", chat_channel_info, **asked) for _host in range(2))
        assert len(first["findings"]) > 0
        assert first == second == ask(sim, 1, "", chat_channel_info, **asked)

    def test_another_task_reads_anew(self, start: Start) -> None:
        sim = start(configured())
        for task in ("one", "two", ""):
            ask(sim, 1, task)
        assert requests_of(sim) == 3 * ALONE

    def test_what_is_too_old_is_read_anew(self, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        sim = start(configured())
        ask(sim, 1)
        monkeypatch.setattr(reads, "YOUNG", 0.1)
        monkeypatch.setattr(reads, "FRESH", 0.1)
        time.sleep(0.2)
        ask(sim, 2)
        assert requests_of(sim) == 2 * ALONE

    def test_one_host_renews_what_gets_old_and_the_others_do_not_wait_for_it(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sim = start(configured())
        held, renewing, go = (threading.Event() for _unused in range(3))

        def slow(seen: Any, pass_on: Callable[[], Reply]) -> Reply:
            if held.is_set() and "cfg/objects" in seen.path:
                renewing.set()
                assert go.wait(PATIENCE)
            return pass_on()

        with between(sim.url, slow) as server, ThreadPoolExecutor(1) as pool:
            ask(server.url, 1)
            monkeypatch.setattr(reads, "YOUNG", 0.0)
            held.set()
            renewal = pool.submit(ask, server.url, 2)
            assert renewing.wait(PATIENCE)
            before = requests_of(sim)
            assert ask(server.url, 3)["changed"] is False
            assert requests_of(sim) == before
            go.set()
            assert renewal.result()["changed"] is False
            assert requests_of(sim) == 2 * ALONE
            sim.edit("ChatServer_4_01", "endpoints:1", "webme", None)
            monkeypatch.setattr(reads, "YOUNG", PATIENCE)
            assert ask(server.url, 4)["changed"] is False  # as it was when host 2 read
            assert requests_of(sim) == 2 * ALONE

    def test_another_account_or_connection_is_asked_for_itself(self, start: Start) -> None:
        sim = start(configured())
        ask(sim, 1)
        ask(sim, 2, gax_concurrency=4)
        with pytest.raises(EngageError, match="did not accept"):
            ask(sim, 2, gax_password="wrong")
        assert log_ins(sim) == 3

    def test_two_gax_are_told_apart(self, start: Start) -> None:
        full, empty = start(configured()), start(generate(4, 2))
        assert ask(full, 1, operation=chat_channel_info)["compliant"]
        assert not ask(empty, 1, operation=chat_channel_info)["compliant"]


class TestSomethingToDo:
    def test_it_is_planned_on_what_the_host_itself_has_read(self, start: Start) -> None:
        sim = start(configured())
        ask(sim, 1)
        sim.edit("ChatServer_2_01", "endpoints:1", "webme", "Chat In")
        ask(sim, 2, "T")  # as it was when the first host read: nothing to do
        assert not sim.journal
        found = ask(sim, 2, "T", refresh_task_period=3)
        assert {item["name"] for item in found["applications"] if item["changed"]} == {
            "GWE_Cluster_2",
            "ChatServer_2_01",
        }
        assert applied(sim) == {"GWE_Cluster_2": 1, "ChatServer_2_01": 1}

    def test_check_mode_plans_on_what_the_host_itself_has_read(self, start: Start) -> None:
        sim = start(configured())
        ask(sim, 1)
        sim.edit("ChatServer_2_01", "endpoints:1", "webme", "Chat In")
        found = ask(sim, 2, check_mode=True, refresh_task_period=3)
        assert {item["name"] for item in found["applications"] if item["changed"]} == {
            "GWE_Cluster_2",
            "ChatServer_2_01",
        }

    def test_nothing_is_taken_after_a_write(self, start: Start) -> None:
        sim = start(configured())
        ask(sim, 1)
        ask(sim, 2, refresh_task_period=3)
        before = requests_of(sim)
        found = ask(sim, 2, refresh_task_period=3)
        assert found["changed"] is False
        assert requests_of(sim) - before == ALONE

    def test_hosts_do_not_wait_for_each_other_after_a_write(self, start: Start) -> None:
        sim = start(configured(), latency=0.2)
        sim.edit("GWE_Cluster_1", "chat", "queueKey", None)
        assert ask(sim, 1)["changed"]
        begun = time.monotonic()
        ask(sim, 2)
        alone, begun = time.monotonic() - begun, time.monotonic()
        hosts(lambda host: ask(sim, host), 4)
        assert time.monotonic() - begun < 3 * alone

    def test_hosts_that_all_have_something_to_do_do_it(self, start: Start) -> None:
        sim = start(generate(4, 2), latency=0.02)
        found = hosts(lambda host: ask(sim, host), 4)
        assert [item["changed"] for item in found] == [True] * 4
        names = [f"ChatServer_{number}_{index:02}" for number in range(1, 5) for index in (1, 2)]
        assert applied(sim) == dict.fromkeys([*names, *(f"GWE_Cluster_{number}" for number in range(1, 5))], 1)

    def test_a_queue_is_created_once(self, start: Start) -> None:
        sim = start(configured())
        more = {"queue": "New", "create_queue": True}
        found = hosts(lambda host: ask(sim, host, **more), 3)
        assert [item["changed"] for item in found] == [True] * 3
        assert [write["method"] for write in sim.journal].count("POST") == 1


class TestFiles:
    def test_they_hold_no_secret(self, start: Start, run: Path) -> None:
        estate = configured()
        planted = {
            "ChatServer_1_01": ("settings", "keystore-password", "S3cret-one"),
            "ChatServer_2_01": ("log", "message_url", "https://user:S3cret-two@host/x"),
            "UCS": ("security", "api-key", "S3cret-three"),
            "GWE_Cluster_1": ("passwords", "x", "S3cret-four"),
        }
        for name, place in planted.items():
            estate.edit(name, *place)
        estate.edit("ChatServer_1_01", "annex", "token", "S3cret-five", "annex")
        server = estate.app("ChatServer_1_02")
        server["commandlinearguments"] = "-password S3cret-six"
        server["appservers"]["conninfo"][0]["transportparams"] = "tls=1;password=S3cret-seven"
        sim = start(estate)
        for host in (1, 2):
            ask(sim, host)
            ask(sim, host, operation=chat_channel_info)
        files = [file for file in run.iterdir() if file.name.startswith("read-") and not file.suffix]
        content = "".join(file.read_text(encoding="utf-8") for file in files)
        assert "ChatServer_1_01" in content
        assert "keystore-password" in content
        assert "S3cret" not in content
        assert not any(word in file.name for file in run.iterdir() for word in ("password", "default"))
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    @pytest.mark.parametrize("content", ["", "{}", "[]", "\x00", '{"begun": 1e9, "read": {"te', '{"begun": 1e9}'])
    def test_one_that_is_damaged_is_read_anew(self, start: Start, run: Path, content: str) -> None:
        sim = start(configured())
        ask(sim, 1)
        for file in run.glob("read-*"):
            file.write_text(content, encoding="utf-8")
        assert ask(sim, 2)["changed"] is False
        assert requests_of(sim) == 2 * ALONE

    def test_without_the_folder_each_host_reads(self, start: Start, run: Path) -> None:
        sim = start(configured())
        ask(sim, 1)
        for file in run.iterdir():
            file.unlink()
        run.rmdir()
        assert ask(sim, 2)["changed"] is False
        assert requests_of(sim) == 2 * ALONE


class TestTrouble:
    def test_a_reading_that_fails_is_not_repeated_by_one_host_after_the_other(self, start: Start) -> None:
        sim = start(configured())

        def slow(seen: Any, pass_on: Callable[[], Reply]) -> Reply:
            if "cfg/objects" not in seen.path:
                return pass_on()
            time.sleep(0.5)
            return Reply(500, "out of memory")

        with between(sim.url, slow) as server:
            begun = time.monotonic()
            found = hosts(lambda host: ask(server.url, host, gax_retries=0), 8)
            took = time.monotonic() - begun
        assert all("out of memory" in str(problem) for problem in found)
        assert took < 8 * 0.5

    def test_a_refused_log_in_is_tried_once(self, start: Start) -> None:
        sim = start(configured(), latency=0.02)
        found = hosts(lambda host: ask(sim, host, gax_password="wrong"), 6)
        assert sum("did not accept" in str(problem) for problem in found) == 1
        assert sum("No log-in was tried" in str(problem) for problem in found) == 5
        assert log_ins(sim) == 1

    def test_one_session_for_the_account(self, start: Start) -> None:
        sim = start(configured(), one_session=True, latency=0.02)
        found = hosts(lambda host: ask(sim, host, refresh_task_period=2 + host % 2), 4)
        assert [item["changed"] for item in found] == [True] * 4
