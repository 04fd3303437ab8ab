# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A finding: its severity, what it costs, what it is about, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEVERITIES = ("error", "warning", "info")  # the worst first

NO_CHAT = "no chat can be opened"
SOME_CHATS = "some chats are lost"
SWITCH_OVER = "chats are lost after a switch-over"
CONTACTS = "contacts are wrong"
NOTHING_NOW = "nothing now"
IMPACTS = (NO_CHAT, SOME_CHATS, SWITCH_OVER, CONTACTS, NOTHING_NOW)  # the worst first


def at_least(severity: str, asked: str) -> bool:
    """Say whether a severity is at least the one asked for; none is, where ``never`` is asked for."""
    return asked in SEVERITIES and SEVERITIES.index(severity) <= SEVERITIES.index(asked)


@dataclass(frozen=True)
class Finding:
    """Something a senior engineer would point at.

    ``impact`` is what it costs while it stays. ``hint`` is one sentence on what to do, with the value to set.
    The registry adds ``id``, and ``fixed_by_run``: whether the run that was asked about would fix it.
    """

    severity: str
    impact: str
    application: str
    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""
    id: str = ""
    fixed_by_run: bool = False

    def shown(self) -> dict[str, Any]:
        """Return the finding as results hold it. Raises ValueError for one that no registered rule has made."""
        if not self.id:
            raise ValueError(f"No rule has made this finding: {self.message}")
        values = asdict(self)
        return {key: values[key] for key in ("id", "severity", "impact", *values)}

    def at_least(self, severity: str) -> bool:
        return at_least(self.severity, severity)


def worst_first(finding: Finding) -> tuple[Any, ...]:
    """Return the key by which findings are sorted: impact, severity, id, application."""
    worst = IMPACTS.index(finding.impact), SEVERITIES.index(finding.severity)
    return *worst, finding.id, finding.application, finding.message
