# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For those who are used to nox: its sessions call the targets of the Makefile, which make their own environment.

Not antsibull-nox: it downloads ansible-core from GitHub for ansible-test, and this is to work where only the
libraries can be had.
"""

from __future__ import annotations

import nox

# Without a name, nox runs what `make test` does.
TEST = ("lint", "docs", "unit", "client", "integration", "reliability", "pages", "browser")
MORE = ("reuse", "both-ways", "coverage", "sanity", "matrix", "molecule", "release-check", "bench")
nox.options.sessions = TEST


def _session(target: str) -> None:
    @nox.session(name=target, venv_backend="none")
    def run(session: nox.Session) -> None:
        session.run("make", target, external=True)


for _target in TEST + MORE:
    _session(_target)
