# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of one run share: a refused log-in, and the only session of an account. Threads play the forks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.client import Gax
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import Account
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.urls import split_urls
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._run import shared
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import lock
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between, closed_port
from ansible_collections.genesys_ops.engage.tests.client.calling import LOG_IN, applied, call, log_ins
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import CHAT_SERVERS, ENDPOINT, MAIN
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

HOSTS = 8
CALM = {"gax_timeout": 20.0}  # a machine under load must not look like a hang
Outcome = tuple[dict[str, Any] | None, str]


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the run its private folder, as the action plugin does."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(shared, "_known", {"folder": folder, "name": "test"})
    yield folder


def hosts(work: Callable[[int], dict[str, Any]], number: int = HOSTS) -> list[Outcome]:
    """Do the work for every host at the same time; return result and error of each."""

    def one(host: int) -> Outcome:
        try:
            return work(host), ""
        except EngageError as problem:
            return None, str(problem)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


class TestRefusedLogIn:
    """Accounts can be locked: one refused log-in for each GAX, account and run."""

    @pytest.mark.parametrize("failure", ["401", "403", "200-html"])
    def test_one_host_tries_and_the_others_stop_with_a_sentence(self, start: Start, failure: str) -> None:
        sim = start(login_failure=failure, latency=0.05)
        told = hosts(lambda host: call(sim, application_info, names=["GAX"], gax_password="wrong", **CALM))
        assert (log_ins(sim), sim.login_attempts) == (1, 1)
        assert [result for result, _text in told] == [None] * HOSTS
        first, others = (
            [text for _result, text in told if begin in text] for begin in ("did not accept", "No log-in was tried")
        )
        assert (len(first), len(others)) == (1, HOSTS - 1)
        assert all("user 'default'" in text and "could lock the account" in text for text in others)

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(200, '{"message": "Wrong password"}'),
            Reply(200, '{"success": false}'),
            Reply(200, "Wrong password"),
            Reply(204),
            Reply(500, "Wrong password"),
            Reply(302, headers={"Location": "/gax/#failure"}),
        ],
        ids=lambda answer: f"{answer.status}-{answer.text}",
    )
    def test_a_refusal_may_look_like_anything(self, sim: Simulator, answer: Reply) -> None:
        with between(sim.url, lambda seen, pass_on: answer if seen.path == LOG_IN else pass_on()) as server:
            told = hosts(lambda host: call(server.url, application_info, names=["GAX"], **CALM))
            assert [seen.path for seen in server.seen].count(LOG_IN) == 1
        assert sum("No log-in was tried" in text for _result, text in told) == HOSTS - 1

    def test_the_next_playbook_of_the_run_does_not_try_again(self, sim: Simulator) -> None:
        for _playbook in range(2):
            hosts(lambda host: call(sim, application_info, names=["GAX"], gax_password="wrong", **CALM))
        assert sim.login_attempts == 1

    @pytest.mark.parametrize("passwords", [["wrong"] * 4 + ["password"] * 4, [f"wrong {n}" for n in range(8)]])
    def test_another_password_or_transport_is_not_tried_after_a_refusal(
        self, sim: Simulator, passwords: list[str]
    ) -> None:
        with pytest.raises(EngageError):
            call(sim, application_info, names=["GAX"], gax_password=passwords[0])
        for password in passwords:
            for transport in ("plain", "obfuscated"):
                account = {"gax_password": password, "gax_password_transport": transport}
                with pytest.raises(EngageError, match="No log-in was tried"):
                    call(sim, application_info, names=["GAX"], **account)
        assert log_ins(sim) == 1

    def test_a_wrong_password_beside_right_ones_is_tried_once(self, start: Start) -> None:
        sim = start(latency=0.02)
        call(sim, application_info, names=["GAX"])
        account = [{}, *[{"gax_password": "wrong"}] * 7]
        hosts(lambda host: call(sim, application_info, names=["GAX"], **account[host], **CALM))
        assert sim.login_attempts == 1

    def test_it_is_not_carried_to_another_address_of_the_pair(self, start: Start) -> None:
        first, second = start(), start()
        pair = f"{first.url},{second.url}"
        urls = [pair, f"{second.url},{first.url}", second.url.upper().replace("HTTP", "http"), first.url]
        with pytest.raises(EngageError):
            call(pair, application_info, names=["GAX"], gax_password="wrong")
        told = hosts(
            lambda host: call(urls[host], application_info, names=["GAX"], gax_password="wrong", **CALM), len(urls)
        )
        assert first.login_attempts + second.login_attempts <= 2
        assert all("No log-in was tried" in text for _result, text in (told[0], told[1], told[3]))

    def test_other_accounts_and_other_gax_go_on(self, start: Start) -> None:
        sim, other = start(user="ops", password="secret"), start()
        with pytest.raises(EngageError):
            call(sim, application_info, names=["GAX"], gax_username="somebody")
        account = {"gax_username": "ops", "gax_password": "secret"}
        assert call(sim, application_info, names=["GAX"], **account)["applications"]
        assert call(other, application_info, names=["GAX"])["applications"]

    def test_a_busy_gax_is_no_refusal(self, sim: Simulator, pauses: list[float]) -> None:
        busy: list[Reply] = [Reply(503, "Too many sessions")] * 2  # the log-in and its repetition

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            return busy.pop() if busy and seen.path == LOG_IN else pass_on()

        with between(sim.url, script) as server:
            with pytest.raises(EngageError, match="too many sessions"):
                call(server.url, application_info, names=["GAX"])
            assert call(server.url, application_info, names=["GAX"])["applications"]
        with pytest.raises(EngageError, match="no connection"):
            call(closed_port(), application_info, names=["GAX"])

    def test_who_waited_for_a_log_in_without_an_answer_does_not_wait_again(self, start: Start) -> None:
        sim = start(faults=[{"kind": "hang", "path": LOG_IN}])
        begun = time.monotonic()
        told = hosts(lambda host: call(sim, application_info, names=["GAX"], gax_timeout=1.0, gax_retries=0))
        assert time.monotonic() - begun < 5
        assert all("no complete response within 1 second;" in text for _result, text in told)

    def test_a_password_that_is_changed_during_the_run_is_tried_once_more(self, start: Start) -> None:
        sim = start(expire_after_requests=4, latency=0.01)

        def changed(seen: Seen, pass_on: PassOn) -> Reply:
            if seen.path == LOG_IN and log_ins(sim) >= HOSTS:
                refused.append(seen)
                return Reply(401, "Unauthorized")
            return pass_on()

        refused: list[Seen] = []
        with between(sim.url, changed) as server:
            told = hosts(lambda host: call(server.url, chat_channel_info, cluster=MAIN, **CALM))
        assert len(refused) == 1
        assert [result for result, _text in told] == [None] * HOSTS

    def test_the_folder_holds_no_password(self, sim: Simulator, run: Path) -> None:
        call(sim, application_info, names=["GAX"])
        with pytest.raises(EngageError):
            call(sim, application_info, names=["GAX"], gax_password="wr0ng-passw0rd")
        written = b"".join(file.read_bytes() for file in run.iterdir())
        assert written
        assert b"wr0ng" not in written
        assert {file.stat().st_mode & 0o777 for file in run.iterdir()} == {0o600}

    def test_without_its_folder_a_run_works_as_before(self, sim: Simulator, run: Path) -> None:
        run.rmdir()
        assert call(sim, application_info, names=["GAX"])["applications"]

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
    def test_a_file_that_was_cut_short_does_no_harm(self, sim: Simulator, run: Path, text: str) -> None:
        call(sim, application_info, names=["GAX"])
        for file in run.iterdir():
            file.write_text(text)
        assert call(sim, application_info, names=["GAX"])["applications"]

    def test_a_right_password_costs_one_log_in_for_each_host(self, sim: Simulator) -> None:
        hosts(lambda host: call(sim, application_info, names=["GAX"], **CALM))
        assert (log_ins(sim), sim.login_attempts) == (HOSTS, 0)


