# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What each module does, in plain Python: parameters in, result out. Knows nothing of Ansible.

Every operation checks its parameters before it logs in, and plans everything before it writes anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext

from .._chat.checks.all import judge
from .._chat.options import (
    CHAT,
    MOST_CHARACTERS,
    QueueKey,
    check_names,
    is_queue_name,
    tuning,
    unwanted_chat,
    wanted_chat,
    wanted_endpoint,
)
from .._chat.order import lost_endpoints
from .._chat.plan import check_channel, check_endpoints, pool_problem, wanted_options
from .._chat.result import channel_result
from .._chat.safety import still_used
from .._errors import BadInput
from .._gax.lookup import (
    all_tenants,
    explore,
    find_applications,
    read_scripts,
    read_whole_estate,
    require_queue,
)
from .._model import app_types
from .._model.changes import Plan, plan, wanted_from
from .._model.connections import wanted_connection
from .._model.names import choose_tenant, named_tenant
from .._model.objects import CHAT_SERVER, INTERACTION_QUEUE, SCRIPT, Script
from .._model.routing import queue_problem
from .._model.topology import Estate
from .._write.queues import (
    check_no_queue_alike,
    create_queue,
    delete_queue,
    folder_of_queues,
    new_queue,
    queue_alike,
    users_of,
)
from .._write.writer import Run
from .channel_reader import QUEUE, find_cluster, read_channel, read_everything
from .chat_channel import refuse
from .context import Context, Result
from .results import described, found_words, queue_words


def application_info(context: Context) -> Result:
    """Return the applications that were asked for. Reads only."""
    params = context.params
    types = {app_types.full(name) for name in params["types"] or ()}
    with context.gax() as gax:
        if params["names"]:
            found = find_applications(gax, list(dict.fromkeys(params["names"])), "names")
        else:
            query = {"filters": " OR ".join(f"subtype={name}" for name in sorted(types))} if types else {}
            found = gax.applications(**query)
        app_types.check_found(params["types"] or (), found, "types", context.warn)
        tenants = all_tenants(gax)
        tenant = named_tenant(tenants, params["tenant"], "tenant") if params["tenant"] else None
        server = find_applications(gax, [params["connected_to"]], "connected_to")[0] if params["connected_to"] else None
        chosen = [
            application
            for application in found
            if (not types or application.subtype in types)
            and (not tenant or tenant.dbid in application.tenants)
            and (not server or server.dbid in application.connected_to)
        ]
        return {"changed": False, "msg": found_words(chosen), "applications": described(gax, chosen, tenants)}


def application_options(context: Context) -> Result:
    """Bring options or the annex of applications to what is wanted."""
    params = context.params
    present, listed = params["state"] == "present", params["applications"]
    if params["exclusive"] and not present:
        raise BadInput("exclusive requires state=present; state=absent removes what is listed.")
    if listed is None:
        listed = [{"name": params["name"], "options": params["options"]}]
    names = [entry.get("name") for entry in listed]
    # What application_info returns holds both families; where a user gives options only, they are of the one wanted.
    family = params["family"]
    options = [entry["annex"] if family == "annex" and "annex" in entry else entry.get("options") for entry in listed]
    for index, (name, sections) in enumerate(zip(names, options)):
        if not isinstance(name, str) or not isinstance(sections, Mapping):
            raise BadInput(f"applications: entry {index + 1} requires a name and options (sections with options).")
        if name in names[:index]:
            raise BadInput(f"applications: '{name}' is listed twice; give its options in one entry.")
    wanted = [
        wanted_from(sections, f"options of application '{name}'", family, present, params["exclusive"])
        for name, sections in zip(names, options)
    ]
    with context.gax() as gax:
        found = find_applications(gax, names, "name")
        return context.carry_out(gax, [plan(application, want) for application, want in zip(found, wanted)])


def application_connection(context: Context) -> Result:
    """Connect applications to a server, or take the connection away. Other connections stay."""
    params = context.params
    for name in ("local_timeout", "remote_timeout"):
        if params[name] is not None and params[name] < 1:
            raise BadInput(f"{name} must be 1 second or more, not {params[name]}.")
    names = list(dict.fromkeys(params["applications"]))
    if not names:
        raise BadInput("applications is empty; name at least one application.")
    with context.gax() as gax:
        server = find_applications(gax, [params["server"]], "server")[0]
        found = find_applications(gax, names, "applications")
        present = params["state"] == "present"
        plans = [plan(client, wanted_connection(client, server, params, present)) for client in found]
        return context.carry_out(gax, plans)


