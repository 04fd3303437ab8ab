# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Earlier reports: the one to compare with, those that are kept, and how the numbers went.

What lies there may be cut, edited, of another version or of other clusters. A report must not be lost for it, so that
what cannot be used is said in a notice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...module_utils._chat.checks.finding import NOTHING_NOW, SEVERITIES
from ...module_utils._files import why
from ...module_utils._model.names import variable
from .data import FORMAT, Cluster, Report, notable, seen

NAME = "chat-channel-audit"
FOLDER = "history"  # below the folder of the report
LATEST = "latest"
_DATED = re.compile(rf"{NAME}-\d{{8}}T\d{{6}}Z(-\d+)?\.json")
_TEXTS = ("id", "severity", "application", "message")
_MORE = {"impact": NOTHING_NOW, "expected": "", "actual": "", "hint": ""}  # of a finding of an earlier version


class NoReport(ValueError):
    """A file that is no earlier report. Its text says why."""


def read_earlier(path: Path) -> Report:
    """Return what matters of an earlier report: when it was made, its clusters and their findings."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise NoReport(f"{path} cannot be read: {why(problem)}") from problem
    except (ValueError, RecursionError) as problem:
        raise NoReport(f"{path} is not JSON: {problem}") from problem
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise NoReport(f"{path} is not an audit report of this version; its format is not '{FORMAT}'")
    try:
        clusters = [_cluster(cluster) for cluster in report["clusters"]]
        limit = _text(report.get("run", {}).get("limit", ""))  # earlier versions have no run
        return {"created": _text(report["created"]), "clusters": clusters, "limit": limit}
    except (KeyError, TypeError, AttributeError) as problem:
        raise NoReport(f"{path} is not a complete audit report: {problem}") from problem


def _cluster(given: Mapping[str, Any]) -> Cluster:
    """Return what is used of a cluster. Raises KeyError, TypeError or AttributeError for what is none."""
    cluster: Cluster = {"host": _text(given["host"]), "name": _text(given["name"]), "problem": given["problem"]}
    if not cluster["problem"]:
        cluster["findings"] = [_finding(finding) for finding in given["findings"]]
    return cluster


def _finding(given: Mapping[str, Any]) -> dict[str, Any]:
    finding = {key: _text(given[key]) for key in _TEXTS} | {key: _text(given.get(key, _MORE[key])) for key in _MORE}
    if finding["severity"] not in SEVERITIES:
        raise TypeError(f"unknown severity '{finding['severity']}'")
    return {**finding, "fixed_by_run": given.get("fixed_by_run") is True}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{json.dumps(value)[:60]} is not text")
    return str(seen(value))  # by hand, anything may have come in


def find(
    compare_with: str | None, report_dir: str | None, clusters: Sequence[Cluster], limit: str = ""
) -> tuple[Report | None, list[Report], list[str]]:
    """Return the report to compare with, earlier reports about these clusters, the oldest first, and notices."""
    notices: list[str] = []
    kept = _kept(Path(report_dir), notices) if report_dir else []
    hosts = {cluster["host"] for cluster in clusters}
    shares = [len(hosts & {cluster["host"] for cluster in report["clusters"]}) for report in kept]
    # A run with --limit in between must hide neither the others' past nor their trend.
    alike = [report for report, share in zip(kept, shares) if share and share == max(shares)]
    if not compare_with:
        return None, alike, notices
    if compare_with != LATEST:
        try:
            return read_earlier(Path(compare_with)), alike, notices
        except NoReport as problem:
            return None, alike, [*notices, f"Not compared with an earlier report: {problem}."]
    if not alike:
        where = f"in {report_dir} about these clusters" if report_dir else f"as {variable('report_dir')} is not set"
        notices.append(f"Not compared with an earlier report; there is none {where}.")
    # Of a report about some clusters only it is not known which others there were, and vanished since.
    whole = alike if limit else [report for report in alike if not report["limit"]] or alike
    return (whole[-1] if whole else None), alike, notices


def _kept(folder: Path, notices: list[str]) -> list[Report]:
    """Return the readable reports of a folder, the oldest first; the last one may lie there without a date."""
    found: list[Report] = []
    for path in [*filter(_is_written, dated(folder)), folder / f"{NAME}.json"]:
        try:
            report = read_earlier(path)
        except NoReport as problem:
            if path.exists():
                notices.append(f"An earlier report was ignored: {problem}.")
        else:
            if report not in found:
                found.append(report)
    return sorted(found, key=lambda report: str(report["created"]))


def dated(folder: Path) -> list[Path]:
    """Return the reports that are kept below a folder, the oldest first."""
    try:
        return sorted((path for path in (folder / FOLDER).iterdir() if _DATED.fullmatch(path.name)), key=_age)
    except OSError:
        return []


def _age(path: Path) -> tuple[str, int]:
    """Return what sorts the reports that are kept: time, and number within that second."""
    stamp, _dash, number = path.stem.removeprefix(f"{NAME}-").partition("-")
    return stamp, int(number or 1)


def _is_written(path: Path) -> bool:
    """Say whether a file holds anything: an empty one is just being written by another audit."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def claim(folder: Path, created: str) -> Path:
    """Make an empty file for the report to keep, with a name that no other has, and return it. Raises OSError.

    It is named ``chat-channel-audit-20261125T210000Z.json``, and with ``-2`` after the time if another audit of the
    same folder has ended in the same second.
    """
    stamp = re.sub("[:-]", "", created)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    number = max((age[1] for age in map(_age, dated(folder)) if age[0] == stamp), default=0)
    while True:
        number += 1
        path = folder / FOLDER / f"{NAME}-{stamp}{f'-{number}' if number > 1 else ''}.json"
        with suppress(FileExistsError):
            path.touch(exist_ok=False)
            return path


def point(report: Report, hosts: Sequence[str]) -> dict[str, Any]:
    """Return the numbers of one report for these hosts alone: ``created``, ``errors``, ``warnings``, ``unreadable``."""
    mine = [cluster for cluster in report["clusters"] if cluster["host"] in hosts]
    found = [finding["severity"] for cluster in mine for finding in notable(cluster)]
    return {
        "created": report["created"],
        "errors": found.count("error"),
        "warnings": found.count("warning"),
        "unreadable": sum(bool(cluster["problem"]) for cluster in mine),
    }
