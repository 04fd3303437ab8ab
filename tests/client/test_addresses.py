# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of GAX: several of them, and those where no GAX is."""

from __future__ import annotations

import socketserver
import threading

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    chat_channel_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import Reply, between, closed_port
from ansible_collections.genesys_ops.engage.tests.client.calling import LOG_IN, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import ENDPOINT, MAIN
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator


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
        assert call(urls, application_info, names=["GAX"], gax_timeout=1.0, gax_retries=0)["applications"]
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
            refused(
                server.url, application_info, server.url, "does not look like GAX", "host, port and path in gax_url"
            )

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
        refused(f"{sim.url}/other", application_info, "does not look like GAX", "path in gax_url")

    def test_a_server_of_another_protocol_is_not_taken_for_one(self, pauses: list[float]) -> None:
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Banner) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_address[1]}"
            refused(url, application_info, url, "No GAX can be reached", "connection was lost")
            server.shutdown()
