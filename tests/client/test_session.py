# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in, stay logged in, log out: in every form that a GAX may have."""

from __future__ import annotations

import itertools
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._operations import (
    application_info,
    application_options,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between, closed_port
from ansible_collections.genesys_ops.engage.tests.client.calling import (
    LOG_IN,
    LOG_OUT,
    USER_INFO,
    Operation,
    applied,
    asked,
    call,
    log_ins,
    refused,
)
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, MAIN, QUEUE
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator, generate
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client

Start = Callable[..., Simulator]

CHAT_SERVERS = ENDPOINT["chat_servers"]
EXPIRED = ["401", "403", "302", "200-html"]
DENIED = ["403-json", "403-text", "500-text"]
LOGIN_FAILURE = ["401", "403", "200-html"]
LOG_IN_PAGE = "<html><body>Log In</body></html>"


def paths(sim: Simulator) -> list[str]:
    return [entry["path"].removeprefix("/gax/api/") for entry in sim.log]


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


class TestLogIn:
    """One log-in for each call, and certainty about who is logged in."""

    def test_a_call_logs_in_once_makes_sure_who_it_is_and_logs_out_at_the_end(self, sim: Simulator) -> None:
        call(sim, chat_channel_info, cluster=MAIN, queue=QUEUE)
        order = paths(sim)
        assert order[:3] == ["cfg/schema", LOG_IN, USER_INFO]
        assert order[-1] == LOG_OUT
        assert {path: order.count(path) for path in (LOG_IN, USER_INFO, LOG_OUT)} == {
            LOG_IN: 1,
            USER_INFO: 1,
            LOG_OUT: 1,
        }

    def test_bad_input_is_found_before_anybody_logs_in(self, sim: Simulator) -> None:
        refused(sim, chat_channel_info, "endpoint", cluster=MAIN, endpoint="a:b")
        assert sim.log == []

    @pytest.mark.parametrize("cookie", ["JSESSIONID", "GAXSESSION", "sid", "_1"])
    def test_the_session_cookie_may_have_any_name(self, start: Start, cookie: str) -> None:
        sim = start(cookie=cookie)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert log_ins(sim) == 1

    @pytest.mark.parametrize("form", EXPIRED)
    def test_a_cookie_that_the_client_may_not_send_back_is_named(self, start: Start, form: str) -> None:
        def only_over_tls(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            cookie = reply.headers.get("Set-Cookie")
            return replace(reply, headers={"Set-Cookie": f"{cookie}; Secure"}) if cookie else reply

        sim = start(expired=form)
        with between(sim.url, only_over_tls) as server:
            refused(server.url, application_info, "user 'default'", "does not confirm it", "cookie", "https")
        assert log_ins(sim) == 1

    @pytest.mark.parametrize(
        "info",
        ['{"username": "somebody"}', '{"username": null}', "{}", "[]", "null", "", "OK", LOG_IN_PAGE],
    )
    def test_a_session_that_is_not_ours_is_not_used(self, sim: Simulator, info: str) -> None:
        def somebody_else(seen: Seen, pass_on: PassOn) -> Reply:
            return Reply(text=info) if seen.path == USER_INFO else pass_on()

        with between(sim.url, somebody_else) as server:
            refused(server.url, chat_server_endpoint, "user 'default'", "does not confirm it", **ENDPOINT)
        assert log_ins(sim) == 1
        assert not asked(sim, "cfg/objects")

    def test_a_user_name_may_come_back_in_other_case(self, sim: Simulator) -> None:
        def in_capitals(seen: Seen, pass_on: PassOn) -> Reply:
            return Reply(text='{"username": "DEFAULT"}') if seen.path == USER_INFO else pass_on()

        with between(sim.url, in_capitals) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]

    @pytest.mark.parametrize("transport", ["obfuscated", "plain"])
    @pytest.mark.parametrize("password", ['p"\\ä s', "пароль", "p🔑ss", "x" * 300])
    def test_any_password_can_be_used(self, start: Start, password: str, transport: str) -> None:
        sim = start(user="ops", password=password)
        account = {"gax_username": "ops", "gax_password": password, "gax_password_transport": transport}
        assert call(sim, application_info, names=["GAX"], **account)["applications"]
        assert sim.login_attempts == 0

    @pytest.mark.parametrize(("transport", "flag"), [("obfuscated", True), ("plain", False)])
    def test_the_password_travels_as_it_was_asked_for(self, sim: Simulator, transport: str, flag: bool) -> None:
        with between(sim.url) as server:
            call(server.url, application_info, names=["GAX"], gax_password_transport=transport)
            (sent,) = (json.loads(seen.body) for seen in server.seen if seen.path == LOG_IN)
        assert sent["isPasswordEncrypted"] is flag
        assert (sent["password"] == "password") is not flag


class TestRefusedLogIn:
    """A second attempt could lock the account: there is never one."""

    @pytest.mark.parametrize("form", EXPIRED)
    @pytest.mark.parametrize("failure", LOGIN_FAILURE)
    def test_a_wrong_password_is_tried_once(self, start: Start, failure: str, form: str) -> None:
        sim = start(login_failure=failure, expired=form)
        refused(sim, application_info, "user 'default'", "gax_username", "gax_password", gax_password="wrong")
        assert (log_ins(sim), sim.login_attempts) == (1, 1)

    @pytest.mark.parametrize("failure", LOGIN_FAILURE)
    @pytest.mark.parametrize(("accepted", "transport"), [("obfuscated-only", "plain"), ("plain-only", "obfuscated")])
    def test_the_encoding_of_the_password_is_never_changed_by_itself(
        self, start: Start, failure: str, accepted: str, transport: str
    ) -> None:
        sim = start(passwords=accepted, login_failure=failure)
        words = ("gax_password_transport", f"(now {transport})")
        refused(sim, application_info, *words, gax_password_transport=transport)
        assert (log_ins(sim), sim.login_attempts) == (1, 1)

    @pytest.mark.parametrize(("accepted", "transport"), [("obfuscated-only", "obfuscated"), ("plain-only", "plain")])
    def test_the_encoding_that_gax_accepts_works(self, start: Start, accepted: str, transport: str) -> None:
        sim = start(passwords=accepted)
        assert call(sim, application_info, names=["GAX"], gax_password_transport=transport)["applications"]

    def test_too_many_sessions_are_told_in_the_words_of_gax(self, start: Start) -> None:
        sim = start(session_limit=1)
        somebody = Client(sim)
        refused(sim, application_info, "answered 403", "too many sessions")
        assert log_ins(sim) == 2  # somebody's and ours
        assert somebody.get(USER_INFO).ok

    def test_many_parallel_requests_need_one_session_and_leave_none_behind(self, start: Start) -> None:
        sim = start(session_limit=1)
        for _unused in range(3):
            call(sim, chat_channel_info, cluster=MAIN, gax_concurrency=32)
        assert log_ins(sim) == 3

    def test_a_failed_call_leaves_no_session_behind(self, start: Start) -> None:
        sim = start(session_limit=1)
        refused(sim, chat_channel_info, "there is no application 'Nowhere'", cluster="Nowhere")
        assert call(sim, chat_channel_info, cluster=MAIN)["cluster"]["name"] == MAIN


class TestLogOut:
    """No public source shows a log-out: whatever comes of it is no failure."""

    @pytest.mark.parametrize("position", ["204", "404"])
    def test_every_answer_will_do(self, start: Start, position: str) -> None:
        sim = start(logout=position)
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert len(asked(sim, LOG_OUT)) == 1

    @pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 500}, {"kind": "half"}])
    def test_no_good_answer_will_do_as_well(self, start: Start, fault: dict[str, Any]) -> None:
        sim = start(faults=[{**fault, "path": LOG_OUT}])
        assert call(sim, chat_server_endpoint, **ENDPOINT)["changed"]
        assert len(asked(sim, LOG_OUT)) == 1

    def test_a_hanging_log_out_is_waited_for_a_few_seconds_only(self, start: Start) -> None:
        sim = start(faults=[{"kind": "hang", "path": LOG_OUT}])
        begin = time.monotonic()
        assert call(sim, application_info, names=["GAX"], gax_timeout=60.0)["applications"]
        assert time.monotonic() - begin < 8

    def test_a_log_out_does_not_hide_why_a_call_failed(self, start: Start) -> None:
        sim = start(faults=[{"kind": "drop", "path": LOG_OUT}])
        refused(sim, chat_channel_info, "there is no application 'Nowhere'", cluster="Nowhere")


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
        words = ["CfgApplication/203", f"answered {denied[:3]}", "no permission to read"]
        if denied.startswith("403"):
            words += ["user 'default' is logged in", "role privileges", "permissions of the object"]
        refused(sim, chat_channel_info, *words, cluster=MAIN)
        assert log_ins(sim) == 1
        assert len(asked(sim, "cfg/objects/CfgApplication/203")) == 1

    @pytest.mark.parametrize("form", EXPIRED)
    @pytest.mark.parametrize("denied", DENIED)
    def test_a_write_that_is_denied_is_sent_once(self, start: Start, denied: str, form: str) -> None:
        sim = start(deny_write=["ChatServer_2"], denied=denied, expired=form)
        words = ["Application 'ChatServer_2'", f"answered {denied[:3]}", "no permission to change"]
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


