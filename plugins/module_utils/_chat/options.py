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
from .._model.names import variable
from .._model.objects import APPLICATION_CLUSTER, Application

CHAT = "chat"
QUEUE_KEY, CHAT_QUEUE = "queueKey", "webengagementChatQueue"
CO_BROWSE = "useChat"  # an option of Co-browse only: docs/evidence.md#who-else-uses-an-endpoint
IMMEDIATELY, DOCUMENTED, ASSUMED = "immediately", "documented", "assumed"
MOST_THREADS = 99  # of refreshPoolSize
MOST_CHARACTERS = 255  # of the name of a queue


@dataclass(frozen=True)
class Option:
    """What can be asked of a chat channel: a parameter of modules, and often an option of section ``[chat]``.

    ``name`` is that of the modules; the role's variable is the same after ``chat_channel_``. ``text`` is its
    documentation. ``key`` is its name in section ``[chat]``, ``least`` and ``most`` its range there, and ``restart``
    how it is known that the Web Engagement nodes must restart: ``documented``, ``assumed``, or not (``immediately``).

    All specs and documentation are made from these. What a new one needs beside it: CONTRIBUTING.md.
    """

    name: str
    text: tuple[str, ...]
    type: str = "int"
    default: str | bool | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    key: str = ""
    least: int = 1
    most: int | None = None
    unit: str = ""
    restart: str = ASSUMED

    @property
    def range(self) -> str:
        reach = f"{self.least} to {self.most}" if self.most else f"{self.least} or more"
        return f"{reach} {self.unit}".strip()

    def allows(self, value: int) -> bool:
        return self.least <= value and (self.most is None or value <= self.most)


# The options of behaviour in section [chat]: docs/evidence.md#options-of-chat
TUNING = (
    Option(
        "identify_create_contact",
        (
            "What Chat Server does with the contact of a proactive chat. V(1) neither identifies nor creates it, V(2) "
            "only identifies it, V(3) identifies it and creates it if it is missing.",
            "Web Engagement silently treats a missing or wrong value as V(3).",
        ),
        key="identifyCreateContact",
        most=3,
        restart=IMMEDIATELY,
    ),
    Option(
        "refresh_task_period",
        ("Seconds between updates of the chat in the widget, V(1) to V(5).",),
        key="refreshTaskPeriod",
        most=5,
        unit="seconds",
    ),
    Option(
        "refresh_pool_size",
        ("Threads for requests to Chat Server, V(1) to V(99).",),
        key="refreshPoolSize",
        most=MOST_THREADS,
        unit="threads",
        restart=DOCUMENTED,
    ),
    Option(
        "session_restoration_timeout",
        ("Seconds during which Web Engagement tries to restore a broken chat, V(1) or more.",),
        key="sessionRestorationTimeout",
        unit="seconds",
    ),
    Option(
        "connection_timeout",
        ("Seconds to wait for a connection to Chat Server, V(1) to V(10).",),
        key="connectionTimeout",
        most=10,
        unit="seconds",
        restart=DOCUMENTED,
    ),
)
PEAK = Option(
    "peak_chat_sessions",
    (
        "Highest number of simultaneous chat sessions. O(refresh_pool_size), if not given, is computed from it.",
        "It needs a refresh period, from O(refresh_task_period) or from the server.",
    ),
)
# Which channel it is, and its options.
CHANNEL = (
    Option("cluster", ("Name of the Web Engagement Cluster application, case-sensitive.",), "str", required=True),
    Option(
        "allow_unknown_cluster",
        (
            "Whether to continue if the type of O(cluster) is not Application Cluster.",
            "That a Web Engagement Cluster has this type is inferred, not documented. Applications that certainly "
            "are something else are always refused.",
        ),
        "bool",
        False,
    ),
    Option("tenant", ("Tenant by name or database ID. Required if the cluster serves several.",), "str"),
    Option("endpoint", ("Name of the endpoint on the Chat Servers.",), "str", "webme"),
    Option("queue", ("Name of the Interaction Queue behind the endpoint.",), "str"),
    *TUNING,
    PEAK,
)
# What a run does beside setting options.
RUN = (
    Option(
        "state",
        (
            "Whether the channel should exist.",
            "V(absent) removes C(queueKey), C(webengagementChatQueue) and the tuning options from section C([chat]), "
            "then the endpoint from every Chat Server. Other options, connections and the queue stay.",
        ),
        "str",
        "present",
        ("present", "absent"),
    ),
    Option("contact_server", ("Name of the Universal Contact Server to connect every Chat Server to.",), "str"),
    Option("create_queue", ("Whether to create the Interaction Queue if it is missing.",), "bool", False),
    Option(
        "previous_endpoint",
        ("An endpoint to remove from every Chat Server, once C(queueKey) points at O(endpoint).",),
        "str",
    ),
    Option(
        "remove_in_use",
        ("Whether to remove an endpoint even if another application uses it. Otherwise that is a finding.",),
        "bool",
        False,
    ),
    Option(
        "keep_queue_key",
        (
            "With O(state=absent), whether to keep C(queueKey) and the endpoint that it points at, and to remove the "
            "rest.",
            "The vendor calls C(queueKey) mandatory: keep it if Web Engagement stays in use without its own chats.",
        ),
        "bool",
        False,
    ),
    Option(
        "allow_unreadable",
        (
            "Whether to continue if the cluster, or an Application Cluster, is connected to an application that "
            "this account cannot read. If that is a Chat Server, it is not configured.",
        ),
        "bool",
        False,
    ),
    Option(
        "fail_on",
        ("Findings of at least this severity that a run would not fix, or would cause, stop it before it writes.",),
        "str",
        "error",
        ("error", "warning", "never"),
    ),
)
CATALOGUE = (*CHANNEL, *RUN)
RESTART = {QUEUE_KEY: DOCUMENTED, CHAT_QUEUE: ASSUMED, **{option.key: option.restart for option in TUNING}}


