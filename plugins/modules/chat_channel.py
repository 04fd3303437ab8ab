#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chat_channel
short_description: Configure, move or retire the chat channel of a Web Engagement Cluster
version_added: 1.1.0
description:
  - One call reads and checks the estate, plans, and sets the endpoint on every Chat Server that the cluster reaches,
    then C(queueKey) and the other options of section C([chat]) on the cluster application. With O(state=absent) the
    order is reversed.
  - It reads back what it wrote. If something fails, everything that the run has changed is rolled back.
  - Before an endpoint is removed, all applications are read again; any that still uses it stops the removal.
  - O(queue) is required with O(state=present).
author:
  - genesys_ops contributors (@genesys-ops)
options:
  on_failure:
    description:
      - What to do with applications that this run has changed if a later one fails.
      - V(rollback) rolls all of them back, unless somebody else has changed the same options since. V(batch) rolls back
        the batch that failed. V(keep) leaves all of them changed.
    type: str
    choices: [rollback, batch, keep]
    default: rollback
  chat_servers:
    description:
      - Change only these Chat Servers of the cluster, at least one, and leave the cluster application alone.
    type: list
    elements: str
  predict:
    description: Only return what would be done, as in check mode, but without reporting C(changed).
    type: bool
    default: false
  one_step:
    description:
      - Carry out one step and return the rest as RV(steps_left). A step is a batch of Chat Servers that get the
        endpoint, the cluster application, or a batch of Chat Servers that lose an endpoint.
      - Each call works out the next step from the estate.
    type: bool
    default: false
  batch_size:
    description: Maximum number of Chat Servers in one step. V(0) means all of them.
    type: int
    default: 0
  nodes_restarted:
    description:
      - The Web Engagement nodes have restarted since C(queueKey) moved, so that O(previous_endpoint) may be removed.
      - Otherwise that endpoint stays, because nodes use it until they restart.
    type: bool
    default: false
  restarts:
    description: The caller restarts the nodes when RV(restart_now) says so. For use with O(one_step).
    type: bool
    default: false
  after_failure:
    description:
      - What failed between two steps. The call then rolls back what O(on_failure) says, and fails with this cause.
    type: str
  plan_dir:
    description:
      - In check mode, save the planned changes in this folder, as one JSON file per cluster and C(plan.md) for people.
      - Secret values are not saved, only keyed hashes of them.
    type: path
  approved_plan_dir:
    description:
      - Change exactly what a plan in this folder says, as saved with O(plan_dir). Changes already made are skipped.
      - A change that is not in the plan, another current value, a plan of another cluster or GAX, or an edited one
        stops the call before its first write. The message says what differs.
    type: path
  plan_max_age:
    description: Maximum age of a plan in hours when it is applied. Without it, any age is accepted.
    type: float
  run:
    description:
      - Name of the run, shown in its record and messages. All calls of one run have the same name.
      - A call with the name of a run that was killed goes on with that run, unless others have run since.
      - The default is its start time in UTC, with the job of GitLab CI, GitHub Actions, Jenkins or AWX.
    type: str
extends_documentation_fragment:
  - genesys_ops.engage.channel
  - genesys_ops.engage.channel.run
  - genesys_ops.engage.changes
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Set the chat channel of a cluster
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    backup_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-backup"
  register: channel

- name: Show what it did
  ansible.builtin.debug:
    msg: "{{ channel.summary }}"

- name: Set tuning options as well; those that are not given stay as they are
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    refresh_task_period: 2
    peak_chat_sessions: 250

- name: Rename the endpoint; the old one stays until the nodes have restarted
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    endpoint: web_chat
    previous_endpoint: webme
  register: renamed

- name: Remove the old endpoint, after the nodes have restarted
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    endpoint: web_chat
    previous_endpoint: webme
    nodes_restarted: true
  when: renamed.endpoint_stays is not none

- name: Plan the end of the channel, without any write
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    endpoint: web_chat
    state: absent
    plan_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-plan"
  check_mode: true

- name: Remove the channel, exactly as planned
  genesys_ops.engage.chat_channel:
    cluster: GWE_Cluster_Main
    endpoint: web_chat
    state: absent
    approved_plan_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-plan"
