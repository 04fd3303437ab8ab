# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a running simulator: the estate now and at the start, sessions, switches, journal, hooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .estate import ENVIRONMENT, Estate
from .journal import Journal, Request, Write
from .objects import Obj
from .rendering import Rendering
from .sessions import Sessions
from .sight import Sight
from .switches import Switches
from .trouble import FaultPicker, Rival, RivalClock

WriteHook = Callable[[Estate, Write], object]
RequestHook = Callable[[Request], object]
Later = Callable[[float, Callable[[], object]], object]  # seconds, and what to do then


@dataclass
class World:
    """Everything that requests read and change. Hold `lock` around both."""

    start: Estate
    accounts: dict[str, str]
    switches: Switches = field(default_factory=Switches)
    save_to: Path | None = None
    write_hooks: list[WriteHook] = field(default_factory=list)
    request_hooks: list[RequestHook] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with an estate that has the tenant Environment, as every database has."""
        self.lock = threading.RLock()
        self.start = self.start.copy()
        if self.start.get("CfgTenant", ENVIRONMENT["dbid"]) is None:
            self.start.put(ENVIRONMENT)
        self.sessions = Sessions(self.accounts, self.switches)
        self.rendering = Rendering(self.switches)
        self.later: Later  # of the server's event loop
        self.reset()

    def reset(self) -> None:
        """Go back to the estate of the start, with empty logs and counters. Sessions and switches stay."""
        with self.lock:
            self.estate = self.start.copy()
            self.journal = Journal()
            self.sight = Sight(self.switches)
            self.sessions.reset()
            self.faults = FaultPicker()
            self.rivals = RivalClock()

    def after(self, seconds: float, work: Callable[[], object]) -> None:
        """Do something after so many seconds, unless there was a reset since; at once when it is none."""
        estate = self.estate

        def do() -> None:
            with self.lock:
                if self.estate is estate:
                    work()

        if seconds:
            self.later(seconds, do)
        else:
            work()

    def was_read(self, objects: list[Obj]) -> None:
        """Let the rivals edit who waited for a read of one of these objects."""
        if self.switches.rivals:
            for obj in objects:
                self._edit(self.rivals.after_read(self.switches.rivals, obj))

    def put_arrives(self, obj: Obj) -> None:
        """Let the rivals edit who waited for a PUT of this object."""
        self._edit(self.rivals.before_put(self.switches.rivals, obj))

    def _edit(self, strikes: Iterator[tuple[Rival, str | None]]) -> None:
        for rival, value in strikes:
            self.estate.edit(rival.object, rival.section, rival.key, value, rival.family, rival.type)
