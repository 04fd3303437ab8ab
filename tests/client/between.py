# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server between the client and a simulator, or in place of one: sees what is sent, answers as it is told."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

API = "/gax/api/"
NOT_PASSED_ON = ("connection", "proxy-connection", "proxy-authorization", "content-length", "transfer-encoding")


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. ``path`` is what follows the API's prefix, or all of it, without the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Reply:
    """What to answer. Text goes out as UTF-8."""

    status: int = 200
    text: str | bytes = ""
    headers: dict[str, str] = field(default_factory=dict)


PassOn = Callable[[], Reply]
Script = Callable[[Seen, PassOn], Reply]


class Between(ThreadingHTTPServer):
    """Gives each request to ``script``, with a function that asks the simulator. Also serves as a plain proxy."""

    daemon_threads = True

    def __init__(self, upstream: str, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.script = urlsplit(upstream).netloc, script
        self.seen: list[Seen] = []
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[Any, Any]:
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have gone."""


class _Handler(BaseHTTPRequestHandler):
    server: Between
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for head and body

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = urlsplit(self.path)
        path = f"{target.path}?{target.query}" if target.query else target.path
        seen = Seen(self.command, target.path.removeprefix(API), dict(self.headers), body.decode())
        self.server.seen.append(seen)
        try:
            reply = self.server.script(seen, lambda: self._pass_on(path, body))
        except ConnectionError:
            self.close_connection = True
            return
        text = reply.text.encode() if isinstance(reply.text, str) else reply.text
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if reply.status != 204:
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _pass_on(self, path: str, body: bytes) -> Reply:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
        connection = http.client.HTTPConnection(self.server.upstream, timeout=10)
        try:
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in NOT_PASSED_ON}
            return Reply(answer.status, answer.read(), kept)
        finally:
            connection.close()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def pass_all_on(seen: Seen, pass_on: PassOn) -> Reply:
    """Change nothing."""
    return pass_on()


def at(method: str, path: str, reply: Callable[[Reply], Reply], handle: bool = True) -> Script:
    """Answer requests to a path as told. With ``handle`` the simulator handles them, whatever is answered."""

    def script(seen: Seen, pass_on: PassOn) -> Reply:
        if seen.method != method or path not in seen.path:
            return pass_on()
        return reply(pass_on() if handle else Reply())

    return script


@contextmanager
def between(upstream: str = "", script: Script = pass_all_on) -> Iterator[Between]:
    """Run a server between the client and the simulator at this address."""
    with Between(upstream, script) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def closed_port() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
