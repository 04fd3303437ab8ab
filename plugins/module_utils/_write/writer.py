# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Carry plans out, stage by stage, and read again what the next stage depends on. If one fails, roll back all."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain

from .._chat.order import Stages, in_order, joined, lost_endpoints, moves_the_key, sets_the_key
from .._chat.safety import Pair, without_stranding
from .._errors import Conflict, EngageError, LoginFailed, Unreachable
from .._gax.client import Gax
from .._gax.lookup import is_worth_a_list, read_chat_servers, read_whole_estate
from .._model.changes import Plan, plan, undo
from .._model.objects import CHAT_SERVER, Application, Raw
from .._model.topology import Estate
from .failure import (
    CHANGED,
    NO_GAX,
    ROLLED_BACK,
    UNKNOWN,
    UNTOUCHED,
    ChangeFailed,
    Fate,
    not_rolled_back,
    state_now,
)
from .lock import only_one
from .one_application import Outcome, Signals, as_shown, read, read_back, write_one


@dataclass(frozen=True)
class Run:
    """What is known of the run that carries out plans.

    ``broken`` are pairs of a cluster and a Chat Server without its endpoint from before the run: to get back to that
    is no harm. ``unread`` are applications that cannot be read, as this run left them: DBID -> application.
    ``others`` returns, for the whole estate, who else needs an endpoint that goes: name -> reason. With
    ``apart`` endpoints come, ``queueKey`` moves and endpoints go one after the other even where no ``queueKey`` moves.
    What ``undoes`` a run sets the ``queueKey`` of before, whose endpoints nobody has looked for.
    ``servers`` are the Chat Servers that ``queueKey`` will point at, DBID -> name, and ``lacking`` says which of those
    found do not have the endpoint (any more), or returns an empty text. ``in_all`` is how many Chat Servers GAX has; 0
    is not known. ``check`` raises Superseded when this call must stop. ``at_end`` reads what is read after the last
    write, anyway.
    """

    broken: frozenset[Pair] = frozenset()
    others: Callable[[Estate, Sequence[Plan]], dict[str, str]] = lambda estate, losing: {}
    apart: bool = False
    in_use: bool = False
    undoes: bool = False
    unread: Estate = field(default_factory=dict)
    servers: Mapping[str, str] = field(default_factory=dict)
    lacking: Callable[[Gax, Sequence[Application]], str] = lambda gax, found: ""
    in_all: int = 0
    check: Callable[[], None] = lambda: None
    at_end: Callable[[], Collection[Application]] | None = None

    def keeps(self, gax: Gax, todos: Sequence[Plan]) -> dict[str, str]:
        """Return which of the plans must not be carried out now, application -> reason."""
        if self.in_use:
            return {}
        estate = {**self.unread, **read_whole_estate(gax)}
        _kept, why = without_stranding(todos, estate, self.broken)
        return {**self.others(estate, todos), **why}


ALONE = Run()


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
    signals = Signals(run.check)
    done: list[Outcome] = []
    with ExitStack() as held:
        for number, stage in enumerate(stages):
            together = _read_back_together(gax, stage, stages[number + 1 :], run)
            refused: dict[str, EngageError] = {}
            if stage and not signals.stop.is_set():
                held.close()  # only here: what is written last may be unseen until the end
                done, refused = _look_again(gax, done, stage, run, signals, held)
                if refused or any(outcome.problem for outcome in done):
                    signals.stop.set()
            outcomes = _write(gax, stage, together, signals)
            done += [replace(found, problem=refused.get(found.name, found.problem)) for found in outcomes]
        return _look_at_end(gax, done, run, signals)


def _write(gax: Gax, stage: Sequence[Plan], together: Collection[str], signals: Signals) -> list[Outcome]:
    def work(todo: Plan) -> Outcome:
        if signals.stop.is_set() or not todo.changes:
            return Outcome(todo)
        outcome = write_one(gax, todo, signals, later=todo.application.dbid in together)
        if outcome.problem:
            signals.stop.set()
        return outcome

    return gax.each(work, stage)


