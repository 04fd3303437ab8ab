# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an answer goes wrong on the wire."""

from __future__ import annotations

import asyncio

from aiohttp import web

from .answers import Answer
from .journal import Request
from .trouble import Fault

WATCH = 0.05  # seconds between two looks whether the client has gone


async def spoil(
    request: web.Request, fault: Fault, entry: Request, stopping: asyncio.Event, answer: Answer | None = None
) -> web.StreamResponse:
    """Let a request go wrong; `answer` is what it would have got, when it was handled before."""
    if fault.kind == "status":
        entry["status"] = fault.status
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        return web.Response(status=fault.status, text="The service is not available.", headers=headers)
    if fault.kind == "hang":
        await _until_gone(request, stopping)
    if fault.kind == "half" and answer and answer.text:
        return await _half(request, answer, entry)
    return _drop(request)


async def _half(request: web.Request, answer: Answer, entry: Request) -> web.StreamResponse:
    """Announce the whole body and send half of it."""
    body = answer.text.encode()
    entry["status"], entry["bytes"] = answer.status, len(body) // 2
    cut = web.StreamResponse(status=answer.status, headers=answer.headers)
    cut.content_type, cut.charset, cut.content_length = answer.content_type, "utf-8", len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    _drop(request)
    return cut


async def _until_gone(request: web.Request, stopping: asyncio.Event) -> None:
    """Wait until the client has closed the connection or the server stops."""
    while request.transport is not None and not request.transport.is_closing() and not stopping.is_set():
        try:
            await asyncio.wait_for(stopping.wait(), WATCH)
        except TimeoutError:
            continue


def _drop(request: web.Request) -> web.Response:
    """Close the connection; the answer returned here goes nowhere."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
