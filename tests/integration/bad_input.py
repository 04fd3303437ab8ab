# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad input needs: applications that cannot be configured, and addresses where no GAX is."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansible_collections.genesys_ops.engage.tests.simulator import Estate

PAGE = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>"


def with_oddities(estate: Estate) -> Estate:
    """Return an estate with more Web Engagement Clusters, each with something wrong."""
    odd = estate.copy()

    def cluster(dbid: int, name: str, connected_to: list[str], **other: Any) -> None:
        raw = estate.app("GWE_Cluster_Main")
        template = raw["appservers"]["conninfo"][0]
        connections = {"conninfo": [{**template, "appserverdbid": target} for target in connected_to]}
        odd.add({**raw, "dbid": str(dbid), "name": name, "appservers": connections, **other})

    cluster(900, "GWE_Cluster_Lonely", ["180", "182"])
    cluster(903, "Empty_Application_Cluster", ["180"])
    cluster(904, "GWE_Cluster_Hollow", ["903"])
    cluster(901, "GWE_Cluster_Two_Tenants", ["310"], tenantdbids={"id": [{"dbid": "1"}, {"dbid": "101"}]})
    cluster(902, "GWE_Cluster_Disabled", ["310"], state="CFGDisabled")
    return odd


def closed_port() -> str:
    """Return an address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class WebServer(ThreadingHTTPServer):
    """A web server that answers every request alike. With `echo` it sends what is in a JSON body back, as text."""

    daemon_threads = True

    def __init__(self, status: int = 200, page: str = PAGE, echo: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.page, self.echo = status, page, echo
        self.requests: list[str] = []
        self.bodies: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.requests.append(f"{self.command} {self.path}")
        self.server.bodies.append(sent)
        echoed = self.server.echo and sent
        body = (f"Cannot process {_values(sent)}" if echoed else self.server.page).encode()
        self.send_response(500 if echoed else self.server.status)
        self.send_header("Content-Type", "text/plain" if echoed else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def _values(sent: str) -> str:
    return " ".join(map(str, json.loads(sent).values()))


@contextlib.contextmanager
def web_server(**options: Any) -> Iterator[WebServer]:
    """Run a web server in a thread."""
    with WebServer(**options) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
