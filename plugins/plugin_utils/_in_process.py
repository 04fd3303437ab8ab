# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Run the core in the controller's process where the connection is local.

Shipping a module costs 0.3 to 0.45 s before it does anything; this costs none of it, and needs no Python interpreter
to be found on the target. Options, results and secrets are those of the module.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._errors import EngageError
from ..module_utils._gax.http import REQUESTS_IMPORT_ERROR
from ..module_utils._module.context import Context
from ..module_utils._module.run import CONNECTION_SPEC, shown_parameters

MODULES = "ansible_collections.genesys_ops.engage.plugins.modules"


class InProcess(ActionBase):
    """The action plugin of every module of this collection."""

    _module: ModuleType

    def __init_subclass__(cls) -> None:
        # Ansible loads the class before it forks a worker for each task and host: they all find the import done.
        cls._module = importlib.import_module(f"{MODULES}.{cls.__module__.rpartition('.')[2]}")

    _requires_connection = False
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        if not self._may_run_here(task_vars or {}):
            module = f"genesys_ops.engage.{self._module.__name__.rpartition('.')[2]}"
            return {**result, **self._execute_module(module, task_vars=task_vars, wrap_async=self._task.async_val)}
        return {**result, **self._run_here()}

    def _may_run_here(self, variables: Mapping[str, Any]) -> bool:
        """Only where the module would run on the controller too, as the same user and with the same environment."""
        wanted = boolean(self._templar.template(variables.get("gax_in_process", True)))
        special = self._task.async_val or self._connection.become or any(self._task.environment or ())
        return wanted and self._connection.transport == "local" and not special and not REQUESTS_IMPORT_ERROR

    def _run_here(self) -> dict[str, Any]:
        module = self._module
        validator = ArgumentSpecValidator({**CONNECTION_SPEC, **module.ARGUMENT_SPEC}, **module.RULES)
        validation = validator.validate(plain(self._task.args))
        parameters = validation.validated_parameters
        invocation = {"module_args": shown_parameters(parameters)}
        if validation.error_messages:
            msg = ", ".join(validation.error_messages)
            if any(isinstance(error, UnsupportedError) for error in validation.errors):
                msg = f"Unsupported parameters for ({self._task.action}) module: {msg}"
            return {"failed": True, "msg": msg, "invocation": invocation}
        warnings: list[str] = []
        try:
            call = Context(parameters, self._task.check_mode, warnings.append)
            result = module.OPERATION(call)
        except EngageError as problem:
            result = {"failed": True, "changed": False, "msg": str(problem), **problem.details}
        told = {**result, "invocation": invocation, **({"warnings": warnings} if warnings else {})}
        shown: dict[str, Any] = remove_values(told, {parameters["gax_password"]} - {""})  # as AnsibleModule does
        return shown


def plain(value: Any) -> Any:
    """Return arguments as a module would get them: without Ansible's tags, with vaulted text in clear."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)
