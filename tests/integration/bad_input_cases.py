# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input of users, and the words that the message about it must hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.genesys_ops.engage.tests.integration.playbook import USER

MAIN, DIRECT = "GWE_Cluster_Main", "GWE_Cluster_Direct"
WRONG = "not-the-password"


@dataclass(frozen=True)
class Case:
    """Bad input, and the words that the message must hold.

    ``given`` are variables of the role, or options of ``module``. ``talks`` says whether GAX may be asked at all.
    ``switches`` are those of the simulator.
    """

    given: dict[str, Any]
    words: tuple[str, ...]
    module: str = ""
    talks: bool = True
    never: tuple[str, ...] = ()
    switches: dict[str, Any] = field(default_factory=dict)


def role(*words: str, talks: bool = True, cluster: str | None = MAIN, **given: Any) -> Case:
    """Return a case of the role; variables are named without the prefix ``chat_channel_``."""
    variables = {f"chat_channel_{name}": value for name, value in given.items()}
    if cluster is not None:
        variables["chat_channel_cluster"] = cluster
    return Case(variables, words, talks=talks)


ROLE_CASES = {
    "a cluster with a slip of the pen": role(
        "chat_channel_cluster", "'GWE_Cluster_Mian'", "Did you mean 'GWE_Cluster_Main'", cluster="GWE_Cluster_Mian"
    ),
    "a cluster name that is of type Chat Server": role(
        "chat_channel_cluster", "'ChatServer_1' is of type Chat", "Web Engagement Cluster", cluster="ChatServer_1"
    ),
    "a cluster without any Chat Server": role(
        "chat_channel_cluster", "no Chat Server", "'GWE_Cluster_Lonely'", cluster="GWE_Cluster_Lonely"
    ),
    "an unknown tenant": role(
        "chat_channel_tenant", "there is no tenant 'Recources'", "Did you mean 'Resources'", tenant="Recources"
    ),
    "several tenants and none chosen": role(
        "chat_channel_tenant",
        "'GWE_Cluster_Two_Tenants'",
        "Environment (1), Resources (101)",
        "Specify one",
        cluster="GWE_Cluster_Two_Tenants",
    ),
    "a cluster that is disabled": role("GWE_Cluster_Disabled", "is disabled", cluster="GWE_Cluster_Disabled"),
    "a tenant that the cluster does not serve": role(
        "chat_channel_tenant",
        "'GWE_Cluster_Main' does not serve tenant 'Environment'",
        "Resources",
        tenant="Environment",
    ),
    "an endpoint without a name": role("chat_channel_endpoint", "must not be empty", endpoint="", talks=False),
    "a peak without a refresh period": role(
        "chat_channel_peak_chat_sessions",
        "'GWE_Cluster_Main'",
        "chat_channel_refresh_task_period",
        peak_chat_sessions=100,
    ),
    "an Application Cluster without any Chat Server": role(
        "no Chat Server", "GWE_Cluster_Hollow", "Empty_Application_Cluster", cluster="GWE_Cluster_Hollow"
    ),
    "a queue without a value": role("chat_channel_queue", cluster=DIRECT, queue=None, talks=False),
    "a cluster without a value": role("chat_channel_cluster", cluster=""),
    "a cluster of nothing": Case({"chat_channel_cluster": None}, ("(chat_channel_cluster) is empty",), talks=False),
    "no queue": role("chat_channel_queue", "1 to 255 characters", queue=" ", talks=False),
    "one option out of range": role(
        "chat_channel_connection_timeout) must be 1 to 10 seconds, not 11", talks=False, connection_timeout=11
    ),
    "an option that is no number": role(
        "chat_channel_refresh_pool_size", "convert", "int", refresh_pool_size="many", talks=False
    ),
    "an unknown severity": role("chat_channel_fail_on", "fatal", "error, warning, never", fail_on="fatal", talks=False),
    "a queue that is missing": role(
        "chat_channel_queue", "there is no Interaction Queue 'Nirvana'", "'Resources' (101)", queue="Nirvana"
    ),
    "a queue in other case": role(
        "chat_channel_queue", "Did you mean 'Webengagement_Chat'?", "case-sensitive", queue="webengagement_chat"
    ),
    "a queue that is a strategy": role(
        "chat_channel_queue",
        "'WebEngagement_ChatRouting'",
        "is a CFGEnhancedRouting",
        "not an Interaction Queue",
        queue="WebEngagement_ChatRouting",
    ),
    "a queue of another tenant": role(
        "chat_channel_queue",
        "'Email_Inbound'",
        "'Environment' (1)",
        "exists in Resources",
        cluster=DIRECT,
        queue="Email_Inbound",
    ),
    "an endpoint with a tenant in front": role(
        "chat_channel_endpoint", "'101:webme'", "colon", endpoint="101:webme", talks=False
    ),
    "every option above its range": role(
        "chat_channel_identify_create_contact) must be 1 to 3, not 4",
        "chat_channel_refresh_task_period) must be 1 to 5 seconds, not 3000. Is it in milliseconds",
        "chat_channel_refresh_pool_size) must be 1 to 99 threads, not 100",
        "chat_channel_connection_timeout) must be 1 to 10 seconds, not 11",
        talks=False,
        identify_create_contact=4,
        refresh_task_period=3000,
        refresh_pool_size=100,
        connection_timeout=11,
    ),
    "every option below its range": role(
        "chat_channel_identify_create_contact) must be 1 to 3, not 0",
        "chat_channel_refresh_task_period) must be 1 to 5 seconds, not 0",
        "chat_channel_refresh_pool_size) must be 1 to 99 threads, not 0",
        "chat_channel_session_restoration_timeout) must be 1 or more seconds, not 0",
        "chat_channel_connection_timeout) must be 1 to 10 seconds, not -1",
        "chat_channel_peak_chat_sessions) must be 1 or more, not 0",
        talks=False,
        identify_create_contact=0,
        refresh_task_period=0,
        refresh_pool_size=0,
        session_restoration_timeout=0,
        connection_timeout=-1,
        peak_chat_sessions=0,
    ),
    "a batch size below 0": role(
        "(chat_channel_batch_size) must be 0 (all at once) or more, not -1", talks=False, batch_size=-1
    ),
    "an endpoint in a block scalar": role(
        "endpoint (chat_channel_endpoint) ends with a line break (U+000A): 'webme\\n'",
        "block scalar",
        talks=False,
        endpoint="webme\n",
    ),
    "a queue in a block scalar": role(
        "queue (chat_channel_queue) ends with a line break (U+000A)", talks=False, queue="Webengagement_Chat\n"
    ),
    "an endpoint with a blank behind": role(
        "endpoint (chat_channel_endpoint) ends with a space (U+0020)", talks=False, endpoint="webme "
    ),
    "an endpoint with a tab inside": role(
        "endpoint (chat_channel_endpoint) holds a tab (U+0009) as character 3: 'we\\tb'", talks=False, endpoint="we\tb"
    ),
    "a cluster with a blank that does not break": role(
        "cluster (chat_channel_cluster) begins with NO-BREAK SPACE (U+00A0)", talks=False, cluster=f"\u00a0{MAIN}"
    ),
    "a tenant with a carriage return": role(
        "tenant (chat_channel_tenant) ends with a carriage return (U+000D)", talks=False, tenant="Resources\r"
    ),
    "a queue with a mark that turns the text": role(
        "queue (chat_channel_queue) holds RIGHT-TO-LEFT OVERRIDE (U+202E) as character 1", talks=False, queue="\u202eQ"
    ),
    "a queue that was masked": role(
        "queue (chat_channel_queue) '********_Chat' was masked", talks=False, queue="********_Chat"
    ),
    "an endpoint on": role(
        "endpoint (chat_channel_endpoint) is a boolean, not text", "quotes", talks=False, endpoint=True
    ),
    "an endpoint at half past twelve": role(
        "endpoint (chat_channel_endpoint) is a number, not text", "quotes", talks=False, endpoint=750
    ),
    "a queue NO": role("queue (chat_channel_queue) is a boolean, not text", "quotes", talks=False, queue=False),
    "a contact server 007": role(
        "contact_server (chat_channel_contact_server) is a number", "quotes", talks=False, contact_server=7
    ),
    "a tenant on": role("tenant (chat_channel_tenant) is a boolean, not text", talks=False, tenant=True),
    "a number of threads yes": role(
        "refresh_pool_size (chat_channel_refresh_pool_size) is a boolean, not a number",
        talks=False,
        refresh_pool_size=True,
    ),
    "a batch size yes": role(
        "batch_size (chat_channel_batch_size) is a boolean, not a number", talks=False, batch_size=True
    ),
    "a list of task files": role(
        "chat_channel_restart_tasks must be the path of one file of tasks", talks=False, restart_tasks=["restart.yml"]
    ),
    "a task file yes": role(
        "chat_channel_after_batch_tasks must be the path of one file", talks=False, after_batch_tasks=True
    ),
    "a previous endpoint with a tenant in front": role(
        "previous_endpoint (chat_channel_previous_endpoint) '101:web'", talks=False, previous_endpoint="101:web"
    ),
    "a way to run modules that is none": Case(
        {"chat_channel_cluster": MAIN, "gax_in_process": "maybe"},
        ("gax_in_process: The value 'maybe' is not a valid boolean",),
        talks=False,
    ),
    "retries without end": Case(
        {"chat_channel_cluster": MAIN, "gax_retries": float("inf")}, ("gax_retries is infinite",), talks=False
    ),
    "a tenant 0101": role("there is no tenant '65'. YAML reads 0101 as", "write 101 for tenant Resources", tenant=65),
    "a cluster with a Cyrillic letter": role(
        "Did you mean 'GWE_Cluster_Main'?",
        "character 14 is CYRILLIC SMALL LETTER A (U+0430) in the name given, and LATIN SMALL LETTER A (U+0061) in GAX",
        cluster="GWE_Cluster_M\u0430in",
    ),
    "a queue with a Cyrillic letter": role(
        "Did you mean 'Webengagement_Chat'?",
        "character 15 is CYRILLIC CAPITAL LETTER ES",
        queue="Webengagement_\u0421hat",
    ),
    "no cluster": role("chat_channel_cluster", "required", cluster=None, talks=False),
}

