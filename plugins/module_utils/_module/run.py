# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Between Ansible and the core: the connection's argument spec, check mode, results, failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._errors import EngageError
from .._gax.http import REQUESTS_IMPORT_ERROR
from .._secrets import MASK, Redactor, is_secret, shown
from .context import Context
from .specs import CONNECTION, MODULES


class _Module(AnsibleModule):
    """AnsibleModule that shows no secret inside nested options, which no argument spec can name."""

    def log(self, msg: str, log_args: Any = None) -> None:
        super().log("Invoked")

    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Add nothing: the result is that of the operation, as it is in the controller's process."""
        return kwargs

    def exit_json(self, **result: Any) -> None:
        super().exit_json(**{"invocation": {"module_args": shown_parameters(self.params)}, **result})

    def fail_json(self, msg: str, **result: Any) -> None:
        super().fail_json(msg, **{"invocation": {"module_args": shown_parameters(self.params)}, **result})


def run(name: str) -> None:
    """Run the operation of this name as an Ansible module."""
    spec = MODULES[name]
    module = _Module({**CONNECTION, **spec.arguments}, supports_check_mode=True, **spec.rules)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    try:
        result = spec.operation(Context(module.params, module.check_mode, module.warn))
    except EngageError as problem:
        module.fail_json(str(problem), **problem.details)
    module.exit_json(**result)


def shown_parameters(value: Any, key: str = "") -> Any:
    """Return parameters as they may be shown: secrets masked, credentials cut out of addresses."""
    if is_secret(key) and isinstance(value, (Mapping, list)):
        return MASK
    if isinstance(value, Mapping):
        return {name: shown_parameters(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [shown_parameters(inner, key) for inner in value]
    if value is None or isinstance(value, bool) or key == "gax_password_transport":
        return value
    return Redactor().clean(shown(key, value)) if isinstance(value, str) else shown(key, value)
