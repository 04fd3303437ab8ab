# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Write one application: read again, compare, write, read back, compare.

GAX has no version, no lock and no transaction (docs/evidence.md#writing). What that leaves open: docs/reliability.md
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from typing import TypeVar

from .._errors import EngageError, WriteFailed
from .._gax.client import Gax
from .._model.changes import Change, Plan, differences, edited, quoted, replan
from .._model.objects import APPLICATION, Application, Raw
from .._text import listed
from .lock import Holder, only_one, take_note_away

Found = TypeVar("Found")

SETTLE = 10.0  # seconds at most to wait for a write to show


@dataclass(frozen=True)
class Signals:
    """What threads heed: that nothing more is to begin, and a doubt whether GAX stores what it is sent.

    ``check`` is called before each write, and raises when this call must stop.
    """

    check: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    doubt: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Outcome:
    """What became of a plan, as it was carried out.

    ``sent`` may have been written; ``problem`` says why it failed. With ``refused`` the write was seen not to have been
    applied, and cannot be any more. With ``shows_by`` GAX took it, when this run was the ``holder`` of the application,
    and it is not read back yet; by that time, as of ``time.monotonic``, it must show.
    """

    plan: Plan
    sent: Raw | None = None
    problem: EngageError | None = None
    refused: bool = False
    shows_by: float | None = None
    holder: str = ""

    @property
    def name(self) -> str:
        return self.plan.application.name

    @property
    def is_unseen(self) -> bool:
        return self.shows_by is not None

    def is_shown_by(self, found: Application | None) -> bool:
        """Say whether an application, as it was read, is as it was sent."""
        if found is None or self.sent is None:
            return False
        return not differences(self.sent, found.raw, self.plan.changes, self.plan.wanted.family)


def write_one(gax: Gax, todo: Plan, signals: Signals, later: bool = False) -> Outcome:
    """Write one application while no other run on this machine does; nothing if that was stopped meanwhile.

    With ``later`` a write that GAX took at once is left unseen, unless there is a doubt.
    """
    try:
        with _only(gax, todo) as holder, ExitStack() as alone:
            if signals.stop.is_set():
                return Outcome(todo)
            return _carry_out(gax, Outcome(todo), gax.settings.retries + 1, alone, signals, holder, later)
    except EngageError as held:
        return Outcome(todo, problem=held)


def read_back(gax: Gax, done: Outcome, signals: Signals) -> Outcome:
    """Read back one application that is unseen. If nothing of it has arrived, and none has failed, write it again."""
    sent, tries, failed = replace(done, shows_by=None), gax.settings.retries, signals.stop.is_set()
    try:
        with _only(gax, done.plan) as holder, ExitStack() as alone:
            # Where another run on this machine has written since, what is not ours need not be as it was sent.
            if holder.before == done.holder or failed:
                patience = (done.shows_by or 0.0) - time.monotonic()
                found = _look(gax, done.plan, done.sent or {}, patience, signals)
                sent, again = _judged(sent, done.plan, done.sent or {}, found, None)
                tries = tries if again and not failed else 0
            else:
                tries += 1
            return _carry_out(gax, sent, tries, alone, signals, holder)
    except EngageError as problem:
        return replace(sent, problem=problem)


def as_shown(gax: Gax, done: Outcome) -> Outcome:
    """Return what became of an application that was unseen, and was found to be as it was sent."""
    take_note_away(gax, _key(done.plan), done.holder)
    return replace(done, shows_by=None)


def _only(gax: Gax, todo: Plan) -> AbstractContextManager[Holder]:
    return only_one(gax, _key(todo), f"Application '{todo.application.name}'")


def _key(todo: Plan) -> str:
    return f"{APPLICATION} {todo.application.dbid}"


def _carry_out(
    gax: Gax,
    outcome: Outcome,
    tries: int,
    alone: ExitStack,
    signals: Signals,
    holder: Holder,
    later: bool = False,
) -> Outcome:
    """Write one application, until what is read back is what was sent or it is clear that it will not be.

    ``alone`` is entered, for the rest of it, by a write that met the end of the session: where sessions end after a few
    requests, those of other threads would use up the new one.
    """
    todo = outcome.plan
    session_ended = False
    may_land = outcome.sent is not None  # even after it was given up
    while tries:
        tries -= 1
        try:
            now = replan(todo, _read_settled(gax, todo, holder.found))
            holder.leaves = ""
            if not now.changes:
                # Somebody else did what we wanted, or a write of ours that was given up landed late.
                return Outcome(outcome.plan, outcome.sent) if outcome.sent else Outcome(now)
            whole = edited(now.application.raw, now.wanted.family, now.changes)
            if todo.exact is not None and now.application.raw == todo.application.raw:
                whole = todo.exact
            if outcome.sent is None:
                if signals.stop.is_set():  # while this one was read
                    return outcome
                outcome = Outcome(now, whole)
            signals.check()
            refused, patience = _update(gax, whole)
            if refused and refused.renewed:
                outcome = replace(outcome, problem=EngageError(str(refused)))
                if not session_ended:
                    session_ended, tries = True, tries + 1  # that does not count, once
                    alone.enter_context(gax.undisturbed())
                continue
            once = outcome.sent is whole and not refused and patience <= patience_of(gax)
            if later and once and not signals.doubt.is_set():
                shows_by = time.monotonic() + patience
                holder.leaves = _note(now.application, shows_by)
                return replace(outcome, problem=None, shows_by=shows_by, holder=holder.now)
            found = _look(gax, now, whole, patience, signals)
        except EngageError as error:
            return replace(outcome, problem=error, refused=False)
        may_land = may_land or refused is None or refused.may_land
        outcome, again = _judged(outcome, now, whole, found, refused, may_land)
        if not again:
            break
    return outcome


def _judged(
    outcome: Outcome, now: Plan, whole: Raw, found: Application, refused: WriteFailed | None, may_land: bool = True
) -> tuple[Outcome, bool]:
    """Return the outcome in view of what was found, and whether to write again."""
    missing = differences(whole, found.raw, now.changes, now.wanted.family)
    if not missing:
        return Outcome(outcome.plan, outcome.sent), False
    taken_back = [change.taken_back for change in now.changes]
    untouched = not differences(now.application.raw, found.raw, taken_back, now.wanted.family)
    if refused:
        problem, again = str(refused), refused.transient
    else:
        problem = (
            f"GAX answered the write with success, but what was read back differs in {listed(map(_differing, missing))}"
            ". GAX stored the value in another form or dropped it, or another administrator changed it at the same "
            "time; compare the application in Genesys Administrator."
        )
        again = untouched  # nothing at all arrived: then the write can be repeated
    return replace(outcome, problem=EngageError(problem), refused=untouched and not may_land), again


def _differing(change: Change) -> str:
    """Return an option that was sent in one form and is found in another."""
    sent = "removed" if change.before is None else f"sent {quoted(change, change.before)}"
    return f"[{change.section}] {change.key} ({sent}, read back {quoted(change, change.after)})"


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


def _look(gax: Gax, now: Plan, whole: Raw, patience: float, signals: Signals) -> Application:
    """Read back; for a bounded time again and again when our options may still show."""
    ours = {(change.section, change.key) for change in now.changes}

    def look() -> tuple[bool, Application]:
        found = read(gax, now)
        missing = differences(whole, found.raw, now.changes, now.wanted.family)
        if missing:
            signals.doubt.set()
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


def _note(before: Application, shows_by: float) -> str:
    """Return what who comes next must know of a write that is unseen: how it was before, and until when it may be."""
    return f"{shows_by:.3f} {_digest(before)}"


def _digest(application: Application) -> str:
    return hashlib.sha256(json.dumps(application.raw, sort_keys=True).encode()).hexdigest()[:32]


def _read_settled(gax: Gax, todo: Plan, note: str) -> Application:
    """Read before a write; again while an unseen write of another run on this machine does not show and still may.

    What is written on top of the state before would take that write back. ``note`` is what that run has left.
    """
    shows_by, _blank, before = note.partition(" ")  # by a clock that all processes of the machine share
    patience = float(shows_by) - time.monotonic() if before else 0.0

    def look() -> tuple[bool, Application]:
        found = read(gax, todo)
        return patience <= 0 or _digest(found) != before, found

    return look_until(look, min(patience, max(SETTLE, gax.settings.timeout)))


def read(gax: Gax, todo: Plan) -> Application:
    """Return the application of a plan as it is now. Raises EngageError when it is gone."""
    raw = gax.object(APPLICATION, todo.application.dbid)
    if raw is None:
        raise EngageError(f"Application '{todo.application.name}' was deleted during this run.")
    return Application(raw)
