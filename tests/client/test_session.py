# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stay logged in: sessions that end, and what looks like it and is not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between
from ansible_collections.genesys_ops.engage.tests.client.calling import (
    EXPIRED,
    LOG_IN,
    Operation,
    applied,
    asked,
    call,
    log_ins,
    refused,
)
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, MAIN, QUEUE
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate

CHAT_SERVERS = ENDPOINT["chat_servers"]
DENIED = ["403-json", "403-text", "500-text"]


def requests_of(sim: Simulator, operation: Operation, **parameters: Any) -> int:
    """Return how many requests of its session an operation makes before it logs out."""
    call(sim, operation, **parameters)
    return len([entry for entry in sim.log if entry["user"]]) - 2  # less log-in and log-out


def ends_once(sim: Simulator, after: int) -> None:
    """Let the first session end after so many requests, and later ones last."""

    def at_log_in(entry: Any) -> None:
        if entry["path"].endswith(LOG_IN) and log_ins(sim) == 2:
            sim.set(expire_after_requests=0)

    sim.set(expire_after_requests=after)
    sim.before_request(at_log_in)


class TestExpiredSession:
    """A session that ends in the middle is renewed once; nothing is written twice."""

    @pytest.mark.parametrize("concurrency", [1, 8])
    @pytest.mark.parametrize("form", EXPIRED)
    def test_a_read_that_meets_the_end_is_repeated(self, start: Start, form: str, concurrency: int) -> None:
        asked_for = {"names": [*CHAT_SERVERS, MAIN], "gax_concurrency": concurrency}
        wanted = call(start(), application_info, **asked_for)
        for after in range(1, requests_of(start(), application_info, **asked_for)):
            sim = start(expired=form)
            ends_once(sim, after)
            found = call(sim, application_info, **asked_for)
            assert (found, log_ins(sim), sim.login_attempts) == (wanted, 2, 0), f"ended after {after} requests"

    @pytest.mark.parametrize("concurrency", [1, 8])
    @pytest.mark.parametrize("form", EXPIRED)
    def test_a_write_that_meets_the_end_is_applied_once(self, start: Start, form: str, concurrency: int) -> None:
        asked_for = {**ENDPOINT, "gax_concurrency": concurrency}
        for after in range(1, requests_of(start(), chat_server_endpoint, **asked_for)):
            sim = start(expired=form)
            ends_once(sim, after)
            result = call(sim, chat_server_endpoint, **asked_for)
            assert result["changed"]
            assert applied(sim) == dict.fromkeys(CHAT_SERVERS, 1), f"ended after {after} requests"
            assert (log_ins(sim), sim.login_attempts) == (2, 0), f"ended after {after} requests"

    @pytest.mark.parametrize(("concurrency", "requests"), [(1, 12), (8, 60)])
    @pytest.mark.parametrize("form", EXPIRED)
    def test_sessions_may_end_again_and_again(self, start: Start, form: str, concurrency: int, requests: int) -> None:
        sim = start(generate(1, 40), expired=form, expire_after_requests=requests)
        names = [f"ChatServer_1_{number:02}" for number in range(1, 41)]
        call(sim, chat_server_endpoint, chat_servers=names, queue=QUEUE, gax_concurrency=concurrency)
        assert applied(sim) == dict.fromkeys(names, 1)
        assert log_ins(sim) > 2

    def test_a_session_may_end_by_the_clock(self, start: Start) -> None:
        sim = start(expire_after_seconds=0.6, latency=0.06)
        call(sim, chat_server_endpoint, **ENDPOINT, gax_concurrency=1)
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS, 1)
        assert log_ins(sim) >= 2

    def test_without_retries_a_session_is_renewed_all_the_same(self, start: Start) -> None:
        for after in range(1, 5):
            sim = start()
            ends_once(sim, after)
            call(sim, application_options, name="GAX", options={"a": {"b": "c"}}, gax_retries=0)
            assert applied(sim) == {"GAX": 1}


