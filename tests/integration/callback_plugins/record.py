# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what each task returned as one line of JSON, with the numbers of requests and writes until then."""

from __future__ import annotations

import json
import os
from http.client import HTTPConnection
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: record
type: notification
short_description: Record task results for the integration tests
description:
  - Appends one JSON object for each task result to the file E(ENGAGE_RECORD).
  - With E(ENGAGE_SIMULATOR), the address of a simulator, each also counts the requests and writes until then.
author:
  - genesys_ops contributors (@genesys-ops)
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    _simulator: HTTPConnection | None = None

    def v2_runner_on_ok(self, result: Any) -> None:
        self._task("ok", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._task("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._task("unreachable", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._task("failed", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write({"stats": {host: stats.summarize(host) for host in sorted(stats.processed)}})

    def _task(self, status: str, result: Any) -> None:
        # The names without an underscore came with core 2.19.
        host = getattr(result, "host", None) or result._host
        task = getattr(result, "task", None) or result._task
        returned = getattr(result, "result", None) or result._result
        entry = {"status": status, "host": host.get_name(), "task": task.name, "action": task.action}
        self._write({**entry, "result": returned, **self._counts()})

    def _counts(self) -> dict[str, int]:
        """Ask the simulator, always through one connection: to open one costs more than the answer."""
        url = os.environ.get("ENGAGE_SIMULATOR")
        if not url:
            return {}
        if self._simulator is None:
            self._simulator = HTTPConnection(url.removeprefix("http://"), timeout=10)
        self._simulator.request("GET", "/_sim/counts")
        with self._simulator.getresponse() as answer:
            counts: dict[str, int] = json.load(answer)
        return counts

    def _write(self, entry: dict[str, Any]) -> None:
        with open(os.environ["ENGAGE_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + "\n")