# What is wrong with the connection, for the role and for every module alike. <...> stands for an address of the test.
CONNECTION_CASES = {
    "a wrong password": Case(
        {"gax_password": WRONG},
        (f"user '{USER}'", "gax_username", "gax_password", "gax_password_transport"),
        never=(WRONG,),
    ),
    "a password form that GAX does not take": Case(
        {"gax_password_transport": "plain"},
        (f"user '{USER}'", "gax_password_transport (now plain)"),
        switches={"passwords": "obfuscated-only"},
    ),
    "a GAX that answers a wrong password with its page": Case(
        {"gax_password": WRONG},
        (f"user '{USER}'", "gax_password"),
        never=(WRONG,),
        switches={"login_failure": "200-html"},
    ),
    "a GAX that nobody can reach": Case({"gax_url": "<closed>"}, ("<closed>/gax", "check gax_url", "no connection")),
    "two addresses that nobody can reach": Case(
        {"gax_url": "<closed>, <closed>/other", "gax_retries": 0}, ("<closed>/gax", "<closed>/other", "gax_url")
    ),
    "a web server that is no GAX": Case({"gax_url": "<page>"}, ("<page>/gax", "does not look like GAX", "gax_url")),
    "a GAX that is not set up": Case({}, ("set-up", "gax_url"), switches={"state": "setup"}),
    "a GAX that is starting": Case({}, ("not enabled", "Wait until it is ready"), switches={"state": "starting"}),
    "https where GAX speaks http": Case({"gax_url": "<https>"}, ("<https>/gax", "does not use TLS")),
    "a file of authorities that is missing": Case(
        {"gax_url": "<https>", "gax_ca_path": "/nowhere/ca.pem"}, ("gax_ca_path", "/nowhere/ca.pem"), talks=False
    ),
    "a client certificate that is missing": Case(
        {"gax_url": "<https>", "gax_client_cert": "/nowhere/me.pem"},
        ("gax_client_cert", "/nowhere/me.pem"),
        talks=False,
    ),
    "an address with an impossible port": Case(
        {"gax_url": "http://gax:99999"}, ("gax_url", "http://gax:99999"), talks=False
    ),
    "a proxy that nobody can reach": Case({"gax_proxy": "<closed>", "gax_retries": 0}, ("gax_proxy",), talks=False),
    "an address without http": Case(
        {"gax_url": "gax.example.com"}, ("gax_url", "'gax.example.com'", "https://"), talks=False
    ),
    "an address with a broken bracket": Case({"gax_url": "http://[::1"}, ("gax_url", "http://[::1"), talks=False),
    "an address with a password": Case(
        {"gax_url": "http://me:s3cr3t@gax"}, ("gax_url", "gax_username", "gax_password"), talks=False, never=("s3cr3t",)
    ),
    "a concurrency of 33": Case({"gax_concurrency": 33}, ("gax_concurrency", "1 to 32", "33"), talks=False),
    "no connection": Case(
        {"gax_url": None, "gax_username": None, "gax_password": None},
        ("gax_url (or", "gax_username (or", "GAX_PASSWORD", "missing or empty"),
        talks=False,
    ),
}
THROUGH_THE_ROLE = (
    "a wrong password",
    "a GAX that nobody can reach",
    "a web server that is no GAX",
    "an address without http",
    "no connection",
)