def _read_back_together(gax: Gax, stage: Sequence[Plan], rest: Sequence[Sequence[Plan]], run: Run) -> frozenset[str]:
    """Return the DBIDs of the applications of a stage that are read back together when all of them are written.

    That is cheaper for Chat Servers where one list has them all, and where they are looked at before ``queueKey``
    moves, anyway; and for all that is written last, if everything is looked at then. The first Chat Server is not among
    them: where GAX stores something else than it is sent, that is seen before all are written. Nor are those that lose
    an endpoint: until that is seen, no other run on this machine may point at it.
    """
    if gax.settings.concurrency == 1 or gax.is_only_session:
        return frozenset()
    todos = [todo for todo in stage if todo.changes]
    parts = Counter(todo.application.dbid for todo in todos)
    staying = [todo.application for todo in todos if not lost_endpoints(todo) and parts[todo.application.dbid] == 1]
    single = [item.dbid for item in staying if item.subtype == CHAT_SERVER][1:]
    if run.at_end and not any(todo.changes for todo in chain(*rest)):
        return frozenset([*single, *(item.dbid for item in staying if item.subtype != CHAT_SERVER)])
    if run.in_all and is_worth_a_list(len(single), run.in_all):
        return frozenset(single)
    moving = any(moves_the_key(todo) for todo in chain(*rest))
    return frozenset(dbid for dbid in single if moving and dbid in run.servers)


def _look_again(
    gax: Gax, done: Sequence[Outcome], stage: Sequence[Plan], run: Run, signals: Signals, held: ExitStack
) -> tuple[list[Outcome], dict[str, EngageError]]:
    """Read back what is unseen and, immediately before ``queueKey`` moves or endpoints go, what depends on them.

    Return what was done, and which plans of the stage must not be carried out, application -> reason. Until ``held`` is
    closed no other run on this machine moves or removes the same on these Chat Servers: what is seen here holds.
    """
    losing = [todo for todo in stage if lost_endpoints(todo)]
    moving = [todo for todo in stage if moves_the_key(todo)]
    gated = [todo.application.name for todo in (*losing, *moving)]
    servers = run.servers if moving else {}
    guarded = {**servers, **{todo.application.dbid: todo.application.name for todo in losing}}
    unseen = {outcome.plan.application.dbid for outcome in done if outcome.is_unseen}
    taken = _hold(gax, guarded, held)
    try:
        listed = read_chat_servers(gax, sorted({*unseen, *servers}), run.in_all)
    except EngageError as problem:
        return _all_read_back(gax, done, [], signals, problem), dict.fromkeys(gated, problem)
    seen = _all_read_back(gax, done, listed, signals)
    if any(outcome.problem for outcome in seen):
        return seen, {}
    refused = {todo.application.name: taken[todo.application.dbid] for todo in losing if todo.application.dbid in taken}
    if taken and moving:
        return seen, dict.fromkeys(gated, next(iter(taken.values())))
    losing = [todo for todo in losing if todo.application.name not in refused]
    try:
        missing = run.lacking(gax, listed) if moving else ""
        if missing:
            return seen, {todo.application.name: EngageError(missing) for todo in moving}
        needing = [*losing, *(todo for todo in moving if run.undoes and sets_the_key(todo))]
        kept = run.keeps(gax, needing) if needing else {}
        return seen, {**refused, **{name: EngageError(why) for name, why in kept.items()}}
    except EngageError as problem:
        return seen, dict.fromkeys(gated, problem)


def _look_at_end(gax: Gax, done: Sequence[Outcome], run: Run, signals: Signals) -> list[Outcome]:
    """Read back what is still unseen."""
    unseen = sorted({outcome.plan.application.dbid for outcome in done if outcome.is_unseen})
    try:
        look = run.at_end if unseen and not signals.stop.is_set() else None
        listed = look() if look else read_chat_servers(gax, unseen, run.in_all)
    except EngageError as problem:
        return _all_read_back(gax, done, [], signals, problem)
    return _all_read_back(gax, done, listed, signals)


def _hold(gax: Gax, servers: Mapping[str, str], held: ExitStack) -> dict[str, EngageError]:
    """Hold the endpoints of Chat Servers, DBID -> name; return those that another run does not release, DBID -> why.

    It is waited for one of them only: the same run may hold them all.
    """
    taken: dict[str, EngageError] = {}
    for dbid, name in sorted(servers.items()):
        try:
            held.enter_context(only_one(gax, f"endpoints of {dbid}", f"Chat Server '{name}'", at_once=bool(taken)))
        except EngageError as problem:
            taken[dbid] = problem
    return taken


