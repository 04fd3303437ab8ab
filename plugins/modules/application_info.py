#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_info
short_description: Read applications of Configuration Server
version_added: 1.0.0
description:
  - Returns applications with their type, state, tenants, backup, connections, options and annex.
  - RV(applications) can be given to the option O(genesys_ops.engage.application_options#module:applications) of
    M(genesys_ops.engage.application_options). Values that are passed back as they were returned are left alone.
author:
  - genesys_ops contributors (@genesys-ops)

options:
  names:
    description:
      - Names of the applications, case-sensitive. A name that does not exist is an error.
      - Without names, all applications that the account can see are considered.
    type: list
    elements: str
  types:
    description:
      - Return only applications of these types, such as V(CFGChatServer); the prefix C(CFG) may be left out.
      - A type that is written almost like another one is an error, unless such an application is found. A type that
        the collection does not know causes a warning if no such application is found.
    type: list
    elements: str
  tenant:
    description: Return only applications that serve this tenant, by name or database ID.
    type: str
  connected_to:
    description: Return only applications that have a connection to the application of this name.
    type: str
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes.info
"""

EXAMPLES = r"""
- name: Read one application
  genesys_ops.engage.application_info:
    names: [GWE_Cluster_Main]
  register: cluster

- name: Read every Chat Server of a tenant
  genesys_ops.engage.application_info:
    types: [ChatServer]
    tenant: Resources
  register: chat_servers

- name: Read which applications are connected to an Application Cluster
  genesys_ops.engage.application_info:
    connected_to: ChatServer_Cluster
"""

RETURN = r"""
msg:
  description: How many applications were found, and which.
  returned: success
  type: str
  sample: "2 applications found: ChatServer_A, ChatServer_B"
applications:
  description: The applications found, in the order of O(names), otherwise in the order of GAX.
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
    type:
      description: Its type.
      type: str
    version:
      description: Its version.
      type: str
    state:
      description: V(CFGEnabled) or V(CFGDisabled).
      type: str
    tenants:
      description: Tenants it serves, each with C(dbid) and C(name).
      type: list
      elements: dict
    backup:
      description: Name of its backup application, or V(null).
      type: str
    connections:
      description: Its own connections, each with C(name), C(dbid), C(port_id) and C(protocol).
      type: list
      elements: dict
    options:
      description: Its options, section by section. Secrets are masked.
      type: dict
    annex:
      description: Its annex, section by section, masked like the options.
      type: dict
  sample:
    - name: ChatServer_A
      dbid: "210"
      type: CFGChatServer
      version: "8.5.3"
      state: CFGEnabled
      tenants: [{dbid: "101", name: Resources}]
      backup: null
      connections: [{name: UCS, dbid: "180", port_id: default, protocol: addp}]
      options: {"endpoints:101": {default: Chat In}}
      annex: {}
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import application_info
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(application_info)


if __name__ == "__main__":
    main()
