#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: web_engagement_chat
short_description: Set the chat options of a Web Engagement Cluster
version_added: 1.0.0
description:
  - Sets C(queueKey) and C(webengagementChatQueue) in section C([chat]) of a Web Engagement Cluster application,
    and the tuning options that are given.
  - Options that are not given are left as they are. O(queue) is required with O(state=present).
  - Set the endpoint on every Chat Server first, with M(genesys_ops.engage.chat_server_endpoint).
author:
  - genesys_ops contributors (@genesys-ops)

options:
  check_queue:
    description:
      - Whether the Interaction Queue must already exist. V(false) is for a queue that is created in the same run,
        which check mode cannot find.
    type: bool
    default: true
  check_endpoints:
    description:
      - Whether every Chat Server that the cluster reaches must have the endpoint before C(queueKey) points at it.
      - Not checked in check mode, because a run sets the endpoints first.
    type: bool
    default: false
  state:
    description: Whether the options should exist. V(absent) removes all options named here, and no others.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - genesys_ops.engage.changes
  - genesys_ops.engage.channel
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Let a Web Engagement Cluster open chats through an endpoint
  genesys_ops.engage.web_engagement_chat:
    cluster: GWE_Cluster_Main
    tenant: Resources
    endpoint: webme
    queue: Webengagement_Chat
    identify_create_contact: 3
    refresh_task_period: 2

- name: Compute the number of threads from the expected load
  genesys_ops.engage.web_engagement_chat:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
    refresh_task_period: 3
    peak_chat_sessions: 500

- name: Close the channel; the endpoints on the Chat Servers stay
  genesys_ops.engage.web_engagement_chat:
    cluster: GWE_Cluster_Main
    tenant: Resources
    state: absent
"""

RETURN = r"""
applications:
  description: The applications, as RV(genesys_ops.engage.application_options#module:applications).
  returned: success
  type: list
  elements: dict
msg:
  description: What was done, in one sentence.
  returned: success
  type: str
  sample: "1 of 1 Web Engagement Cluster changed: GWE_Cluster_Main"
restart_required:
  description: As RV(genesys_ops.engage.application_options#module:restart_required).
  returned: success
  type: list
  elements: dict
queue_key:
  description: The value of C(queueKey), which is the tenant's database ID, a colon and the endpoint. Empty with
    O(state=absent).
  returned: success
  type: str
  sample: "101:webme"
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import web_engagement_chat
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(web_engagement_chat)


if __name__ == "__main__":
    main()
