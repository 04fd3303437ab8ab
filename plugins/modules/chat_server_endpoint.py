#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chat_server_endpoint
short_description: Point an endpoint of Chat Servers at an Interaction Queue
version_added: 1.0.0
description:
  - Sets the option O(endpoint) in section C([endpoints:<tenant DBID>]) of every Chat Server named, in one call.
  - Other endpoints of the section are left as they are.
  - Configuration Server does not copy options to a backup application, so list the backups, too.
    The module M(genesys_ops.engage.chat_channel_info) returns them among its Chat Servers.
author:
  - genesys_ops contributors (@genesys-ops)

options:
  chat_servers:
    description: Names of the Chat Server applications, case-sensitive.
    type: list
    elements: str
    required: true
  tenant:
    description: Tenant by name or database ID. Required if the Chat Servers serve several.
    type: str
  endpoint:
    description: Name of the endpoint.
    type: str
    default: webme
  queue:
    description: Name of the Interaction Queue; it must exist in the tenant. Required with O(state=present).
    type: str
  check_queue:
    description:
      - Whether the Interaction Queue must already exist. V(false) is for a queue that is created in the same run,
        which check mode cannot find.
    type: bool
    default: true
  remove_in_use:
    description:
      - With O(state=absent), whether to remove the endpoint although an option of any application names it.
        Otherwise the task fails before it writes, and names that application.
      - An endpoint C(default) is always in use, as Mobile Services uses it if no other is configured.
    type: bool
    default: false
    version_added: 1.1.0
  state:
    description: Whether the endpoint should exist.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - genesys_ops.engage.changes
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Point every Chat Server's endpoint at one queue
  genesys_ops.engage.chat_server_endpoint:
    chat_servers: [ChatServer_1, ChatServer_2, ChatServer_3]
    tenant: Resources
    endpoint: webme
    queue: Webengagement_Chat

- name: Remove the endpoint
  genesys_ops.engage.chat_server_endpoint:
    chat_servers: [ChatServer_1]
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
  sample: "2 of 12 Chat Servers changed: ChatServer_A, ChatServer_B"
restart_required:
  description: As RV(genesys_ops.engage.application_options#module:restart_required).
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import chat_server_endpoint
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(chat_server_endpoint)


if __name__ == "__main__":
    main()
