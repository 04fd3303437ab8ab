#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: interaction_queue
short_description: Create or delete an Interaction Queue
version_added: 1.0.0
description:
  - Creates an Interaction Queue in a tenant, in the folder where the tenant keeps its queues.
  - A new queue stores interactions but routes nothing until a strategy is associated with it.
  - A queue that any application still names is not deleted.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  name:
    description: Name of the Interaction Queue, case-sensitive and unique in the tenant.
    type: str
    required: true
  tenant:
    description: Tenant by name or database ID.
    type: str
    required: true
  state:
    description: Whether the queue should exist. V(absent) deletes it, with the interactions in it.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Create the queue of the chat channel
  genesys_ops.engage.interaction_queue:
    name: Webengagement_Chat_New
    tenant: Resources

- name: Delete a queue that no application names any more
  genesys_ops.engage.interaction_queue:
    name: Webengagement_Chat_New
    tenant: Resources
    state: absent
"""

RETURN = r"""
msg:
  description: What was done, in one sentence.
  returned: success
  type: str
  sample: Interaction Queue 'Webengagement_Chat' in tenant 'Resources' was created.
name:
  description: Name of the queue.
  returned: success
  type: str
tenant:
  description: The tenant, with C(name) and C(dbid).
  returned: success
  type: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import interaction_queue
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(interaction_queue)


if __name__ == "__main__":
    main()
