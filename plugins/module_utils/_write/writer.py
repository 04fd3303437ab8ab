# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Carry plans out: read again, compare, write, read back, compare. If one fails, roll back what was changed.

GAX has no version, no lock and no transaction (docs/evidence.md#writing). What that leaves open: docs/reliability.md
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TypeVar

from .._chat.order import Stages, in_order, joined, lost_endpoints, moves_the_key
from .._chat.safety import Pair, without_stranding
from .._errors import Conflict, EngageError, LoginFailed, Unreachable, WriteFailed
from .._gax.client import Gax
from .._gax.lookup import read_whole_estate
from .._model.changes import Plan, differences, edited, plan, replan, undo
from .._model.objects import APPLICATION, CHAT_SERVER, Application, Raw
from .._model.topology import Estate
from .failure import CHANGED, NO_GAX, ROLLED_BACK, UNKNOWN, UNTOUCHED, ChangeFailed, Fate
from .lock import only_one

Found = TypeVar("Found")

SETTLE = 10.0  # seconds at most to wait for a write to show


@dataclass(frozen=True)
class Run:
    """What is known of the run that carries out plans.

    ``broken`` are pairs of a cluster and a Chat Server without its endpoint from before the run: to get back to that
    is no harm. ``others`` returns, for the whole estate, who else needs an endpoint that goes: name -> reason. With
    ``apart`` endpoints come, ``queueKey`` moves and endpoints go one after the other even where no ``queueKey`` moves.
    ``servers`` are the DBIDs of the Chat Servers that ``queueKey`` will point at, and ``lacking`` says which of them do
    not have the endpoint (any more), or returns an empty text. ``check`` raises Superseded when this call must stop.
    """

    broken: frozenset[Pair] = frozenset()
    others: Callable[[Estate, Sequence[Plan]], dict[str, str]] = lambda estate, losing: {}
    apart: bool = False
    in_use: bool = False
    servers: tuple[str, ...] = ()
    lacking: Callable[[Gax], str] = lambda gax: ""
    check: Callable[[], None] = lambda: None

    def keeps(self, gax: Gax, losing: Sequence[Plan]) -> dict[str, str]:
        """Return which of the plans must not be carried out now, application -> reason."""
        if self.in_use:
            return {}
        estate = read_whole_estate(gax)
        _kept, why = without_stranding(losing, estate, self.broken)
        return {**self.others(estate, losing), **why}


ALONE = Run()


@dataclass(frozen=True)
class Outcome:
    """What became of a plan, as it was carried out.

    ``sent`` may have been written; ``problem`` says why it failed. With ``refused`` the write was seen not to have been
    applied, and cannot be any more.
    """

    plan: Plan
    sent: Raw | None = None
    problem: EngageError | None = None
    refused: bool = False

    @property
    def name(self) -> str:
        return self.plan.application.name


def apply(gax: Gax, plans: Sequence[Plan], on_failure: str = "rollback", run: Run = ALONE) -> list[Plan]:
    """Carry out the plans that have changes; return all plans as they were carried out.

    Nothing new is begun after a failure. What was changed is then rolled back, unless ``on_failure`` is ``keep``.
    Raises ChangeFailed, which says how each application is now, and Superseded.
    """
    outcomes = _all(gax, in_order(plans, run.apart), run)
    if any(outcome.problem for outcome in outcomes):
        run.check()  # who has taken over rolls back
        raise _failure(gax, outcomes, on_failure, run)
    return joined(plans, [outcome.plan for outcome in outcomes])


def _all(gax: Gax, stages: Stages, run: Run) -> list[Outcome]:
    stop = threading.Event()

    def work(todo: Plan) -> Outcome:
        if stop.is_set() or not todo.changes:
            return Outcome(todo)
        outcome = _one_at_a_time(gax, todo, run, stop)
        if outcome.problem:
            stop.set()
        return outcome

    done: list[Outcome] = []
    for stage in stages:
        with ExitStack() as held:
            refused = {} if stop.is_set() else _refusals(gax, stage, run, held)
            if refused:
                stop.set()
            outcomes = gax.each(work, stage)
        done += [replace(found, problem=refused.get(found.name, found.problem)) for found in outcomes]
    return done


def _refusals(gax: Gax, stage: Sequence[Plan], run: Run, held: ExitStack) -> dict[str, EngageError]:
    """Look again, immediately before ``queueKey`` moves or endpoints go: return what must not happen, with the reason.

    Until ``held`` is closed no other run on this machine does the same on these Chat Servers: what is seen here holds.
    """
    losing = [todo for todo in stage if lost_endpoints(todo)]
    moving = [todo for todo in stage if moves_the_key(todo)]
    dbids = {todo.application.dbid for todo in losing} | ({*run.servers} if moving else set())
    try:
        for dbid in sorted(dbids):
            held.enter_context(only_one(gax, f"endpoints of {dbid}", f"the endpoints of Chat Server {dbid}"))
        missing = run.lacking(gax) if moving else ""
        if missing:
            return {todo.application.name: EngageError(missing) for todo in moving}
        return {name: EngageError(why) for name, why in run.keeps(gax, losing).items()} if losing else {}
    except EngageError as problem:
        return {todo.application.name: problem for todo in (*losing, *moving)}


def _one_at_a_time(gax: Gax, todo: Plan, run: Run, stop: threading.Event | None = None) -> Outcome:
    """Write one application while no other run on this machine does; nothing if ``stop`` was set meanwhile."""
    application = todo.application
    try:
        what = f"Application '{application.name}'"
        with only_one(gax, f"{APPLICATION} {application.dbid}", what), ExitStack() as alone:
            return Outcome(todo) if stop and stop.is_set() else _carry_out(gax, todo, run, alone)
    except EngageError as held:
        return Outcome(todo, problem=held)


def _carry_out(gax: Gax, todo: Plan, run: Run, alone: ExitStack) -> Outcome:
    """Write one application, until what is read back is what was sent or it is clear that it will not be.

    ``alone`` is entered, for the rest of it, by a write that met the end of the session: where sessions end after a few
    requests, those of other threads would use up the new one.
    """
    outcome = Outcome(todo)
    tries = gax.settings.retries + 1
    session_ended = False
    may_land = False  # even after it was given up
    while tries:
        tries -= 1
        try:
            now = replan(todo, _read(gax, todo))
            if not now.changes:
                # Somebody else did what we wanted, or a write of ours that was given up landed late.
                return Outcome(outcome.plan, outcome.sent) if outcome.sent else Outcome(now)
            whole = edited(now.application.raw, now.wanted.family, now.changes)
            if todo.exact is not None and now.application.raw == todo.application.raw:
                whole = todo.exact
            if outcome.sent is None:
                outcome = Outcome(now, whole)
            run.check()
            refused, patience = _update(gax, whole)
            if refused and refused.renewed:
                outcome = replace(outcome, problem=EngageError(str(refused)))
                if not session_ended:
                    session_ended, tries = True, tries + 1  # that does not count, once
                    alone.enter_context(gax.undisturbed())
                continue
            found = _look(gax, now, whole, patience)
        except EngageError as error:
            return replace(outcome, problem=error, refused=False)
        missing = differences(whole, found.raw, now.changes, now.wanted.family)
        if not missing:
            return Outcome(outcome.plan, outcome.sent)
        untouched = not differences(now.application.raw, found.raw, (), now.wanted.family)
        if refused:
            problem, again = str(refused), refused.transient
        else:
            listed = ", ".join(f"[{change.section}] {change.key}" for change in missing)
            problem = (
                f"GAX answered the write with success, but what was read back differs "
                f"in {listed}. GAX stored the value in another form or dropped it, or another administrator changed it "
                "at the same time; compare the application in Genesys Administrator."
            )
            again = untouched  # nothing at all arrived: then the write can be repeated
        may_land = may_land or refused is None or refused.may_land
        outcome = replace(outcome, problem=EngageError(problem), refused=untouched and not may_land)
        if not again:
            break
    return outcome


def _update(gax: Gax, whole: Raw) -> tuple[WriteFailed | None, float]:
    """Write; return how that failed, and for how many seconds it may still show."""
    settle = patience_of(gax)
    try:
        done = gax.update(whole)
    except WriteFailed as refused:
        return refused, settle if refused.may_land else 0.0
    return None, settle if done else max(SETTLE, gax.settings.timeout)


def patience_of(gax: Gax) -> float:
    """Return for how many seconds a write without an answer may still show."""
    return min(SETTLE, gax.settings.timeout)


def _look(gax: Gax, now: Plan, whole: Raw, patience: float) -> Application:
    """Read back; for a bounded time again and again when our options may still show."""
    ours = {(change.section, change.key) for change in now.changes}

    def look() -> tuple[bool, Application]:
        found = _read(gax, now)
        missing = differences(whole, found.raw, now.changes, now.wanted.family)
        return not any((change.section, change.key) in ours for change in missing), found

    return look_until(look, patience)


def look_until(look: Callable[[], tuple[bool, Found]], patience: float) -> Found:
    """Look until it is there, for so many seconds, but at least once; return what was found last."""
    deadline = time.monotonic() + patience
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
        raise EngageError(f"Application '{todo.application.name}' was deleted during this run.")
    return Application(raw)


def _failure(gax: Gax, outcomes: Sequence[Outcome], on_failure: str, run: Run) -> ChangeFailed:
    """Roll back what was changed, unless it is to be kept; return the error that tells everything."""
    sent = [outcome for outcome in outcomes if outcome.sent is not None and not outcome.refused]
    undoing = [_undoing(outcome) for outcome in sent]
    if on_failure == "rollback":
        was = {outcome.name: UNKNOWN if outcome.problem else CHANGED for outcome in sent}
        fates = roll_back(gax, undoing, run=run, was=was)
    else:
        fates = [_fate_now(gax, outcome, todo) for outcome, todo in zip(sent, undoing)]
    fates += [Fate(item.name, UNTOUCHED) for item in outcomes if item.plan.changes and item not in sent]
    causes: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.problem:
            causes.setdefault(outcome.name, str(outcome.problem))
    return ChangeFailed(fates, causes)


def _undoing(outcome: Outcome) -> Plan:
    """Return the plan that takes back what was sent."""
    todo = plan(Application(outcome.sent or {}), undo(outcome.plan))
    return replace(todo, exact=outcome.plan.application.raw)


def _fate_now(gax: Gax, outcome: Outcome, undoing: Plan) -> Fate:
    """Return how an application is that is not to be rolled back: read again where the write was not verified."""
    if not outcome.problem:
        return Fate(outcome.name, CHANGED)
    try:
        return Fate(outcome.name, CHANGED if replan(undoing, _read(gax, undoing)).changes else UNTOUCHED)
    except Conflict:
        return Fate(outcome.name, CHANGED)
    except EngageError:
        return Fate(outcome.name, UNKNOWN)


def roll_back(
    gax: Gax,
    plans: Sequence[Plan],
    left: Sequence[Application] = (),
    run: Run = ALONE,
    was: Mapping[str, str] | None = None,
) -> list[Fate]:
    """Carry out plans that undo something, each for itself, where nobody else has touched the options since.

    What depends on something that cannot be rolled back stays as well: a ``queueKey`` on its endpoints, and endpoints
    on the ``queueKey`` that points at them. ``left`` are applications that an earlier roll-back had to leave.
    ``was`` says how applications are until they are read again, by name.
    """
    # That somebody meanwhile uses what goes was not agreed to, and the queueKey of before is another one.
    run = replace(run, in_use=False, servers=(), lacking=lambda gax: "", check=lambda: None)
    gone = threading.Event()
    unreachable = Unreachable(NO_GAX, sent=False)

    def work(todo: Plan) -> Outcome:
        if gone.is_set():
            return Outcome(todo, problem=unreachable)
        outcome = _one_at_a_time(gax, todo, run)
        if not isinstance(outcome.problem, (Unreachable, LoginFailed)):
            return outcome
        gone.set()
        return replace(outcome, problem=unreachable)

    servers = [application.name for application in left if application.subtype == CHAT_SERVER]
    others = [application.name for application in left if application.subtype != CHAT_SERVER]
    stages = in_order(plans, apart=run.apart or bool(left))
    done: list[Outcome] = []
    for stage, stuck in zip(stages, ([], servers, others)):
        stuck += [outcome.name for outcome in done if outcome.problem] if stage is not stages[0] else []
        with ExitStack() as locks:
            refused = {} if gone.is_set() or stuck else _refusals(gax, stage, run, locks)
            held = [todo for todo in stage if stuck or todo.application.name in refused]
            free = [todo for todo in stage if todo not in held]
            done += [Outcome(todo, problem=refused.get(todo.application.name) or _stays(stuck)) for todo in held]
            done += gax.each(work, free)
    return [_fate(outcome, (was or {}).get(outcome.name, CHANGED)) for outcome in done]


def _stays(stuck: Sequence[str]) -> EngageError:
    return EngageError(f"it depends on {', '.join(dict.fromkeys(stuck))}, which could not be rolled back.")


def _fate(outcome: Outcome, was: str) -> Fate:
    """Return what became of an application that was to be rolled back."""
    if not outcome.problem:
        return Fate(outcome.name, ROLLED_BACK if outcome.plan.changes else UNTOUCHED)
    if not outcome.plan.changes:
        return Fate(outcome.name, UNTOUCHED)
    state = UNKNOWN if outcome.sent is not None else was
    if isinstance(outcome.problem, Conflict) or outcome.refused:
        state = CHANGED  # so it was read
    return Fate(outcome.name, state, str(outcome.problem) if state != UNTOUCHED else "")
