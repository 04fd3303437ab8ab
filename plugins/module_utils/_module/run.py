# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Between Ansible and the core: the connection's argument spec, check mode, results, failures."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import LOG_IN_REFUSED, EngageError, is_refused_log_in
from .._gax.http_client import REQUESTS_IMPORT_ERROR
from .._secrets import shown_parameters, shown_result
from .._text import visible
from .context import ARGUMENTS, Context
from .specs import MODULES, Operation


class _Module(AnsibleModule):
    """AnsibleModule that shows no secret inside nested options, which no argument spec can name."""

    def log(self, msg: str, log_args: Any = None) -> None:
        super().log("Invoked")

    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Add nothing: the result is that of the operation, as it is in the controller's process."""
        return kwargs

    def exit_json(self, **result: Any) -> None:
        super().exit_json(**self._shown(result))

    def fail_json(self, msg: str, **result: Any) -> None:
        super().fail_json(**self._shown({"msg": msg, **result}))

    def _shown(self, result: dict[str, Any]) -> dict[str, Any]:
        """Mask what is secret, and nothing else: Ansible would cut the password out of names and of our own words."""
        self.no_log_values: set[str] = set()
        whole = {"invocation": {"module_args": shown_parameters(self.params)}, **result}
        return shown_result(whole, self.params.get("gax_password"))


def run(operation: Operation) -> None:
    """Run an operation as the Ansible module of its name."""
    spec = MODULES[operation.__name__]
    module = _Module(spec.all_arguments, supports_check_mode=True, **spec.rules)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    arguments = os.environ.get(ARGUMENTS, "")
    context = Context(module.params, module.check_mode, lambda text: module.warn(visible(text)), arguments=arguments)
    try:
        result = spec.run(operation, context)
    except EngageError as problem:
        refused = {LOG_IN_REFUSED: True} if is_refused_log_in(problem) else {}
        module.fail_json(str(problem), **problem.details, **refused)
    module.exit_json(**result)
