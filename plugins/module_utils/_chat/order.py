# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""In which order plans are carried out, so that no ``queueKey`` ever points at an endpoint that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from .._model.changes import Change, Plan, Wanted, plan
from .._model.objects import CHAT_SERVER
from .options import CHAT, QUEUE_KEY, section_of

CHAT_SERVERS, CLUSTER, REMOVAL = "chat_servers", "cluster", "removal"

Stages = tuple[list[Plan], list[Plan], list[Plan]]


@dataclass(frozen=True)
class Step:
    """What is changed at once: a batch of ``chat_servers``, the ``cluster``, or a batch that loses an endpoint."""

    kind: str
    plans: list[Plan]


def steps_of(plans: Sequence[Plan], size: int = 0) -> list[Step]:
    """Return the steps of plans that have changes, in a safe order: at most ``size`` Chat Servers each; 0 is all.

    What the first step is depends on the estate alone, so that a run that was broken off goes on where it was.
    """
    first, keys, last = in_order([todo for todo in plans if todo.changes], apart=True)
    steps = [Step(CHAT_SERVERS, batch) for batch in _batches(first, size)]
    steps += [Step(CLUSTER, keys)] if keys else []
    return steps + [Step(REMOVAL, batch) for batch in _batches(last, size)]


def _batches(plans: Sequence[Plan], size: int) -> list[list[Plan]]:
    """Divide plans into batches of applications: several plans of one application stay together."""
    parts: dict[str, list[Plan]] = {}
    for todo in plans:
        parts.setdefault(todo.application.dbid, []).append(todo)
    of_each = list(parts.values())
    width = size or len(of_each) or 1
    return [list(chain(*of_each[begin : begin + width])) for begin in range(0, len(of_each), width)]


def in_order(plans: Sequence[Plan], apart: bool = False) -> Stages:
    """Divide plans into three stages: endpoints that come or change, then ``queueKey``, then endpoints that go.

    Without a ``queueKey`` among them, or ``apart``, nothing depends on anything: all are in the first stage. A plan in
    which endpoints come and go is in the first stage in part, and in the last as a whole.
    """
    if not apart and not any(map(moves_the_key, plans)):
        return list(plans), [], []
    first: list[Plan] = []
    keys: list[Plan] = []
    last: list[Plan] = []
    for todo in plans:
        going = [change for change in todo.changes if _goes(change)]
        if moves_the_key(todo) or (apart and _is_of_a_cluster(todo)):
            keys.append(todo)
        elif not going:
            first.append(todo)
        else:
            if len(going) < len(todo.changes):
                first.append(_without(todo, going))
            last.append(todo)
    return first, keys, last


def joined(plans: Sequence[Plan], done: Sequence[Plan]) -> list[Plan]:
    """Return the plans in their own order, with the changes of all parts as they were carried out."""
    parts: dict[tuple[str, str], list[Plan]] = {}
    for part in done:
        parts.setdefault(_place(part), []).append(part)
    result = []
    for todo in plans:
        mine = parts[_place(todo)]
        result.append(replace(mine[0], changes=tuple(change for part in mine for change in part.changes)))
    return result


def _place(todo: Plan) -> tuple[str, str]:
    return todo.application.dbid, todo.wanted.family


def _is_of_a_cluster(todo: Plan) -> bool:
    return CHAT in todo.wanted.options and todo.application.subtype != CHAT_SERVER


def lost_endpoints(todo: Plan) -> list[str]:
    """Return the names of the endpoints that go with this plan."""
    return [change.key for change in todo.changes if todo.wanted.family == "options" and _goes(change)]


def moves_the_key(todo: Plan) -> bool:
    """Say whether a plan sets, moves or removes a ``queueKey``."""
    return any((change.section, change.key) == (CHAT, QUEUE_KEY) for change in todo.changes)


def sets_the_key(todo: Plan) -> bool:
    """Say whether there is a ``queueKey`` after a plan that moves it."""
    return any((change.section, change.key) == (CHAT, QUEUE_KEY) and change.after for change in todo.changes)


def _goes(change: Change) -> bool:
    return change.section.startswith(section_of("")) and change.after is None


def _without(todo: Plan, going: Sequence[Change]) -> Plan:
    """Return the part of a plan that is about the other options."""
    rest: dict[str, dict[str, str | None]] = {}
    for change in todo.changes:
        if change not in going:
            rest.setdefault(change.section, {})[change.key] = change.after
    return plan(todo.application, Wanted(rest, todo.wanted.family, titles=todo.wanted.titles))