class TestOnlySession:
    """A GAX that ends the other sessions of an account when it logs in again: slower, but it works."""

    @pytest.mark.parametrize("expired", ["401", "302", "200-html"])
    def test_six_hosts_at_a_time_work(self, start: Start, expired: str) -> None:
        sim = start(generate(6, 5), one_session=True, expired=expired, latency=0.01)
        servers = {host: [f"ChatServer_{host + 1}_{n:02}" for n in range(1, 6)] for host in range(6)}

        def work(host: int) -> dict[str, Any]:
            return call(sim, chat_server_endpoint, chat_servers=servers[host], queue="Webengagement_Chat", **CALM)

        told = hosts(work, 6)
        assert [text for _result, text in told] == [""] * 6
        assert applied(sim) == dict.fromkeys([name for names in servers.values() for name in names], 1)
        assert log_ins(sim) <= 3 * 6

    def test_hosts_that_write_the_same_application_do_not_wait_for_each_other_for_ever(self, start: Start) -> None:
        """One holds the application and waits for the session, the other the reverse."""
        sim = start(one_session=True, latency=0.01)
        names = ["ChatServer_1", "ChatServer_2", "ChatServer_3"]

        def work(host: int) -> dict[str, Any]:
            options = [{"name": name, "options": {"notes": {f"host {host}": "x"}}} for name in names]
            return call(sim, application_options, applications=options, **CALM)

        begun = time.monotonic()
        assert {text for _result, text in hosts(work, 6)} == {""}
        assert time.monotonic() - begun < 30
        for name in names:
            assert sim.options(name)["notes"] == {f"host {host}": "x" for host in range(6)}

    def test_who_has_the_session_does_not_wait_for_an_application_whose_holder_waits_for_the_session(
        self, start: Start
    ) -> None:
        sim = start(one_session=True, latency=0.01)
        hosts(lambda host: call(sim, chat_channel_info, cluster=MAIN, **CALM))  # now that is known
        other = Gax(HttpSettings(split_urls(sim.url)), Account("other", "secret"))
        with lock.only_one(other, "CfgApplication 202", "it"):
            begun = time.monotonic()
            assert call(sim, application_options, name="ChatServer_1", options={"a": {"b": "c"}}, **CALM)["changed"]
            assert time.monotonic() - begun < 5

    def test_the_next_host_of_the_run_waits_for_its_turn_at_once(self, start: Start) -> None:
        sim = start(one_session=True, latency=0.01)
        assert {text for _result, text in hosts(lambda host: call(sim, chat_channel_info, cluster=MAIN, **CALM))} == {
            ""
        }
        before = log_ins(sim)
        assert {text for _result, text in hosts(lambda host: call(sim, chat_channel_info, cluster=MAIN, **CALM))} == {
            ""
        }
        assert log_ins(sim) == before + HOSTS

    def test_sessions_that_end_by_themselves_are_none_of_that(self, start: Start, run: Path) -> None:
        sim = start(expire_after_requests=5)
        call(sim, chat_server_endpoint, **ENDPOINT)
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS[MAIN], 1)
        assert not list(run.glob("*.turn"))
