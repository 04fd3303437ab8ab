#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chat_channel_info
short_description: Show the chat channel of a Web Engagement Cluster and what is wrong with it
version_added: 1.0.0
description:
  - Finds every Chat Server that a Web Engagement Cluster reaches, through its own connections or those of its members,
    directly or through Application Clusters, with its backups.
  - Returns findings about the current state, and the changes that a run with the same options would make.
  - The options say what a run would do; nothing is changed. Without O(queue), only the current state is judged.
  - Only reads.
author:
  - genesys_ops contributors (@genesys-ops)

options:
  enforce:
    description: Whether to fail if there are RV(blocking) findings, as the role does before it changes anything.
    type: bool
    default: false
extends_documentation_fragment:
  - genesys_ops.engage.channel
  - genesys_ops.engage.channel.run
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes.info
"""

EXAMPLES = r"""
- name: Read the chat channel of a cluster
  genesys_ops.engage.chat_channel_info:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
  register: channel

- name: Show what is wrong, most costly first
  ansible.builtin.debug:
    msg: "{{ item.id }} {{ item.application }}: {{ item.message }} {{ item.hint }}"
  loop: "{{ channel.findings | rejectattr('severity', 'equalto', 'info') }}"
  loop_control:
    label: "{{ item.id }}"

- name: Show whether there is anything to do
  ansible.builtin.debug:
    msg: "{{ 'As requested.' if channel.compliant else channel.msg }}"

- name: Fail if something is wrong that a run would not fix
  genesys_ops.engage.chat_channel_info:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    enforce: true
"""

RETURN = r"""
msg:
  description: How many errors, warnings and differing options there are, in one line.
  returned: success
  type: str
  sample: "GWE_Cluster_Main: 2 errors, 1 warning, 3 options differ."
cluster:
  description: The Web Engagement Cluster, with C(name), C(dbid), C(type), C(enabled) and its section C(chat).
  returned: success
  type: dict
gax:
  description: C(address) and C(version) of the GAX that answered, and the C(account). The version is empty if unknown.
  returned: success
  type: dict
tenant:
  description: The tenant, with C(name) and C(dbid).
  returned: success
  type: dict
endpoint:
  description: Name of the endpoint.
  returned: success
  type: str
queue_key:
  description: The requested value of C(queueKey).
  returned: success
  type: str
  sample: "101:webme"
queue_key_found:
  description: The current value of C(queueKey), or V(null).
  returned: success
  type: str
topology:
  description:
    - C(application_clusters) with their C(depth) below the cluster, C(enabled), and C(within), the cluster above,
      C(other_connections) of the cluster, C(nodes) that are connected to it, and the C(disabled_nodes) among them.
  returned: success
  type: dict
chat_servers:
  description: Every Chat Server, each once.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the application.
      type: str
    dbid:
      description: Its database ID.
      type: str
    origin:
      description:
        - How it was found, such as V(direct), V(via ChatServer_Cluster), V(member of ChatServer_Cluster) or
          V(backup of ChatServer_A).
      type: str
    primary:
      description: Name of the Chat Server whose backup it is, or V(null).
      type: str
    enabled:
      description: Whether the application is enabled.
      type: bool
    tenants:
      description: Database IDs of the tenants it serves.
      type: list
      elements: str
    queue:
      description: The queue behind the endpoint, or V(null).
      type: str
    shared_with:
      description: Other Web Engagement Clusters that send chats to it.
      type: list
      elements: str
    group:
      description: Name of the cluster that contains it, the Web Engagement Cluster or an Application Cluster.
      type: str
    contact_servers:
      description: Names of the Universal Contact Servers that it is connected to, directly or through a cluster.
      type: list
      elements: str
queue:
  description: The Interaction Queue that is requested, or in use.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    exists:
      description: Whether the tenant has it.
      type: bool
    enabled:
      description: Whether it is enabled.
      type: bool
    strategies:
      description: Strategies that the objects of the queue name, each with C(name) and C(problem).
      type: list
      elements: dict
options:
  description: Every option of the channel, on the cluster and then on each Chat Server.
  returned: success
  type: list
  elements: dict
  contains:
    application:
      description: Name of the application.
      type: str
    section:
      description: Section of the option; V(connections) for a connection to a server.
      type: str
    key:
      description: Name of the option, or of the server.
      type: str
    wanted:
      description: The requested value. V(null) if the option is left as it is, or, where it differs, will be removed.
      type: str
    found:
      description: The current value, or V(null).
      type: str
    differs:
      description: Whether a run would change it.
      type: bool
queue_missing:
  description: Whether a run with O(create_queue=true) would create the Interaction Queue.
  returned: success
  type: bool
other_users:
  description:
    - Other users of the endpoint or the queue, as C(application), C(option), C(value), and C(uses), which is
      V(endpoint) or V(queue). The endpoint is the one that will be removed, if any.
  returned: success
  type: list
  elements: dict
not_looked_at:
  description: Which applications were not read, as text; users among them are not detected. Empty if all were read.
  returned: success
  type: str
fixed_by_run:
  description: How many of the findings a run would fix.
  returned: success
  type: int
findings:
  description: What is wrong or worth knowing, sorted by impact, severity, ID and application.
  returned: success
  type: list
  elements: dict
  contains: &finding
    id:
      description: Stable ID of the rule, described in C(docs/findings.md).
      type: str
    severity:
      description: One of V(error), V(warning) and V(info).
      type: str
    impact:
      description:
        - What it costs until it is fixed, one of V(no chat can be opened), V(some chats are lost),
          V(chats are lost after a switch-over), V(contacts are wrong) and V(nothing now).
      type: str
    application:
      description: Name of the application.
      type: str
    message:
      description: What is wrong.
      type: str
    expected:
      description: The expected value.
      type: str
    actual:
      description: The current value.
      type: str
    hint:
      description: What to do.
      type: str
    fixed_by_run:
      description: Whether a run would fix it.
      type: bool
fail_on:
  description: The value of O(fail_on).
  returned: success
  type: str
blocking:
  description: Findings of at least O(fail_on) that would remain after a run, or that forbid it.
  returned: always, if the cluster could be read
  type: list
  elements: dict
  contains: *finding
changes:
  description: Applications that a run would change, as RV(genesys_ops.engage.application_options#module:applications).
  returned: success
  type: list
  elements: dict
restart_required:
  description: As RV(genesys_ops.engage.application_options#module:restart_required), because of RV(changes).
  returned: success
  type: list
  elements: dict
compliant:
  description: Whether there is nothing to change, and no finding beyond V(info).
  returned: success
  type: bool
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import chat_channel_info
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(chat_channel_info)


if __name__ == "__main__":
    main()
