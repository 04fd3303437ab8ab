# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Between Ansible and the core: the connection's argument spec, check mode, results, failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib

from .._errors import EngageError
from .._gax.http import REQUESTS_IMPORT_ERROR
from .._secrets import MASK, Redactor, is_secret, shown
from .context import Context, Result


def _from_environment(name: str, **spec: Any) -> dict[str, Any]:
    return {**spec, "fallback": (env_fallback, [name])}


CONNECTION_SPEC: dict[str, Any] = {
    "gax_url": _from_environment("GAX_URL", type="str", required=True),
    "gax_username": _from_environment("GAX_USERNAME", type="str", required=True),
    "gax_password": _from_environment("GAX_PASSWORD", type="str", required=True, no_log=True),
    "gax_password_transport": _from_environment(
        "GAX_PASSWORD_TRANSPORT", type="str", choices=["obfuscated", "plain"], default="obfuscated", no_log=False
    ),
    "gax_validate_certs": _from_environment("GAX_VALIDATE_CERTS", type="bool", default=True),
    "gax_ca_path": _from_environment("GAX_CA_PATH", type="path"),
    "gax_client_cert": {"type": "path"},
    "gax_client_key": {"type": "path", "no_log": False},
    "gax_proxy": {"type": "str"},
    "gax_timeout": _from_environment("GAX_TIMEOUT", type="float", default=60.0),
    "gax_retries": _from_environment("GAX_RETRIES", type="int", default=3),
    "gax_concurrency": {"type": "int", "default": 8},
}

CHANGE_SPEC: dict[str, Any] = {
    "on_failure": {"type": "str", "choices": ["rollback", "keep"], "default": "rollback"},
    "backup_dir": {"type": "path"},
    "backup_secrets": {"type": "bool", "default": False, "no_log": False},
}


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


def run(operation: Callable[[Context], Result], argument_spec: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
    """Run an operation as an Ansible module. ``rules`` are AnsibleModule's own, such as ``required_if``."""
    module = _Module({**CONNECTION_SPEC, **argument_spec}, supports_check_mode=True, **rules)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    try:
        result = operation(Context(module.params, module.check_mode, module.warn))
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
