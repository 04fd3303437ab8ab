# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web Engagement Clusters or Chat Servers as inventory hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: gax
short_description: Web Engagement Clusters or Chat Servers as inventory hosts
version_added: 1.0.0
description:
  - Reads Genesys Administrator Extension and makes one host of every Web Engagement Cluster, or of every Chat Server.
  - Hosts get the variables that the role P(genesys_ops.engage.chat_channel#role) needs.
  - Groups are made by tenant (C(tenant_)), type (C(type_)) and version (C(version_)), and of Chat Servers by the
    Web Engagement Clusters that reach them (C(cluster_)).
  - The name of the file must end in C(gax.yml) or C(gax.yaml). Use one file for each GAX.
  - What GAX says is data, never a template, whatever it looks like. Values of secret options are masked.
author:
  - genesys_ops contributors (@genesys-ops)
options:
  plugin:
    description: Must be V(genesys_ops.engage.gax).
    type: str
    required: true
    choices: [genesys_ops.engage.gax]
  hosts:
    description: What becomes a host.
    type: str
    choices: [clusters, chat_servers]
    default: clusters
  clusters:
    description:
      - Names of the Web Engagement Cluster applications. A name without C(*) and C(?) must exist.
      - C(*) and C(?) stand for any text and any character, in names of applications of type Application Cluster.
      - Without names, applications of type Application Cluster count that have a section C([engagement]) or the option
        C(webengagementChatQueue).
    type: list
    elements: str
    default: []
  host_prefix:
    description:
      - Text before the name of each host, such as V(test_).
      - Needed where two GAX have applications of the same name; the variables keep the name as it is in GAX.
    type: str
    default: ""
extends_documentation_fragment:
  - genesys_ops.engage.gax
  - genesys_ops.engage.gax.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
"""

EXAMPLES = r"""
# gax.yml: one host for each Web Engagement Cluster.
plugin: genesys_ops.engage.gax
gax_url: https://gax.example.com:8443
gax_username: automation
gax_password: "{{ lookup('ansible.builtin.env', 'GAX_PASSWORD') }}"
#
# test.gax.yml: the test system beside it, where the clusters have the same names, in a group of its own.
# plugin: genesys_ops.engage.gax
# gax_url: https://gax.test.example.com:8443
# gax_username: automation
# gax_password: "{{ lookup('ansible.builtin.env', 'GAX_PASSWORD_TEST') }}"
# host_prefix: test_
# groups:
#   test: true
#
# chat_servers.gax.yml: one host for each Chat Server; disabled ones in a group of their own.
# plugin: genesys_ops.engage.gax
# gax_url: https://gax.example.com:8443
# gax_username: automation
# hosts: chat_servers
# groups:
#   disabled: gax_state != 'CFGEnabled'
# keyed_groups:
#   - key: gax_options.settings['session-restoration-mode'] | default('none')
#     prefix: restoration
"""

from typing import Any

from ansible.errors import AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._errors import EngageError
from ..module_utils._gax.connect import connect
from ..module_utils._gax.http import REQUESTS_IMPORT_ERROR
from ..module_utils._gax.session import wait_for_log_outs
from ..module_utils._module.hosts import Host, hosts
from ..module_utils._module.specs import CONNECTION
from ..module_utils._run import shared
from ..module_utils._run.logins import shared_logins


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """See DOCUMENTATION."""

    NAME = "genesys_ops.engage.gax"

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and path.endswith(("gax.yml", "gax.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        key = self.get_cache_key(path)
        may_cache = self.get_option("cache")
        found = self._cache.get(key) if may_cache and cache else None
        if found is None:
            found = self._read()
            if may_cache:
                self._cache[key] = found
        for host in found:
            self._add(host)

    def _read(self) -> list[Host]:
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        given = {name: self._value(name) for name in CONNECTION}
        shared.create()  # a refused log-in is not repeated by the playbook's tasks
        try:
            with connect(given, self.display.warning, shared_logins(self.display.warning)) as gax:
                return hosts(gax, self.get_option("hosts"), self.get_option("clusters"))
        except EngageError as problem:
            raise AnsibleParserError(str(problem)) from problem
        finally:
            wait_for_log_outs()  # Ansible forks next

    def _value(self, name: str) -> Any:
        """Return an option, templated where it is a template: passwords come from look-ups and vaults."""
        value = self.get_option(name)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return str(self.templar.template(value))

    def _add(self, host: Host) -> None:
        name, variables = _never_run(f"{self.get_option('host_prefix')}{host['name']}"), _never_run(host["variables"])
        self._check_is_new(name, variables)
        self.inventory.add_host(name)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for kind, members in host["groups"].items():
            for member in members:
                group = self.inventory.add_group(to_safe_group_name(f"{kind}_{member}", force=True, silent=True))
                self.inventory.add_host(name, group)
        known, strict = self.inventory.get_host(name).get_vars(), self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), known, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), known, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, name, strict=strict)

    def _check_is_new(self, name: str, variables: dict[str, Any]) -> None:
        """Two GAX may have applications of one name: the second must not take the place of the first."""
        there = self.inventory.get_host(name)
        other = there.vars.get("gax_url") if there and "gax_dbid" in there.vars else None
        if other and other != variables["gax_url"]:
            raise AnsibleParserError(
                f"Host '{name}' comes from {other} and from {variables['gax_url']}. "
                "Give host_prefix in one of the two files, so that each has a name of its own."
            )


def _never_run(value: Any) -> Any:
    """Mark what looks like a template, so that Ansible never runs it: names and options are untrusted."""
    if isinstance(value, dict):
        return {key: _never_run(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_never_run(inner) for inner in value]
    return wrap_var(value) if isinstance(value, str) and "{" in value else value
