# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an answer goes wrong on the wire."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from aiohttp import web

from .answers import JSON, Answer
from .journal import Request
from .trouble import Fault

WATCH = 0.05  # seconds between two looks whether the client has gone
PAUSE = 0.5  # seconds between two bytes of an answer that drips


async def spoil(
    request: web.Request, fault: Fault, entry: Request, stopping: asyncio.Event, answer: Answer | None = None
) -> web.StreamResponse:
    """Let a request go wrong; `answer` is what it would have got, when it was handled before."""
    if fault.kind == "status":
        entry["status"] = fault.status
        headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
        text = "The service is not available." if fault.text is None else fault.text
        kind = JSON if text[:1] in ("{", "[", "n") else "text/plain"
        return web.Response(status=fault.status, text=text or None, content_type=kind, headers=headers)
    if fault.kind == "hang":
        await _until_gone(request, stopping)
    if fault.kind == "drip" and answer:
        return await _drip(request, answer, entry, stopping)
    if fault.kind == "half" and answer and answer.body:
        return await _half(request, answer, entry)
    return _drop(request)


async def _half(request: web.Request, answer: Answer, entry: Request) -> web.StreamResponse:
    """Announce the whole body and send half of it."""
    body = answer.body
    entry["status"], entry["bytes"] = answer.status, len(body) // 2
    cut = web.StreamResponse(status=answer.status, headers=answer.headers)
    cut.content_type, cut.charset, cut.content_length = answer.content_type, "utf-8", len(body)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    _drop(request)
    return cut


async def _drip(request: web.Request, answer: Answer, entry: Request, stopping: asyncio.Event) -> web.StreamResponse:
    """Send one byte after the other, slowly; an answer without a body gets one of blanks."""
    entry["status"] = answer.status
    slow = web.StreamResponse(status=200 if answer.status == 204 else answer.status, headers=answer.headers)
    slow.content_type = answer.content_type or "text/plain"
    await slow.prepare(request)
    for byte in answer.body or b" " * 1000:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), PAUSE)
        if stopping.is_set() or request.transport is None or request.transport.is_closing():
            break
        await slow.write(bytes([byte]))
    _drop(request)
    return slow


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
