# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls operations of the core in process, over real HTTP, with the defaults and rules of their modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.plugins.module_utils._gax.session import wait_for_log_outs
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.operations import Context
from ansible_collections.genesys_ops.engage.plugins.module_utils._module.specs import CONNECTION, MODULES
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator
from ansible_collections.genesys_ops.engage.tests.simulator.journal import Request

USER, PASSWORD = "default", "password"
LOG_IN, LOG_OUT, USER_INFO = "session/login", "session/logout", "user/info"
EXPIRED = ["401", "403", "302", "200-html"]  # how a GAX may answer without a session

Operation = Callable[[Context], dict[str, Any]]


def call(
    sim: Simulator | str,
    operation: Operation,
    check_mode: bool = False,
    warnings: list[str] | None = None,
    task: str = "",
    host: str = "",
    **parameters: Any,
) -> dict[str, Any]:
    """Run an operation as its module would and return its result; raise EngageError when it fails.

    ``sim`` is a simulator or an address. Nothing here waits long, unless told to. ``warnings`` takes what is warned of.
    Calls with the same ``task`` are those of hosts that may share what they read; ``host`` is the inventory host.
    """
    spec = MODULES[operation.__name__]
    given = {
        "gax_url": sim if isinstance(sim, str) else sim.url,
        "gax_username": USER,
        "gax_password": PASSWORD,
        "gax_timeout": 2.0,
        **parameters,
    }
    checked = ArgumentSpecValidator({**CONNECTION, **spec.arguments}, **spec.rules).validate(given)
    assert not checked.error_messages, checked.error_messages
    warn = (lambda text: None) if warnings is None else warnings.append
    try:
        return operation(Context(checked.validated_parameters, check_mode, warn, host, task=task))
    finally:
        wait_for_log_outs()  # as the process of Ansible does before it ends


def refused(sim: Simulator | str, operation: Operation, *words: str, **parameters: Any) -> str:
    """Run an operation that must fail; return what the user reads, which must hold the words."""
    with pytest.raises(EngageError) as caught:
        call(sim, operation, **parameters)
    said = str(caught.value)
    for word in words:
        assert word in said, f"{word!r} is missing in: {said}"
    return said


def asked(sim: Simulator, path: str, method: str | None = None) -> list[Request]:
    """Return the requests to a path below the API."""
    wanted = f"/gax/api/{path}"
    return [entry for entry in sim.log if entry["path"] == wanted and method in (None, entry["method"])]


def log_ins(sim: Simulator) -> int:
    """Return how often somebody tried to log in."""
    return len(asked(sim, LOG_IN))


def applied(sim: Simulator) -> Counter[str]:
    """Return application -> number of applied writes."""
    return Counter(str(write["name"]) for write in sim.journal if write["applied"])
