# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the audit report on the controller, in check mode, too."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ..module_utils._errors import EngageError
from ..module_utils._run import shared
from ..modules.chat_channel_report import ARGUMENT_SPEC
from ..plugin_utils._command_line import connecting
from ..plugin_utils._plain import plain
from ..plugin_utils.report.run import chat_channel_report


class ActionModule(ActionBase):
    """There is no module to ship: the report is about all inventory hosts at once."""

    # Once, whatever the number of hosts; with strategy free, where there is no once, Ansible refuses it.
    BYPASS_HOST_LOOP = True
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        validation = ArgumentSpecValidator(ARGUMENT_SPEC).validate(plain(self._task.args))
        if validation.error_messages:
            return {**result, "failed": True, "msg": ", ".join(validation.error_messages)}
        params, variables = validation.validated_parameters, task_vars or {}
        origin = {
            "name": params["run"] or shared.run_name(),
            "inventory": plain(variables.get("ansible_inventory_sources") or []),
            "limit": plain(variables.get("ansible_limit") or ""),
            "arguments": connecting(asking=True),
        }
        try:
            return {**result, **chat_channel_report(params, origin)}
        except EngageError as problem:
            return {**result, "failed": True, "msg": str(problem), **problem.details}
