#!/usr/bin/python
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gax_preflight
short_description: Get to know a GAX, and find out whether this collection can work with it
version_added: 1.1.0
description:
  - Asks GAX, with at most some 40 requests, how it behaves where no public source says it, and compares that with what
    this collection relies on.
  - It logs in once, and once more for O(second_session). A log-in that was refused is never repeated.
  - GAX is only read, unless O(application) names an application for the write test. That application is written back
    unchanged, gets the option C(preflight) in section C([genesys_ops.engage]), and loses it again. Everything in it is
    compared each time. Where something fails on the way, the option is removed.
  - Check mode does the same without the write test, and without the evidence file.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  application:
    description:
      - Name of the application for the write test. Take one that nobody is working on, and no server that matters.
      - Without it nothing is written.
    type: str
  clusters:
    description: Names of Web Engagement Clusters that the account must be able to read.
    type: list
    elements: str
    default: []
  second_session:
    description:
      - Log in a second time, to find out whether GAX allows an account several sessions.
      - On a GAX that allows one session this logs out others who use the account.
    type: bool
    default: true
  evidence_dir:
    description:
      - Folder for the evidence file, which is named after the address, such as C(gax.example.com_8443.json).
      - It holds behaviours only, nothing of the estate. The simulator takes it with C(--evidence).
    type: path
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.attributes
"""

EXAMPLES = r"""
- name: Get to know this GAX, reading only
  genesys_ops.engage.gax_preflight:
    clusters: [GWE_Cluster_Main]
  register: preflight

- name: Find out how it writes, too, with an application that is not in use
  genesys_ops.engage.gax_preflight:
    application: Workspace_Desktop
    evidence_dir: ~/evidence
  register: preflight

- name: Stop where the collection cannot work with it
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
  description: V(ready), V(ready to read) where no write test was made, or V(not ready) where there are problems.
  returned: success
  type: str
problems:
  description: What differs from what this collection relies on, and what to do; one sentence or two for each.
  returned: success
  type: list
  elements: str
advice:
  description: What could be better, such as a certificate that expires soon.
  returned: success
  type: list
  elements: str
behaviours:
  description: How this GAX behaves. V(null) stands for what was not found out.
  returned: success
  type: dict
  contains:
    password_transport:
      description: The form of the password that was accepted, V(obfuscated) or V(plain).
      type: str
    session_cookies:
      description: Names of cookies, without what load balancers add to them.
      type: list
      elements: str
    log_out:
      description: V(ends_session), V(without_effect) or V(not_known).
      type: str
    expired_session:
      description: How a request without a session is answered, V(401), V(403), V(redirect), V(page) or another status.
      type: str
    concurrent_sessions:
      description: Whether a second log-in of the account leaves the first one alive; V(refused) if it was refused.
      type: raw
    name_query:
      description: How GAX searches by name, V(exact), V(ignores_case), V(substring) or V(ignored).
      type: str
    filters:
      description: What GAX does with filters of lists, V(honoured), V(ignored), or V(wrong) if it leaves out what fits.
      type: str
    missing_object:
      description: How an object that does not exist is answered, V(404), V(204), V(empty) or another status.
      type: str
    environment_listed:
      description: Whether the list of tenants shows Environment.
      type: bool
    empty_containers:
      description: Whether objects hold lists that are empty, V(present), V(absent) or V(mixed).
      type: str
    empty_keys:
      description: Whether options with an empty key occur.
      type: bool
    list_complete:
      description: Whether objects that can be read one by one are in the list, too.
      type: bool
    parallel_requests:
      description: How many requests at the same time went well, at most O(gax_concurrency) and 16.
      type: int
    write_answer:
      description: How a write is answered, V(object), V(empty), V(201), V(202), V(204), V(redirect) or another status.
      type: str
    write_shows_after_ms:
      description: Milliseconds until a read showed the write, in steps of 500.
      type: int
    write_keeps_the_rest:
      description: Whether everything else in the application was as before.
      type: bool
    write_removes:
      description: Whether an option that a write leaves out is gone.
      type: bool
gax_version:
  description: Version of GAX, empty where it does not tell.
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
  description: C(subject), C(issuer) and C(days_left) of each certificate, that of the server first.
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
  description: All of it as lines for the console.
  returned: success
  type: list
  elements: str
"""

from ansible_collections.genesys_ops.engage.plugins.module_utils._module.run import run


def main() -> None:
    run("gax_preflight")


if __name__ == "__main__":
    main()
