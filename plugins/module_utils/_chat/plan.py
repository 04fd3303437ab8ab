# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a run changes in a chat channel: pure functions from parameters and a topology to plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._errors import BadInput
from .._model.changes import Change, Plan, plan
from .._model.connections import wanted_connection
from .._model.names import probably, variable
from .._model.objects import Application, Tenant
from .._model.topology import Topology
from .options import (
    CHAT,
    IMMEDIATELY,
    MOST_THREADS,
    RESTART,
    check_names,
    endpoints_of,
    pool_advice,
    pool_size,
    section_of,
    tuning,
    unwanted_chat,
    wanted_chat,
    wanted_endpoint,
)


def check_channel(params: Mapping[str, Any]) -> None:
    """Raise BadInput for names, tuning options and a batch size of a chat channel that cannot work."""
    check_names(params["endpoint"], params["queue"])
    tuning(params)
    if params.get("batch_size", 0) < 0:
        raise BadInput(f"{variable('batch_size')} must be 0 (all at once) or more, not {params['batch_size']}.")
    previous = params["previous_endpoint"]
    if previous is not None:
        check_names(previous, option="previous_endpoint")
        if previous == params["endpoint"]:
            raise BadInput(
                f"{variable('previous_endpoint')} is '{previous}', the same as endpoint; name the endpoint to remove."
            )


def check_endpoints(topology: Topology, tenant: Tenant, endpoint: str) -> None:
    """Raise BadInput that names the Chat Servers on which the endpoint is not there (any more)."""
    servers = [server.application for server in topology.chat_servers]
    missing = [server.name for server in servers if endpoint not in endpoints_of(server, tenant.dbid)]
    if missing:
        section = section_of(tenant.dbid)
        raise BadInput(
            f"Application '{topology.cluster.name}' was not pointed at endpoint '{endpoint}': it is missing in "
            f"section [{section}] of {', '.join(missing)}. If it was set before, another run removed it; run again."
        )


def wanted_options(params: Mapping[str, Any], cluster: Application) -> dict[str, str]:
    """Return the tuning options, and the pool size that the peak asks for with the refresh period in force.

    The period is the one in ``params``, or on the server. Raises BadInput when there is none.
    """
    options, peak = tuning(params), params["peak_chat_sessions"]
    if peak is None or "refreshPoolSize" in options:
        return options
    period = options.get("refreshTaskPeriod") or cluster.options().get(CHAT, {}).get("refreshTaskPeriod", "")
    if not period.isdecimal() or not 1 <= int(period) <= 5:
        raise BadInput(
            f"{variable('peak_chat_sessions')}: application '{cluster.name}' has no valid refreshTaskPeriod, and its "
            f"default is not documented; set {variable('refresh_task_period')}, 1 to 5 seconds."
        )
    # More than the maximum is a warning, not an error: docs/evidence.md#options-of-chat
    return {**options, "refreshPoolSize": str(min(pool_size(peak, int(period)), MOST_THREADS))}


def pool_problem(peak: int | None, chat: Mapping[str, str]) -> str:
    """Return what to do where section ``[chat]`` has too few threads for the peak, otherwise an empty text."""
    period, size = chat.get("refreshTaskPeriod", ""), chat.get("refreshPoolSize", "10")  # 10 is the documented default
    if peak is None or not size.isdecimal() or period not in ("1", "2", "3", "4", "5"):
        return ""
    return pool_advice(peak, int(period)) if int(size) < pool_size(peak, int(period)) else ""


def plans_to_retire(topology: Topology, tenant: Tenant, endpoint: str, keep_queue_key: bool = False) -> list[Plan]:
    """Return the plans that take a channel away: ``queueKey`` first, then the endpoint that it pointed at.

    With ``keep_queue_key`` both stay, and only the other options go.
    """
    if keep_queue_key:
        return [plan(topology.cluster, unwanted_chat(keep_queue_key))]
    gone = wanted_endpoint(tenant.dbid, endpoint, None)
    servers = [plan(server.application, gone) for server in topology.chat_servers]
    return [plan(topology.cluster, unwanted_chat()), *servers]


def plans_to_configure(
    params: Mapping[str, Any], topology: Topology, tenant: Tenant, contact_server: Application | None
) -> list[Plan]:
    """Return the plans that bring a channel to what is wanted; without a queue only connections can be wanted."""
    plans = []
    if contact_server:
        primaries = [server.application for server in topology.chat_servers if not server.primary]
        plans = [plan(client, wanted_connection(client, contact_server, {})) for client in primaries]
    if params["queue"] is None:
        return plans
    wanted = wanted_endpoint(tenant.dbid, params["endpoint"], params["queue"], params["previous_endpoint"])
    options = wanted_options(params, topology.cluster)
    chat = wanted_chat(tenant.dbid, params["endpoint"], params["queue"], options)
    servers = [plan(server.application, wanted) for server in topology.chat_servers]
    return [*plans, *servers, plan(topology.cluster, chat)]


def only_servers(plans: Sequence[Plan], topology: Topology, names: Sequence[str]) -> list[Plan]:
    """Return the plans of these Chat Servers that have changes. Raises BadInput for a name that is none of them."""
    known = [server.application.name for server in topology.chat_servers]
    if not names:
        raise BadInput("chat_servers is empty; name at least one Chat Server, or leave the option out.")
    for name in names:
        if name not in known:
            raise BadInput(
                f"chat_servers: application '{topology.cluster.name}' reaches no Chat Server '{name}'."
                f"{probably(name, known)}"
            )
    return [todo for todo in plans if todo.changes and todo.application.name in names]


def restart_required(plans: Sequence[Plan]) -> list[dict[str, str]]:
    """Return which application needs a restart, for which option, and how that is known."""
    return [entry for todo in plans for entry in restarts_of(todo.application.name, todo.wanted.family, todo.changes)]


def restarts_of(application: str, family: str, changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return the same for one application. Only the options of the chat channel are known.

    Source: docs/evidence.md#restarts
    """
    return [
        {"application": application, "option": f"{CHAT}/{change.key}", "evidence": RESTART[change.key]}
        for change in changes
        if family == "options" and change.section == CHAT and RESTART.get(change.key, IMMEDIATELY) != IMMEDIATELY
    ]