_ENDPOINT = re.compile(r"[^:\s][^:]*")


def is_switched_off(application: Application) -> bool:
    """Say whether section ``[chat]`` is not in use: Co-browse has the same options and a switch for them.

    Source: docs/evidence.md#who-else-uses-an-endpoint
    """
    switch = application.options().get(CHAT, {}).get(CO_BROWSE, "true")
    return switch.strip().lower() in ("false", "no", "0")


def looks_like_web_engagement(application: Application) -> bool:
    """Say whether an Application Cluster has what only a Web Engagement Cluster has.

    Its type and template are not documented (docs/evidence.md#how-a-cluster-groups-servers), but section
    ``[engagement]`` and option ``webengagementChatQueue`` are.
    """
    options = application.options()
    looks = "engagement" in options or CHAT_QUEUE in options.get(CHAT, {})
    return application.subtype == APPLICATION_CLUSTER and looks


def section_of(tenant_dbid: str) -> str:
    """Return the section of a Chat Server that holds a tenant's endpoints."""
    return f"endpoints:{tenant_dbid}"


def endpoints_of(server: Application, tenant_dbid: str) -> dict[str, str]:
    """Return the endpoints that a Chat Server has for a tenant, with their queues."""
    return server.options().get(section_of(tenant_dbid), {})


@dataclass(frozen=True)
class QueueKey:
    """A value of ``queueKey``: the tenant's DBID and an endpoint. What was found may have another form.

    ``tenant`` is None in a value without a colon. Form: docs/evidence.md#form-of-queuekey
    """

    tenant: str | None
    endpoint: str

    @classmethod
    def parse(cls, value: str) -> QueueKey:
        """Return the parts of any value; ``str`` gives it back as it was."""
        tenant, colon, endpoint = value.partition(":")
        return cls(tenant, endpoint) if colon else cls(None, value)

    def __str__(self) -> str:
        return self.endpoint if self.tenant is None else f"{self.tenant}:{self.endpoint}"

    @property
    def well_formed(self) -> bool:
        """Whether it is a DBID, a colon and an endpoint."""
        return bool(re.fullmatch("[1-9][0-9]*", self.tenant or "") and _ENDPOINT.fullmatch(self.endpoint))


