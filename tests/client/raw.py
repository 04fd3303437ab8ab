# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of bare bytes, for answers that no web server would send."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socket import socket


@contextmanager
def raw_server(serve: Callable[[socket], None]) -> Iterator[str]:
    """Give each connection to a function; yield the address. A connection ends when the function returns."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the client has gone
                serve(self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def request_of(connection: socket) -> bytes:
    """Return the head of the next request of a connection; nothing when there is none."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        more = connection.recv(65536)
        if not more:
            return b""
        heard += more
    return heard
