# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on five Chat Servers that fail, and what happens meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._module import operations as core
from ansible_collections.genesys_ops.engage.tests.reliability.harness import QUEUE, call, written
from ansible_collections.genesys_ops.engage.tests.simulator import Estate, Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Write

SECTION, KEY = "endpoints:1", "webme"
SERVERS = [f"ChatServer_1_{number:02}" for number in range(1, 6)]


def dbid(sim: Simulator, server: str) -> str:
    return str(sim.app(server)["dbid"])


def failing(sim: Simulator, **more: Any) -> EngageError:
    """Set the endpoint on all Chat Servers; return the error that this must end in."""
    given = {"chat_servers": SERVERS, "queue": QUEUE, "gax_concurrency": 1, **more}
    with pytest.raises(EngageError) as caught:
        call(sim, core.chat_server_endpoint, **given)
    return caught.value


def after_writes(sim: Simulator, number: int, action: Any) -> None:
    """Do something once, right after so many applied writes."""

    def hook(estate: Estate, entry: Write) -> None:
        if sum(written(sim).values()) == number and not done:
            done.append(True)
            action(estate)

    done: list[bool] = []
    sim.on_write(hook)
