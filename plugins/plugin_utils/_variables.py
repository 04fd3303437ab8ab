# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Names of the variables that this collection knows, and a word on those that only look like one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from ..module_utils._module.specs import CONNECTION

SPECS = Path(__file__).parents[2] / "roles" / "chat_channel" / "meta" / "argument_specs.yml"
ROLE, OF_CONNECTION = "chat_channel_", "gax_"
# Beyond the argument specs of role and modules: what playbooks take, what the role publishes, what is said of a host.
_MORE = (
    "chat_channel_batch chat_channel_hosts chat_channel_restart_required chat_channel_result chat_channel_serial "
    "gax_chat_servers gax_clusters gax_dbid gax_evidence_dir gax_in_process gax_options gax_preflight_application "
    "gax_state gax_tenants gax_type gax_version"
)


@cache
def known_variables() -> frozenset[str]:
    """Return the names of all variables that mean something to the role, its playbooks and the modules."""
    # Not read as YAML: that would take each inventory host 10 ms.
    of_role = re.findall(rf"^ +({ROLE}\w+):(?: |$)", SPECS.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset({*of_role, *CONNECTION, *_MORE.split()})


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a sentence for each name that begins like one of ours and is none, with the name probably meant.

    Everything that begins with ``chat_channel_`` belongs to the role. Of what begins with ``gax_`` only a slip counts:
    playbooks may well have a ``gax_password_production``, or register ``gax_applications``.
    """
    return [f"{sentence} It has no effect." for name in sorted(set(names)) for sentence in _sentence(name)]


def _sentence(name: str) -> list[str]:
    prefix = next((prefix for prefix in (ROLE, OF_CONNECTION) if name.startswith(prefix) and name != prefix), None)
    if prefix is None or name in known_variables():
        return []
    near = _near(name, prefix, [other for other in known_variables() if other.startswith(prefix)])
    if near:
        return [f"Variable {name} is unknown. Did you mean {near}?"]
    return [f"Variable {name} is unknown to the role chat_channel."] if prefix == ROLE else []


def _near(name: str, prefix: str, known: Collection[str]) -> str:
    """Return the known name that was probably meant, or an empty text."""
    words = set(name.split("_"))
    if any(words > set(other.split("_")) for other in known):  # such as gax_url_production: a name of the user's own
        return ""
    begun = sorted(other for other in known if other.startswith(name) and len(name) > len(prefix) + 3)
    rests = {other[len(prefix) :]: other for other in known}
    near = difflib.get_close_matches(name[len(prefix) :].lower(), rests, n=1, cutoff=0.7)
    return next(iter([*begun, *(rests[rest] for rest in near)]), "")
