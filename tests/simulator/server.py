# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web server: turns web requests into calls and answers into web answers, with delays and faults."""

from __future__ import annotations

import asyncio
import random
import ssl
from pathlib import Path

from aiohttp import web

from . import answers, faults
from .answers import Answer
from .call import Call
from .control import Control
from .handlers import gate, handle
from .world import World

API = "/gax/api/"
MAX_BODY = 64 * 1024 * 1024  # a full object with long options is larger than the default of 1 MB


class Server:
    """One web server over one world. Runs in the event loop in which it is started."""

    def __init__(self, world: World, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Keep what `start` needs."""
        self._world, self._host, self._port, self._tls = world, host, port, tls
        self._stopping = asyncio.Event()
        self._dice = random.Random(0)

    async def start(self) -> int:
        """Listen, and return the port."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", API + "{path:.*}", self._api)
        app.router.add_get("/gax{path:/?}", self._page)
        Control(self._world).register(app)
        # A hung answer must not delay the end, so nobody is waited for.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port, ssl_context=self._tls).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening; hung requests end."""
        self._stopping.set()
        await self._runner.cleanup()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        setup = self._world.switches.state == "setup"
        return response_of(answers.html_answer(answers.SETUP_PAGE if setup else answers.LOGIN_PAGE))

    async def _api(self, request: web.Request) -> web.StreamResponse:
        """Log, delay, spoil and answer one request of the API."""
        world = self._world
        try:
            body = await request.text()
        except UnicodeDecodeError:
            body = ""  # neither is understood
        with world.lock:
            entry = world.journal.request(request.method, request.path, request.query)
            fault = world.faults.pick(world.switches.faults, entry["seq"], request.method, request.path_qs)
        call = Call(entry, request.match_info["path"], request.query, body, request.content_type, request.cookies)
        for hook in list(world.request_hooks):
            hook(entry)
        await asyncio.sleep(world.switches.latency + world.switches.jitter * self._dice.random())
        if fault and not fault.after and fault.kind != "half":
            return await faults.spoil(request, fault, entry, self._stopping)
        with world.lock:
            answer = gate(world, call)
            late = world.switches.late_writes if answer is None and call.is_write else None
            if late and call.method in ("POST", "PUT"):
                self._apply_later(call, late.seconds)
                fault = late.fault
            else:
                answer = answer or handle(world, call)
        if fault:
            return await faults.spoil(request, fault, entry, self._stopping, answer)
        assert answer is not None  # only a fault goes without
        entry["status"], entry["bytes"] = answer.status, len(answer.text.encode())
        return response_of(answer)

    def _apply_later(self, call: Call, seconds: float) -> None:
        estate = self._world.estate

        def apply() -> None:
            with self._world.lock:
                if self._world.estate is estate:  # a reset since then makes the write void
                    handle(self._world, call)

        asyncio.get_running_loop().call_later(seconds, apply)


def response_of(answer: Answer) -> web.Response:
    """Return an answer for the web server."""
    if not answer.content_type:
        return web.Response(status=answer.status, headers=answer.headers)
    return web.Response(
        status=answer.status,
        text=answer.text,
        content_type=answer.content_type,
        charset="utf-8",
        headers=answer.headers,
    )


def tls_context(cert: str | Path, key: str | Path | None, client_ca: str | Path | None) -> ssl.SSLContext:
    """Return the TLS side of a server; with a client authority every client needs a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