def interaction_queue(context: Context) -> Result:
    """Create an Interaction Queue, or delete one that nobody uses."""
    name, present = context.params["name"], context.params["state"] == "present"
    if not is_queue_name(name):
        raise BadInput(f"name must be that of an Interaction Queue, 1 to {MOST_CHARACTERS} characters.")
    with context.gax() as gax:
        tenants = all_tenants(gax)
        tenant = named_tenant(tenants, context.params["tenant"], "tenant")
        same_name = [Script(raw) for raw in gax.find_by_name(SCRIPT, name)]
        here = [script for script in same_name if script.tenant == tenant.dbid]
        if any(script.subtype != INTERACTION_QUEUE for script in here):
            raise BadInput(f"name: {queue_problem(here, name, tenant, tenants)} Choose another name.")
        result = {"changed": bool(here) != present, "name": name, "tenant": {"name": tenant.name, "dbid": tenant.dbid}}
        if present and not here:
            scripts = read_scripts(gax)
            check_no_queue_alike(name, scripts, tenant)
            raw = new_queue(name, tenant, folder_of_queues(gax, scripts, tenant))
            if not context.check_mode and not create_queue(gax, raw):
                here = [Script(raw)]  # another host of the run was faster
                result["changed"] = False
        elif here and not present:
            users = users_of(here[0], read_whole_estate(gax).values())
            if users:
                raise BadInput(f"name: Interaction Queue '{name}' is still in use by {', '.join(users)}.")
            if not context.check_mode:
                delete_queue(gax, here[0])
        elif not present and (hint := queue_alike(name, read_scripts(gax), tenant)):
            context.warn(f"There is no Interaction Queue '{name}' to delete.{hint}")
    return {**result, **queue_words(name, tenant, bool(here), present, context.check_mode)}


def chat_server_endpoint(context: Context) -> Result:
    """Point an endpoint of Chat Servers at an Interaction Queue, or remove it if nobody uses it."""
    params = context.params
    endpoint, present = params["endpoint"], params["state"] == "present"
    queue = params["queue"] or "" if present else None
    check_names(endpoint, queue)
    names = list(dict.fromkeys(params["chat_servers"]))
    if not names:
        raise BadInput("chat_servers is empty; name at least one Chat Server.")
    with context.gax() as gax:
        servers = find_applications(gax, names, "chat_servers", CHAT_SERVER)
        for server in servers:
            if server.subtype != CHAT_SERVER:
                what = app_types.words(server.subtype)
                raise BadInput(f"chat_servers: application '{server.name}' is {what}, not Chat Server.")
        tenants = all_tenants(gax)
        chosen = [choose_tenant(tenants, params["tenant"], server, "tenant") for server in servers]
        if len({tenant.dbid for tenant in chosen}) > 1:
            raise BadInput("tenant: the Chat Servers serve different tenants; specify one.")
        tenant = chosen[0]
        if queue is not None and params["check_queue"]:
            require_queue(gax, queue, tenant, tenants, QUEUE)
        wanted = wanted_endpoint(tenant.dbid, endpoint, queue)
        plans = [plan(server, wanted) for server in servers]
        losing = [todo for todo in plans if lost_endpoints(todo)]
        if losing and not params["remove_in_use"]:
            for name, why in still_used(losing, read_whole_estate(gax), tenant).items():
                raise BadInput(f"Chat Server '{name}': {why} Remove that use first, or set remove_in_use to true.")

        def others(estate: Estate, going: Sequence[Plan]) -> dict[str, str]:
            return still_used(going, estate, tenant)

        return context.carry_out(gax, plans, "Chat Server", Run(others=others, in_use=params["remove_in_use"]))


def web_engagement_chat(context: Context) -> Result:
    """Set the chat options of a Web Engagement Cluster, or remove them."""
    params = context.params
    endpoint, queue, present = params["endpoint"], params["queue"] or "", params["state"] == "present"
    check_names(endpoint, queue if present else None)
    tuning(params)
    with context.gax() as gax:
        # Together, if the run looks around anyway: four round trips less.
        around = present and params["check_endpoints"]
        estate, tenants, scripts = read_everything(gax) if around else ({}, all_tenants(gax), [])
        cluster = find_cluster(gax, params["cluster"], estate.values(), params["allow_unknown_cluster"])
        tenant = choose_tenant(tenants, params["tenant"], cluster, "tenant")
        if present and params["check_queue"]:
            require_queue(gax, queue, tenant, tenants, QUEUE, scripts)
        if present:
            options = wanted_options(params, cluster)
            advice = pool_problem(params["peak_chat_sessions"], {**cluster.options().get(CHAT, {}), **options})
            if advice:
                context.warn(advice)
            wanted = wanted_chat(tenant.dbid, endpoint, queue, options)
        else:
            wanted = unwanted_chat()
        todo = plan(cluster, wanted)
        if around and todo.changes and not context.check_mode:
            topology, _known = explore(gax, cluster, estate)
            check_endpoints(topology, tenant, endpoint)
        result = context.carry_out(gax, [todo], "Web Engagement Cluster")
    return {**result, "queue_key": str(QueueKey(tenant.dbid, endpoint)) if present else ""}


def chat_channel_info(context: Context) -> Result:
    """Return the topology of a chat channel, what is wrong with it, and what a run would change. Reads only."""
    params = context.params
    check_channel(params)
    gax = context.gax()
    reads = context.reads(gax, changes=False)
    with gax.later() if reads else gax, reads or nullcontext(gax) as source:
        channel = read_channel(source, params, audit=not params["enforce"])
        address, version = source.origin()
    origin = {"address": address, "version": version, "account": params["gax_username"]}
    if params["enforce"]:
        refuse(judge(channel).blocking(params["fail_on"]))
    return {**channel_result(channel, params["fail_on"]), "gax": origin}
