# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of what can be asked of a chat channel, made from the catalogue of its options."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ansible_collections.genesys_ops.engage.plugins.module_utils._chat.options import CHANNEL, RUN, Option


def _documented(options: Iterable[Option]) -> str:
    """Return options as Ansible wants them documented. It reads YAML, of which JSON is a part."""
    documented = {}
    for option in options:
        entry = {"description": list(option.text), "type": option.type, "default": option.default}
        more = {"choices": list(option.choices) or None, "required": option.required or None}
        documented[option.name] = {key: value for key, value in {**entry, **more}.items() if value is not None}
    return json.dumps({"options": documented})


class ModuleDocFragment:
    # With a type: the sanity test yamllint of 2.16 takes each plain assignment in here for a text.
    # Which channel, and its options.
    DOCUMENTATION: str = _documented(CHANNEL)

    # What a run does with it.
    RUN: str = _documented(RUN)