class TestNotReady:
    """A GAX that is not set up, or not yet there, is named as such."""

    @pytest.mark.parametrize("failure", LOGIN_FAILURE)
    def test_a_gax_without_a_configuration_server_is_named(self, start: Start, failure: str) -> None:
        sim = start(state="setup", login_failure=failure)
        refused(sim, application_info, sim.url, "first-time set-up", "not connected to a Configuration Server")
        assert log_ins(sim) <= 1

    def test_the_account_of_the_set_up_is_no_way_in(self, start: Start) -> None:
        sim = start(state="setup")
        account = {"gax_username": "root", "gax_password": "", "gax_password_transport": "obfuscated"}
        refused(sim, application_info, "first-time set-up", **account)

    def test_a_gax_that_is_starting_is_named_and_not_logged_in_to(self, start: Start) -> None:
        sim = start(state="starting")
        refused(sim, application_info, sim.url, "not enabled", "cfg/schema", "Wait until it is ready")
        assert log_ins(sim) == 0

    @pytest.mark.parametrize("enabled", ["true", '"true"', '"True"'])
    def test_being_enabled_may_be_text(self, sim: Simulator, enabled: str) -> None:
        def schema(seen: Seen, pass_on: PassOn) -> Reply:
            return Reply(text=f'{{"isEnabled": {enabled}}}') if seen.path == "cfg/schema" else pass_on()

        with between(sim.url, schema) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(404, "No such path"),
            Reply(401, "Unauthorized"),
            Reply(302, headers={"Location": "/gax/"}),
            Reply(500, "NullPointerException"),
            Reply(200, LOG_IN_PAGE),
            Reply(200, ""),
            Reply(200, "{}"),
            Reply(204),
        ],
        ids=lambda answer: f"{answer.status}-{answer.text[:6]}",
    )
    def test_a_gax_that_does_not_tell_whether_it_is_enabled_is_used(self, sim: Simulator, answer: Reply) -> None:
        def schema(seen: Seen, pass_on: PassOn) -> Reply:
            return answer if seen.path == "cfg/schema" else pass_on()

        with between(sim.url, schema) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]


