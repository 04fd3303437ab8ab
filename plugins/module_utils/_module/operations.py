# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What each module does, in plain Python: parameters in, result out. Knows nothing of Ansible.

Every operation checks its parameters before it logs in, and plans everything before it writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._chat.channel import Channel
from .._chat.checks.all import channel_result
from .._chat.options import check_names, queue_key, tuning, unwanted_chat, wanted_chat, wanted_endpoint
from .._chat.plan import check_channel, check_endpoints, configuring, retiring, wanted_options
from .._chat.safety import without_stranding
from .._errors import BadInput, Conflict
from .._gax.client import Gax
from .._gax.lookup import all_tenants, explore, find_applications, read_estate, read_scripts, require_queue
from .._model.changes import plan, replan, wanted_from
from .._model.connections import wanted_connection
from .._model.names import choose_tenant, named_tenant
from .._model.objects import APPLICATION, CHAT_SERVER, INTERACTION_QUEUE, SCRIPT, Application, Script, Tenant
from .._model.routing import queue_problem
from .._model.topology import check_is_cluster
from .._write.backup import check_origin, newest, only_named, read, saved, undoing
from .._write.queues import create_queue, delete_queue, folder_of_queues, new_queue, users_of
from .._write.writer import put_back
from .context import Call, Result
from .results import change_result, described, queue_words

# Where users wrote a name: the module's option and the role's variable.
CLUSTER, TENANT, QUEUE = "cluster (chat_channel_cluster)", "tenant (chat_channel_tenant)", "queue (chat_channel_queue)"
CONTACT = "contact_server (chat_channel_contact_server)"


def application_info(call: Call) -> Result:
    """Return the applications that were asked for. Reads only."""
    given = call.parameters
    types = {name if name.startswith("CFG") else f"CFG{name}" for name in given["types"] or ()}
    with call.gax() as gax:
        if given["names"]:
            found = find_applications(gax, list(dict.fromkeys(given["names"])), "names")
        else:
            query = {"filters": " OR ".join(f"subtype={name}" for name in sorted(types))} if types else {}
            found = [Application(raw) for raw in gax.objects(APPLICATION, **query)]
        tenants = all_tenants(gax)
        tenant = named_tenant(tenants, given["tenant"], "tenant") if given["tenant"] else None
        server = find_applications(gax, [given["connected_to"]], "connected_to")[0] if given["connected_to"] else None
        chosen = [
            application
            for application in found
            if (not types or application.subtype in types)
            and (not tenant or tenant.dbid in application.tenants)
            and (not server or server.dbid in application.connected_to)
        ]
        return {"changed": False, "applications": described(gax, chosen, tenants)}


def application_options(call: Call) -> Result:
    """Bring options or the annex of applications to what is wanted."""
    given = call.parameters
    present, listed = given["state"] == "present", given["applications"]
    if given["exclusive"] and not present:
        raise BadInput("exclusive goes with state=present only: state=absent removes what is named.")
    if listed is None:
        listed = [{"name": given["name"], "options": given["options"]}]
    names = [entry.get("name") for entry in listed]
    # What application_info returns holds both families; where a user gives options only, they are of the one wanted.
    family = given["family"]
    options = [entry["annex"] if family == "annex" and "annex" in entry else entry.get("options") for entry in listed]
    for index, (name, sections) in enumerate(zip(names, options)):
        if not isinstance(name, str) or not isinstance(sections, Mapping):
            raise BadInput(f"applications: entry {index + 1} needs a name and options (sections with their options).")
        if name in names[:index]:
            raise BadInput(f"applications: '{name}' is listed twice; give its options in one entry.")
    wanted = [
        wanted_from(sections, f"options of application '{name}'", family, present, given["exclusive"])
        for name, sections in zip(names, options)
    ]
    with call.gax() as gax:
        found = find_applications(gax, names, "name")
        return call.carry_out(gax, [plan(application, want) for application, want in zip(found, wanted)])


