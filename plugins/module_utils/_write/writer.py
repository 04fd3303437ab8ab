# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Carry plans out: read again, compare, write, read back, compare. If one fails, put back what was changed.

GAX has no version, no lock and no transaction (docs/evidence.md#writing). What that leaves open: docs/reliability.md
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TypeVar

from .._chat.order import in_order, joined
from .._errors import EngageError, LoginFailed, Unreachable, WriteFailed
from .._gax.client import Gax
from .._model.changes import Plan, differences, edited, plan, replan, undo
from .._model.objects import APPLICATION, CHAT_SERVER, Application, Raw
from .lock import only_one

Found = TypeVar("Found")

SETTLE = 10.0  # seconds at most to wait for a write to show


@dataclass(frozen=True)
class Outcome:
    """What became of a plan, as it was carried out. ``sent`` may have been written; ``problem`` says why it failed."""

    plan: Plan
    sent: Raw | None = None
    problem: EngageError | None = None

    @property
    def name(self) -> str:
        return self.plan.application.name


def apply(gax: Gax, plans: Sequence[Plan], on_failure: str = "rollback") -> list[Plan]:
    """Carry out the plans that have changes; return all plans as they were carried out.

    Nothing new is begun after a failure. What was changed is then put back, unless ``on_failure`` is ``keep``.
    Raises EngageError that names what was changed and put back, changed and left, and untouched.
    """
    outcomes = _all(gax, plans)
    if any(outcome.problem for outcome in outcomes):
        raise _failure(gax, outcomes, on_failure)
    return joined(plans, [outcome.plan for outcome in outcomes])


def _all(gax: Gax, plans: Sequence[Plan]) -> list[Outcome]:
    stop = threading.Event()

    def work(todo: Plan) -> Outcome:
        if stop.is_set() or not todo.changes:
            return Outcome(todo)
        with only_one(todo.application.dbid):
            outcome = _carry_out(gax, todo)
        if outcome.problem:
            stop.set()
        return outcome

    return [outcome for stage in in_order(plans) for outcome in gax.each(work, stage)]


def _carry_out(gax: Gax, todo: Plan) -> Outcome:
    """Write one application, until what is read back is what was sent or it is clear that it will not be."""
    outcome = Outcome(todo)
    tries = gax.settings.retries + 1
    renewals = 1  # a write that met the end of the session does not count, once
    while tries:
        tries -= 1
        try:
            now = replan(todo, _read(gax, todo))
            if not now.changes:
                # Somebody else did what we wanted, or a write of ours that was given up landed late.
                return replace(outcome, problem=None) if outcome.sent else Outcome(now)
            whole = edited(now.application.raw, now.wanted.family, now.changes)
            if todo.exact is not None and now.application.raw == todo.application.raw:
                whole = todo.exact
            if outcome.sent is None:
                outcome = Outcome(now, whole)
            refused = _update(gax, whole)
            found = _look(gax, now, whole, patient=refused is None or refused.may_land)
        except EngageError as error:
            return replace(outcome, problem=error)
        missing = differences(whole, found.raw, now.changes, now.wanted.family)
        if not missing:
            return replace(outcome, problem=None)
        if refused and refused.renewed and renewals:
            renewals, tries = 0, tries + 1
        if refused:
            problem, again = f"Application '{outcome.name}' could not be written. {refused}", refused.transient
        else:
            listed = ", ".join(f"[{change.section}] {change.key}" for change in missing)
            problem = (
                f"Application '{outcome.name}': GAX answered the write with success, but what was read back differs "
                f"in {listed}. GAX keeps the value in another form, drops it, or another administrator changed it in "
                "the same moment: compare the application in Genesys Administrator."
            )
            # Nothing at all arrived: then the write can be repeated.
            again = not differences(now.application.raw, found.raw, (), now.wanted.family)
        outcome = replace(outcome, problem=EngageError(problem))
        if not again:
            break
    return outcome


def _update(gax: Gax, whole: Raw) -> WriteFailed | None:
    try:
        gax.update(whole)
    except WriteFailed as refused:
        return refused
    return None


def _look(gax: Gax, now: Plan, whole: Raw, patient: bool) -> Application:
    """Read back; for a bounded time again and again when our options may still show."""
    ours = {(change.section, change.key) for change in now.changes}

    def look() -> tuple[bool, Application]:
        found = _read(gax, now)
        missing = differences(whole, found.raw, now.changes, now.wanted.family)
        return not any((change.section, change.key) in ours for change in missing), found

    return look_until(gax, look, patient)


def look_until(gax: Gax, look: Callable[[], tuple[bool, Found]], patient: bool) -> Found:
    """Look until it is there, for a bounded time, or once if not ``patient``; return what was found last."""
    deadline = time.monotonic() + (min(SETTLE, gax.settings.timeout) if patient else 0.0)
    pause = 0.05
    while True:
        there, found = look()
        if there or time.monotonic() >= deadline:
            return found
        time.sleep(pause)
        pause = min(1.0, pause * 2)


def _read(gax: Gax, todo: Plan) -> Application:
    raw = gax.object(APPLICATION, todo.application.dbid)
    if raw is None:
        raise EngageError(f"Application '{todo.application.name}' was deleted while this run was under way.")
    return Application(raw)


def _failure(gax: Gax, outcomes: Sequence[Outcome], on_failure: str) -> EngageError:
    """Put back what was changed, unless it is to be kept; return the error that tells everything."""
    sent = [outcome for outcome in outcomes if outcome.sent is not None]
    undoing = [_undoing(outcome) for outcome in sent]
    if on_failure == "rollback":
        undone = roll_back(gax, undoing)
    else:
        undone = Rollback()
        for outcome, todo in zip(sent, undoing):
            if outcome.problem and not _is_changed(gax, todo):
                undone.untouched.append(outcome.name)
            else:
                undone.left[outcome.name] = "on_failure is keep"
    message = {*undone.put_back, *undone.left}
    idle = [outcome.name for outcome in outcomes if outcome.plan.changes and outcome.sent is None]
    undone.untouched.extend(name for name in idle if name not in message)
    first, *others = [outcome for outcome in outcomes if outcome.problem]
    also = f" Failed as well: {', '.join(outcome.name for outcome in others)}." if others else ""
    return EngageError(f"{first.problem}{also} {undone.message()}", **asdict(undone))


def _undoing(outcome: Outcome) -> Plan:
    """Return the plan that takes back what was sent."""
    todo = plan(Application(outcome.sent or {}), undo(outcome.plan))
    return replace(todo, exact=outcome.plan.application.raw)


def _is_changed(gax: Gax, undoing: Plan) -> bool:
    try:
        return bool(replan(undoing, _read(gax, undoing)).changes)
    except EngageError:
        return True


@dataclass(frozen=True)
class Rollback:
    """Names of applications: put back, changed and left (with the reason), and not touched at all."""

    put_back: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    untouched: list[str] = field(default_factory=list)

    def tidied(self) -> Rollback:
        """Return each name in one place only: an application in two parts is left if one part is."""
        put_back = [name for name in dict.fromkeys(self.put_back) if name not in self.left]
        message = {*put_back, *self.left}
        return Rollback(put_back, self.left, [name for name in dict.fromkeys(self.untouched) if name not in message])

    def message(self) -> str:
        reasons = "; ".join(f"{name} ({why})" for name, why in self.left.items())
        return (
            f"Changed and put back: {', '.join(self.put_back) or 'none'}. "
            f"Changed and left: {reasons or 'none'}. Untouched: {', '.join(self.untouched) or 'none'}."
        )


def roll_back(gax: Gax, plans: Sequence[Plan], left: Sequence[Application] = ()) -> Rollback:
    """Carry out plans that undo something, each for itself, where nobody else has touched the options since.

    What depends on something that cannot be put back stays as well: a ``queueKey`` on its endpoints, and endpoints on
    the ``queueKey`` that points at them. ``left`` are applications that an earlier roll-back had to leave.
    """
    gone = threading.Event()
    unreachable = EngageError("GAX cannot be reached")

    def work(todo: Plan) -> Outcome:
        if gone.is_set():
            return Outcome(todo, problem=unreachable)
        with only_one(todo.application.dbid):
            outcome = _carry_out(gax, todo)
        if not isinstance(outcome.problem, (Unreachable, LoginFailed)):
            return outcome
        gone.set()
        return replace(outcome, problem=unreachable)

    servers = [application.name for application in left if application.subtype == CHAT_SERVER]
    others = [application.name for application in left if application.subtype != CHAT_SERVER]
    first, keys, last = in_order(plans, apart=bool(left))
    done = gax.each(work, first)
    for stage, stuck in ((keys, servers), (last, others)):
        stuck += [outcome.name for outcome in done if outcome.problem]
        done = [*done, *([_stays(todo, stuck) for todo in stage] if stuck else gax.each(work, stage))]
    undone = Rollback()
    for outcome in done:
        if outcome.problem:
            undone.left.setdefault(outcome.name, str(outcome.problem))
        else:
            (undone.put_back if outcome.plan.changes else undone.untouched).append(outcome.name)
    return undone.tidied()


def _stays(todo: Plan, stuck: Sequence[str]) -> Outcome:
    problem = f"it depends on {', '.join(dict.fromkeys(stuck))}, which could not be put back"
    return Outcome(todo, problem=EngageError(problem) if todo.changes else None)
