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
  - Reads Genesys Administrator Extension and creates one host for each Web Engagement Cluster or each Chat Server.
  - Each host gets C(gax_url), C(gax_dbid), C(gax_type), C(gax_version), C(gax_state), C(gax_tenants) (names) and
    C(gax_options), section by section.
  - A cluster also gets C(gax_chat_servers) and what the role P(genesys_ops.engage.chat_channel#role) needs,
    C(chat_channel_cluster), and C(chat_channel_tenant) if it serves only one. A Chat Server gets C(gax_clusters), the
    Web Engagement Clusters that reach it.
  - Groups are created by tenant (C(tenant_)), type (C(type_)) and version (C(version_)), and for Chat Servers by the
    Web Engagement Clusters that reach them (C(cluster_)).
  - The name of the file must end in C(gax.yml) or C(gax.yaml). Use one file for each GAX.
  - Extra variables (C(-e)) that set the connection win over the file and the environment, as they do for modules. So
    C(-e @rehearsal.yml) holds for the inventory, too. Those that are templates are not used here.
  - What GAX returns is data, never a template, and so is the environment. Secrets are masked.
  - If no cluster is found, or a pattern of O(clusters) matches none, a warning lists the existing Application Clusters.
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
      - C(*) and C(?) match any text and any character in names of applications of type Application Cluster.
      - By default, applications of type Application Cluster that have a section C([engagement]) or the option
        C(webengagementChatQueue).
    type: list
    elements: str
    default: []
  host_prefix:
    description:
      - Prefix for the name of each host, such as V(test_).
      - Required if two GAX have applications of the same name; the variables keep the name as it is in GAX.
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

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._core import load

load("_module.hosts")  # first: the imports below find it, and all that it needs, done

from ..module_utils._errors import EngageError
from ..module_utils._gax.connect import connect
from ..module_utils._gax.http_client import REQUESTS_IMPORT_ERROR
from ..module_utils._gax.session import wait_for_log_outs
from ..module_utils._gax.urls import split_urls
from ..module_utils._module.hosts import Host, hosts
from ..module_utils._module.specs import CONNECTION
from ..module_utils._run import shared
from ..module_utils._run.logins import shared_logins
from ..module_utils._secrets import shown_result
from ..module_utils._text import IN_DATA, visible
from ..plugin_utils._templates import template_problem, without_excerpt

FORMAT = 2  # of what is cached
ENDS = ("gax.yml", "gax.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """See DOCUMENTATION."""

    NAME = "genesys_ops.engage.gax"

    def verify_file(self, path: str) -> bool:
        if not super().verify_file(path):
            return False
        if path.endswith(ENDS):
            return True
        if path.endswith((".yml", ".yaml")) and self._is_for_us(path):
            self.display.warning(
                f"{path}: the name of an inventory file for {self.NAME} must end in {' or '.join(ENDS)}."
            )
        return False

    def _is_for_us(self, path: str) -> bool:
        try:
            with open(path, encoding="utf-8") as file:
                return any(
                    line.partition(":")[2].strip(" \n'\"") == self.NAME for line in file if line[:7] == "plugin:"
                )
        except (OSError, ValueError):
            return False

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        for name in map(str.upper, CONNECTION):
            if not os.environ.get(name):  # an empty one counts as not set, as it does for modules
                os.environ.pop(name, None)
        try:
            # Only what the file itself holds is a template. What comes from the environment is text.
            self._templates = self._read_config_data(path)
        except AnsibleError as problem:
            raise AnsibleParserError(without_excerpt(problem)) from None
        self._take_extra_variables()
        try:
            found = self._found(path, cache)
        except EngageError as problem:
            raise AnsibleParserError(visible(str(problem), "\n")) from None
        for host in found:
            self._add(host)

    def _take_extra_variables(self) -> None:
        """Prefer what the command line says of the connection: a rehearsal must not begin at the real GAX.

        Templates are left out: they are about hosts, and there are none yet.
        """
        for name in CONNECTION:
            value = self._vars.get(name)
            if name in self._vars and not (isinstance(value, str) and "{{" in value):
                self.set_option(name, None if value in ("", None) else _typed(name, value))
                self._templates.pop(name, None)

    def _found(self, path: str, may_read: bool) -> list[Host]:
        """Return the hosts, from the cache where it holds those of this GAX, account and choice."""
        if not self.get_option("cache"):
            return self._read()
        urls, user = split_urls(self._value("gax_url") or ""), self._value("gax_username")
        identity = [FORMAT, sorted(urls), user, self.get_option("hosts"), self.get_option("clusters")]
        plain = json.loads(json.dumps(identity))
        key = f"{self.get_cache_key(path)}_{hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]}"
        found = self._cached(key, plain) if may_read else None
        if found is None:
            found = self._read()
            self._cache[key] = {"of": plain, "hosts": found}
        return found

    def _cached(self, key: str, identity: list[Any]) -> list[Host] | None:
        try:
            kept = self._cache.get(key)
            if kept is None:
                return None
            if list(kept["of"]) == identity and all(_is_host(host) for host in kept["hosts"]):
                return list(kept["hosts"])
            reason = "its content does not match"
        except (AnsibleError, KeyError, TypeError, ValueError, AttributeError, OSError) as problem:
            reason = " ".join(str(problem).split())
        self.display.warning(f"The cache of this inventory cannot be used, GAX is read again: {visible(reason)}")
        return None

    def _read(self) -> list[Host]:
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        given = {name: self._value(name) for name in CONNECTION}
        if not all(
            isinstance(name, str) for name in self.get_option("clusters") or ()
        ):  # Ansible does not look at them
            raise AnsibleParserError("clusters must hold names or patterns as text. Put a number in quotes.")
        shared.create()  # a refused log-in is not repeated by the playbook's tasks
        try:
            with connect(given, self._warn, shared_logins(self._warn)) as gax:
                found = hosts(gax, self.get_option("hosts"), self.get_option("clusters"), self._warn)
        finally:
            wait_for_log_outs()  # Ansible forks next
        for host in found:
            seen = shown_result({"options": host["variables"]["gax_options"]}, given["gax_password"])
            host["variables"]["gax_options"] = seen["options"]
        return found

    def _warn(self, text: str) -> None:
        self.display.warning(visible(text))

    def _value(self, name: str) -> Any:
        """Return an option, templated where the file holds a template: passwords come from look-ups and vaults."""
        value = self.get_option(name)
        if name not in self._templates or value is None or isinstance(value, (bool, int, float)):
            return value
        try:
            return str(self.templar.template(self._templates[name]))
        except Exception as problem:  # templates and look-ups raise anything
            raise AnsibleParserError(template_problem(name, problem)) from None

    def _add(self, host: Host) -> None:
        name = _never_run(visible(f"{self.get_option('host_prefix')}{host['name']}"))
        variables = _never_run(host["variables"])
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


def _typed(name: str, value: Any) -> Any:
    """Return a value of the command line, a text in most cases, in the type of the option: core 2.16 does not do it."""
    found = ArgumentSpecValidator({name: CONNECTION[name]}).validate({name: value})
    if found.error_messages:
        raise AnsibleParserError(", ".join(found.error_messages))
    return found.validated_parameters[name]


def _never_run(value: Any) -> Any:
    """Mark what looks like a template, so that Ansible never runs it, and escape what no terminal should get."""
    if isinstance(value, dict):
        return {visible(str(key)): _never_run(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_never_run(inner) for inner in value]
    if not isinstance(value, str):
        return value
    shown = visible(value, IN_DATA)
    return wrap_var(shown) if "{" in shown else shown


def _is_host(host: Any) -> bool:
    parts = {"name": str, "variables": Mapping, "groups": Mapping}
    if not isinstance(host, Mapping) or not all(isinstance(host.get(key), kind) for key, kind in parts.items()):
        return False
    members = host["groups"].values()
    return {"gax_url", "gax_dbid"} <= host["variables"].keys() and all(isinstance(found, list) for found in members)
