# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Runs the modules of this collection in the process of Ansible, where the connection is local.

Each module has a file of its own in plugins/action, instead of redirects in meta/runtime.yml to one plugin: with
redirects Ansible gives the module_defaults of one module to all of them.

Shipping a module costs 0.3 to 0.45 s before it does anything; this costs none of it, and needs no Python interpreter
to be found on the target. Options, results and secrets are those of the module.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.genesys_ops.engage.plugins.plugin_utils._core import load

from ..module_utils._errors import BadInput, EngageError
from ..module_utils._gax.http_client import REQUESTS_IMPORT_ERROR
from ..module_utils._module.context import ARGUMENTS, Context
from ..module_utils._module.specs import CONNECTION, MODULES, Operation
from ..module_utils._module.texts import check_types
from ..module_utils._run import shared
from ..module_utils._secrets import shown_parameters, shown_result
from ._command_line import arguments_of
from ._plain import plain
from ._role import given_by_role, is_of_role
from ._shipped import shipped
from ._templates import template_problem
from ._variables import unknown_variables

ROLE_CALLS = ("chat_channel", "chat_channel_info", "estate_export")

# Ansible loads this file before it forks a process for each task and host: they find all imports done, and the folder.
shared.create()
# What is there by now stays: no process need look through it for garbage, and copy the memory that it touches then.
gc.freeze()


class InProcess(ActionBase):
    """The action plugin of every module; each has its operation, which it names as a place in the core."""

    operation: Operation

    _requires_connection = False
    _supports_async = True

    def __init_subclass__(cls, operation: str) -> None:
        module, _dot, name = operation.rpartition(".")
        cls.operation = staticmethod(getattr(load(module), name))

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        name = self.operation.__name__
        try:
            arguments = {**self._from_variables(variables), **self._task.args, **self._of_role(name, variables)}
            check_types(MODULES[name].all_arguments, arguments, variables if self._task._role else {})
            here = self._may_run_here(variables)
        except BadInput as problem:
            return {**result, **_failure(MODULES[name].refused(problem, self._task.args))}
        if here:
            with self._environment():
                result |= self._run_here(name, plain(arguments), variables)
        else:
            result |= self._ship(name, arguments, variables)
        # The role speaks for all variables of a host; other tasks of a user need not know them.
        unknown = unknown_variables(variables) if name in ROLE_CALLS else []
        return {**result, "warnings": [*result.get("warnings", ()), *unknown]} if unknown else result

    def _ship(self, name: str, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        self._arguments = arguments_of(variables)
        if "run" in MODULES[name].arguments and not arguments.get("run"):
            # Elsewhere each call would be a run of its own: a failed step would roll back no earlier one.
            arguments = {**arguments, "run": shared.run_name()}

        def ship() -> dict[str, Any]:
            module, later = f"genesys_ops.engage.{name}", self._task.async_val
            return dict(self._execute_module(module, arguments, task_vars=variables, wrap_async=later))

        if self._task.async_val:
            return ship()
        known = {option: value for option, value in plain(arguments).items() if option in CONNECTION}
        if self._connection.transport == "local" and not self._connection.become:
            with self._environment():  # what is set on another machine, or for another user, is not known here
                known = ArgumentSpecValidator(CONNECTION).validate(known).validated_parameters
        return shipped(known, ship)

    def _compute_environment_string(self, raw_environment_out: dict[str, Any] | None = None) -> str:
        """Return what is set for a shipped module: how the command line names the host, which it cannot know."""
        asked = super()._compute_environment_string(raw_environment_out)
        own = self._connection._shell.env_prefix(**{ARGUMENTS: self._arguments})
        return f"{asked} {own}".strip()

    def _from_variables(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return connection options that the host has as variables. One that is not defined in the end is an error."""
        found = {
            name: self._value(name, variables[name])
            for name in CONNECTION
            if name in variables and name not in self._task.args
        }
        omitted = (None, variables.get("omit"))
        return {name: value for name, value in found.items() if value not in omitted}

    def _of_role(self, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        if not (self._task._role and is_of_role(self._task)):
            return {}
        return given_by_role(name, self._task.args, variables, self._value, variables.get("omit"))

    def _value(self, name: str, template: Any) -> Any:
        try:
            # Whatever the configuration says: what is not defined would be written as the template itself.
            return self._templar.template(template, fail_on_undefined=True)
        except Exception as problem:  # templates and look-ups raise anything
            if type(problem).__name__ == "AnsibleValueOmittedError":  # before core 2.19, omit is a value
                return None
            said = template_problem(name, problem)
        raise BadInput(said)  # here, because Ansible shows where an exception was raised, with the template

    def _may_run_here(self, variables: Mapping[str, Any]) -> bool:
        """Only where the module would run on the controller too, as the same user."""
        try:
            said = self._value("gax_in_process", variables.get("gax_in_process"))
            wanted = said is None or boolean(said)
        except TypeError as problem:
            raise BadInput(f"gax_in_process: {problem}") from problem
        special = self._task.async_val or self._connection.become
        return wanted and self._connection.transport == "local" and not special and not REQUESTS_IMPORT_ERROR

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Set the environment that the play or the task asks for, such as a proxy."""
        before = dict(os.environ)
        for entry in self._task.environment or ():
            os.environ.update({str(key): str(value) for key, value in (self._templar.template(entry) or {}).items()})
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _run_here(self, name: str, arguments: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        spec = MODULES[name]
        try:
            validation = ArgumentSpecValidator(spec.all_arguments, **spec.rules).validate(arguments)
        except OverflowError as problem:  # of arguments that are infinite, check_types has said so
            return _failure(spec.refused(BadInput(f"A variable GAX_* of the environment: {problem}."), arguments))
        params = validation.validated_parameters
        warnings: list[str] = []
        if validation.error_messages:
            msg = ", ".join(validation.error_messages)
            if any(isinstance(error, UnsupportedError) for error in validation.errors):
                msg = f"Unsupported parameters for ({self._task.action}) module: {msg}"
            result = _failure(spec.refused(BadInput(msg), arguments))
        else:
            host = str(variables.get("inventory_hostname", ""))
            words, task = arguments_of(variables), self._in_step(variables)
            context = Context(params, self._task.check_mode, warnings.append, host, words, task)
            try:
                result = spec.run(self.operation, context)
            except EngageError as problem:
                result = _failure(problem)
        invocation = {"module_args": shown_parameters(params)}
        whole = {**result, "invocation": invocation, **({"warnings": warnings} if warnings else {})}
        return shown_result(whole, params.get("gax_password"))

    def _in_step(self, variables: Mapping[str, Any]) -> str:
        """Return what is the same for all hosts and items of this task at this time; empty where there is only one.

        With another strategy than linear, a host could see what was read before its own last task changed something.
        And who repeats a task waits for a change.
        """
        task, hosts = self._task, variables.get("ansible_play_batch") or ()
        alone = len(hosts) < 2 and task.loop is None
        if alone or task.get_play().strategy.rpartition(".")[2] != "linear" or task.until or task.retries:
            return ""
        return "\n".join([task._uuid, *map(str, hosts)])


def _failure(problem: EngageError) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": str(problem), **problem.details}
