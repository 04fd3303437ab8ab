# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The rules: what each is called, says, can find and relies on, registered with the function that checks it.

``all.py`` imports every file of rules; take ``RULES`` from there. The report, JUnit and ``docs/findings.md`` are made
from it, so that a rule needs nothing but its decorator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ..channel import Channel
from .finding import Finding

Check = Callable[[Channel], Iterable[Finding]]
Case = tuple[str, str, str]  # severity, impact, when


@dataclass(frozen=True)
class Rule:
    """One rule. ``sentence`` says how it should be; ``sources`` are places such as ``evidence.md#the-procedure``.

    ``about_run``: it judges what a run would do, so that it looks at the channel as it is before the run.
    ``retiring``: it also applies to a channel that is retired, which need not be in order otherwise.
    ``always``: what it finds stops a run, whatever ``fail_on`` is.
    """

    id: str
    title: str
    sentence: str
    sources: tuple[str, ...]
    cases: tuple[Case, ...]
    check: Check
    about_run: bool = False
    retiring: bool = False
    always: bool = False

    @property
    def text(self) -> str:
        """What the documentation adds, from the docstring of the function."""
        return self.check.__doc__ or ""

    def findings(self, channel: Channel) -> Iterator[Finding]:
        """Yield what the rule finds. Raises ValueError for a severity and impact that it does not declare."""
        declared = {(severity, impact) for severity, impact, _when in self.cases}
        for finding in self.check(channel):
            if (finding.severity, finding.impact) not in declared:
                raise ValueError(f"{self.id} does not declare {finding.severity}, {finding.impact}: {finding.message}")
            yield replace(finding, id=self.id)


RULES: dict[str, Rule] = {}


def rule(
    rule_id: str,
    title: str,
    sentence: str,
    *cases: Case,
    sources: tuple[str, ...],
    about_run: bool = False,
    retiring: bool = False,
    always: bool = False,
) -> Callable[[Check], Check]:
    """Register a function as the rule of this id. Raises ValueError for an id that is taken."""

    def register(check: Check) -> Check:
        if rule_id in RULES:
            raise ValueError(f"{rule_id} is registered twice.")
        RULES[rule_id] = Rule(rule_id, title, sentence, sources, cases, check, about_run, retiring, always)
        return check

    return register
