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
  - Makes a report of what M(genesys_ops.engage.chat_channel_info) returned for many inventory hosts, as a page for
    people (HTML), as data (JSON), as test results (JUnit XML) and as a summary for a merge request (Markdown).
  - Compares it with an earlier report, when one is given.
  - Runs on the controller only, and reads nothing from GAX. The role C(chat_channel) calls it once for all hosts.
author:
  - genesys_ops contributors (@genesys-ops)
requirements:
  - junitparser beside Ansible, for O(report_dir)
  - jsonschema beside Ansible, for O(compare_with)
options:
  clusters:
    description:
      - What M(genesys_ops.engage.chat_channel_info) returned, by name of the inventory host.
      - A failed result goes into the report as a cluster that could not be read, with its C(msg), under the name in
        C(cluster), or that of the host.
    type: dict
    required: true
  report_dir:
    description:
      - Folder to write C(chat-channel-audit.html), C(.json), C(.xml) and C(.md) to. It is created when missing, and
        files of an earlier run are replaced. Without it no file is written.
    type: path
  compare_with:
    description:
      - The C(chat-channel-audit.json) of an earlier audit. The report then says which findings are new, solved and as
        before. Only clusters that could be read both times are compared.
    type: path
attributes:
  check_mode:
    description: Writes the report in check mode, too. The report is the product, and nothing that is managed changes.
    support: full
  diff_mode:
    description: Changes nothing that is managed, so that there is no difference to show.
    support: N/A
  idempotent:
    description: Apart from the time in it, the report is the same for the same findings.
    support: full
  action:
    description: Is an action plugin, so that it runs on the controller.
    support: full
"""

EXAMPLES = r"""
- name: Look at the chat channel of a cluster
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

- name: Look again, and say what has changed since
  genesys_ops.engage.chat_channel_report:
    clusters:
      main: "{{ channel }}"
    compare_with: "{{ report.files | select('match', '.*json$') | first }}"
"""

RETURN = r"""
msg:
  description: The numbers of clusters, in one line.
  returned: success
  type: str
  sample: "3 clusters with 8 Chat Servers: 1 fine, 0 with warnings, 2 with errors, 0 could not be read."
lines:
  description: A summary for people, a few lines whatever the number of clusters.
  returned: success
  type: list
  elements: str
summary:
  description: Numbers of C(clusters), of those in each state, of C(errors), C(warnings) and options C(differing).
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
    - Findings that are C(new), C(solved) and C(standing) since the C(earlier) report, and the clusters
      C(not_compared). V(null) without O(compare_with).
  returned: success
  type: dict
files:
  description: The files that were written, the HTML page first.
  returned: success
  type: list
  elements: str
"""

ARGUMENT_SPEC = {
    "clusters": {"type": "dict", "required": True},
    "report_dir": {"type": "path"},
    "compare_with": {"type": "path"},
}
