# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log-in, sessions, accounts, and the state of the whole GAX."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
import requests
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.client import Client
from ansible_collections.genesys_ops.engage.tests.simulator.sessions import reveal
from hypothesis import given
from hypothesis import strategies as st

Start = Callable[..., Simulator]

# Captured from the log-in page of a real GAX: "password" (docs/evidence.md#the-session).
CAPTURED = bytes.fromhex("C2BA4AC38968C39562C39B68C39861C2BA4BC3A270C3B7C293").decode()


def obfuscate(password: str, seed: int = 0) -> str:
    dice = random.Random(seed)
    return "".join(chr(ord(c) + r) + chr(r) for c in password for r in [dice.randint(68, 160)])


def test_the_captured_password_is_understood(gax: Client) -> None:
    assert reveal(CAPTURED) == "password"
    assert gax.log_in(password=CAPTURED, encrypted=True).status_code == 204


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])), st.integers())
def test_obfuscation_is_undone(password: str, seed: int) -> None:
    assert reveal(obfuscate(password, seed)) == password


@pytest.mark.parametrize("wrong", ["abc", "\u0001\u0002"])
def test_what_is_no_obfuscation_is_a_wrong_password(gax: Client, wrong: str) -> None:
    assert gax.log_in(password=wrong, encrypted=True).status_code == 401


def test_log_in_answers_204_and_a_cookie(sim: Simulator) -> None:
    gax = Client(sim, log_in=False)
    assert gax.get("user/info").status_code == 401
    answer = gax.log_in()
    assert (answer.status_code, answer.content) == (204, b"")
    assert list(gax.http.cookies.keys()) == ["JSESSIONID"]
    assert gax.get("user/info").json() == {
        "username": "default",
        "userType": "CFGPerson",
        "sessionTimeout": 900,
        "isDefaultUser": True,
        "writeDefault": True,
    }
    assert gax.get("version/").json()["version"]


def test_a_further_account(start: Start) -> None:
    gax = Client(start(user="robot", password="secret"))
    assert gax.log_in("robot", "secret").status_code == 204
    assert gax.get("user/info").json()["username"] == "robot"
    assert gax.get("user/info").json()["isDefaultUser"] is False
    assert gax.log_in("default", "password").status_code == 204


@pytest.mark.parametrize(("position", "status"), [("401", 401), ("403", 403), ("200-html", 200)])
def test_login_failure(start: Start, position: str, status: int) -> None:
    sim = start(login_failure=position)
    gax = Client(sim, log_in=False)
    answers = [gax.log_in(password="wrong"), gax.log_in(user="nobody")]
    assert [answer.status_code for answer in answers] == [status, status]
    assert ("text/html" in answers[0].headers["Content-Type"]) is (position == "200-html")
    assert not gax.http.cookies
    assert sim.login_attempts == 2
    sim.reset()
    assert sim.login_attempts == 0


@pytest.mark.parametrize(
    ("position", "plain", "hidden"), [("both", 204, 204), ("obfuscated-only", 401, 204), ("plain-only", 204, 401)]
)
def test_passwords(start: Start, position: str, plain: int, hidden: int) -> None:
    gax = Client(start(passwords=position), log_in=False)
    assert gax.log_in().status_code == plain
    assert gax.log_in(password=CAPTURED, encrypted=True).status_code == hidden


@pytest.mark.parametrize("body", ["", "[]", "3", "{}", '{"username": "default"}'])
def test_a_log_in_that_is_none(gax: Client, body: str) -> None:
    assert gax.call("POST", "session/login", data=body).status_code == 400


