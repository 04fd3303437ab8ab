# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The chat channel of Web Engagement: its options, their ranges, and what they should be.

Sources: docs/evidence.md#options-of-chat, docs/evidence.md#form-of-queuekey
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import BadInput
from .._model.changes import Wanted
from .._model.objects import Application

CHAT = "chat"
QUEUE_KEY, CHAT_QUEUE = "queueKey", "webengagementChatQueue"
IMMEDIATELY, DOCUMENTED, ASSUMED = "immediately", "documented", "assumed"


@dataclass(frozen=True)
class Option:
    """One option of section ``[chat]``.

    ``parameter`` is its name in modules; the role's variable is the same after ``chat_channel_``. ``restart`` says
    how it is known that the Web Engagement nodes must restart: ``documented``, ``assumed``, or not (``immediately``).
    """

    key: str
    parameter: str
    least: int
    most: int | None
    unit: str
    restart: str

    @property
    def range(self) -> str:
        reach = f"{self.least} to {self.most}" if self.most else f"{self.least} or more"
        return f"{reach} {self.unit}".strip()

    def allows(self, value: int) -> bool:
        return self.least <= value and (self.most is None or value <= self.most)


TUNING = (
    Option("identifyCreateContact", "identify_create_contact", 1, 3, "", IMMEDIATELY),
    Option("refreshTaskPeriod", "refresh_task_period", 1, 5, "seconds", ASSUMED),
    Option("refreshPoolSize", "refresh_pool_size", 1, 99, "threads", DOCUMENTED),
    Option("sessionRestorationTimeout", "session_restoration_timeout", 1, None, "seconds", ASSUMED),
    Option("connectionTimeout", "connection_timeout", 1, 10, "seconds", DOCUMENTED),
)
RESTART = {QUEUE_KEY: DOCUMENTED, CHAT_QUEUE: ASSUMED, **{option.key: option.restart for option in TUNING}}

_ENDPOINT = re.compile(r"[^:\s][^:]*")


def section_of(tenant_dbid: str) -> str:
    """Return the section of a Chat Server that holds a tenant's endpoints."""
    return f"endpoints:{tenant_dbid}"


def endpoints_of(server: Application, tenant_dbid: str) -> dict[str, str]:
    """Return the endpoints that a Chat Server has for a tenant, with their queues."""
    return server.options().get(section_of(tenant_dbid), {})


def queue_key(tenant_dbid: str, endpoint: str) -> str:
    """Return the ``queueKey`` that points at an endpoint: the tenant's DBID, never its name."""
    return f"{tenant_dbid}:{endpoint}"


def check_names(endpoint: str, queue: str | None = None) -> None:
    """Raise BadInput for an endpoint or queue name that cannot work."""
    if not _ENDPOINT.fullmatch(endpoint or ""):
        raise BadInput(
            f"endpoint (chat_channel_endpoint) '{endpoint}' cannot be used in queueKey: it must not be empty, "
            "begin with a space or hold a colon. Give the option's name only, such as webme."
        )
    if queue is not None and (not queue.strip() or len(queue) > 255):
        raise BadInput("queue (chat_channel_queue) must be the name of an Interaction Queue, 1 to 255 characters.")


def tuning(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the tuning options that were given, key -> text. Raises BadInput that names each one out of range."""
    problems, found = [], {}
    for option in TUNING:
        value = parameters.get(option.parameter)
        if value is None:
            continue
        if not option.allows(value):
            hint = (
                " Was it meant in milliseconds, as in Co-browse?" if option.unit == "seconds" and value >= 1000 else ""
            )
            name = f"{option.parameter} (chat_channel_{option.parameter})"
            problems.append(f"{name} must be {option.range}, not {value}.{hint}")
        found[option.key] = str(value)
    peak = parameters.get("peak_chat_sessions")
    if peak is not None and peak < 1:
        problems.append(f"peak_chat_sessions (chat_channel_peak_chat_sessions) must be 1 or more, not {peak}.")
    if problems:
        raise BadInput(" ".join(problems))
    return found


def pool_size(peak_chat_sessions: int, refresh_task_period: int) -> int:
    """Return the recommended ``refreshPoolSize``: sessions / (period in seconds * 5), rounded up.

    Raises BadInput when that is more than the option allows, with the period that would do.
    """
    size = math.ceil(peak_chat_sessions / (refresh_task_period * 5))
    if size <= 99:
        return size
    enough = math.ceil(peak_chat_sessions / (99 * 5))
    advice = (
        f"a refresh_task_period of {enough} seconds would do"
        if enough <= 5
        else "no refresh_task_period will do: spread the sessions over more clusters"
    )
    raise BadInput(
        f"peak_chat_sessions (chat_channel_peak_chat_sessions) {peak_chat_sessions} with a refresh period of "
        f"{refresh_task_period} s needs {size} threads, but refreshPoolSize ends at 99; {advice}."
    )


def wanted_endpoint(tenant_dbid: str, endpoint: str, queue: str | None, previous: str | None = None) -> Wanted:
    """Return what a Chat Server should hold; without a queue the endpoint goes, and the previous one always does."""
    gone = {previous: None} if previous else {}
    return Wanted({section_of(tenant_dbid): {endpoint: queue, **gone}})


def wanted_chat(tenant_dbid: str, endpoint: str, queue: str, tuned: Mapping[str, str]) -> Wanted:
    """Return what the Web Engagement Cluster should hold; ``tuned`` comes from ``tuning``."""
    return Wanted({CHAT: {QUEUE_KEY: queue_key(tenant_dbid, endpoint), CHAT_QUEUE: queue, **tuned}})


def unwanted_chat() -> Wanted:
    """Return the options that go when the channel is retired. ``[chat]`` itself and other options stay."""
    return Wanted({CHAT: dict.fromkeys(RESTART)})
