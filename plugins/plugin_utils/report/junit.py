# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The audit report as JUnit XML: a suite for each cluster, a case for each rule. CI systems show it as tests.

Cases with findings come first, what costs most before the rest: one for each impact and severity of a rule, so that a
case fails or passes as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ...module_utils._chat.checks.all import RULES
from ...module_utils._chat.checks.finding import at_least
from .data import Cluster, Finding, Report, urgency

READING = "The cluster can be read"
# XML 1.0 has no way to write these, not even escaped. Names have none left; this is for texts of other sources.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the XML. A case fails where its findings are at least as severe as the cluster's ``fail_on``."""
    root = Element("testsuites", name="chat channel audit")
    root.extend(_suite(cluster) for cluster in report["clusters"])
    _count(root)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _suite(cluster: Cluster) -> Element:
    name = clean(cluster["name"] if cluster["name"] == cluster["host"] else f"{cluster['name']} ({cluster['host']})")
    suite = Element("testsuite", name=name)
    reading = _case(suite, READING)
    if cluster["problem"]:
        _result(reading, "error", "The cluster could not be read.", "unreadable", cluster["problem"])
    else:
        # Findings come in this order already: equal ones are neighbours.
        for _kind, found in groupby(cluster["findings"], lambda finding: urgency(finding)[:3]):
            _findings(suite, list(found), cluster["fail_on"])
        seen = {finding["id"] for finding in cluster["findings"]}
        for rule in RULES.values():
            if rule.id not in seen:
                _case(suite, f"{rule.id} {rule.title}")
    _count(suite)
    return suite


def _findings(suite: Element, found: Sequence[Finding], fail_on: str) -> None:
    first, text = found[0], "\n\n".join(map(paragraph, found))
    title = RULES[first["id"]].title if first["id"] in RULES else ""
    case = _case(suite, f"{first['id']} {title} ({first['severity']}, {first['impact']})")
    if at_least(first["severity"], fail_on):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        message = f"{first['application']}: {first['message']}{more}"
        _result(case, "failure", message, first["severity"], text)
    else:
        SubElement(case, "system-out").text = text


def _case(suite: Element, name: str) -> Element:
    return SubElement(suite, "testcase", name=clean(name), classname=suite.get("name", ""))


def _result(case: Element, kind: str, message: str, severity: str, text: str) -> None:
    SubElement(case, kind, message=clean(message), type=severity).text = clean(text)


def _count(element: Element) -> None:
    """Set the numbers that CI systems show without looking at the cases."""
    for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(attribute, str(sum(1 for _node in element.iter(tag))))


def paragraph(finding: Finding) -> str:
    """Return a finding as a paragraph of plain text."""
    lines = [f"{finding['severity'].upper()} {finding['application']}: {finding['message']}"]
    lines += [f"{word}: {finding[key]}" for word, key in _WORDS if finding[key]]
    return clean("\n".join(lines))


_WORDS = (("Impact", "impact"), ("Expected", "expected"), ("Found", "actual"), ("What to do", "hint"))


def clean(text: str) -> str:
    """Return the text with U+FFFD in place of what XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
