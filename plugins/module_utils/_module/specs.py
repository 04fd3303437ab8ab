# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What each module takes: one table for the modules and for the action plugins."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._chat.options import CHANNEL, RUN, Option
from .._errors import BadInput, EngageError
from .._write.failure import nothing_changed
from .._write.run_names import check_run
from .context import Context, Result
from .texts import check_texts

Arguments = dict[str, Any]
Operation = Callable[[Context], Result]


@dataclass(frozen=True)
class Spec:
    """``arguments`` come on top of the connection options; ``rules`` are Ansible's, such as ``required_if``.

    A module that ``is_run`` changes several applications, and says of each failure how they are now.
    """

    arguments: Arguments
    rules: dict[str, Any] = field(default_factory=dict)
    is_run: bool = False

    @property
    def all_arguments(self) -> Arguments:
        return {**CONNECTION, **self.arguments}

    def run(self, operation: Operation, context: Context) -> Result:
        """Run the module's operation. Raises EngageError, also for names that cannot be meant."""
        try:
            check_texts(self.all_arguments, context.params)
            if context.params.get("run"):
                check_run(context.params["run"])
        except BadInput as problem:
            refused = self.refused(problem, context.params)
            if refused is problem:
                raise
            raise refused from problem
        return operation(context)

    def refused(self, problem: EngageError, params: Mapping[str, Any]) -> EngageError:
        """Return the error for a call that has not begun: of a run, it says first that nothing is changed."""
        return nothing_changed(problem, params) if self.is_run else problem


def _from_environment(name: str) -> str:
    """Return an environment variable. An empty one counts as not set: a form that was left empty gives that."""
    if not os.environ.get(name):
        raise AnsibleFallbackNotFound
    return os.environ[name]


_CONNECTION: Arguments = {
    # The first three are required; connect() says so, with the name of the environment variable.
    "gax_url": {"type": "str"},
    "gax_username": {"type": "str"},
    "gax_password": {"type": "str", "no_log": True},
    "gax_password_transport": {
        "type": "str",
        "choices": ["obfuscated", "plain"],
        "default": "obfuscated",
        "no_log": False,
    },
    "gax_validate_certs": {"type": "bool", "default": True},
    "gax_ca_path": {"type": "path"},
    "gax_client_cert": {"type": "path"},
    "gax_client_key": {"type": "path", "no_log": False},
    "gax_proxy": {"type": "str"},
    "gax_timeout": {"type": "float", "default": 60.0},
    "gax_retries": {"type": "int", "default": 3},
    "gax_concurrency": {"type": "int", "default": 8},
    "gax_evidence": {"type": "path"},
}
# Each has an environment variable of its name in capital letters.
CONNECTION: Arguments = {
    name: {**spec, "fallback": (_from_environment, [name.upper()])} for name, spec in _CONNECTION.items()
}

_CHANGE: Arguments = {
    "on_failure": {"type": "str", "choices": ["rollback", "keep"], "default": "rollback"},
    "backup_dir": {"type": "path"},
    "backup_secrets": {"type": "bool", "default": False, "no_log": False},
}
_STATE: Arguments = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


def _arguments(options: Iterable[Option]) -> Arguments:
    """Return the argument spec of options of a chat channel."""
    return {
        option.name: {
            "type": option.type,
            **({"required": True} if option.required else {}),
            **({"choices": list(option.choices)} if option.choices else {}),
            **({"default": option.default} if option.default is not None else {}),
        }
        for option in options
    }


_CHANNEL = _arguments(CHANNEL)
# What is asked of a chat channel, whether it is looked at or set.
_RUN = _arguments((*CHANNEL, *RUN))
_QUEUE_WHEN_PRESENT = {"required_if": [("state", "present", ["queue"])]}

