#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gax_preflight
short_description: Check how a GAX behaves, and whether this collection can work with it
version_added: 1.1.0
description:
  - Finds out, with about 30 requests, or 40 with the write test, how GAX behaves where no public source says so, and
    compares that with what this collection relies on.
  - It logs in once, and once more for O(second_session). A refused log-in is never repeated.
  - GAX is only read, unless O(application) names an application for the write test. That application is written back
    unchanged, gets the option C(preflight) in section C([genesys_ops.engage]), and loses it again. Everything in it is
    compared each time. If something fails, the option is removed.
  - Check mode does the same, without the write test and the evidence file.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  application:
    description:
      - Name of the application for the write test. Choose one that nobody is working on, and not an important server.
      - Without it, nothing is written.
    type: str
  clusters:
    description: Names of Web Engagement Clusters that the account must be able to read.
    type: list
    elements: str
    default: []
  second_session:
    description:
      - Log in a second time, to find out whether GAX allows several sessions per account.
      - On a GAX that allows only one, this logs out others who use the account.
    type: bool
    default: true
  evidence_dir:
    description:
      - Folder for the evidence file, which is named after the address, such as C(gax.example.com_8443.json).
      - It holds only behaviours, nothing of the estate. The simulator reads it with C(--evidence).
    type: path
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Check how this GAX behaves, without any write
  genesys_ops.engage.gax_preflight:
    clusters: [GWE_Cluster_Main]
  register: preflight

- name: Include the write test, with an application that is not in use
  genesys_ops.engage.gax_preflight:
    application: Workspace_Desktop
    evidence_dir: ~/evidence
  register: preflight

- name: Fail if the collection cannot work with it
  ansible.builtin.assert:
    that: preflight.verdict != 'not ready'
    fail_msg: "{{ preflight.problems | join(' ') }}"
"""

RETURN = r"""
msg:
  description: Address and verdict, with all problems.
  returned: success
  type: str
  sample: "https://gax.example.com:8443/gax: ready to read."
verdict:
  description: V(ready), V(ready to read) without the write test, or V(not ready) if there are problems.
  returned: success
  type: str
problems:
  description: What differs from what this collection relies on, and what to do, in one or two sentences each.
  returned: success
  type: list
  elements: str
advice:
  description: What could be better, such as a certificate that expires soon.
  returned: success
  type: list
  elements: str
behaviours:
  description: How this GAX behaves. V(null) means not found out.
  returned: success
  type: dict
  contains:
    password_transport:
      description: The form of the password that was accepted, V(obfuscated) or V(plain).
      type: str
    session_cookies:
      description: Names of the cookies, without what load balancers add to them.
      type: list
      elements: str
    log_out:
      description: V(ends_session), V(without_effect) or V(not_known).
      type: str
    expired_session:
      description: How GAX answers a request without a session, V(401), V(403), V(redirect), V(page) or another status.
      type: str
    concurrent_sessions:
      description: Whether the first session survives a second log-in of the account; V(refused) if that was refused.
      type: raw
    name_query:
      description: How GAX searches by name, V(exact), V(ignores_case), V(substring) or V(ignored).
      type: str
    filters:
      description: How GAX treats list filters, V(honoured), V(ignored), or V(wrong) if it omits objects that match.
      type: str
    missing_object:
      description: How GAX answers for an object that does not exist, V(404), V(204), V(empty) or another status.
      type: str
    environment_listed:
      description: Whether the list of tenants contains Environment.
      type: bool
    empty_containers:
      description: Whether objects contain empty lists, V(present), V(absent) or V(mixed).
      type: str
    empty_keys:
      description: Whether options with an empty key occur.
      type: bool
    list_complete:
      description: Whether lists contain every object that can be read by itself.
      type: bool
    parallel_requests:
      description: How many simultaneous requests succeeded, at most O(gax_concurrency) and 16.
      type: int
    write_answer:
      description: How GAX answers a write, V(object), V(empty), V(201), V(202), V(204), V(redirect) or another status.
      type: str
    write_shows_after_ms:
      description: Milliseconds until a read showed the write, in steps of 500.
      type: int
    write_keeps_the_rest:
      description:
        - Whether everything else in the application stayed as it was.
        - It is V(false), too, if only the second of two equal options was lost. That is no problem, and
          C(lost_only_duplicates) of the evidence file says so.
      type: bool
    write_removes:
      description: Whether an option that a write omits is removed.
      type: bool
gax_version:
  description: Version of GAX, empty if unknown.
  returned: success
  type: str
account:
  description: User name as GAX knows it.
  returned: success
  type: str
counts:
  description: How many C(applications), C(tenants) and C(scripts) the account sees.
  returned: success
  type: dict
clusters:
  description: For each of O(clusters), whether the account can read it.
  returned: success
  type: dict
certificates:
  description: C(subject), C(issuer) and C(days_left) of each certificate, starting with the server's.
  returned: success
  type: list
  elements: dict
round_trip_ms:
  description: Median time of a request.
  returned: success
  type: int
path:
  description: The evidence file, empty without O(evidence_dir).
  returned: success
  type: str
lines:
  description: The whole result as lines for the console.
  returned: success
  type: list
  elements: str
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.preflight import gax_preflight
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run(gax_preflight)


if __name__ == "__main__":
    main()
