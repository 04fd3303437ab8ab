# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret on the screen, not even with -vvvv, whatever goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from ansible_collections.genesys_ops.engage.tests.client.between import Between, between, closed_port
from ansible_collections.genesys_ops.engage.tests.integration.bad_input import an_echo
from ansible_collections.genesys_ops.engage.tests.integration.playbook import (
    PASSWORD,
    Player,
    Run,
    Task,
    call,
    simulator,
)
from ansible_collections.genesys_ops.engage.tests.integration.secrecy import Heard, leaks, listen
from ansible_collections.genesys_ops.engage.tests.simulator import Estate

WRONG = "Falsches=Paßwort+1"
DAP_PASSWORD = "Tr0ub4dor&3"
NEW_DAP_PASSWORD = "N3w-Tr0ub4dor"
QUEUE = "Webengagement_Chat"


def endpoint(title: str, **given: str) -> Task:
    return call("chat_server_endpoint", title, chat_servers=["ChatServer_1", "ChatServer_2"], queue=QUEUE, **given)


class TestVerboseRun:
    """One run with -vvvv of everything that can go well or wrong."""

    @pytest.fixture(scope="class", params=[True, False], ids=["in process", "shipped"])
    @classmethod
    def story(cls, demo: Estate, play: Player, request: pytest.FixtureRequest) -> Iterator[tuple[Run, Heard, Between]]:
        info = call("application_info", "everything", names=["UCS_DAP", "ChatServer_1"])
        with (
            simulator(demo, deny_write=["ChatServer_2"]) as sim,
            between(script=an_echo) as echo,
            between(script=an_echo) as other_echo,
        ):
            heard = listen(sim)
            tasks = [
                info,
                endpoint("refused write"),
                endpoint("plain", gax_password_transport="plain", tenant="101"),
                call(
                    "application_options",
                    "change of a password",
                    name="UCS_DAP",
                    family="annex",
                    options={"default": {"password": NEW_DAP_PASSWORD}},
                ),
                # From here on nobody logs in to the simulator: a refusal holds for the rest of the run.
                endpoint("wrong password", gax_password=WRONG),
                endpoint("nobody there", gax_url=closed_port(), gax_retries=0),
                endpoint("echo", gax_url=echo.url, gax_retries=0),
                endpoint("echo in plain", gax_url=other_echo.url, gax_password_transport="plain", gax_retries=0),
                endpoint("in the address", gax_url=f"http://me:{quote(WRONG)}@localhost"),
                endpoint("in the proxy", gax_proxy=f"http://me:{quote(WRONG)}@127.0.0.1:9", gax_retries=0),
            ]
            run = play(sim, tasks, variables={"gax_in_process": request.param}, args=["-vvvv", "--diff"])
            yield run, heard, echo

    def test_the_run_went_through_everything(self, story: tuple[Run, Heard, Between]) -> None:
        run, heard, echo = story
        good = {"everything", "change of a password"}
        assert {item.task for item in run.results if not item.failed} == good
        assert len(run.results) == 10
        assert "403" in run.task("refused write").msg
        assert "not accept" in run.task("wrong password").msg
        assert "answered 500 (Cannot process engage ********" in run.task("echo").msg
        assert "answered 500 (Cannot process engage ********" in run.task("echo in plain").msg
        assert any("session/login" in seen.path for seen in echo.seen)
        assert PASSWORD in heard.passwords
        assert WRONG not in heard.passwords
        assert len(heard.cookies) >= 4

    @pytest.mark.parametrize("secret", [PASSWORD, WRONG, DAP_PASSWORD, NEW_DAP_PASSWORD])
    def test_no_password_is_shown(self, story: tuple[Run, Heard, Between], secret: str) -> None:
        run, _unused, _unused = story
        assert leaks(run.output, secret) == []

    def test_no_obfuscated_password_is_shown(self, story: tuple[Run, Heard, Between]) -> None:
        run, heard, echo = story
        sent = {*heard.passwords, *(json.loads(seen.body)["password"] for seen in echo.seen if "password" in seen.body)}
        assert len(sent) >= 4
        assert leaks(run.output, *sent) == []

    def test_no_session_cookie_is_shown(self, story: tuple[Run, Heard, Between]) -> None:
        run, heard, _unused = story
        assert leaks(run.output, *heard.cookies) == []

    def test_what_is_not_secret_is_shown(self, story: tuple[Run, Heard, Between]) -> None:
        run, _unused, _unused = story
        assert "ucs_owner" in run.output
        assert "session/login answered 401" in run.output
