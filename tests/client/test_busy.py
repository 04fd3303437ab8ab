# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GAX that is busy, breaks off or hangs is asked again; connections are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    chat_server_endpoint,
)
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, asked, call, log_ins, refused
from ansible_collections.genesys_ops.engage.tests.client.conftest import Start
from ansible_collections.genesys_ops.engage.tests.client.jobs import CHAT_SERVERS, ENDPOINT, MAIN
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator


class TestBusy:
    """Reads are repeated while the fault may pass: politely, and not for ever."""

    @staticmethod
    def gax(sim: Simulator, *answers: Reply) -> Any:
        """Give an address where the first requests for a list get these answers."""
        waiting = iter(answers)

        def script(seen: Seen, pass_on: PassOn) -> Reply:
            return next(waiting, None) or pass_on() if seen.path == "cfg/objects" else pass_on()

        return between(sim.url, script)

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_a_busy_gax_is_asked_again(self, sim: Simulator, status: int, pauses: list[float]) -> None:
        with self.gax(sim, *[Reply(status, "Busy")] * 3) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert len(pauses) == 3

    @pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "half"}, {"kind": "status", "status": 503}])
    def test_a_fault_that_passes_goes_unnoticed(self, start: Start, fault: dict[str, Any], pauses: list[float]) -> None:
        sim = start(faults=[{**fault, "times": 3, "path": "name="}])
        assert call(sim, application_info, names=["GAX"])["applications"]
        assert len(pauses) == 3

    def test_a_hanging_answer_is_given_up_and_asked_for_again(self, start: Start) -> None:
        sim = start(faults=[{"kind": "hang", "times": 1, "path": "name="}])
        assert call(sim, application_info, names=["GAX"], gax_timeout=1.0)["applications"]

    @pytest.mark.parametrize("retries", [0, 1, 3])
    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    def test_gax_retries_is_the_number_of_repetitions(
        self, start: Start, status: int, retries: int, pauses: list[float]
    ) -> None:
        sim = start(faults=[{"kind": "status", "status": status, "path": "name="}])
        refused(sim, application_info, f"cfg/objects answered {status}", names=["GAX"], gax_retries=retries)
        assert len(asked(sim, "cfg/objects")) == 1 + retries

    @pytest.mark.parametrize("status", [400, 404, 500, 501, 505])
    def test_what_will_not_pass_is_asked_once(self, start: Start, status: int) -> None:
        sim = start(faults=[{"kind": "status", "status": status, "path": "name="}])
        refused(sim, application_info, f"cfg/objects answered {status}", names=["GAX"])
        assert len(asked(sim, "cfg/objects")) == 1

    def test_pauses_grow_and_vary(self, sim: Simulator, pauses: list[float]) -> None:
        taken = set()
        for _unused in range(5):
            pauses.clear()
            with self.gax(sim, *[Reply(503)] * 4) as server:
                call(server.url, application_info, names=["GAX"], gax_retries=4)
            assert pauses == sorted(pauses)
            assert 0.2 < pauses[-1] < 5
            taken.add(pauses[-1])
        assert len(taken) > 1

    @pytest.mark.parametrize(
        ("asked_for", "least", "most"),
        [
            ("7", 5, 9),
            (" 7 ", 5, 9),
            (format_datetime(datetime.now(timezone.utc) + timedelta(days=1), usegmt=True), 20, 40),
            ("86400", 20, 40),
            ("9" * 300, 20, 40),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 1),
            ("0", 0, 1),
            ("-1", 0, 1),
            ("1.5", 0, 1),
            ("soon", 0, 1),
            ("", 0, 1),
            pytest.param(
                "Fri, 31 Dec 10000 23:59:59 GMT",
                0,
                40,
            ),
        ],
        ids=lambda value: str(value)[:16],
    )
    def test_retry_after_is_followed_within_bounds(
        self, sim: Simulator, asked_for: str, least: float, most: float, pauses: list[float]
    ) -> None:
        with self.gax(sim, Reply(429, headers={"Retry-After": asked_for})) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert least <= pauses[0] <= most

    def test_a_date_in_retry_after_is_waited_for(self, sim: Simulator, pauses: list[float]) -> None:
        date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=12), usegmt=True)
        with self.gax(sim, Reply(503, headers={"Retry-After": date})) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]
        assert 6 < pauses[0] < 15

    def test_a_log_in_that_got_no_answer_is_repeated_once(self, start: Start, pauses: list[float]) -> None:
        sim = start(faults=[{"kind": "drop", "path": "session/login"}])
        refused(sim, application_info, "session/login", "connection was lost", names=["GAX"])
        assert log_ins(sim) == 2


class TestConnections:
    """Connections are kept and used again."""

    def test_one_request_at_a_time_needs_one_connection(self, sim: Simulator) -> None:
        with between(sim.url) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT, gax_concurrency=1)
            assert len(server.seen) > 10
            assert server.connections == 1

    def test_parallel_requests_need_no_more_connections_than_allowed(self, sim: Simulator) -> None:
        with between(sim.url) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT, gax_concurrency=2)
            assert server.connections <= 2

    def test_a_server_that_closes_after_each_answer_is_no_trouble(self, sim: Simulator) -> None:
        def script(seen: Seen, pass_on: PassOn) -> Reply:
            reply = pass_on()
            return replace(reply, headers={**reply.headers, "Connection": "close"})

        with between(sim.url, script) as server:
            call(server.url, chat_server_endpoint, **ENDPOINT)
        assert applied(sim) == dict.fromkeys(CHAT_SERVERS[MAIN], 1)
