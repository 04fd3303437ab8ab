# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For those who are used to nox: its sessions call the targets of the Makefile, which make their own environment."""

from __future__ import annotations

import nox

TARGETS = (
    "lint",
    "reuse",
    "unit",
    "client",
    "integration",
    "reliability",
    "sanity",
    "matrix",
    "molecule",
    "release-check",
)


def _session(target: str) -> None:
    @nox.session(name=target, venv_backend="none")
    def run(session: nox.Session) -> None:
        session.run("make", target, external=True)


for _target in TARGETS:
    _session(_target)
