# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request as handlers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .journal import Request


@dataclass
class Call:
    """What was asked; `entry` is its line in the request log."""

    entry: Request
    path: str  # without the API prefix
    query: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """Return the HTTP method."""
        return self.entry["method"]

    @property
    def is_write(self) -> bool:
        """Tell whether the request wants to change configuration objects."""
        return self.method in ("POST", "PUT", "PATCH", "DELETE") and self.path.startswith("cfg/")