class TestEnvironment:
    """The tenant with DBID 1, which lists leave out."""

    @pytest.mark.parametrize("position", ["hidden", "listed"])
    def test_it_is_known_by_name_and_number(self, start: Start, position: str) -> None:
        sim = start(environment=position)
        found = call(sim, chat_channel_info, cluster="GWE_Cluster_Direct")
        assert found["tenant"] == {"name": "Environment", "dbid": "1"}
        by_name, by_number = (call(sim, application_info, tenant=tenant) for tenant in ("Environment", "1"))
        assert by_name == by_number
        assert "GWE_Cluster_Direct" in [item["name"] for item in by_name["applications"]]

    @pytest.mark.parametrize("position", ["hidden", "listed"])
    def test_it_is_shown_once(self, start: Start, position: str) -> None:
        sim = start(environment=position)
        said = refused(sim, chat_channel_info, cluster=MAIN, tenant="X")
        assert said.count("Environment (1)") == 1


class TestSeveralAddresses:
    """They are tried in order, before any log-in."""

    def test_the_first_that_answers_is_used_and_no_other(self, start: Start) -> None:
        first, second = start(), start()
        assert call(f"{first.url}, {second.url}", chat_server_endpoint, **ENDPOINT)["changed"]
        assert log_ins(first) == 1
        assert second.log == []

    def test_a_closed_port_leads_to_the_next(self, sim: Simulator, pauses: list[float]) -> None:
        assert call(f"{closed_port()},{sim.url}", application_info, names=["GAX"])["applications"]
        assert log_ins(sim) == 1

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_a_gax_that_is_busy_leads_to_the_next(self, start: Start, status: int, pauses: list[float]) -> None:
        busy, sim = start(faults=[{"kind": "status", "status": status}]), start()
        assert call(f"{busy.url},{sim.url}", application_info, names=["GAX"])["applications"]
        assert (log_ins(busy), log_ins(sim)) == (0, 1)

    def test_a_gax_that_hangs_leads_to_the_next(self, start: Start) -> None:
        hanging, sim = start(faults=[{"kind": "hang"}]), start()
        urls = f"{hanging.url},{sim.url}"
        assert call(urls, application_info, names=["GAX"], gax_timeout=0.3, gax_retries=0)["applications"]
        assert (log_ins(hanging), log_ins(sim)) == (0, 1)

    def test_what_is_wrong_with_each_is_told_when_none_answers(self, start: Start, pauses: list[float]) -> None:
        closed, busy = closed_port(), start(faults=[{"kind": "status"}])
        refused(f"{closed},{busy.url}", application_info, closed, "no connection", busy.url, "answered 503")

    def test_a_wrong_password_is_not_carried_to_the_next(self, start: Start) -> None:
        first, second = start(), start()
        refused(f"{first.url},{second.url}", application_info, first.url, gax_password="wrong")
        assert (first.login_attempts, second.login_attempts) == (1, 0)

    def test_a_gax_that_goes_down_later_is_not_replaced_in_the_middle(self, start: Start, pauses: list[float]) -> None:
        first, second = start(faults=[{"kind": "drop", "at": 4}]), start()
        refused(f"{first.url},{second.url}", chat_channel_info, first.url, "connection was lost", cluster=MAIN)
        assert second.log == []


