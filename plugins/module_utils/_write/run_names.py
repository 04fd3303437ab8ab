# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""How a run is named: after its time and the job that started it, or as a user wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone

from .._errors import BadInput
from .._model.identity import safe_name

# CI systems: name, the variable that says that it is one, and those that name its job.
JOBS = (
    ("gitlab", "GITLAB_CI", ("CI_JOB_ID",)),
    ("github", "GITHUB_ACTIONS", ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT")),
    ("jenkins", "JENKINS_URL", ("JOB_NAME", "BUILD_NUMBER")),
    ("awx", "AWX_HOST", ("JOB_ID",)),
)


def run_name(environ: Mapping[str, str], now: datetime) -> str:
    """Return the name of a run: its time in UTC, and the job of a CI system where there is one."""
    start = now.astimezone(timezone.utc)
    parts = [f"{start:%Y%m%dT%H%M%S}.{start.microsecond // 1000:03}Z"]
    for system, sign, variables in JOBS:
        if environ.get(sign):
            values = [safe_name(environ[name], 30) for name in variables if environ.get(name)]
            return "-".join([*parts, system, *values])
    return parts[0]


def check_run(name: str) -> str:
    """Return the name of a run. Raises BadInput for one that cannot be the name of a folder everywhere."""
    if not re.fullmatch(r"\w[\w.+-]*", name) or len(name.encode()) > 200:
        raise BadInput(
            f"run (chat_channel_run): {name[:60]!r} cannot name a run: use letters, digits, '.', '_', '+' and '-', "
            "start with a letter or digit, and stay below 200 bytes."
        )
    return name
