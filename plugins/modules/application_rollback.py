#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_rollback
short_description: Put back options that a task has changed
version_added: 1.0.0
description:
  - Takes back changes that a task reported, or that a backup holds.
  - An option is put back only where it still has the value that was written. One that has its old value needs nothing,
    and one that has a third value was changed by somebody else; see O(on_conflict).
  - Endpoints come back before the C(queueKey) that points at them, and go only after it.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  applications:
    description: What tasks that change options returned as C(applications), in the order in which they ran.
    type: list
    elements: dict
  path:
    description:
      - Folder of a backup, or a folder above it; then the backup whose folder has the last name is taken.
      - A file that does not fit the estate is refused before the first write.
    type: path
  names:
    description: Put back these applications only, of those that O(path) or O(applications) holds.
    type: list
    elements: str
  other_gax:
    description:
      - Take a backup although it was saved through another address than O(gax_url).
      - Without it such a backup is refused. Set it where both serve the same Configuration Server.
    type: bool
    default: false
  left:
    description:
      - Names of applications that an earlier roll-back had to leave as they are.
      - What depends on them is left, too. C(queueKey) stays when a Chat Server is among them, and endpoints stay when
        the application whose C(queueKey) points at them is.
    type: list
    elements: str
  on_conflict:
    description:
      - What to do when somebody else has changed an option since. V(fail) changes nothing at all.
        V(leave) puts the other applications back, and returns the rest in RV(left).
    type: str
    choices: [fail, leave]
    default: fail
extends_documentation_fragment:
  - genesys_ops.engage.changes
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Change something
  genesys_ops.engage.application_options:
    name: ChatServer_1
    options: {log: {verbose: trace}}
    backup_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-backup"
  register: changed

- name: Put it back
  genesys_ops.engage.application_rollback:
    applications: "{{ changed.applications }}"

- name: Put back what a backup holds; nothing is left to do here
  genesys_ops.engage.application_rollback:
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-backup"
"""

RETURN = r"""
applications:
  description: The applications that were looked at, in the order in which they were named.
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
      description: V(options) or V(annex).
      type: str
    changed:
      description: Whether it was changed, or would be in check mode.
      type: bool
    changes:
      description: The options that differ. Values of options whose name says that they are secret are masked.
      type: list
      elements: dict
      contains:
        section:
          description: Section of the option.
          type: str
        key:
          description: Name of the option.
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
      family: options
      changed: true
      changes:
        - {section: "endpoints:101", key: webme, before: null, after: Webengagement_Chat, action: add}
msg:
  description: What was done, in one sentence.
  returned: success
  type: str
  sample: "2 of 12 Chat Servers changed: ChatServer_A, ChatServer_B"
left:
  description: Applications that were not put back, with the reason.
  returned: success
  type: dict
restart_required:
  description: Which applications must be restarted before a changed option takes effect.
  returned: success
  type: list
  elements: dict
  contains:
    application:
      description: Name of the application whose processes must be restarted.
      type: str
    option:
      description: Section and name of the option.
      type: str
    evidence:
      description: V(documented) by the vendor, or V(assumed) because the vendor's page is silent.
      type: str
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run("application_rollback")


if __name__ == "__main__":
    main()
