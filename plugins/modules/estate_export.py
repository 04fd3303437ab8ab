#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: estate_export
short_description: Write the part of an estate that matters to chat channels to a file, for a rehearsal
version_added: 1.0.0
description:
  - Writes the objects that a run reads, as GAX returns them, to a file that the simulator of this collection loads.
  - These are the Web Engagement Clusters, the Application Clusters and Chat Servers that they reach, with backups,
    whatever is connected to these, every user of the endpoint or the queue, all tenants, the scripts that have to
    do with queues, and the folders of scripts.
  - Secrets are masked, including those inside other values. Still, check the file before you share it.
  - Objects are sorted by class and database ID, one option per line, so that differences are small.
  - GAX is only read.
author:
  - genesys_ops contributors (@genesys-ops)

options:
  path:
    description:
      - File to write. Its name ends in C(.yml), C(.yaml) or C(.json). A missing folder is created.
      - A new file is readable by its owner only.
    type: path
    required: true
  clusters:
    description: Chat channels, one entry for each Web Engagement Cluster.
    type: list
    elements: dict
    required: true
    suboptions:
      cluster:
        description: Name of the Web Engagement Cluster application, case-sensitive.
        type: str
        required: true
      tenant:
        description: Tenant by name or database ID. Without it, all tenants that the cluster serves.
        type: str
      endpoint:
        description: Name of the endpoint on the Chat Servers.
        type: str
        default: webme
      previous_endpoint:
        description: Name of an endpoint that a run would remove.
        type: str
      queue:
        description: Name of the requested Interaction Queue.
        type: str
      contact_server:
        description: Name of the Universal Contact Server that a run would connect every Chat Server to.
        type: str
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Write what matters to two chat channels
  genesys_ops.engage.estate_export:
    path: ~/estate/gax.example.com_8443.yml
    clusters:
      - cluster: GWE_Cluster_Main
        queue: Webengagement_Chat
      - cluster: GWE_Cluster_DR
        queue: Webengagement_Chat
"""

RETURN = r"""
msg:
  description: What was done, in one sentence.
  returned: success
  type: str
  sample: "estate/gax.example.com_8443.yml was written: 12 applications, 9 scripts, 2 tenants, 2 folders."
path:
  description: The file.
  returned: success
  type: str
clusters:
  description: Names of the Web Engagement Clusters, sorted.
  returned: success
  type: list
  elements: str
objects:
  description: How many objects the file holds, with C(applications), C(scripts), C(tenants) and C(folders).
  returned: success
  type: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.export import estate_export
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(estate_export)


if __name__ == "__main__":
    main()
