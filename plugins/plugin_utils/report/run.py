# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the module chat_channel_report does: parameters in, files and a result out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...module_utils._errors import BadInput
from .compare import compare, read_earlier
from .data import attention, build, lines, read_clusters
from .files import write


def chat_channel_report(given: Mapping[str, Any]) -> dict[str, Any]:
    """Compare, write the files and sum up. Changes nothing that is managed, so that it never says changed."""
    results = given["clusters"]
    wrong = [host for host, result in results.items() if not isinstance(result, Mapping)]
    if wrong:
        raise BadInput(
            f"clusters: what is given for '{wrong[0]}' is no result of chat_channel_info; map each inventory host to "
            "the registered result of that module."
        )
    # Read before anything is written: the earlier report may lie where the new one goes.
    comparison = compare(read_earlier(given["compare_with"]), read_clusters(results)) if given["compare_with"] else None
    created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    report = build(results, created, comparison)
    files = write(report, given["report_dir"]) if given["report_dir"] else []
    told = lines(report, files)
    return {
        "changed": False,
        "msg": told[0],
        "lines": told,
        "summary": report["summary"],
        "attention": attention(report["clusters"]),
        "comparison": comparison,
        "files": files,
    }
