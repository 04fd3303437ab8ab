# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A finding: its severity, what it is about, and what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEVERITIES = ("info", "warning", "error")


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
        return severity in SEVERITIES and SEVERITIES.index(self.severity) >= SEVERITIES.index(severity)
