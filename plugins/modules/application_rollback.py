#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_rollback
short_description: Undo what a task or a run has changed
version_added: 1.0.0
description:
  - Undoes changes that a task reported, O(applications), or that a run saved. For the latter O(path) or O(cluster) is
    required.
  - An option is restored only where it still has the value that was written. One that has its old value needs
    no change; one that has a third value was changed by somebody else, see O(on_conflict).
  - Endpoints are restored before the C(queueKey) that points at them, and removed only after it.
  - A C(queueKey) is never restored without its endpoint, unless the record of the run says that it was so before. The
    result of a task does not say that, so that O(applications) is refused then; set the endpoint first, or use
    O(on_conflict=leave) to restore the rest.
  - An Interaction Queue that a run created stays, because chats may wait in it, and is named in RV(queues_left).
  - Applications are found by their database ID. One that was renamed is restored, too; one that was deleted
    is listed in RV(left) and does not stop the others.
  - One that the account cannot read is no reason to regard a run as undone. Nothing is changed, unless
    O(on_conflict=leave); then the rest is restored, and the run can still be undone.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  applications:
    description: The C(applications) that tasks which change options returned, in the order in which they ran.
    type: list
    elements: dict
  path:
    description:
      - Folder of backups, of one run, or of one cluster in it. Backups of version 1.0.0 can be read, too.
      - A file that was edited or truncated, or does not match the estate, is refused before the first write.
      - By default O(backup_dir), or else C(~/.local/state/genesys_ops.engage/runs), below E(XDG_STATE_HOME) if that is
        set. A run without a backup leaves its record there if it was interrupted, or if changes stayed when it failed.
    type: path
  cluster:
    description:
      - Name of the Web Engagement Cluster to restore. It is left alone if the run did not change it.
      - Without it, everything that the run changed on this GAX is undone.
    type: str
  clusters:
    description:
      - The clusters of all hosts of a play, each as a list of its name and the addresses of its GAX. Either may be
        empty if unknown.
      - With this list, the newest run is the same for all hosts.
    type: list
    elements: list
  restore_run:
    description:
      - Name of the run to undo.
      - By default the newest that changed something and was neither rolled back nor restored. A restore is undone
        only when it is named.
    type: str
  restore_to:
    description: Name of a run. Every later one is undone, newest first, so that the cluster is as that run left it.
    type: str
  names:
    description: Restore only these of the applications in O(path) or O(applications).
    type: list
    elements: str
  other_gax:
    description:
      - Use a backup although it was saved through another address than O(gax_url).
      - Without it, such a backup is refused. Set it if both addresses serve the same Configuration Server.
    type: bool
    default: false
  left:
    description:
      - Names of applications that an earlier roll-back could not restore.
      - It has no effect since version 1.1.0. What needs an application that stays is found by reading, whether it
        is named here or not.
    type: list
    elements: str
  on_conflict:
    description:
      - What to do if somebody else has changed an option since. V(fail) changes nothing.
      - V(leave) restores the other applications, and returns the rest in RV(left).
      - V(overwrite) restores the values from before the run.
    type: str
    choices: [fail, leave, overwrite]
    default: fail
  run:
    description:
      - Name of this run. With O(backup_dir) it is saved as C(<run>-restore), and can be restored itself.
      - The default is the start of the run in UTC, with the job of the CI system where there is one.
    type: str
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

- name: Undo it
  genesys_ops.engage.application_rollback:
    applications: "{{ changed.applications }}"

- name: Undo the newest saved run; here nothing is left to undo
  genesys_ops.engage.application_rollback:
    path: "{{ lookup('ansible.builtin.env', 'HOME') }}/genesys-backup"
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
  sample: "2 of 12 applications changed: ChatServer_A, ChatServer_B"
left:
  description: Applications that were not restored, with the reason.
  returned: success
  type: dict
queues_left:
  description: Interaction Queues that these runs have created, and that are there. RV(lines) says how to delete them.
  returned: success
  type: list
  elements: str
runs:
  description: Names of the runs that were undone, newest first. Empty if a task's result was undone.
  returned: success
  type: list
  elements: str
  sample: ["20261125T213704.667Z-gitlab-4711"]
run:
  description: Name under which this restore was saved, or V(null).
  returned: success
  type: str
  sample: 20261126T080000.120Z-restore
lines:
  description: Which run is undone, how old it is, what changes, one line for each option, and what must restart.
  returned: success
  type: list
  elements: str
restart_required:
  description: As RV(genesys_ops.engage.application_options#module:restart_required).
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.restore import application_rollback
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(application_rollback)


if __name__ == "__main__":
    main()
