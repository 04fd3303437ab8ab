# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`Simulator`: a simulator in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from .estate import Estate
from .files import load, save
from .journal import Request, Violation, Write
from .objects import Obj, Values
from .server import Server, tls_context
from .world import RequestHook, World, WriteHook


class Simulator:
    """A GAX over an estate, as a context manager.

    Each switch (see `switches.py`) is a keyword argument; `set` changes it later. `user` and `password` are an
    account besides default/password. With `tls_cert` and `tls_key` the server speaks TLS, with `tls_client_ca` it
    asks clients for a certificate. The estate that is handed in stays as it is: the simulator works on a copy.
    """

    def __init__(
        self,
        estate: Estate | str | Path = "demo",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        user: str = "default",
        password: str = "password",
        tls_cert: str | Path | None = None,
        tls_key: str | Path | None = None,
        tls_client_ca: str | Path | None = None,
        save_to: str | Path | None = None,
        **switches: Any,
    ) -> None:
        """Prepare a simulator; raise ValueError for a switch that cannot be set or an estate that is none."""
        start = estate if isinstance(estate, Estate) else load(estate)
        accounts = {"default": "password", user: password}
        self._world = World(start, accounts, save_to=Path(save_to) if save_to else None)
        self._world.switches.change(switches)
        self._host, self._port = host, port
        self._tls = tls_context(tls_cert, tls_key, tls_client_ca) if tls_cert else None
        self._ready = threading.Event()
        self._problem: BaseException | None = None

    def __enter__(self) -> Simulator:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Listen; raise OSError when that is not possible."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="simulator", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._problem:
            raise self._problem

    def stop(self) -> None:
        """Stop listening and end the thread; hung requests end. The estate and the logs can still be read."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = Server(self._world, self._host, self._port, self._tls)
        try:
            self._port = await server.start()
        except OSError as error:
            self._problem = error
            return
        finally:
            self._ready.set()
        await self._stop.wait()
        await server.stop()

    @property
    def url(self) -> str:
        """Return scheme, host and port, without a path."""
        return f"{'https' if self._tls else 'http'}://{self._host}:{self._port}"

    @property
    def estate(self) -> Estate:
        """Return the estate as it is now; `reset` puts another one here."""
        return self._world.estate

    @property
    def log(self) -> list[Request]:
        """Return the requests since the last reset."""
        return self._world.journal.requests

    @property
    def journal(self) -> list[Write]:
        """Return the writes since the last reset."""
        return self._world.journal.writes

    @property
    def violations(self) -> list[Violation]:
        """Return the writes that came although `forbid_writes` is on."""
        return self._world.journal.violations

    @property
    def login_attempts(self) -> int:
        """Return the number of failed log-ins since the last reset: a real server locks accounts by it."""
        return self._world.sessions.failed

    @property
    def switches(self) -> dict[str, Any]:
        """Return all positions."""
        return self._world.switches.as_dict()

    def set(self, **switches: Any) -> None:
        """Change switches while running; raise ValueError, and change nothing, for a bad value."""
        with self._world.lock:
            self._world.switches.change(switches)

    def reset(self) -> None:
        """Go back to the estate of the start and empty the logs. Sessions, switches and hooks stay."""
        self._world.reset()

    def app(self, name: str) -> Obj:
        """Return an application as GAX would with all switches at their defaults; raise KeyError."""
        return self.estate.app(name)

    def options(self, name: str, family: str = "options") -> Values:
        """Return the options (or the annex) of an application as section -> key -> value."""
        return self.estate.options(name, family)

    def edit(self, name: str, section: str, key: str, value: str | None, family: str = "options") -> None:
        """Set an option as another administrator would; None removes it. The journal does not show it."""
        with self._world.lock:
            self.estate.edit(name, section, key, value, family)

    def save(self, target: str | Path | None = None) -> None:
        """Write the estate to a file, by default to `save_to`; do nothing without either."""
        path = target or self._world.save_to
        if path:
            with self._world.lock:
                save(self.estate, path)

    def on_write(self, hook: WriteHook) -> None:
        """Call `hook(estate, entry)` after each applied write, before the answer is sent."""
        self._world.write_hooks.append(hook)

    def before_request(self, hook: RequestHook) -> None:
        """Call `hook(entry)` with the log entry of each request before it is handled."""
        self._world.request_hooks.append(hook)