class TestSessionsThatEndSoon:
    """However many requests run at the same time, each gets its turn."""

    NAMES: ClassVar = [f"ChatServer_1_{number:02}" for number in range(1, 25)]

    @pytest.mark.parametrize("concurrency", [1, 3, 8])
    @pytest.mark.parametrize("requests", [2, 3, 4, 5])
    @pytest.mark.parametrize("form", ["401", "200-html"])
    def test_reads_work(self, start: Start, requests: int, concurrency: int, form: str) -> None:
        sim = start(generate(1, 24), expired=form, expire_after_requests=requests)
        found = call(sim, application_info, names=self.NAMES, gax_concurrency=concurrency, gax_timeout=20.0)
        assert [item["name"] for item in found["applications"]] == self.NAMES

    @pytest.mark.parametrize("concurrency", [1, 3, 8])
    @pytest.mark.parametrize("requests", [3, 4, 5])
    def test_writes_work_and_none_is_made_twice(self, start: Start, requests: int, concurrency: int) -> None:
        sim = start(generate(1, 24), expire_after_requests=requests)
        servers = {"chat_servers": self.NAMES, "queue": QUEUE}
        call(sim, chat_server_endpoint, **servers, gax_concurrency=concurrency, gax_timeout=20.0)
        assert applied(sim) == dict.fromkeys(self.NAMES, 1)
        assert sim.login_attempts == 0

    @pytest.mark.parametrize("concurrency", [1, 8])
    def test_sessions_that_last_for_no_request_are_told_as_such(self, start: Start, concurrency: int) -> None:
        sim = start(expire_after_requests=1)
        words = ("sessions end too soon", "session_timeout", "one session")
        refused(sim, application_info, *words, names=CHAT_SERVERS, gax_concurrency=concurrency)
        assert sim.login_attempts == 0
        assert log_ins(sim) < 40

    def test_writes_for_which_sessions_end_too_soon_are_told_as_such(self, start: Start) -> None:
        sim = start(generate(1, 24), expire_after_requests=2)
        words = ("the session had expired", "session_timeout", "one session per account")
        refused(sim, chat_server_endpoint, *words, chat_servers=self.NAMES[:2], queue=QUEUE, gax_concurrency=1)
        assert applied(sim) == {}

    def test_a_server_that_hands_out_a_cookie_with_each_refusal_does_not_end_the_new_session(
        self, start: Start
    ) -> None:
        sim = start(generate(1, 24), expire_after_requests=6)

        def stray(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            cookie = {"Set-Cookie": "JSESSIONID=nobody; Path=/gax"}
            return reply if reply.status != 401 else replace(reply, headers={**reply.headers, **cookie})

        with between(sim.url, stray) as server:
            found = call(server.url, application_info, names=self.NAMES, gax_timeout=20.0)
        assert len(found["applications"]) == len(self.NAMES)


class TestPasswordChangedMeanwhile:
    """The session ends and the new log-in is refused."""

    @staticmethod
    @contextmanager
    def gax(sim: Simulator, after: int) -> Iterator[tuple[str, list[Seen]]]:
        """Give an address where everything is refused after so many requests, and the log-ins that were tried there."""
        tried: list[Seen] = []
        number = itertools.count(1)

        def closing(seen: Seen, pass_on: PassOn) -> Reply:
            tried.extend([seen] if seen.path == LOG_IN else [])
            return pass_on() if next(number) <= after else Reply(401, "Unauthorized")

        with between(sim.url, closing) as server:
            yield server.url, tried

    def test_the_reason_is_told_and_nothing_else_is_asked(self, sim: Simulator) -> None:
        with self.gax(sim, after=5) as (url, tried):
            refused(url, application_info, "user 'default'", "gax_password", names=CHAT_SERVERS, gax_concurrency=1)
        assert len(tried) == 2

    @pytest.mark.parametrize(
        ("operation", "option", "after"),
        [(application_info, "names", 3), (chat_server_endpoint, "chat_servers", 20)],
        ids=["reads", "writes"],
    )
    def test_the_new_log_in_is_tried_once_however_many_requests_were_under_way(
        self, start: Start, operation: Operation, option: str, after: int
    ) -> None:
        sim = start(generate(1, 12))
        names = [f"ChatServer_1_{number:02}" for number in range(1, 13)]
        asked_for = {option: names, **({"queue": QUEUE} if option == "chat_servers" else {})}
        with self.gax(sim, after) as (url, tried):
            refused(url, operation, "gax_password", **asked_for)
        assert len(tried) == 2


class TestMissingPermission:
    """It looks like an expired session, and is told apart from it."""

    @pytest.mark.parametrize("form", EXPIRED)
    @pytest.mark.parametrize("denied", DENIED)
    def test_a_read_that_is_denied_is_asked_for_once(self, start: Start, denied: str, form: str) -> None:
        sim = start(deny_read=["ChatServer_2"], denied=denied, expired=form)
        if denied.startswith("403"):
            found = call(sim, chat_channel_info, cluster=MAIN)["findings"]
            assert any("203, which does not exist or cannot be read" in item["message"] for item in found)
        else:
            words = ("CfgApplication/203", "answered 500", "no permission to read")
            refused(sim, chat_channel_info, *words, cluster=MAIN)
        assert log_ins(sim) == 1
        assert len(asked(sim, "cfg/objects/CfgApplication/203")) == 1

    @pytest.mark.parametrize("form", EXPIRED)
    @pytest.mark.parametrize("denied", DENIED)
    def test_a_write_that_is_denied_is_sent_once(self, start: Start, denied: str, form: str) -> None:
        sim = start(deny_write=["ChatServer_2"], denied=denied, expired=form)
        words = ["application 'ChatServer_2'", f"answered {denied[:3]}", "no permission to change"]
        if denied.startswith("403"):
            words += ["user 'default' is logged in", "permissions of the object"]
        refused(sim, chat_server_endpoint, *words, **ENDPOINT)
        assert log_ins(sim) == 1
        assert len(asked(sim, "cfg/objects/CfgApplication/203", "PUT")) == 1
        assert "webme" not in sim.options("ChatServer_2")["endpoints:101"]

    @pytest.mark.parametrize("form", EXPIRED)
    def test_the_end_of_the_session_and_a_missing_permission_may_meet(self, start: Start, form: str) -> None:
        for after in range(1, requests_of(start(), chat_server_endpoint, **ENDPOINT) - 6):
            sim = start(deny_write=["ChatServer_2"], denied="403-text", expired=form)
            ends_once(sim, after)
            refused(sim, chat_server_endpoint, "no permission to change", **ENDPOINT)
            assert log_ins(sim) == 2, f"ended after {after} requests"
