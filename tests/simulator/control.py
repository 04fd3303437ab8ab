# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane below /_sim: for tests and demonstrations, never part of the request log."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from .files import save
from .world import World


class Control:
    """Handlers of the control plane of one world."""

    def __init__(self, world: World) -> None:
        """Keep the world."""
        self._world = world

    def register(self, app: web.Application) -> None:
        """Add all paths to the application."""
        app.router.add_get("/_sim/log", self._log)
        app.router.add_get("/_sim/journal", self._journal)
        app.router.add_get("/_sim/counts", self._counts)
        app.router.add_get("/_sim/violations", self._violations)
        app.router.add_get("/_sim/switches", self._switches)
        app.router.add_patch("/_sim/switches", self._change)
        app.router.add_post("/_sim/reset", self._reset)
        app.router.add_get("/_sim/estate", self._estate)
        app.router.add_post("/_sim/save", self._save)
        app.router.add_get("/_sim/options", self._options)
        app.router.add_post("/_sim/edit", self._edit)

    async def _log(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.journal.requests)

    async def _journal(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.journal.writes)

    async def _counts(self, request: web.Request) -> web.Response:
        journal = self._world.journal
        return web.json_response({"log": len(journal.requests), "journal": len(journal.writes)})

    async def _violations(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.journal.violations)

    async def _switches(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.switches.as_dict())

    async def _change(self, request: web.Request) -> web.Response:
        with self._world.lock:
            try:
                self._world.switches.change(await _mapping(request))
            except ValueError as error:
                raise _bad(str(error)) from error
        return web.json_response(self._world.switches.as_dict())

    async def _reset(self, request: web.Request) -> web.Response:
        self._world.reset()
        return web.Response(status=204)

    async def _estate(self, request: web.Request) -> web.Response:
        return web.json_response(list(self._world.estate))

    async def _save(self, request: web.Request) -> web.Response:
        if self._world.save_to is None:
            raise _bad("There is no file to save to: start with --save-to FILE.")
        save(self._world.estate, self._world.save_to)
        return web.Response(status=204)

    async def _options(self, request: web.Request) -> web.Response:
        try:
            name, family = request.query.get("name", ""), request.query.get("family", "options")
            return web.json_response(self._world.estate.options(name, family))
        except (KeyError, ValueError) as error:
            raise _bad(str(error.args[0])) from error

    async def _edit(self, request: web.Request) -> web.Response:
        sent = await _mapping(request)
        try:
            with self._world.lock:
                self._world.estate.edit(**sent)
        except (KeyError, ValueError, TypeError) as error:
            raise _bad(str(error.args[0])) from error
        return web.Response(status=204)


async def _mapping(request: web.Request) -> dict[str, Any]:
    try:
        sent = await request.json()
    except ValueError as error:
        raise _bad(f"The body is not JSON: {error}") from error
    if not isinstance(sent, dict):
        raise _bad("The body is not a JSON object.")
    return sent


def _bad(sentence: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=sentence)
