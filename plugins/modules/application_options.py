#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: application_options
short_description: Set options or the annex of applications
version_added: 1.0.0
description:
  - Sets options of one or more applications to the requested values, in one call.
  - Options that are not named are left as they are, unless O(exclusive=true).
  - Configuration Server keeps every value as text, so that V(60) and V("60") are the same.
    Quote values such as V(yes) and V(no). YAML turns them into booleans, which are written as V(true) and V(false).
author:
  - genesys_ops contributors (@genesys-ops)

options:
  name:
    description: Name of the application. Use O(applications) for several.
    type: str
  options:
    description:
      - Sections, each with its options and their values.
      - With O(state=absent) values are ignored; a section without options is removed as a whole.
    type: dict
  applications:
    description:
      - Several applications, each with C(name) and C(options) as above.
      - The result of M(genesys_ops.engage.application_info) can be given. With O(family=annex), its C(annex) is used.
        A value that equals what is shown there for the current one, masked or not, is left alone; any other text
        that contains a mask is refused. Other keys are ignored.
    type: list
    elements: dict
  state:
    description: Whether the options should exist.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description: Remove options that are not named from the sections that are. Other sections are left alone.
    type: bool
    default: false
  family:
    description: Whether to change the options or the annex.
    type: str
    choices: [options, annex]
    default: options
extends_documentation_fragment:
  - genesys_ops.engage.changes
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Set an option of one application
  genesys_ops.engage.application_options:
    name: ChatServer_1
    options:
      settings:
        session-restoration-mode: simple

- name: Set options of several applications in one call
  genesys_ops.engage.application_options:
    applications:
      - name: ChatServer_1
        options: {log: {verbose: standard}}
      - name: ChatServer_2
        options: {log: {verbose: standard}}

- name: Read the current options of a Chat Server
  genesys_ops.engage.application_info:
    names: [ChatServer_1]
  register: reference

- name: Restore all its options, whatever was changed since
  genesys_ops.engage.application_options:
    applications: "{{ reference.applications }}"

- name: Set the same section on other Chat Servers
  genesys_ops.engage.application_options:
    applications:
      - name: ChatServer_2
        options: {log: "{{ reference.applications[0].options.log }}"}
      - name: ChatServer_3
        options: {log: "{{ reference.applications[0].options.log }}"}

- name: Remove an option
  genesys_ops.engage.application_options:
    name: ChatServer_1
    state: absent
    options:
      settings:
        session-restoration-mode:
"""

RETURN = r"""
applications:
  description: The applications of the task, in the order given.
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
      description: The options that differ. Secrets are masked.
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
  sample: "2 of 12 applications changed: ChatServer_A, ChatServer_B"
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
      description: V(documented) by the vendor, or V(assumed) because the vendor's page does not say.
      type: str
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import application_options
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(application_options)


if __name__ == "__main__":
    main()
