# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web server: turns web requests into calls and answers into web answers, with delays and faults."""

from __future__ import annotations

import asyncio
import random
import ssl
from functools import partial
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
        self._running = 0  # requests

    async def start(self) -> int:
        """Listen, and return the port."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("*", API + "{path:.*}", self._api)
        app.router.add_get("/gax{path:/?}", self._page)
        Control(self._world).register(app)
        # A hung answer must not delay the end, so nobody is waited for.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._world.later = asyncio.get_running_loop().call_later
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
        self._running += 1
        try:
            return await self._answer(request)
        finally:
            self._running -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
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
        if 0 < world.switches.parallel_limit < self._running:
            entry["status"] = 503
            return response_of(answers.form("503-text", "There are too many requests at a time."))
        await asyncio.sleep(world.switches.latency + world.switches.jitter * self._dice.random())
        if fault and not fault.spoils_an_answer:
            return await faults.spoil(request, fault, entry, self._stopping)
        with world.lock:
            answer = gate(world, call)
            late = world.switches.late_writes if answer is None and call.is_write else None
            if late and call.method in ("POST", "PUT"):
                world.after(late.seconds, partial(handle, world, call))
                fault = late.fault
            else:
                answer = answer or handle(world, call)
        if fault:
            return await faults.spoil(request, fault, entry, self._stopping, answer)
        assert answer is not None  # only a fault goes without
        entry["status"], entry["bytes"] = answer.status, len(answer.body)
        return response_of(answer)


def response_of(answer: Answer) -> web.Response:
    """Return an answer for the web server."""
    kind = {"Content-Type": f"{answer.content_type}; charset=utf-8"} if answer.content_type else {}
    response = web.Response(status=answer.status, body=answer.body or None, headers={**answer.headers, **kind})
    for name, value in answer.cookies.items():
        response.set_cookie(name, value, path="/gax", httponly=True)
    return response


def tls_context(cert: str | Path, key: str | Path | None, client_ca: str | Path | None) -> ssl.SSLContext:
    """Return the TLS side of a server; with a client authority every client needs a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