def _all_read_back(
    gax: Gax,
    done: Sequence[Outcome],
    listed: Collection[Application],
    signals: Signals,
    problem: EngageError | None = None,
) -> list[Outcome]:
    """Return the outcomes with nothing unseen: as listed or, where that is not as it was sent, read one by one.

    ``problem`` is why nothing is listed.
    """
    found = {application.dbid: application for application in listed}

    def settled(outcome: Outcome) -> Outcome:
        if not outcome.is_unseen:
            return outcome
        if outcome.is_shown_by(found.get(outcome.plan.application.dbid)):
            return as_shown(gax, outcome)
        if isinstance(problem, (Unreachable, LoginFailed)):
            return replace(outcome, shows_by=None, problem=problem)
        return read_back(gax, outcome, signals)

    return gax.each(settled, done)


def _failure(gax: Gax, outcomes: Sequence[Outcome], on_failure: str, run: Run) -> ChangeFailed:
    """Roll back what was changed, unless it is to be kept; return the error that tells everything."""
    sent = [outcome for outcome in outcomes if outcome.sent is not None and not outcome.refused]
    undoing = [undoing_of(outcome.plan, outcome.sent or {}) for outcome in sent]
    if on_failure == "rollback":
        was = {outcome.name: UNKNOWN if outcome.problem else CHANGED for outcome in sent}
        fates = roll_back(gax, undoing, run=run, was=was)
    else:
        fates = list(_fates_now(gax, sent, undoing))
    fates += [Fate(item.name, UNTOUCHED) for item in outcomes if item.plan.changes and item not in sent]
    causes: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.problem:
            causes.setdefault(outcome.name, str(outcome.problem))
    return ChangeFailed(fates, causes)


def undoing_of(done: Plan, sent: Raw) -> Plan:
    """Return the plan that takes back what was sent."""
    return replace(plan(Application(sent), undo(done)), exact=done.application.raw)


def _fates_now(gax: Gax, sent: Sequence[Outcome], undoing: Sequence[Plan]) -> Iterator[Fate]:
    """Yield how applications are that are not to be rolled back: read again where the write was not verified."""
    gone = False
    for outcome, todo in zip(sent, undoing):
        state = UNKNOWN if outcome.problem else CHANGED
        if outcome.problem and not gone:
            try:
                state = state_now(todo, read(gax, todo))
            except EngageError as problem:
                gone = isinstance(problem, (Unreachable, LoginFailed))
        yield Fate(outcome.name, state)


def roll_back(
    gax: Gax,
    plans: Sequence[Plan],
    run: Run = ALONE,
    was: Mapping[str, str] | None = None,
) -> list[Fate]:
    """Carry out plans that undo something, each for itself, where nobody else has touched the options since.

    Whatever cannot be rolled back: no ``queueKey`` is restored without its endpoint, and no endpoint goes while a
    ``queueKey`` points at it. ``was`` says how applications are until they are read again, by name.
    """
    # That somebody meanwhile uses what goes was not agreed to.
    run = replace(run, in_use=False, undoes=True, servers={}, lacking=lambda gax, found: "")
    was = was or {}
    gone = threading.Event()
    unreachable = Unreachable(NO_GAX, sent=False)

    def work(todo: Plan) -> Outcome:
        if gone.is_set():
            return Outcome(todo, problem=unreachable)
        outcome = write_one(gax, todo, Signals()) if todo.changes else Outcome(todo)
        if not isinstance(outcome.problem, (Unreachable, LoginFailed)):
            return outcome
        gone.set()
        return replace(outcome, problem=unreachable)

    done: list[Outcome] = []
    for stage in in_order(plans, run.apart):
        left = {outcome.plan.application.dbid: outcome.plan.application for outcome in done if outcome.problem}
        run = replace(run, unread={**run.unread, **left})
        with ExitStack() as locks:
            refused = {} if gone.is_set() else _look_again(gax, [], stage, run, Signals(), locks)[1]
            free = [todo for todo in stage if todo.application.name not in refused]
            held = [todo for todo in stage if todo.application.name in refused]
            done += [Outcome(todo, problem=refused[todo.application.name]) for todo in held]
            done += gax.each(work, free)
    return [_fate(outcome, was.get(outcome.name, CHANGED)) for outcome in done]


def _fate(outcome: Outcome, was: str) -> Fate:
    """Return what became of an application that was to be rolled back."""
    if not outcome.problem:
        return Fate(outcome.name, ROLLED_BACK if outcome.plan.changes else UNTOUCHED)
    if not outcome.plan.changes:
        return Fate(outcome.name, UNTOUCHED)
    if isinstance(outcome.problem, Conflict):
        return not_rolled_back(outcome.name, outcome.problem)
    state = CHANGED if outcome.refused else UNKNOWN if outcome.sent is not None else was  # a refused one was read back
    return Fate(outcome.name, state, str(outcome.problem) if state != UNTOUCHED else "")
