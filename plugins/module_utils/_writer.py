# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Carry plans out: read again, compare, write, read back, compare."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ._changes import Plan, differences, edited, replan
from ._errors import EngageError, WriteFailed
from ._gax import APPLICATION, Gax
from ._objects import Application


def apply(gax: Gax, plans: Sequence[Plan]) -> list[Plan]:
    """Carry out the plans that have changes; return all plans as they were carried out.

    Nothing new is begun after a failure. Raises EngageError that names what was changed and what was not.
    """
    stop = threading.Event()

    def work(plan: Plan) -> Plan | EngageError | None:
        if stop.is_set():
            return None
        try:
            return _carry_out(gax, plan) if plan.changes else plan
        except EngageError as problem:
            stop.set()
            return problem

    results = gax.each(work, plans)
    problems = [str(result) for result in results if isinstance(result, EngageError)]
    if problems:
        changed = [result.application.name for result in results if isinstance(result, Plan) and result.changes]
        untouched = [plan.application.name for plan, result in zip(plans, results) if result is None and plan.changes]
        raise EngageError(
            f"{' '.join(problems)} Changed before that: {', '.join(changed) or 'none'}. "
            f"Not begun: {', '.join(untouched) or 'none'}.",
            changed_applications=changed,
            untouched_applications=untouched,
        )
    return [result for result in results if isinstance(result, Plan)]


def _carry_out(gax: Gax, plan: Plan) -> Plan:
    """Write one application. Raises EngageError unless what was read back is what was wanted."""
    name = plan.application.name
    now = replan(plan, _read(gax, plan))
    if not now.changes:
        return now
    target = edited(now.application.raw, now.wanted.family, now.changes)
    try:
        gax.update(target)
    except WriteFailed as problem:
        raise EngageError(f"Application '{name}' could not be written. {problem}") from problem
    missing = differences(target, _read(gax, plan).raw, now.changes, now.wanted.family)
    if missing:
        listed = "; ".join(f"[{change.section}] {change.key}" for change in missing)
        raise EngageError(
            f"Application '{name}': GAX said that it wrote, but these options are not as they were sent: {listed}. "
            "Check the application in Genesys Administrator and the log of GAX."
        )
    return now


def _read(gax: Gax, plan: Plan) -> Application:
    raw = gax.object(APPLICATION, plan.application.dbid)
    if raw is None:
        raise EngageError(f"Application '{plan.application.name}' was deleted while this run was under way.")
    return Application(raw)
