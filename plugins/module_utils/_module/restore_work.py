# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What a restore is to do: what was saved, compared with what is there now, and what must stay as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .._chat.safety import Pair, stranded
from .._errors import BadInput, EngageError, LoginFailed, Unreachable
from .._gax.client import Gax
from .._gax.lookup import LIST_FROM, read_estate
from .._model.changes import Change, Plan, estate_after
from .._model.objects import APPLICATION, SCRIPT, Application, Raw, text
from .._model.topology import Estate, named_by_others
from .._text import listed
from .._write.backup import CANNOT_BE_READ, Saved, compared
from .._write.choice import Choice
from .._write.failure import UNTOUCHED, ChangeFailed, Fate
from .._write.history import History, who_left

GONE = "it no longer exists, or this account cannot read it"
ON_CONFLICT = "on_conflict (chat_channel_restore_on_conflict)"
MOST_CONFLICTS = 6  # lines of an error; the rest is in its details


@dataclass
class Work:
    """What is to be done. ``left`` says why an application stays as it is, ``notes`` what a person should know.

    ``stuck`` others have changed, and ``unread``, DBID -> name, cannot be read: what cannot do without them is not
    among the plans. ``queues`` are those that the runs have created, name and tenant: chats may wait there, which GAX
    does not show.
    """

    plans: list[Plan] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    stuck: list[Application] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    queues: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_missing(
    gax: Gax, done: Sequence[Saved], estate: Estate
) -> tuple[dict[str, Application], dict[str, EngageError]]:
    """Read the applications that are not in the estate; many of them in one list, if their types are known.

    Return those found, by DBID, and why others cannot be read. What is in neither does not exist, as far as is known.
    """
    missing = {item.dbid: item.type for item in done if item.dbid not in estate}
    found: dict[str, Application] = {}
    if len(missing) >= LIST_FROM and all(missing.values()):
        there = read_estate(gax, sorted({*missing.values()}))
        found = {dbid: item for dbid, item in there.items() if dbid in missing}
    rest = [dbid for dbid in missing if dbid not in found]
    hidden = named_by_others(rest, estate)

    def read(dbid: str) -> Raw | EngageError | None:
        try:
            return gax.object(APPLICATION, dbid) or (EngageError(CANNOT_BE_READ) if dbid in hidden else None)
        except (Unreachable, LoginFailed):
            raise
        except EngageError as problem:
            return problem

    answers = dict(zip(rest, gax.each(read, rest)))
    found |= {dbid: Application(raw) for dbid, raw in answers.items() if isinstance(raw, dict)}
    return found, {dbid: problem for dbid, problem in answers.items() if isinstance(problem, EngageError)}


def compare(
    done: Sequence[Saved],
    known: Estate,
    unread: Mapping[str, EngageError],
    overwrite: bool,
    choice: Choice,
    history: History | None,
) -> Work:
    """Plan on each application as it is now. It is found by its DBID: its name may have changed.

    ``unread`` says why some cannot be read.
    """
    work = Work()
    by_name = {application.name: application for application in known.values()}
    left = "left" if all(part.has_ended for part in choice.parts) else "was to leave"
    for item in done:
        fresh, namesake = known.get(item.dbid), by_name.get(item.name)
        if namesake and namesake.dbid != item.dbid and not item.checked:
            # Deleted and made anew, or a file that was edited: only one with a checksum can tell.
            raise BadInput(
                f"The saved {item.title} does not match this estate: its dbid is '{item.dbid}' there and "
                f"'{namesake.dbid}' here. Check that gax_url and the backup belong together."
            )
        if item.dbid in unread:
            work.unread[item.dbid] = item.name
            work.left[item.name] = str(unread[item.dbid])
            continue
        if fresh is None:
            work.left[item.name] = GONE
            work.notes.append(
                f"{item.title[0].upper()}{item.title[1:]} no longer exists, or this account cannot read it; it is "
                "skipped."
            )
            continue
        if fresh.name != item.name:
            work.notes.append(f"{item.title[0].upper()}{item.title[1:]} is now named '{fresh.name}'.")
        todo, strange = compared(item, fresh)
        if strange and not overwrite:
            options = [
                f"[{todo.wanted.title(change.section)}] {change.key}: the run {left} {value_of(change, 'before')}, it "
                f"is now {value_of(change, 'after')}{who_left(history, choice.parts, item.dbid, item.family, change)}"
                for change in strange
            ]
            work.left[fresh.name] = f"changed since the backup: {'; '.join(options)}"
            work.conflicts += [f"{fresh.name} {option}." for option in options]
            work.stuck.append(fresh)
        else:
            work.plans.append(todo)
    return work


def refusal(work: Work, unsafe: Mapping[str, str]) -> ChangeFailed:
    """Return the error for what must not be taken back as it is: changed by others, or chats would be lost."""
    fates = [Fate(name, UNTOUCHED) for name in work.left]
    unread = {name: work.left[name] for name in work.unread.values()}
    readable = f"make sure that the account may read {listed(unread)}" if unread else ""
    if not work.conflicts:
        besides = (
            f"Next: {readable}, then run the same command again; {ON_CONFLICT}: leave restores the rest before that."
            if readable
            else "Next: restore what depends on it as well, or run the same command again with "
            f"{ON_CONFLICT}: leave, which restores the rest only."
        )
        return ChangeFailed(fates, {**unread, **unsafe}, [besides], left=work.left)
    lines = [
        f"{listed(item.name for item in work.stuck)} changed since the backup.",
        *work.conflicts[:MOST_CONFLICTS],
        *_and_more(len(work.conflicts)),
    ]
    agree = (
        f"Next: {' and '.join(filter(None, [readable, 'agree on the value']))}, then run the same command again with "
        f"{ON_CONFLICT}: leave keeps the current values of these applications, overwrite restores those from before "
        "the run."
    )
    return ChangeFailed(fates, {"": "\n".join(lines), **unread}, [agree], left=work.left)


def _and_more(number: int) -> list[str]:
    more = number - MOST_CONFLICTS
    return [f"and {more} more."] if more > 0 else []


def points_at_nothing(plans: Sequence[Plan], known: Estate, broken: frozenset[Pair]) -> list[str]:
    """Say which ``queueKey`` points at no endpoint again, as it did before the run."""
    after = estate_after(plans, known)
    return [
        f"queueKey {key} of '{after[cluster].name}' points again at Chat Server '{after[server].name}', which lacks "
        "that endpoint, as before the run."
        for cluster, server, key in sorted((stranded(after) - stranded(known)) & broken)
    ]


def queues_that_stay(gax: Gax, choice: Choice) -> list[tuple[str, str]]:
    """Return the queues that these runs have created and that are there, as ``Work`` has them."""
    made = {(part.notes["queue"], part.notes["queue_tenant"]) for part in choice.parts if "queue_tenant" in part.notes}
    return [
        (name, tenant)
        for name, tenant in sorted(made)
        if any(text(raw.get("tenantdbid")) == tenant for raw in gax.find_by_name(SCRIPT, name))
    ]


def value_of(change: Change, side: str) -> str:
    """Return a value as it may be shown."""
    value = change.shown()[side]
    return "not there" if value is None else str(value) or "empty"