def application_rollback(call: Call) -> Result:
    """Take back changes that a task reported or a backup holds, where nobody else has touched the options since."""
    given = call.parameters
    entries = given["applications"] if given["path"] is None else read(newest(given["path"]))
    gax = call.gax()
    if given["path"] is not None and not given["other_gax"]:
        check_origin(entries, gax.settings.urls)
    if given["names"]:
        entries = only_named(entries, given["names"])
    done = saved(entries)
    with gax:
        found = find_applications(gax, [entry.name for entry in done], "applications")
        stuck = find_applications(gax, given["left"] or [], "left")
        plans, left = [], {}
        for entry, fresh in zip(done, found):
            try:
                plans.append(replan(undoing(entry, fresh), fresh))
            except Conflict as conflict:
                left[fresh.name] = str(conflict)
        plans, unsafe = without_stranding(plans, read_estate(gax))
        left |= unsafe
        if left and given["on_conflict"] == "fail":
            told = " ".join(left.values())
            raise BadInput(f"{told} Nothing was written.", left=left)
        if call.check_mode or given["on_conflict"] == "fail":
            return {**call.carry_out(gax, plans), "left": left}
        conflicting = [fresh for fresh in found if fresh.name in left]
        undone = put_back(gax, plans, [*stuck, *conflicting])
        kept = [todo for todo in plans if todo.application.name not in undone.left]
        return {**change_result(kept, "application", call.check_mode), "left": {**left, **undone.left}}


def application_connection(call: Call) -> Result:
    """Connect applications to a server, or take the connection away. Other connections stay."""
    given = call.parameters
    for name in ("local_timeout", "remote_timeout"):
        if given[name] is not None and given[name] < 1:
            raise BadInput(f"{name} must be 1 second or more, not {given[name]}.")
    names = list(dict.fromkeys(given["applications"]))
    if not names:
        raise BadInput("applications is empty: name at least one application.")
    with call.gax() as gax:
        server = find_applications(gax, [given["server"]], "server")[0]
        found = find_applications(gax, names, "applications")
        present = given["state"] == "present"
        plans = [plan(client, wanted_connection(client, server, given, present)) for client in found]
        return call.carry_out(gax, plans)


def interaction_queue(call: Call) -> Result:
    """Create an Interaction Queue, or delete one that nobody uses."""
    name, present = call.parameters["name"], call.parameters["state"] == "present"
    check_names("webme", name)
    with call.gax() as gax:
        tenants = all_tenants(gax)
        tenant = named_tenant(tenants, call.parameters["tenant"], "tenant")
        same_name = [Script(raw) for raw in gax.named(SCRIPT, name)]
        here = [script for script in same_name if script.tenant == tenant.dbid]
        if any(script.subtype != INTERACTION_QUEUE for script in here):
            raise BadInput(f"name: {queue_problem(here, name, tenant, tenants)} Choose another name.")
        result = {"changed": bool(here) != present, "name": name, "tenant": {"name": tenant.name, "dbid": tenant.dbid}}
        if present and not here:
            raw = new_queue(name, tenant, folder_of_queues(gax, read_scripts(gax), tenant))
            if not call.check_mode:
                create_queue(gax, raw)
        elif here and not present:
            users = users_of(here[0], read_estate(gax).values())
            if users:
                raise BadInput(f"name: Interaction Queue '{name}' is still in use by {', '.join(users)}.")
            if not call.check_mode:
                delete_queue(gax, here[0])
    return {**result, **queue_words(name, tenant, bool(here), present, call.check_mode)}


def chat_server_endpoint(call: Call) -> Result:
    """Point an endpoint of Chat Servers at an Interaction Queue, or remove it."""
    given = call.parameters
    endpoint, present = given["endpoint"], given["state"] == "present"
    queue = given["queue"] or "" if present else None
    check_names(endpoint, queue)
    names = list(dict.fromkeys(given["chat_servers"]))
    if not names:
        raise BadInput("chat_servers is empty: name at least one Chat Server.")
    with call.gax() as gax:
        servers = find_applications(gax, names, "chat_servers", CHAT_SERVER)
        for server in servers:
            if server.subtype != CHAT_SERVER:
                raise BadInput(f"chat_servers: application '{server.name}' is a {server.subtype}, not a Chat Server.")
        tenants = all_tenants(gax)
        chosen = [choose_tenant(tenants, given["tenant"], server, TENANT) for server in servers]
        if len({tenant.dbid for tenant in chosen}) > 1:
            raise BadInput(f"{TENANT}: the Chat Servers serve different tenants; choose one.")
        tenant = chosen[0]
        if queue is not None and given["check_queue"]:
            require_queue(gax, queue, tenant, tenants, QUEUE)
        wanted = wanted_endpoint(tenant.dbid, endpoint, queue)
        return call.carry_out(gax, [plan(server, wanted) for server in servers], "Chat Server")


