#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_rollback
short_description: Take back what a task or a run has changed
version_added: 1.0.0
description:
  - Takes back changes that a task reported, or that a run has saved.
  - An option is taken back only where it still has the value that was written. One that has its old value needs
    nothing, and one that has a third value was changed by somebody else; see O(on_conflict).
  - Endpoints come back before the C(queueKey) that points at them, and go only after it.
  - Applications are found by their database ID. One that was renamed is taken back all the same; one that was deleted
    is named in RV(left) and hinders no other.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  applications:
    description: What tasks that change options returned as C(applications), in the order in which they ran.
    type: list
    elements: dict
  path:
    description:
      - Folder of backups, of one run, or of one cluster in it. Backups of version 1.0.0 can be read, too.
      - A file that was edited or cut, or does not fit the estate, is refused before the first write.
      - Without it and without O(backup_dir) it is where runs without a backup leave a record when they break off,
        C($XDG_STATE_HOME/genesys_ops.engage/runs).
    type: path
  cluster:
    description:
      - Name of the Web Engagement Cluster whose runs are meant. A run that did not change it leaves it alone.
      - Without it, all that the run has changed on this GAX is taken back.
    type: str
  clusters:
    description:
      - The clusters of all hosts of a play, each as a list of its name and of the addresses of its GAX. Either may be
        empty if it is not known.
      - With them the newest run is the same for all hosts.
    type: list
    elements: list
  restore_run:
    description:
      - Name of the run to take back.
      - By default the newest that changed something and was neither rolled back nor restored. A restore is taken back
        only when it is named.
    type: str
  restore_to:
    description: Name of a run. Every later one is taken back, newest first, so that the cluster is as that run left it.
    type: str
  names:
    description: Take back these applications only, of those that O(path) or O(applications) holds.
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
      - V(leave) takes back the other applications, and returns the rest in RV(left).
      - V(overwrite) brings back what was there before the run.
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

- name: Take it back
  genesys_ops.engage.application_rollback:
    applications: "{{ changed.applications }}"

- name: Take back the newest run that was saved; nothing is left to do here
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
  description: Applications that were not taken back, with the reason.
  returned: success
  type: dict
runs:
  description: Names of the runs that were taken back, newest first. Empty where a task's result was.
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
  description: Which run is meant, how old it is, what changes, one line for each option, and what must restart then.
  returned: success
  type: list
  elements: str
restart_required:
  description: As RV(genesys_ops.engage.application_options#module:restart_required).
  returned: success
  type: list
  elements: dict
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run("application_rollback")


if __name__ == "__main__":
    main()
