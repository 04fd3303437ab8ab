# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What became of each application when a change failed, and how that is said on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import Conflict, EngageError
from .._model.changes import Plan, still_to_change
from .._model.objects import Application
from .._text import counted, listed

ROLLED_BACK, CHANGED, UNTOUCHED, UNKNOWN = "rolled back", "changed", "unchanged", "unknown"
OVERWRITTEN = "overwritten"  # of what this run has written nothing is left, and it is not as before, either
# The worst first: an application with two parts is as its worse part.
STATES = (UNKNOWN, CHANGED, OVERWRITTEN, ROLLED_BACK, UNTOUCHED)
LEFT = (UNKNOWN, CHANGED, OVERWRITTEN)  # not as before the run, or perhaps not
MOST_REASONS = 2  # lines; the rest is in the result
PLURAL = {"is": "are", "was": "were", "depends": "depend"}  # after "it", where a reason is that of several
NO_GAX = "GAX cannot be reached."
RUN_AGAIN = "Next: fix the cause, then run the same command again."
AGREE_FIRST = "Next: fix the cause and agree on what was overwritten, then run the same command again."
NOT_ROLLED_BACK = "This step changed nothing, and what earlier steps of this run changed is not rolled back."


@dataclass(frozen=True)
class Fate:
    """How an application is now, as far as it was read back; ``why`` it could not be rolled back."""

    name: str
    state: str
    why: str = ""


def state_now(undoing: Plan, found: Application) -> str:
    """Return how an application is, as it was found; the plan takes back what was written."""
    remaining, others = still_to_change(undoing, found)
    return CHANGED if remaining else OVERWRITTEN if others else UNTOUCHED


def not_rolled_back(name: str, problem: Conflict) -> Fate:
    """Return how an application is that was not written because of what somebody else has changed."""
    return Fate(name, CHANGED if problem.remains else OVERWRITTEN, problem.what)


class ChangeFailed(EngageError):
    """A change failed. ``str(error)`` begins with the state of the estate; the lists are in ``details``.

    ``causes`` maps the name of an application, or an empty text, to what went wrong there. ``notes`` are further lines,
    and ``queue`` says of one that this run has created, and that stays, how it is. ``state`` stands in place of the
    first line where the fates are not known.
    """

    def __init__(
        self,
        fates: Iterable[Fate],
        causes: Mapping[str, str],
        notes: Sequence[str] = (),
        queue: str = "",
        state: str = "",
        **more: Any,
    ) -> None:
        self.fates, self.causes = merged(fates), dict(causes)
        named = {state: [fate.name for fate in self.fates if fate.state == state] for state in STATES}
        details = {
            "changed": bool(named[CHANGED] or named[OVERWRITTEN] or queue or state),
            "rolled_back": named[ROLLED_BACK],
            "left": {fate.name: fate.why for fate in self.fates if fate.state in LEFT},
            "overwritten": named[OVERWRITTEN],
            "unknown": named[UNKNOWN],
            "untouched": named[UNTOUCHED],
            "causes": self.causes,
        }
        first = [state] if state else state_lines(self.fates, self.causes, queue)
        lines = [*first, *_grouped("Cause", self.causes), *notes]
        super().__init__("\n".join(lines), **{**details, **more})


def nothing_changed(problem: EngageError, params: Mapping[str, Any], **more: Any) -> ChangeFailed:
    """Return the error for a call that failed before its first write; ``params`` say whether others came before."""
    state = NOT_ROLLED_BACK if params.get("one_step") or params.get("after_failure") else ""
    return ChangeFailed([], {"": str(problem)}, [RUN_AGAIN], state=state, **{**problem.details, **more})


def all_as_before(fates: Iterable[Fate]) -> bool:
    """Say whether nothing of a run is left, as far as was read back."""
    return not any(fate.state in LEFT for fate in fates)


def merged(fates: Iterable[Fate]) -> list[Fate]:
    """Return one fate for each application, in the order in which they were named first."""
    found: dict[str, Fate] = {}
    for fate in fates:
        known = found.setdefault(fate.name, fate)
        if STATES.index(fate.state) < STATES.index(known.state):
            found[fate.name] = fate
    return list(found.values())