def _find_cluster(gax: Gax, name: str, known: Iterable[Application]) -> Application:
    found = [application for application in known if application.name == name]
    cluster = found[0] if found else find_applications(gax, [name], CLUSTER)[0]
    check_is_cluster(cluster, CLUSTER)
    return cluster


def read_everything(gax: Gax) -> tuple[dict[str, Application], list[Tenant], list[Script]]:
    """Read what a channel depends on: applications, tenants and scripts, at the same time."""
    readers: list[Callable[[Gax], Any]] = [read_estate, all_tenants, read_scripts]
    estate, tenants, scripts = gax.each(lambda read: read(gax), readers)
    return estate, tenants, scripts


def web_engagement_chat(call: Call) -> Result:
    """Set the chat options of a Web Engagement Cluster, or remove them."""
    given = call.parameters
    endpoint, queue, present = given["endpoint"], given["queue"] or "", given["state"] == "present"
    check_names(endpoint, queue if present else None)
    tuning(given)
    with call.gax() as gax:
        # Together, if the run looks around anyway: four round trips less.
        around = present and given["check_endpoints"]
        estate, tenants, scripts = read_everything(gax) if around else ({}, all_tenants(gax), [])
        cluster = _find_cluster(gax, given["cluster"], estate.values())
        tenant = choose_tenant(tenants, given["tenant"], cluster, TENANT)
        if present and given["check_queue"]:
            require_queue(gax, queue, tenant, tenants, QUEUE, scripts)
        if present:
            wanted = wanted_chat(tenant.dbid, endpoint, queue, wanted_options(given, cluster))
        else:
            wanted = unwanted_chat()
        todo = plan(cluster, wanted)
        if around and todo.changes and not call.check_mode:
            topology, _known = explore(gax, cluster, estate)
            check_endpoints(topology, tenant, endpoint)
        result = call.carry_out(gax, [todo], "Web Engagement Cluster")
    return {**result, "queue_key": queue_key(tenant.dbid, endpoint) if present else ""}


def chat_channel_info(call: Call) -> Result:
    """Return the topology of a chat channel, what is wrong with it, and what a run would change. Reads only."""
    given = call.parameters
    endpoint, queue, absent = given["endpoint"], given["queue"], given["state"] == "absent"
    check_channel(given)
    with call.gax() as gax:
        estate, tenants, scripts = read_everything(gax)
        cluster = _find_cluster(gax, given["cluster"], estate.values())
        tenant = choose_tenant(tenants, given["tenant"], cluster, TENANT)
        topology, known = explore(gax, cluster, estate)
        contact = find_applications(gax, [given["contact_server"]], CONTACT)[0] if given["contact_server"] else None
    plans = retiring(topology, tenant, endpoint) if absent else configuring(given, topology, tenant, contact)
    missing = not any(item.name == queue and item.tenant == tenant.dbid for item in scripts)
    create = queue is not None and missing and given["create_queue"] and not absent
    channel = Channel(
        topology=topology,
        estate={**known, contact.dbid: contact} if contact else known,
        tenants=tenants,
        scripts=scripts,
        tenant=tenant,
        endpoint=endpoint,
        queue=None if absent else queue,
        peak_chat_sessions=given["peak_chat_sessions"],
        plans=plans,
        new_scripts=[Script({**new_queue(queue, tenant, "0"), "dbid": "0"})] if create else [],
        leaving=endpoint if absent else given["previous_endpoint"],
        absent=absent,
        remove_in_use=given["remove_in_use"],
    )
    result = channel_result(channel, given["fail_on"], given["batch_size"])
    if given["enforce"] and result["blocking"]:
        told = [f"{item['id']} {item['application']}: {item['message']} {item['hint']}" for item in result["blocking"]]
        raise BadInput(f"Nothing was written. {' '.join(told)}", blocking=result["blocking"])
    return result