def test_log_in_by_form(sim: Simulator) -> None:
    gax = Client(sim, log_in=False)
    form = {"username": "default", "password": "wrong", "login_success_url": "/in", "login_failure_url": "/out"}
    answer = gax.call("POST", "session/login", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/out")
    answer = gax.call("POST", "session/login", data={**form, "password": "password"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/in")
    assert gax.get("user/info").status_code == 200
    answer = gax.call("POST", "session/login", data={"username": "default", "password": "password"})
    assert answer.headers["Location"] == "#success"


def test_cookie_name(start: Start) -> None:
    gax = Client(start(cookie="GAXSID"))
    assert list(gax.http.cookies.keys()) == ["GAXSID"]
    assert gax.get("user/info").status_code == 200


@pytest.mark.parametrize(("position", "status"), [("401", 401), ("403", 403), ("302", 302), ("200-html", 200)])
def test_expired(start: Start, position: str, status: int) -> None:
    answer = Client(start(expired=position), log_in=False).get("cfg/objects", type="CfgApplication")
    assert answer.status_code == status
    assert ("text/html" in answer.headers.get("Content-Type", "")) is (position == "200-html")
    assert ("Location" in answer.headers) is (position == "302")


def test_expire_after_requests(start: Start) -> None:
    gax = Client(start(expire_after_requests=2))
    assert [gax.get("user/info").status_code for _unused in range(4)] == [200, 200, 401, 401]
    gax.log_in()
    assert gax.get("user/info").status_code == 200


def test_expire_after_seconds(start: Start) -> None:
    gax = Client(start(expire_after_seconds=0.5))
    assert gax.get("user/info").status_code == 200
    time.sleep(0.55)
    assert gax.get("user/info").status_code == 401


def test_session_limit_and_logout(start: Start) -> None:
    sim = start(session_limit=1)
    first, second = Client(sim), Client(sim, log_in=False)
    refused = second.log_in()
    assert (refused.status_code, refused.text) == (403, "There are too many sessions.")
    assert first.log_in().status_code == 204, "one's own session makes room"
    assert first.call("POST", "session/logout").status_code == 204
    assert first.get("user/info").status_code == 401
    assert second.log_in().status_code == 204
    assert second.get("session/logout").status_code == 204
    assert second.get("user/info").status_code == 401


def test_an_ended_session_frees_its_place(start: Start) -> None:
    sim = start(session_limit=1, expire_after_requests=1)
    Client(sim).get("user/info")
    assert Client(sim, log_in=False).log_in().status_code == 204


def test_no_logout_path(start: Start) -> None:
    gax = Client(start(logout="404"))
    assert gax.call("POST", "session/logout").status_code == 404
    assert gax.get("user/info").status_code == 200


def test_schema_needs_no_session(sim: Simulator) -> None:
    assert Client(sim, log_in=False).get("cfg/schema").json() == {"isEnabled": True}


def test_state_starting(start: Start) -> None:
    sim = start(state="starting")
    gax = Client(sim, log_in=False)
    assert gax.get("cfg/schema").json() == {"isEnabled": False}
    assert gax.log_in().status_code == 503
    sim.set(state="ready")
    assert gax.log_in().status_code == 204


def test_state_setup(start: Start) -> None:
    sim = start(state="setup")
    gax = Client(sim, log_in=False)
    assert gax.log_in().status_code == 401
    assert gax.log_in("root", "", encrypted=True).status_code == 204
    for answer in (gax.get("user/info"), gax.get("cfg/schema"), requests.get(sim.url + "/gax/", timeout=5)):
        assert answer.status_code == 200
        assert "set-up" in answer.text
        assert "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/gax", "/gax/"])
def test_the_page_looks_like_a_gax(sim: Simulator, path: str) -> None:
    assert "Genesys Administrator Extension" in requests.get(sim.url + path, timeout=5).text
    assert sim.log == []


def test_unknown_paths_and_methods(gax: Client) -> None:
    assert gax.get("cfg/tree/CfgApplication").status_code == 404
    assert gax.call("PUT", "cfg/objects").status_code == 405


def test_a_log_in_can_end_the_other_sessions_of_its_account(start: Start) -> None:
    sim = start(one_session=True, user="other", password="secret")
    first, other, second = Client(sim), Client(sim, log_in=False), Client(sim, log_in=False)
    assert other.log_in("other", "secret").status_code == 204
    assert second.log_in().status_code == 204
    assert [client.get("user/info").status_code for client in (first, other, second)] == [401, 200, 200]


def test_refused_log_ins_lock_an_account(start: Start) -> None:
    sim = start(lock_after=2, user="other", password="secret")
    gax = Client(sim, log_in=False)
    answers = [gax.log_in(password=password) for password in ("wrong", "password", "wrong", "wrong", "password")]
    assert [answer.status_code for answer in answers] == [401, 204, 401, 401, 401], "a good one in between counts"
    assert gax.log_in("other", "secret").status_code == 204
    assert sim.login_attempts == 4
    sim.reset()
    assert gax.log_in().status_code == 204


def test_a_log_out_without_effect(start: Start) -> None:
    gax = Client(start(logout="without-effect"))
    assert gax.call("POST", "session/logout").status_code == 204
    assert gax.get("user/info").status_code == 200


def test_more_cookies_than_one(start: Start) -> None:
    gax = Client(start(cookie="GAXSESSION,route"))
    assert sorted(gax.http.cookies.keys()) == ["GAXSESSION", "route"]
    del gax.http.cookies["route"]
    assert gax.get("user/info").status_code == 200


def test_any_status_can_stand_for_a_missing_session(start: Start) -> None:
    assert Client(start(expired="440"), log_in=False).get("user/info").status_code == 440
