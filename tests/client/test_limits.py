# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers have limits: of time, of size once they are unpacked, and of depth."""

from __future__ import annotations

import gzip
import json
import resource
import time
from collections.abc import Callable
from socket import socket

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.http_client import LARGEST, Http, HttpSettings
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import (
    application_info,
    application_options,
)
from ansible_collections.genesys_ops.engage.plugins.module_utils._secrets import Redactor
from ansible_collections.genesys_ops.engage.tests.client.between import PassOn, Reply, Seen, at, between
from ansible_collections.genesys_ops.engage.tests.client.calling import applied, call, refused
from ansible_collections.genesys_ops.engage.tests.client.raw import raw_server, request_of
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def drips(connection: socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n[")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def drips_chunks(connection: socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.05)


def drips_its_head(connection: socket) -> None:
    connection.sendall(HEAD + b"X-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def says_continue_for_ever(connection: socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def says_nothing(connection: socket) -> None:
    time.sleep(10)


class TestTime:
    """``gax_timeout`` is of the whole answer, however its bytes come."""

    @pytest.mark.parametrize("way", [drips, drips_chunks, drips_its_head, says_continue_for_ever, says_nothing])
    def test_an_answer_without_end_is_given_up(self, way: Callable[[socket], None]) -> None:
        def serve(connection: socket) -> None:
            if request_of(connection):
                way(connection)

        begun = time.monotonic()
        with raw_server(serve) as url:
            words = (url, "no complete response within 0.5 seconds", "gax_timeout")
            refused(url, application_info, *words, names=["GAX"], gax_timeout=0.5, gax_retries=1)
        assert time.monotonic() - begun < 8

    def test_a_proxy_that_drips_is_given_up(self) -> None:
        def serve(connection: socket) -> None:
            if request_of(connection).startswith(b"CONNECT"):
                drips_its_head(connection)

        with raw_server(serve) as proxy:
            begun = time.monotonic()
            refused(
                "https://gax.contoso.example",
                application_info,
                names=["GAX"],
                gax_proxy=proxy,
                gax_timeout=0.5,
                gax_retries=0,
            )
            assert time.monotonic() - begun < 8

    def test_a_slow_answer_within_the_time_is_read(self, sim: Simulator) -> None:
        def slow(seen: Seen, pass_on: PassOn) -> Reply:
            time.sleep(0.3)
            return pass_on()

        with between(sim.url, slow) as server:
            assert call(server.url, application_info, names=["GAX"], gax_timeout=1.0)["applications"]


def packed(megabytes: int) -> bytes:
    """Return a gzip file that unpacks to so many megabytes: one packed megabyte again and again, as gzip allows."""
    return gzip.compress(b" " * MEGABYTE) * megabytes


class TestSize:
    """A small answer may unpack to gigabytes."""

    @pytest.mark.parametrize("twice", [False, True], ids=["packed once", "packed twice"])
    def test_what_unpacks_to_gigabytes_is_refused_and_fills_no_memory(self, sim: Simulator, twice: bool) -> None:
        body = packed(2048)
        body, coding = (gzip.compress(body), "gzip, gzip") if twice else (body, "gzip")
        assert len(body) < 4 * MEGABYTE
        bomb = at("GET", "cfg/objects", lambda real: Reply(200, body, {"Content-Encoding": coding}))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with between(sim.url, bomb) as server:
            refused(server.url, application_info, "cfg/objects", "larger than 256 MB", names=["GAX"], gax_timeout=30.0)
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 1.3 * LARGEST / MEGABYTE

    def test_an_estate_of_twenty_thousand_applications_fits(self) -> None:
        triples = [{"section": f"section {n}", "key": f"option {n}", "value": "x" * 60} for n in range(80)]
        one = {"type": "CfgApplication", "name": "X" * 30, "dbid": "12345", "options": {"property": triples}}
        assert 20_000 * len(json.dumps(one)) < LARGEST

    def test_what_says_that_it_is_packed_and_is_not_is_told(self, sim: Simulator, pauses: list[float]) -> None:
        broken = at("GET", "cfg/objects", lambda real: Reply(200, b"no gzip", {"Content-Encoding": "gzip"}))
        with between(sim.url, broken) as server:
            refused(server.url, application_info, "cannot be decompressed", names=["GAX"])


class TestJson:
    """Every answer that cannot be used is told in a sentence, and nothing is written."""

    @pytest.mark.parametrize("depth", [101, 900, 5_000, 200_000])
    @pytest.mark.parametrize("whole", [True, False], ids=["as the answer", "within an object"])
    def test_what_is_nested_too_deep_is_refused(self, sim: Simulator, depth: int, whole: bool) -> None:
        deep = "[" * depth + "]" * depth

        def nested(real: Reply) -> Reply:
            # The text of an answer that was received is bytes.
            return Reply(200, deep if whole else real.text.decode().replace("{", f'{{"deep": {deep},', 1))  # type: ignore[union-attr]

        for path in ("cfg/objects", "cfg/objects/CfgApplication/"):
            with between(sim.url, at("GET", path, nested)) as server:
                words = (path, "nested more than 100 levels deep")
                refused(server.url, application_options, *words, name="ChatServer_1", options={"a": {"b": "c"}})
        assert applied(sim) == {}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('{"a": 1,, "b": 2}', "is not valid JSON"),
            ("[{]", "is not valid JSON"),
            ("[" + "9" * 5000 + "]", "is not valid JSON"),
            ('[{"a": "', "was cut off"),
        ],
    )
    def test_what_is_no_json_is_told(self, sim: Simulator, text: str, words: str, pauses: list[float]) -> None:
        with between(sim.url, at("GET", "cfg/objects", lambda real: Reply(200, text))) as server:
            said = refused(server.url, application_info, f"the response {words}", names=["GAX"])
        assert "Traceback" not in said

    def test_a_mark_of_the_byte_order_does_no_harm(self, sim: Simulator) -> None:
        def marked(real: Reply) -> Reply:
            return Reply(200, b"\xef\xbb\xbf" + real.text)  # type: ignore[operator]  # bytes, of a real answer

        with between(sim.url, at("GET", "cfg/objects", marked)) as server:
            assert call(server.url, application_info, names=["GAX"])["applications"]

    def test_a_number_that_is_none_is_not_written(self, sim: Simulator) -> None:
        def nan(real: Reply) -> Reply:
            return Reply(200, real.text.replace(b'"name"', b'"weight": NaN, "name"', 1))  # type: ignore[arg-type]  # bytes

        with between(sim.url, at("GET", "cfg/objects", nan)) as server:
            words = ("the data to write is not valid JSON", "not JSON compliant")
            refused(server.url, application_options, *words, name="ChatServer_1", options={"a": {"b": "c"}})
        assert applied(sim) == {}


def test_cookies_of_an_answer_that_was_asked_for_earlier_do_not_count(sim: Simulator) -> None:
    """A server that does not know a session may hand out an empty one: it must not replace the one that is new."""

    def late(seen: Seen, pass_on: PassOn) -> Reply:
        http.forget_cookies()
        return Reply(401, headers={"Set-Cookie": "JSESSIONID=stale; Path=/"})

    with between(sim.url, late) as server:
        http = Http(HttpSettings((f"{server.url}/gax",)), Redactor())
        assert http.read("user/info").status == 401
        assert http.cookies == []