"""

RETURN = r"""
msg:
  description: State of the channel and number of changed applications, in one line. After a failure, up to 12 lines.
  returned: always
  type: str
  sample: "GWE_Cluster_Main: queueKey 101:webme, 3 Chat Servers, 4 applications changed."
summary:
  description: The line of RV(msg), then restarts, remaining findings and the backup, line by line.
  returned: success
  type: list
  elements: str
state:
  description: How many applications were changed, or would be in check mode, in words.
  returned: success
  type: str
  sample: 4 applications changed.
applications:
  description:
    - Applications that were changed, or would be in check mode, as
      RV(genesys_ops.engage.application_options#module:applications). With O(one_step) those of the whole run.
  returned: success
  type: list
  elements: dict
chat_servers:
  description: Names of all Chat Servers of the cluster, backups included.
  returned: success
  type: list
  elements: str
findings:
  description:
    - What was wrong or worth knowing before the run, as RV(genesys_ops.engage.chat_channel_info#module:findings).
  returned: success
  type: list
  elements: dict
not_looked_at:
  description:
    - Which applications were not read, in words, as RV(genesys_ops.engage.chat_channel_info#module:not_looked_at).
      Rules about nodes of Web Engagement say nothing where these were not read.
  returned: success
  type: str
restart_required:
  description:
    - As RV(genesys_ops.engage.application_options#module:restart_required); after a failure, for what stays changed.
  returned: always, if the cluster could be read
  type: list
  elements: dict
queue_key:
  description: The value of C(queueKey) after the run; empty if there is none.
  returned: success
  type: str
  sample: "101:webme"
queue_created:
  description:
    - Whether this call created the Interaction Queue. If several inventory hosts need the same new queue, one of them
      creates it.
    - In check mode, whether it is missing; then each of these hosts says that it would be created.
  returned: success
  type: bool
backup:
  description: Folder of the backup, or V(null).
  returned: success
  type: str
cluster:
  description: Name of the Web Engagement Cluster.
  returned: always
  type: str
tenant:
  description: The tenant, with C(name) and C(dbid).
  returned: success
  type: dict
plan:
  description: File of the plan that was saved, or V(null).
  returned: success
  type: str
run:
  description: Name of the run.
  returned: always
  type: str
endpoint_stays:
  description: The previous C(endpoint) that stays until the nodes have restarted, and its C(chat_servers), or V(null).
  returned: success
  type: dict
batch:
  description: With O(one_step), names of the Chat Servers of this step.
  returned: success
  type: list
  elements: str
steps_left:
  description:
    - With O(one_step), the kinds of the steps that are left, V(chat_servers), V(cluster) and V(removal), in order.
    - V(queue) means that only the Interaction Queue will be created. V(last_look) is the last step, a call that
      finds nothing to do and ends the run.
  returned: success
  type: list
  elements: str
in_steps:
  description: Whether calls with O(one_step) are to carry out RV(steps_left), as this one has only predicted them.
  returned: success
  type: bool
restart_now:
  description: Whether the nodes must restart before the next step.
  returned: success
  type: bool
check_mode:
  description: Whether the call ran in check mode.
  returned: success
  type: bool
fact:
  description: What the role publishes as C(chat_channel_result).
  returned: success
  type: dict
rolled_back:
  description: Applications that are rolled back.
  returned: failure
  type: list
  elements: str
left:
  description:
    - Applications that are changed, or may be, and those in RV(overwritten), with the reason why they were not rolled
      back.
  returned: failure
  type: dict
overwritten:
  description:
    - Applications in RV(left) that hold nothing of what this run wrote, and are not as before, either. Another
      administrator changed them since, or GAX stored something else.
  returned: failure
  type: list
  elements: str
unknown:
  description: The applications in RV(left) that could not be read again.
  returned: failure
  type: list
  elements: str
untouched:
  description: Applications that are unchanged, because they were not written or the write was not applied.
  returned: failure
  type: list
  elements: str
causes:
  description: What went wrong, for each application; an empty name stands for the whole run.
  returned: failure
  type: dict
blocking:
  description: The findings that stopped the run before the first write.
  returned: failure
  type: list
  elements: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.chat_channel import chat_channel
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(chat_channel)


if __name__ == "__main__":
    main()
