# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Genesys Administrator Extension (GAX) over an estate in memory.

with Simulator(load("demo"), put_answer="204") as sim:
    requests.get(sim.url + "/gax/api/cfg/schema")
    assert not sim.journal
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .estate import Estate
from .files import load, save
from .generate import generate

if TYPE_CHECKING:
    from .runner import Simulator

__all__ = ["Estate", "Simulator", "generate", "load", "save"]


def __getattr__(name: str) -> Any:
    """Import what needs aiohttp when it is used, so that the command line can say that it is missing."""
    if name != "Simulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .runner import Simulator  # pylint: disable=import-outside-toplevel

    return Simulator
