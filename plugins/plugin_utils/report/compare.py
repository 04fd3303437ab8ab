# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What has changed since an earlier report: findings that are new, solved, or as before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...module_utils._chat.checks.finding import SEVERITIES
from ...module_utils._errors import BadInput
from .data import Cluster, Report

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "audit-report.schema.json"
WHERE = "compare_with (chat_channel_compare_with)"

Key = tuple[str, str, str, str, str]


def read_earlier(path: str) -> Report:
    """Return an earlier report. Raises BadInput, that says what to do, for a file that is none."""
    try:
        report = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadInput(f"{WHERE}: cannot read {path}: {problem.strerror}. {_ADVICE}") from problem
    except ValueError as problem:
        raise BadInput(f"{WHERE}: {path} is no JSON: {problem}. {_ADVICE}") from problem
    complaint = complaint_about(report)
    if complaint:
        raise BadInput(f"{WHERE}: {path} is no audit report of this collection: {complaint}. {_ADVICE}")
    checked: Report = report
    return checked


_ADVICE = "Give the chat-channel-audit.json of an earlier audit, or leave it out."


def complaint_about(report: Any) -> str:
    """Say where a report breaks the published schema, or return an empty text."""
    try:
        import jsonschema
    except ImportError as missing:
        raise BadInput(
            f"{WHERE} needs the Python library jsonschema, which is not installed beside Ansible: run "
            "'pip install jsonschema', or leave it out."
        ) from missing
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    error = jsonschema.exceptions.best_match(validator.iter_errors(report))
    if error is None:
        return ""
    said = error.message if len(error.message) <= 200 else f"{error.message[:200]}..."
    return f"at {error.json_path}: {said}"


def compare(earlier: Report, clusters: Sequence[Cluster]) -> dict[str, Any]:
    """Return what is new, solved and as before.

    Only clusters that could be read both times are compared: what cannot be seen is not solved.
    """
    then, now = _by_host(earlier["clusters"]), _by_host(clusters)
    hosts = [host for host in now if host in then and not (now[host]["problem"] or then[host]["problem"])]
    found = _findings(now[host] for host in hosts)
    before = _findings(then[host] for host in hosts)
    return {
        "earlier": earlier["created"],
        "new": _worst_first(entry for key, entry in found.items() if key not in before),
        "solved": _worst_first(entry for key, entry in before.items() if key not in found),
        "standing": _worst_first(entry for key, entry in found.items() if key in before),
        "not_compared": [
            _not_compared(then.get(host), now.get(host)) for host in dict.fromkeys([*now, *then]) if host not in hosts
        ],
    }


def _by_host(clusters: Sequence[Cluster]) -> dict[str, Cluster]:
    return {cluster["host"]: cluster for cluster in clusters}


def _worst_first(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: SEVERITIES.index(entry["severity"]))


def _findings(clusters: Iterable[Cluster]) -> dict[Key, dict[str, Any]]:
    return {
        key_of(cluster, finding): {"host": cluster["host"], "name": cluster["name"], **finding}
        for cluster in clusters
        for finding in cluster["findings"]
    }


def key_of(cluster: Cluster, finding: Mapping[str, Any]) -> Key:
    """Return what makes a finding the same one in two reports. Values that are expected or found may change."""
    return cluster["host"], cluster["name"], finding["id"], finding["application"], finding["message"]


def _not_compared(then: Cluster | None, now: Cluster | None) -> dict[str, str]:
    there = now or then or {}
    if then is None:
        reason = "not in the earlier report"
    elif now is None:
        reason = "not in this run"
    else:
        reason = "could not be read this time" if now["problem"] else "could not be read the time before"
    return {"host": there["host"], "name": there["name"], "reason": reason}
