# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of objects, built once and again only after a change, so that benchmarks do not measure the simulator."""

from __future__ import annotations

from collections.abc import Iterable

from .answers import encoded
from .objects import Obj
from .switches import Switches
from .writing import shown


class Rendering:
    """JSON of objects as answers show them. Objects are never changed in place, so identity tells a change."""

    def __init__(self, switches: Switches) -> None:
        """Begin with nothing built."""
        self._switches = switches
        self._form: object = None
        self._built: dict[tuple[str, str], tuple[Obj, bytes]] = {}

    def of(self, obj: Obj) -> bytes:
        """Return the JSON of one object."""
        form = (self._switches.empty_key, self._switches.empty_containers)
        if form != self._form:
            self._form, self._built = form, {}
        key = (obj["type"], obj["dbid"])
        held = self._built.get(key)
        if held is None or held[0] is not obj:
            held = (obj, encoded(shown(obj, self._switches)))
            self._built[key] = held
        return held[1]

    def list_of(self, objects: Iterable[Obj]) -> bytes:
        """Return the JSON of a list of objects."""
        return b"[" + b", ".join(map(self.of, objects)) + b"]"
