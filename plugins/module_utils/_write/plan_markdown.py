# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Saved plans as Markdown: what a person reads before it is approved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._text import counted, visible


def readable(plans: Sequence[Mapping[str, Any]]) -> str:
    """Return the plans of one run as Markdown, for a merge request."""
    number = sum(len(content["applications"]) for content in plans)
    lines = [
        "# Planned changes",
        f"Run {_safe(plans[0]['run'])}, {plans[0]['made']}: {counted(number, 'application')} would change in "
        f"{counted(len(plans), 'cluster')}.",
    ]
    for content in sorted(plans, key=lambda item: str(item["cluster"]["name"])):
        lines += [f"## {_safe(content['cluster']['name'])}", f"On {_safe(', '.join(content['gax']))}."]
        asked = ", ".join(f"{name} {value}" for name, value in content["inputs"].items())
        lines += [f"Requested: {_safe(asked)}."] if asked else []
        if content["new_queue"]:
            lines.append(f"The Interaction Queue {_safe(content['new_queue'])} would be created.")
        rows = [
            f"| {_safe(item['name'])} | {_safe('[' + change['title'] + '] ' + change['key'])} "
            f"| {_safe(_cell(change['before']))} | {_safe(_cell(change['after']))} |"
            for item in content["applications"]
            for change in item["changes"]
        ]
        table = ["| Application | Option | Now | Then |", "| --- | --- | --- | --- |", *rows]
        lines.append("\n".join(table) if rows else "Nothing would change.")
        for name in dict.fromkeys(item.get("application") for item in content["restarts"]):
            options = [str(item.get("option")) for item in content["restarts"] if item.get("application") == name]
            lines.append(f"The nodes of {_safe(str(name))} must restart to apply {_safe(', '.join(options))}.")
        for finding in content["findings"]:
            words = [str(finding.get(name, "")) for name in ("severity", "id", "application", "message")]
            lines.append(f"- {_safe(' '.join(filter(None, words)))}")
    return "\n\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "not there"
    return "a secret" if isinstance(value, dict) else str(value) or "empty"


def _safe(text: str) -> str:
    """Return untrusted text that Markdown shows as it is, on one line, with escapes for what cannot be seen."""
    one_line = " ".join(visible(text).split())
    return re.sub(r"([\\`*\[\]|~<>&$#_])", r"\\\1", one_line).replace("@", "@\u200b")
