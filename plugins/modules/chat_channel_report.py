#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: chat_channel_report
short_description: Write one audit report about the chat channels of many clusters
version_added: 1.0.0
description:
  - Creates a report from the results of M(genesys_ops.engage.chat_channel_info) for many inventory hosts, as a page for
    people (HTML), as data (JSON), as test results (JUnit XML) and as a summary for a merge request (Markdown).
  - Starts with what is wrong and on which clusters, most costly first.
  - Compares it with an earlier report if one is given.
  - Runs on the controller only, and reads nothing from GAX. The role C(chat_channel) calls it once for all hosts.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  clusters:
    description:
      - Results of M(genesys_ops.engage.chat_channel_info), by name of the inventory host.
      - A failed result goes into the report as a cluster that could not be read, with its C(msg), under the name in
        C(cluster), or that of the host.
    type: dict
    required: true
  report_dir:
    description:
      - Folder to write C(chat-channel-audit.html), C(.json), C(.xml) and C(.md) to. It is created if missing, and
        files of an earlier run are replaced. Without it, no file is written.
    type: path
  keep:
    description:
      - Number of reports to keep as data in the folder C(history) below O(report_dir), each named after its time. Older
        ones are removed. With V(0) none is added and none is removed.
    type: int
    default: 30
  compare_with:
    description:
      - The C(chat-channel-audit.json) of an earlier audit, or V(latest) for the newest one in O(report_dir) that is
        about the same clusters. The report then says which errors and warnings are new, solved and as before. Only
        clusters that could be read both times are compared.
      - If the earlier report is missing or cannot be used, the new one says so in a notice.
    type: path
  run:
    description: Name of the run, for the head of the report. The default is its start time.
    type: str
attributes:
  check_mode:
    description: Writes the report in check mode, too. The report is the product, and nothing that is managed changes.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so there is no difference to show.
    support: N/A
  idempotent:
    description: Apart from the time in it, the report is the same for the same findings.
    support: full
  action:
    description: An action plugin that runs on the controller.
    support: full
  bypass_host_loop:
    description:
      - Runs once for all hosts of a play, with the variables of the first one. With C(strategy) V(free) or
        V(host_pinned), where hosts do not wait for each other, Ansible refuses to run it.
    support: full
"""

EXAMPLES = r"""
- name: Read the chat channel of a cluster
  genesys_ops.engage.chat_channel_info:
    cluster: GWE_Cluster_Main
    queue: Webengagement_Chat
  register: channel

- name: Write the report
  genesys_ops.engage.chat_channel_report:
    clusters:
      main: "{{ channel }}"
    report_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/chat-channel-audit"
  register: report

- name: Say what has changed since
  genesys_ops.engage.chat_channel_report:
    clusters:
      main: "{{ channel }}"
    compare_with: "{{ report.files | select('match', '.*json$') | first }}"

- name: Write a report every night that says what has changed since the last one
  genesys_ops.engage.chat_channel_report:
    clusters:
      main: "{{ channel }}"
    report_dir: "{{ lookup('ansible.builtin.env', 'HOME') }}/chat-channel-audit"
    compare_with: latest
    keep: 14
"""

RETURN = r"""
msg:
  description: The number of clusters in each state, in one line.
  returned: success
  type: str
  sample: "3 clusters with 8 Chat Servers: 1 fine, 0 with warnings, 2 with errors, 0 could not be read."
lines:
  description: A summary for people, at most 40 lines whatever the number of clusters, most costly first.
  returned: success
  type: list
  elements: str
summary:
  description:
    - Numbers of C(clusters), of those in each state, of C(errors), C(warnings), options C(differing), and of the errors
      and warnings that a run of C(configure) fixes, C(fixed_by_run).
  returned: success
  type: dict
attention:
  description:
    - The inventory hosts whose cluster could not be read, or has findings of at least the C(fail_on) that
      M(genesys_ops.engage.chat_channel_info) was called with, each with a sentence that says why.
  returned: success
  type: dict
comparison:
  description:
    - Errors and warnings that are C(new), C(solved) and C(standing) since the C(earlier) report, and the clusters
      C(not_compared). V(null) without an earlier report.
  returned: success
  type: dict
notices:
  description: Problems with the report itself, such as an earlier report that could not be used.
  returned: success
  type: list
  elements: str
files:
  description: The files that were written, the HTML page first.
  returned: success
  type: list
  elements: str
"""

ARGUMENT_SPEC = {
    "clusters": {"type": "dict", "required": True},
    "report_dir": {"type": "path"},
    "keep": {"type": "int", "default": 30},
    "compare_with": {"type": "path"},
    "run": {"type": "str"},
}
