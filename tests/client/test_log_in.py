# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in and log out, in every form that a GAX may have, with an account from wherever it comes."""

from __future__ import annotations

import json
import math
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.connect import connect
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import wait_for_log_outs
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION
from ansible_collections.genesys_ops.engage.tests.client.between import (
    Between,
    PassOn,
    Reply,
    Seen,
    between,
)
from ansible_collections.genesys_ops.engage.tests.client.calling import (
    EXPIRED,
    LOG_IN,
    LOG_OUT,
    PASSWORD,
    USER,
    USER_INFO,
    asked,
    call,
    log_ins,
    refused,
)
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, MAIN, QUEUE
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client

CONNECTION_OF_TESTS = {
    **{name: spec.get("default") for name, spec in CONNECTION.items()},
    "gax_username": USER,
    "gax_password": PASSWORD,
}
LOGIN_FAILURE = ["401", "403", "200-html"]
LOG_IN_PAGE = "<html><body>Log In</body></html>"


def paths(sim: Simulator) -> list[str]:
    return [entry["path"].removeprefix("/gax/api/") for entry in sim.log]


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


class TestAccount:
    """What is wrong with the account's data is told before anybody logs in."""

    @pytest.mark.parametrize("value", ["", " ", "\n"])
    @pytest.mark.parametrize("name", ["gax_url", "gax_username", "gax_password"])
    def test_what_is_empty_is_missing_and_the_environment_variable_is_named(
        self, sim: Simulator, name: str, value: str
    ) -> None:
        words = (f"{name} (or the environment variable {name.upper()}) is missing or empty",)
        refused(sim, application_info, *words, names=["GAX"], **{name: value})
        assert sim.log == []

    def test_everything_that_is_missing_is_named_at_once(self, sim: Simulator) -> None:
        words = ("GAX_USERNAME", "GAX_PASSWORD", "are missing")
        refused(sim, application_info, *words, names=["GAX"], gax_username=None, gax_password=None)

    @pytest.mark.parametrize(
        ("edge", "named"),
        [
            ("\n", "a line break (U+000A)"),
            ("\r", "a carriage return (U+000D)"),
            ("\t", "a tab (U+0009)"),
            (" ", "a space (U+0020)"),
            ("\xa0", "NO-BREAK SPACE (U+00A0)"),
            ("\ufeff", "ZERO WIDTH NO-BREAK SPACE (U+FEFF)"),
            ("\x1b", "an escape character (U+001B)"),
        ],
    )
    @pytest.mark.parametrize("at_end", [True, False], ids=["ends", "begins"])
    def test_a_character_at_the_edge_that_nobody_sees_is_warned_of_and_sent(
        self, start: Start, edge: str, named: str, at_end: bool
    ) -> None:
        password = f"s3cret{edge}" if at_end else f"{edge}s3cret"
        sim, warnings = start(user="ops", password=password), list[str]()
        account = {"gax_username": "ops", "gax_password": password}
        assert call(sim, application_info, warnings=warnings, names=["GAX"], **account)["applications"]
        assert warnings == [
            f"gax_password {'ends' if at_end else 'begins'} with {named}. "
            "If that is not intended, remove it; GAX may refuse the log-in."
        ]

    def test_it_is_warned_of_before_a_log_in_that_is_refused(self, sim: Simulator) -> None:
        warnings: list[str] = []
        with pytest.raises(EngageError):
            call(sim, application_info, warnings=warnings, names=["GAX"], gax_password="password\r\n")
        assert "gax_password ends with a line break" in warnings[0]
        assert log_ins(sim) == 1

    def test_blanks_within_are_not_warned_of(self, start: Start) -> None:
        sim, warnings = start(user="an operator", password="pass word"), list[str]()
        account = {"gax_username": "an operator", "gax_password": "pass word"}
        call(sim, application_info, warnings=warnings, names=["GAX"], **account)
        assert warnings == []

    @pytest.mark.parametrize("seconds", [math.inf, -math.inf, math.nan, 0, -1, 1e9])
    def test_a_time_out_that_is_none_is_refused(self, sim: Simulator, seconds: float) -> None:
        refused(sim, application_info, "gax_timeout must be more than 0", names=["GAX"], gax_timeout=seconds)
        assert sim.log == []


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