MODULES: dict[str, Spec] = {
    "application_connection": Spec(
        {
            **_CHANGE,
            "applications": {"type": "list", "elements": "str", "required": True},
            "server": {"type": "str", "required": True},
            "port_id": {"type": "str"},
            "protocol": {"type": "str", "choices": ["addp", "none"]},
            "local_timeout": {"type": "int"},
            "remote_timeout": {"type": "int"},
            **_STATE,
        },
    ),
    "application_info": Spec(
        {
            "names": {"type": "list", "elements": "str"},
            "types": {"type": "list", "elements": "str"},
            "tenant": {"type": "str"},
            "connected_to": {"type": "str"},
        },
    ),
    "application_options": Spec(
        {
            **_CHANGE,
            "name": {"type": "str"},
            "options": {"type": "dict"},
            "applications": {"type": "list", "elements": "dict"},
            **_STATE,
            "exclusive": {"type": "bool", "default": False},
            "family": {"type": "str", "choices": ["options", "annex"], "default": "options"},
        },
        {
            "required_together": [("name", "options")],
            "required_one_of": [("name", "applications")],
            "mutually_exclusive": [("name", "applications"), ("options", "applications")],
        },
    ),
    "application_rollback": Spec(
        {
            **_CHANGE,
            "applications": {"type": "list", "elements": "dict"},
            "path": {"type": "path"},
            "cluster": {"type": "str"},
            "clusters": {"type": "list", "elements": "list"},
            "restore_run": {"type": "str"},
            "restore_to": {"type": "str"},
            "names": {"type": "list", "elements": "str"},
            "other_gax": {"type": "bool", "default": False},
            "left": {"type": "list", "elements": "str"},
            "on_conflict": {"type": "str", "choices": ["fail", "leave", "overwrite"], "default": "fail"},
            "run": {"type": "str"},
        },
        {
            "required_one_of": [("applications", "path", "cluster")],
            "mutually_exclusive": [
                ("applications", "path"),
                ("applications", "cluster"),
                ("restore_run", "restore_to"),
            ],
            "required_by": {"restore_to": "cluster", "clusters": "cluster"},
        },
        is_run=True,
    ),
    "chat_channel": Spec(
        {
            **_CHANGE,
            **_RUN,
            "on_failure": {"type": "str", "choices": ["rollback", "batch", "keep"], "default": "rollback"},
            "chat_servers": {"type": "list", "elements": "str"},
            "predict": {"type": "bool", "default": False},
            "one_step": {"type": "bool", "default": False},
            "batch_size": {"type": "int", "default": 0},
            "nodes_restarted": {"type": "bool", "default": False},
            "restarts": {"type": "bool", "default": False},
            "after_failure": {"type": "str"},
            "plan_dir": {"type": "path"},
            "approved_plan_dir": {"type": "path"},
            "plan_max_age": {"type": "float"},
            "run": {"type": "str"},
        },
        _QUEUE_WHEN_PRESENT,
        is_run=True,
    ),
    "chat_channel_info": Spec(
        {**_RUN, "enforce": {"type": "bool", "default": False}},
    ),
    "chat_server_endpoint": Spec(
        {
            **_CHANGE,
            "chat_servers": {"type": "list", "elements": "str", "required": True},
            "tenant": {"type": "str"},
            "endpoint": {"type": "str", "default": "webme"},
            "queue": {"type": "str"},
            "check_queue": {"type": "bool", "default": True},
            "remove_in_use": {"type": "bool", "default": False},
            **_STATE,
        },
        _QUEUE_WHEN_PRESENT,
    ),
    "estate_export": Spec(
        {
            "path": {"type": "path", "required": True},
            "clusters": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "cluster": {"type": "str", "required": True},
                    "tenant": {"type": "str"},
                    "endpoint": {"type": "str", "default": "webme"},
                    "previous_endpoint": {"type": "str"},
                    "queue": {"type": "str"},
                    "contact_server": {"type": "str"},
                },
            },
        },
    ),
    "gax_preflight": Spec(
        {
            "application": {"type": "str"},
            "clusters": {"type": "list", "elements": "str", "default": []},
            "second_session": {"type": "bool", "default": True},
            "evidence_dir": {"type": "path"},
        },
    ),
    "interaction_queue": Spec(
        {"name": {"type": "str", "required": True}, "tenant": {"type": "str", "required": True}, **_STATE},
    ),
    "web_engagement_chat": Spec(
        {
            **_CHANGE,
            **_CHANNEL,
            "check_queue": {"type": "bool", "default": True},
            "check_endpoints": {"type": "bool", "default": False},
            **_STATE,
        },
        _QUEUE_WHEN_PRESENT,
    ),
}
