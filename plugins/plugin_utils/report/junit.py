# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as JUnit XML: one suite for each cluster, one case for each rule. CI systems show it as tests."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ...module_utils._chat.checks.all import RULES
from ...module_utils._chat.checks.finding import at_least
from ...module_utils._errors import BadInput
from .data import Cluster, Report

READING = "The cluster can be read"
# XML 1.0 has no way to write these, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the XML. A rule fails where a finding is at least as severe as the cluster's ``fail_on``."""
    try:
        from junitparser import JUnitXml
    except ImportError as missing:
        raise BadInput(
            "report_dir (chat_channel_report_dir) needs the Python library junitparser, which is not installed beside "
            "Ansible: run 'pip install junitparser', or leave it out."
        ) from missing
    xml = JUnitXml("chat channel audit")
    for cluster in report["clusters"]:
        xml.add_testsuite(_suite(cluster))
    xml.update_statistics()  # type: ignore[no-untyped-call]  # the library declares no types
    out = io.BytesIO()
    xml.write(out)
    return out.getvalue().decode("utf-8") + "\n"


def _suite(cluster: Cluster) -> Any:
    from junitparser import TestSuite

    name = clean(cluster["name"] if cluster["name"] == cluster["host"] else f"{cluster['name']} ({cluster['host']})")
    suite = TestSuite(name)
    suite.add_testcase(_case(name, READING, cluster["problem"]))
    for rule in RULES.values() if not cluster["problem"] else ():
        found = [finding for finding in cluster["findings"] if finding["id"] == rule.id]
        suite.add_testcase(_case(name, f"{rule.id} {rule.title}", None, found, cluster["fail_on"]))
    return suite


def _case(suite: str, title: str, problem: str | None, found: Any = (), fail_on: str = "never") -> Any:
    from junitparser import Error, Failure, TestCase

    case = TestCase(title, classname=suite)
    fatal = [finding for finding in found if at_least(finding["severity"], fail_on)]
    rest = [finding for finding in found if finding not in fatal]
    if problem:
        case.result = [_result(Error, "The cluster could not be read.", "unreadable", clean(problem))]
    elif fatal:
        more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
        message = clean(f"{fatal[0]['application']}: {fatal[0]['message']}{more}")
        case.result = [_result(Failure, message, fatal[0]["severity"], "\n\n".join(map(told, fatal)))]
    if rest:
        case.system_out = "\n\n".join(map(told, rest))
    return case


def _result(kind: Any, message: str, severity: str, text: str) -> Any:
    result = kind(message, severity)
    result.text = text
    return result


def told(finding: Mapping[str, Any]) -> str:
    """Return a finding as a paragraph of plain text."""
    rows = [f"{finding['severity'].upper()} {finding['application']}: {finding['message']}"]
    rows += [f"{word}: {finding[key]}" for word, key in _WORDS if finding[key]]
    return clean("\n".join(rows))


_WORDS = (("Expected", "expected"), ("Found", "actual"), ("What to do", "hint"))


def clean(text: str) -> str:
    """Return the text with U+FFFD in place of what XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