def module(name: str, /, *words: str, talks: bool = True, **given: Any) -> Case:
    """Return a case of a module."""
    return Case(given, words, name, talks)


def options(*words: str, talks: bool = False, **given: Any) -> Case:
    return module("application_options", *words, talks=talks, **given)


def endpoint(*words: str, talks: bool = True, **given: Any) -> Case:
    return module("chat_server_endpoint", *words, talks=talks, **{"queue": "Webengagement_Chat", **given})


MODULE_CASES = {
    "no Chat Server of a channel": Case(
        {"cluster": MAIN, "queue": "Chat In", "chat_servers": []},
        ("chat_servers is empty; name at least one Chat Server, or leave the option out.",),
        "chat_channel",
    ),
    "a queue whose name is too long": Case(
        {"name": "x" * 256, "tenant": "101"},
        ("name must be that of an Interaction Queue, 1 to 255",),
        "interaction_queue",
    ),
    "cluster: a peak without a refresh period": module(
        "web_engagement_chat",
        "peak_chat_sessions",
        f"'{MAIN}'",
        "set refresh_task_period",
        cluster=MAIN,
        queue="Webengagement_Chat",
        peak_chat_sessions=100,
    ),
    "options: an unknown application": options(
        "name",
        "no application 'ChatServer_11'",
        "Did you mean",
        "'ChatServer_1'",
        talks=True,
        name="ChatServer_11",
        options={"log": {"verbose": "all"}},
    ),
    "options: a value that is a list": options(
        "'ChatServer_1'", "'verbose' in section [log]", "list", name="ChatServer_1", options={"log": {"verbose": ["a"]}}
    ),
    "options: no value": options(
        "'ChatServer_1'",
        "'verbose' in section [log] has no value",
        "state=absent",
        name="ChatServer_1",
        options={"log": {"verbose": None}},
    ),
    "options: neither name nor applications": options("name", "applications", "required"),
    "endpoint: an unknown Chat Server": endpoint(
        "chat_servers", "'ChatServer_9'", "Did you mean", chat_servers=["ChatServer_1", "ChatServer_9"]
    ),
    "options: a name without options": options("options", "name", name="ChatServer_1"),
    "cluster: no queue": module("web_engagement_chat", "queue", talks=False, cluster=MAIN),
    "cluster: a queue without a value": module("web_engagement_chat", "queue", talks=False, cluster=MAIN, queue=None),
    "endpoint: a queue without a value": module(
        "chat_server_endpoint", "queue", talks=False, chat_servers=["ChatServer_Direct"], queue=None
    ),
    "endpoint: Chat Servers are not given": endpoint("chat_servers", "required", talks=False),
    "endpoint: a name that YAML has read": endpoint(
        "chat_servers is a number, not text", talks=False, chat_servers=["ChatServer_1", 7]
    ),
    "endpoint: a name with a line end": endpoint(
        "chat_servers ends with a line break (U+000A)", talks=False, chat_servers=["ChatServer_1\n"]
    ),
    "options: a name with an escape": options(
        "applications.name holds an escape character (U+001B)",
        applications=[{"name": "Chat\x1bServer_1", "options": {"log": {"verbose": "all"}}}],
    ),
    "options: a masked path": options(
        "'ChatServer_1': option 'all' in section [log] cannot be set",
        "********",
        talks=True,
        name="ChatServer_1",
        options={"log": {"all": "/opt/********/log"}},
    ),
    "connection: a server that YAML has read": module(
        "application_connection", "server is a boolean, not text", talks=False, applications=["UCS"], server=False
    ),
    "info: a user that YAML has read": module(
        "application_info", "gax_username is a number, not text", talks=False, gax_username=7
    ),
    "info: a password that YAML has read": Case(
        {"gax_password": 20011231}, ("gax_password is a number, not text",), "application_info", False, ("20011231",)
    ),
    "info: a misspelt type": module(
        "application_info", "types: there is no type 'ChatServr'. Did you mean 'ChatServer'?", types=["ChatServr"]
    ),
    "info: a misspelt option": module("application_info", "nmaes", "Unsupported", talks=False, nmaes=["UCS"]),
    "info: an unknown tenant": module(
        "application_info", "tenant", "'resources'", "Did you mean 'Resources'", tenant="resources"
    ),
    "info: an unknown server": module(
        "application_info", "connected_to", "'UCSS'", "Did you mean 'UCS'", connected_to="UCSS"
    ),
    "endpoint: an application that is no Chat Server": endpoint(
        "chat_servers", "'UCS' is of type Contact Server, not Chat Server", chat_servers=["ChatServer_1", "UCS"]
    ),
    "endpoint: no queue": module("chat_server_endpoint", "queue", talks=False, chat_servers=["ChatServer_1"]),
    "endpoint: an unknown tenant": endpoint(
        "tenant: there is no tenant 'Resource'.", "'Resources'", chat_servers=["ChatServer_1"], tenant="Resource"
    ),
    "cluster: an unknown tenant": module(
        "web_engagement_chat",
        "tenant: there is no tenant 'Resource'.",
        "'Resources'",
        cluster=MAIN,
        queue="Webengagement_Chat",
        tenant="Resource",
    ),
    "endpoint: several tenants and none chosen": endpoint(
        "tenant: ",
        "'ChatServer_3' serves several tenants: Environment (1), Resources (101)",
        chat_servers=["ChatServer_3"],
    ),
    "endpoint: Chat Servers of different tenants": endpoint(
        "tenant", "different tenants", chat_servers=["ChatServer_1", "ChatServer_Direct"]
    ),
    "endpoint: a Chat Server that does not serve the tenant": endpoint(
        "tenant",
        "'ChatServer_Direct' does not serve tenant 'Resources'",
        chat_servers=["ChatServer_Direct"],
        tenant="Resources",
    ),
}
