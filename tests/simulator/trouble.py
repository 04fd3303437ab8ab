# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of trouble that tests hand in: faults of the connection, rival administrators, late writes."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from .objects import Obj, container_of

KINDS = ("status", "drop", "hang", "half", "drip")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with some requests.

    kind: `status` answers with `status`, and with `text` as the body where it is given (JSON where it looks like it);
    `drop` closes the connection; `hang` never answers; `half` cuts the body; `drip` sends a byte each half second.
    at: from this request on (0 = first since reset). times: so often, None = always. share: with this probability.
    methods, path (a regular expression, searched in path and query): only these requests.
    after: the request is handled (a write is applied) before things go wrong.
    """

    kind: str
    status: int = 503
    retry_after: float | None = None
    at: int | None = None
    share: float | None = None
    times: int | None = None
    methods: list[str] | None = None
    path: str | None = None
    after: bool = False
    text: str | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.kind not in KINDS:
            raise ValueError(f"a fault has the kind {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {self.kind!r}.")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"the share of a fault is between 0 and 1, not {self.share}.")
        try:
            re.compile(self.path or "")
        except re.error as error:
            raise ValueError(f"the path of a fault is no regular expression: {error}.") from error

    @property
    def spoils_an_answer(self) -> bool:
        """Tell whether the request is handled, and its answer goes wrong."""
        return self.after or self.kind in ("half", "drip")

    def fits(self, index: int, method: str, path: str) -> bool:
        """Tell whether the rule speaks of this request, apart from `times` and `share`."""
        return (
            index >= (self.at or 0)
            and (self.methods is None or method in self.methods)
            and (self.path is None or re.search(self.path, path) is not None)
        )


@dataclass(frozen=True)
class Rival:
    """Another administrator who edits an object at the worst moment.

    object: its name (of class `type`). after_reads: after this read of it, or before_put: when a PUT of it arrives.
    The edit is that of `section`, `key`, `value` (None removes; `{n}` becomes the number of the edit), `times` times.
    """

    object: str
    section: str
    key: str
    value: str | None
    after_reads: int | None = None
    before_put: bool = False
    family: str = "options"
    times: int = 1
    type: str = "CfgApplication"

    def __post_init__(self) -> None:
        """Refuse a rival without a moment or with two."""
        if (self.after_reads is None) is not self.before_put:
            raise ValueError("a rival needs either after_reads or before_put.")
        container_of(self.family)


@dataclass(frozen=True)
class LateWrites:
    """Every POST and PUT is answered badly at once and applied `seconds` later."""

    seconds: float
    answer: str = "503"

    def __post_init__(self) -> None:
        """Refuse an unknown answer."""
        if self.answer not in ("hang", "drop", "503"):
            raise ValueError(f"late_writes answers hang, drop or 503, not {self.answer!r}.")

    @property
    def fault(self) -> Fault:
        """Return the answer of now as a fault."""
        return Fault("status", status=503) if self.answer == "503" else Fault(self.answer)


Rule = TypeVar("Rule", Fault, Rival, LateWrites)


def build(kind: type[Rule], value: Any) -> Rule:
    """Return a rule made from a mapping; raise ValueError with a sentence when it is wrong."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is no mapping.")
    known = [field.name for field in fields(kind)]
    for name in value:
        if name not in known:
            raise ValueError(f"there is no {name!r}; known are {', '.join(known)}.")
    try:
        return kind(**value)
    except TypeError as error:
        raise ValueError(f"{dict(value)} is not complete: {error}.") from error


class FaultPicker:
    """Chooses the fault of a request. Dice are seeded: the same requests meet the same faults."""

    def __init__(self) -> None:
        """Start with no rules seen."""
        self._rules: tuple[Fault, ...] = ()
        self._restart(())

    def _restart(self, rules: tuple[Fault, ...]) -> None:
        self._rules, self._fired, self._dice = rules, Counter[int](), random.Random(0)

    def pick(self, rules: tuple[Fault, ...], index: int, method: str, path: str) -> Fault | None:
        """Return the first rule that strikes this request, if any. New rules start with new counters."""
        if rules is not self._rules:
            self._restart(rules)
        for number, rule in enumerate(rules):
            if not rule.fits(index, method, path):
                continue
            if rule.times is not None and self._fired[number] >= rule.times:
                continue
            if rule.share is not None and self._dice.random() >= rule.share:
                continue
            self._fired[number] += 1
            return rule
        return None


class RivalClock:
    """Counts reads and edits, and tells which rivals strike. New rules start with new counters."""

    def __init__(self) -> None:
        """Start with no rules seen."""
        self._rules: tuple[Rival, ...] = ()
        self._reads: Counter[int] = Counter()
        self._edits: Counter[int] = Counter()

    def _about(self, rules: tuple[Rival, ...], obj: Obj) -> Iterator[tuple[int, Rival]]:
        if rules is not self._rules:
            self._rules, self._reads, self._edits = rules, Counter(), Counter()
        for number, rule in enumerate(rules):
            if (rule.type, rule.object) == (obj["type"], obj.get("name")):
                yield number, rule

    def _strike(self, number: int, rule: Rival) -> Iterator[tuple[Rival, str | None]]:
        if self._edits[number] < rule.times:
            self._edits[number] += 1
            yield rule, rule.value and rule.value.replace("{n}", str(self._edits[number]))

    def after_read(self, rules: tuple[Rival, ...], obj: Obj) -> Iterator[tuple[Rival, str | None]]:
        """Count a read of an object; yield the rivals who edit now, each with the value."""
        for number, rule in self._about(rules, obj):
            self._reads[number] += 1
            if rule.after_reads is not None and self._reads[number] >= rule.after_reads:
                yield from self._strike(number, rule)

    def before_put(self, rules: tuple[Rival, ...], obj: Obj) -> Iterator[tuple[Rival, str | None]]:
        """Yield the rivals who edit before a PUT of this object is applied, each with the value."""
        for number, rule in self._about(rules, obj):
            if rule.before_put:
                yield from self._strike(number, rule)
