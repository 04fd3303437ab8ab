# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the module chat_channel_report does: parameters in, files and a result out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ...module_utils._errors import BadInput
from ...module_utils._version import VERSION
from .compare import compare
from .console import lines
from .data import FORMAT, Cluster, Report, attention, read_clusters, seen, summary
from .files import write
from .history import find, point
from .reasons import reasons

TREND = 30  # reports


def chat_channel_report(params: Mapping[str, Any], origin: Mapping[str, Any]) -> dict[str, Any]:
    """Compare, write the files and sum up. Changes nothing that is managed, so that it never says changed.

    ``origin`` says where the results come from, as far as it is known: ``name`` of the run, sources of the
    ``inventory``, and ``limit``.
    """
    results = params["clusters"]
    wrong = [host for host, result in results.items() if not isinstance(result, Mapping)]
    if wrong:
        raise BadInput(
            f"clusters: the value for '{wrong[0]}' is not a result of chat_channel_info; map each inventory host to "
            "the registered result of that module."
        )
    if params["keep"] < 0:
        raise BadInput(f"keep (chat_channel_report_keep) must be 0 or more, not {params['keep']}.")
    clusters = read_clusters(results)
    # Read before anything is written: the earlier report may lie where the new one goes.
    earlier, history, notices = find(params["compare_with"], params["report_dir"], clusters, origin.get("limit", ""))
    created = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    run = {**seen(origin), "collection": VERSION, "gax": gax_of(results)}
    report = build(clusters, created, run, earlier, history, seen(notices))
    files = write(report, params["report_dir"], params["keep"]) if params["report_dir"] else []
    shown = lines(report, reasons(clusters), files)
    return {
        "changed": False,
        "msg": shown[0],
        "lines": shown,
        "summary": report["summary"],
        "attention": attention(clusters, written=bool(files)),
        "comparison": report["comparison"],
        "notices": report["notices"],
        "files": files,
    }


def gax_of(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return each GAX that was read, once: ``address``, ``version`` and ``account``."""
    found = [result["gax"] for result in results.values() if "gax" in result]
    return list({str(sorted(gax.items())): dict(seen(gax)) for gax in found}.values())


def build(
    clusters: Sequence[Cluster],
    created: str,
    run: Mapping[str, Any] | None = None,
    earlier: Report | None = None,
    history: Sequence[Report] = (),
    notices: Sequence[str] = (),
) -> Report:
    """Return the report."""
    report: Report = {
        "format": FORMAT,
        "created": created,
        "run": {"name": "", "collection": VERSION, "gax": [], "inventory": [], "limit": "", **(run or {})},
        "notices": list(notices),
        "summary": summary(clusters),
        "reasons": [reason.shown() for reason in reasons(clusters)],
        "clusters": list(clusters),
        "comparison": compare(earlier, clusters) if earlier else None,
    }
    hosts = [cluster["host"] for cluster in clusters]
    past = [point(item, hosts) for item in history if item["created"] <= created]
    return {**report, "trend": [*past, point(report, hosts)][-TREND:]}