class _Banner(socketserver.BaseRequestHandler):
    """What an SSH server says first."""

    def handle(self) -> None:
        self.request.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
        self.request.recv(4096)


class TestNoGax:
    """Something answers, but it is no GAX."""

    @pytest.mark.parametrize(
        "answer",
        [
            Reply(404, "<html>Not Found</html>"),
            Reply(405, "Method Not Allowed"),
            Reply(200, "<html>Welcome to nginx!</html>", {"Content-Type": "text/html"}),
        ],
        ids=lambda answer: f"{answer.status}",
    )
    def test_a_web_server_is_not_taken_for_one(self, answer: Reply) -> None:
        with between(script=lambda seen, pass_on: answer) as server:
            refused(server.url, application_info, server.url, "not like a GAX", "host, port and path in gax_url")

    @pytest.mark.parametrize("text", ['{"status": "UP"}', "[]", "null", "OK"])
    def test_a_server_that_says_yes_to_everything_is_not_taken_for_one(self, text: str) -> None:
        with between(script=lambda seen, pass_on: Reply(200, text)) as server:
            refused(server.url, application_info, server.url, "user/info does not confirm it")

    @pytest.mark.parametrize("answer", [Reply(302, headers={"Location": "/login"}), Reply(500, "Oops"), Reply(401)])
    def test_a_server_that_refuses_everything_is_asked_once(self, answer: Reply) -> None:
        with between(script=lambda seen, pass_on: answer) as server:
            refused(server.url, application_info, f"answered {answer.status}", server.url)
            assert [seen.path for seen in server.seen].count(LOG_IN) == 1

    def test_a_wrong_path_is_named(self, sim: Simulator) -> None:
        refused(f"{sim.url}/other", application_info, "not like a GAX", "path in gax_url")

    def test_a_server_of_another_protocol_is_not_taken_for_one(self, pauses: list[float]) -> None:
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Banner) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_address[1]}"
            refused(url, application_info, url, "No GAX can be reached", "connection was lost")
            server.shutdown()