class TestWordsOfGax:
    """What GAX says when it refuses a log-in is passed on."""

    @staticmethod
    def gax(sim: Simulator, answer: Reply) -> AbstractContextManager[Between]:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            return answer if seen.path == LOG_IN else pass_on()

        return between(sim.url, script)

    @pytest.mark.parametrize(
        "text",
        [
            '{"error": "Account is locked"}',
            '{"errorCode": 17, "message": "Account is locked"}',
            '{"message": "Account is locked"}',
            '{"success": false, "reason": "Account is locked"}',
            "Account is locked",
        ],
    )
    @pytest.mark.parametrize("status", [200, 401, 500])
    def test_an_error_in_whatever_form_is_told(self, sim: Simulator, status: int, text: str) -> None:
        with self.gax(sim, Reply(status, text)) as server:
            words = ("user 'default'", f"answered {status}", "Account is locked")
            refused(server.url, application_info, *words, names=["GAX"])
            assert [seen.path for seen in server.seen].count(LOG_IN) == 1

    @pytest.mark.parametrize("text", ["Too many sessions", '{"message": "The maximum number of sessions is reached"}'])
    @pytest.mark.parametrize("status", [200, 403, 429, 503])
    def test_too_many_sessions_are_no_wrong_password(
        self, sim: Simulator, status: int, text: str, pauses: list[float]
    ) -> None:
        with self.gax(sim, Reply(status, text)) as server:
            said = refused(server.url, application_info, "too many sessions; run with fewer forks", names=["GAX"])
        assert "check gax_password" not in said

    @pytest.mark.parametrize("status", [301, 307, 308])
    def test_a_redirect_to_another_address_is_named(self, sim: Simulator, status: int) -> None:
        moved = Reply(status, headers={"Location": "https://gax.contoso.example/gax/"})
        with self.gax(sim, moved) as server:
            refused(server.url, application_info, "redirects to https://gax.contoso.example/gax/", names=["GAX"])
        with between(script=lambda seen, pass_on: moved) as server:
            refused(server.url, application_info, "redirects to https://gax.contoso.example/gax/", names=["GAX"])
            assert LOG_IN not in [seen.path for seen in server.seen]


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

    def test_nobody_waits_for_the_log_out(self, start: Start) -> None:
        sim = start(faults=[{"kind": "hang", "path": LOG_OUT}])
        gax = connect({**CONNECTION_OF_TESTS, "gax_url": sim.url}, print)
        begin = time.monotonic()
        with gax:
            pass
        assert time.monotonic() - begin < 4
        wait_for_log_outs()
        assert len(asked(sim, LOG_OUT)) == 1

    def test_the_next_session_begins_after_the_log_out(self, start: Start) -> None:
        sim = start(session_limit=1, latency=0.1)
        for _unused in range(3):
            with connect({**CONNECTION_OF_TESTS, "gax_url": sim.url}, print):
                pass
        wait_for_log_outs()
        assert (log_ins(sim), len(asked(sim, LOG_OUT))) == (3, 3)

    def test_a_log_out_does_not_hide_why_a_call_failed(self, start: Start) -> None:
        sim = start(faults=[{"kind": "drop", "path": LOG_OUT}])
        refused(sim, chat_channel_info, "there is no application 'Nowhere'", cluster="Nowhere")


class TestNotReady:
    """A GAX that is not set up, or not yet there, is named as such."""

    @pytest.mark.parametrize("failure", LOGIN_FAILURE)
    def test_a_gax_without_a_configuration_server_is_named(self, start: Start, failure: str) -> None:
        sim = start(state="setup", login_failure=failure)
        refused(sim, application_info, sim.url, "first-time set-up", "not connected to a Configuration Server")
        assert log_ins(sim) <= 1

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