def state_lines(fates: Sequence[Fate], causes: Mapping[str, str] | None = None, queue: str = "") -> list[str]:
    """Say in the first line how the estate is now, and in further ones which applications are meant.

    What is among the ``causes``, which stand below, is not said twice.
    """
    causes = causes or {}
    names = {state: [fate.name for fate in fates if fate.state == state] for state in STATES}
    also = f"; {queue}" if queue else ""
    if all_as_before(fates):
        return [f"{'No application is changed' if queue else 'Nothing is changed'}{_rolled_back(names)}{also}."]
    parts: list[str] = []
    for state in (CHANGED, OVERWRITTEN, ROLLED_BACK, UNTOUCHED, UNKNOWN):
        if names[state]:
            parts.append(f"{_count(len(names[state]), '' if parts else 'application')} {state}")
    if names[UNKNOWN]:
        parts[-1] += f": {listed(names[UNKNOWN])}"
    who = [f"{state.capitalize()}: {listed(names[state])}." for state in (CHANGED, OVERWRITTEN) if names[state]]
    reasons = {fate.name: fate.why for fate in fates if fate.why}
    below = {*causes.values(), *(_common(cause, name) for name, cause in causes.items())}
    for fate in fates:
        if {fate.why, _common(fate.why, fate.name)} & below:
            reasons[fate.name] = "the cause is the same."
        elif fate.state == OVERWRITTEN and fate.name in causes:
            reasons.pop(fate.name, None)
    return [
        f"{', '.join(parts)}{also}.",
        *([" ".join(who)] if who else []),
        *_grouped("Not rolled back", reasons),
    ]


def _rolled_back(names: Mapping[str, Sequence[str]]) -> str:
    """Return words about what is rolled back, where nothing else is to be said."""
    back = names[ROLLED_BACK]
    if len(back) < 2:
        return f": {back[0]} is rolled back" if back else ""
    return f": {'both' if len(back) == 2 else f'all {len(back)}'} applications are rolled back"


def _count(number: int, noun: str = "") -> str:
    what = counted(number, noun) if noun else str(number)
    return f"{what} {'is' if number == 1 else 'are'}"


def _grouped(what: str, reasons: Mapping[str, str]) -> list[str]:
    """Return a line for each different reason, with the applications that it is about."""
    groups: list[list[str]] = []
    known: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        common = _common(reason, name)
        names = known.get(common) or known.get(reason) or []
        if not names:
            groups.append(names)
        names.append(name)
        known[common] = known[reason] = names
    lines = []
    for names in groups[:MOST_REASONS]:
        first, number = names[0], f"{len(names)} applications ({listed(names)})"
        reason = _without_name(reasons[first], first)
        if names == [""]:
            lines.append(f"{what}: {reason}")
        elif len(names) == 1:
            lines.append(f"{what}, application '{first}': {reason}")
        elif len({reasons[name] for name in names}) == 1:
            lines.append(f"{what}, {number}: {_of_several(reason)}")
        else:  # each names its application, or the request
            lines.append(f"{what}, each of {number}, such as {first}: {reason}")
    more = len(groups) - MOST_REASONS
    return lines + ([f"{what}: {more} more, in the result of the task."] if more > 0 else [])


def is_said(reason: str, causes: Mapping[str, str]) -> bool:
    """Say whether a reason is among the causes of a failure, whatever the application and the request."""
    return _common(reason, "") in {_common(cause, name) for name, cause in causes.items()}


def _common(reason: str, name: str) -> str:
    """Return a reason without what is of this application or this request alone, so that equal ones are seen to be."""
    reason = _of_several(_without_name(reason, name))
    reason = re.sub(r"^[A-Z]+ https?://\S+ |(?<=/cfg/objects/)[A-Za-z]+/[0-9]+", "", reason)
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", reason) if name else reason


def _of_several(reason: str) -> str:
    """Return a reason that several applications have, as one of all of them."""
    return re.sub(r"^it (\w+)\b", lambda found: f"they {PLURAL.get(found[1], found[1])}", reason)


def _without_name(reason: str, name: str) -> str:
    """Return a reason that stands after the name of its application."""
    begin = f"Application '{name}'"
    return re.sub(rf"^{re.escape(begin)}(?:: | )", lambda found: "" if found[0].endswith(": ") else "it ", reason)
