# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A finding: its severity, what it is about, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEVERITIES = ("error", "warning", "info")  # the worst first


def at_least(severity: str, asked: str) -> bool:
    """Say whether a severity is at least the one asked for; none is, where ``never`` is asked for."""
    return asked in SEVERITIES and SEVERITIES.index(severity) <= SEVERITIES.index(asked)


@dataclass(frozen=True)
class Finding:
    """Something a senior engineer would point at. ``hint`` is one sentence on what to do."""

    id: str
    severity: str
    application: str
    message: str
    expected: str = ""
    actual: str = ""
    hint: str = ""

    def shown(self) -> dict[str, Any]:
        return asdict(self)

    def at_least(self, severity: str) -> bool:
        return at_least(self.severity, severity)