def is_queue_name(name: str) -> bool:
    """Say whether an Interaction Queue can have this name."""
    return bool(name.strip()) and len(name) <= MOST_CHARACTERS


def check_names(endpoint: str, queue: str | None = None, option: str = "endpoint") -> None:
    """Raise BadInput for an endpoint or queue name that cannot work. ``option`` is what holds the endpoint."""
    if not _ENDPOINT.fullmatch(endpoint or ""):
        raise BadInput(
            f"{variable(option)} '{endpoint}' cannot be used in queueKey: it must not be empty, begin with a space "
            "or contain a colon. Give only the option's name, such as webme."
        )
    if queue is not None and not is_queue_name(queue):
        raise BadInput(
            f"{variable('queue')} must be the name of an Interaction Queue, 1 to {MOST_CHARACTERS} characters."
        )


def tuning(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the tuning options that were given, key -> text. Raises BadInput that names each one out of range."""
    given = [(option, params[option.name]) for option in (*TUNING, PEAK) if params.get(option.name) is not None]
    problems = [
        f"{variable(option.name)} must be {option.range}, not {value}.{milliseconds(option, value)}"
        for option, value in given
        if not option.allows(value)
    ]
    if problems:
        raise BadInput(" ".join(problems))
    return {option.key: str(value) for option, value in given if option.key}


def milliseconds(option: Option, value: int) -> str:
    """Return a hint where a value in seconds looks like the milliseconds of Co-browse, otherwise an empty text."""
    if option.unit == "seconds" and value >= 1000:
        return " Is it in milliseconds, as in Co-browse?"
    return ""


def pool_size(peak_chat_sessions: int, refresh_task_period: int) -> int:
    """Return the recommended ``refreshPoolSize``: sessions / (period in seconds * 5), rounded up. May exceed 99."""
    return math.ceil(peak_chat_sessions / (refresh_task_period * 5))


def pool_advice(peak_chat_sessions: int, refresh_task_period: int) -> str:
    """Return what to set for this peak, in one sentence. Whose peak it is, no source says."""
    enough, period = pool_size(peak_chat_sessions, refresh_task_period), pool_size(peak_chat_sessions, MOST_THREADS)
    if enough <= MOST_THREADS:
        advice = f"Set refreshPoolSize to {enough}"
    elif period <= 5:
        # The formula is the same both ways round: seconds from threads.
        advice = f"Set refreshTaskPeriod to {period} and refreshPoolSize to {pool_size(peak_chat_sessions, period)}"
    else:
        advice = f"Set refreshPoolSize to {MOST_THREADS}, the maximum, and spread the sessions over more clusters"
    return (
        f"{advice}; the vendor does not say whether the peak is per cluster or per node; if per node, divide it "
        "by the number of nodes."
    )


def wanted_endpoint(tenant_dbid: str, endpoint: str, queue: str | None, previous: str | None = None) -> Wanted:
    """Return what a Chat Server should hold; without a queue the endpoint goes, and the previous one always does."""
    gone = {previous: None} if previous else {}
    return Wanted({section_of(tenant_dbid): {endpoint: queue, **gone}})


def wanted_chat(tenant_dbid: str, endpoint: str, queue: str, tuned: Mapping[str, str]) -> Wanted:
    """Return what the Web Engagement Cluster should hold; ``tuned`` comes from ``tuning``."""
    return Wanted({CHAT: {QUEUE_KEY: str(QueueKey(tenant_dbid, endpoint)), CHAT_QUEUE: queue, **tuned}})


def unwanted_chat(keep_queue_key: bool = False) -> Wanted:
    """Return the options that go when the channel is retired. ``[chat]`` itself and other options stay."""
    return Wanted({CHAT: {key: None for key in RESTART if not (keep_queue_key and key == QUEUE_KEY)}})
