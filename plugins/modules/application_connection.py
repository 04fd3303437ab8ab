#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_connection
short_description: Connect applications to a server
version_added: 1.0.0
description:
  - Adds a connection to a server to one or more applications in one call, or changes the existing one.
  - Other connections are never changed or removed.
  - Configuration Server copies the connections of an application to its backup, so do not list backups.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  applications:
    description: Names of the applications to connect, case-sensitive.
    type: list
    elements: str
    required: true
  server:
    description: Name of the application to connect them to, such as a Universal Contact Server.
    type: str
    required: true
  port_id:
    description:
      - ID of the listening port of the server.
      - An existing connection keeps its port when this is not given; a new one uses V(default).
    type: str
  protocol:
    description:
      - Connection protocol. V(addp) detects broken connections.
      - An existing connection keeps its protocol when this is not given; a new one uses V(addp).
    type: str
    choices: [addp, none]
  local_timeout:
    description: Local time-out of ADDP in seconds. A new connection uses V(7) when this is not given.
    type: int
  remote_timeout:
    description: Remote time-out of ADDP in seconds. A new connection uses V(11) when this is not given.
    type: int
  state:
    description: Whether the connection should exist.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - genesys_ops.engage.changes
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Connect Chat Servers to Universal Contact Server
  genesys_ops.engage.application_connection:
    applications: [ChatServer_1, ChatServer_2]
    server: UCS
    port_id: default
    protocol: addp

- name: Remove a connection
  genesys_ops.engage.application_connection:
    applications: [ChatServer_1]
    server: Message_Server
    state: absent
"""

RETURN = r"""
applications:
  description: The applications of O(applications), in the order given.
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
    family:
      description: Always V(connections).
      type: str
    changed:
      description: Whether its connection to the server was changed, or would be in check mode.
      type: bool
    changes:
      description: The attributes of the connection that differ.
      type: list
      elements: dict
      contains:
        section:
          description: Database ID of O(server).
          type: str
        key:
          description:
            - Name of the attribute as GAX writes it. V(id) is O(port_id), V(connprotocol) is O(protocol),
              V(timoutlocal) is O(local_timeout) and V(timoutremote) is O(remote_timeout).
            - A removed connection shows every attribute that it had.
          type: str
        before:
          description: Value that was found, or V(null).
          type: str
        after:
          description: Value that was written, or V(null).
          type: str
        action:
          description: One of V(add), V(update) and V(remove).
          type: str
  sample:
    - name: ChatServer_A
      dbid: "210"
      family: connections
      changed: true
      changes:
        - {section: "180", key: id, before: null, after: default, action: add}
        - {section: "180", key: connprotocol, before: null, after: addp, action: add}
        - {section: "180", key: timoutlocal, before: null, after: "7", action: add}
        - {section: "180", key: timoutremote, before: null, after: "11", action: add}
msg:
  description: What was done, in one sentence.
  returned: success
  type: str
  sample: "2 of 12 applications changed: ChatServer_A, ChatServer_B"
restart_required:
  description: Always empty. It is not known whether a changed connection needs a restart.
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import application_connection
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(application_connection)


if __name__ == "__main__":
    main()
