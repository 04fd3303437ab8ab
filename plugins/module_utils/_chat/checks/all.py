# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""All the rules, and what they say about a chat channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..channel import Channel
from . import cluster, connections, queue, registry, removal, run, servers, shared
from .finding import Finding, worst_first
from .registry import Rule

# A module that is shipped to a host holds only what is imported by name: nothing is found by looking into a folder.
FILES = (cluster, connections, queue, removal, run, servers, shared)
RULES: dict[str, Rule] = dict(sorted(registry.RULES.items()))


@dataclass(frozen=True)
class Judgement:
    """What the rules say, the worst first: about the channel as it is, and as it would be after the run.

    ``after`` holds what the run itself would cause, too: nobody wants it to begin then.
    """

    now: tuple[Finding, ...]
    after: tuple[Finding, ...]

    def blocking(self, fail_on: str) -> list[Finding]:
        """Return what stops a run: what is at least this severe, or always does, after a run or because of it."""
        return [finding for finding in self.after if finding.at_least(fail_on) or RULES[finding.id].always]


def judge(channel: Channel) -> Judgement:
    """Apply the rules. A finding is fixed by the run if it is gone afterwards, and nothing came in its place."""
    if channel.absent:
        found = _found(channel, [rule for rule in RULES.values() if rule.retiring])
        return Judgement(_sorted(found), _sorted(found))
    state = [rule for rule in RULES.values() if not rule.about_run]
    of_run = _found(channel, [rule for rule in RULES.values() if rule.about_run])
    before = _found(channel, state)
    after = _found(channel.after(), state) if channel.changes_anything else before
    left, counts = {*after}, Counter(map(_place, before))
    counts.subtract(map(_place, after))
    now = [replace(item, fixed_by_run=item not in left and counts[_place(item)] > 0) for item in before]
    return Judgement(_sorted([*now, *of_run]), _sorted([*after, *of_run]))


def _found(channel: Channel, rules: Sequence[Rule]) -> list[Finding]:
    return [finding for rule in rules for finding in rule.findings(channel)]


def _sorted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=worst_first))


def _place(finding: Finding) -> tuple[str, str]:
    return finding.id, finding.application
