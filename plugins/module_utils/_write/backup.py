# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From what a run has saved, or a task reported, to the plans that undo it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._chat.order import lost_endpoints
from .._errors import BadInput
from .._model.changes import Change, Plan, Wanted, edited, plan, shown_changes, still_to_change, undo
from .._model.objects import CHAT_SERVER, FAMILIES, Application
from .._model.topology import Estate
from .._secrets import is_altered
from .runs import ENTRY_FORMAT
from .trusted import Entry

WRITTEN, UNWRITTEN = "written", "unwritten"
CANNOT_BE_READ = "it exists, as others are connected to it, but this account cannot read it."


@dataclass(frozen=True)
class Saved:
    """What was changed in one application. ``type`` is empty where only the result of a module is known.

    ``checked`` says that it comes from a file that would be known if it had been edited.
    """

    name: str
    dbid: str
    type: str
    family: str
    changes: Sequence[Change]
    checked: bool = False

    @property
    def title(self) -> str:
        return f"application '{self.name}' ({self.dbid})"

    def shown(self) -> dict[str, Any]:
        """Return it for results, as a plan is, with secrets masked."""
        return shown_changes(self.name, self.dbid, self.family, self.changes)


def saved(entries: Sequence[Mapping[str, Any]]) -> list[Saved]:
    """Return what was changed, one entry for each application and family: the first value before, the last one after.

    Where somebody else has changed an option in between, or the earlier change was never written, the later one counts:
    its value before is what comes back. ``entries`` are those of a backup or of a module's result, in the order in
    which they were made. Raises BadInput for an entry that is damaged, or holds a masked secret.
    """
    found: dict[tuple[str, str, str], Saved] = {}
    for entry in entries:
        new = _parsed(entry)
        place = ("" if new.dbid else new.name, new.dbid, new.family)  # a name may change from run to run
        if place not in found:
            found[place] = new
            continue
        changes = {(change.section, change.key): change for change in found[place].changes}
        for change in new.changes:
            known = changes.get((change.section, change.key), change)
            first = known.before if known.after == change.before else change.before
            changes[change.section, change.key] = replace(change, before=first)
        found[place] = replace(new, changes=tuple(changes.values()))
    # What came back within the run is no change of it.
    return [
        replace(item, changes=tuple(change for change in item.changes if change.before != change.after))
        for item in found.values()
    ]


def as_written(entries: Sequence[Entry], estate: Mapping[str, Application]) -> list[Entry]:
    """Return the entries with no change where a run that was killed had only saved it, as is seen in the estate.

    Others build on what was written: the last one is compared with the estate, each before it with what that had found.
    Raises BadInput.
    """

    def seen(entry: Entry, change: Entry, trace: str) -> Entry:
        return {**change, "after": change["before"]} if entry.get("unsure") and trace == UNWRITTEN else change

    return [
        {**entry, "changes": [seen(entry, change, trace) for change, trace in zip(entry["changes"], found)]}
        for entry, found in zip(entries, traces(entries, estate))
    ]


def traces(entries: Sequence[Entry], estate: Mapping[str, Application]) -> list[list[str]]:
    """Return what the estate shows of each change: ``written``, ``unwritten``, or neither, which is an empty text.

    ``entries`` are in the order in which they were made, and may be about the same options. Endpoints that come and go
    are saved in one entry, and written in two parts. Of an application that is not in the estate all counts as written:
    it may not be readable for now. Raises BadInput.
    """
    now: dict[tuple[str, str, str, str], Collection[str | None]] = {}
    result = []
    for item in map(_parsed, reversed(entries)):
        found = estate.get(item.dbid)
        of_entry = []
        for change in item.changes:
            place = (item.dbid, item.family, change.section, change.key)
            values = {*now.get(place, found.values(item.family).get(place[2:], (None,)) if found else ())}
            is_there = values == {change.after}
            of_entry.append(WRITTEN if is_there or not found else UNWRITTEN if values == {change.before} else "")
            if is_there:
                now[place] = (change.before,)
        result.append(of_entry)
    return result[::-1]


def written_in(entries: Sequence[Entry], estate: Mapping[str, Application]) -> list[Saved]:
    """Return what of the entries is in the estate: a run that was killed has saved more than it has written.

    Raises BadInput.
    """
    return [
        replace(item, changes=tuple(change for change in item.changes if _is_there(item, change, estate)))
        for item in saved(as_written(entries, estate))
    ]


def _is_there(item: Saved, change: Change, estate: Mapping[str, Application]) -> bool:
    found = estate.get(item.dbid)
    values = found.values(item.family).get((change.section, change.key), ()) if found else None
    return values is not None and set(values) == {change.after} - {None}


def _parsed(entry: Mapping[str, Any]) -> Saved:
    named = {name: str(entry.get(name, "")) for name in ("name", "dbid", "type")}
    checked = entry.get("format") == ENTRY_FORMAT
    result = Saved(**named, family=str(entry.get("family", "options")), changes=(), checked=checked)
    what = f"The saved {result.title}"
    if result.family not in FAMILIES:
        raise BadInput(f"{what} is of an unknown family: '{result.family}'.")
    try:
        changes = [Change(c["section"], c["key"], c["before"], c["after"]) for c in entry["changes"]]
    except (KeyError, TypeError) as problem:
        raise BadInput(f"{what} contains no changes with section, key, before and after.") from problem
    for change in changes:
        has_names = all(isinstance(name, str) and name for name in (change.section, change.key))
        if not has_names or not all(value is None or isinstance(value, str) for value in (change.before, change.after)):
            raise BadInput(f"{what} contains a damaged change: names and values must be text.")
    for change, entered in zip(changes, entry["changes"]):
        # A file that was not edited says what was masked. A mask that it holds otherwise was the value in GAX.
        known = checked and "masked" in entered
        if entered["masked"] if known else is_altered(f"{change.before}\n{change.after}"):
            raise BadInput(
                f"{what} contains a masked secret, [{change.section}] {change.key}, which cannot be restored. "
                "Set it manually."
            )
    return replace(result, changes=tuple(changes))


def undoing(done: Saved, fresh: Application) -> Plan:
    """Return the plan that takes back what was changed. Raises BadInput when it is about another application."""
    for key, there, found in (("dbid", done.dbid, fresh.dbid), ("type", done.type, fresh.subtype)):
        if there and there != found:
            raise BadInput(
                f"The saved {done.title} does not match this estate: its {key} is '{there}' there and '{found}' here. "
                "Check that gax_url and the backup belong together."
            )
    as_left = Application(edited(fresh.raw, done.family, done.changes))
    wanted = undo(Plan(as_left, Wanted({}, done.family), done.changes))
    return Plan(as_left, wanted, still_to_change(Plan(as_left, wanted), as_left)[0])


def compared(done: Saved, fresh: Application) -> tuple[Plan, list[Change]]:
    """Return the plan that takes back what was changed, and the options that somebody has changed since.

    Of such an option ``before`` is what was left, and ``after`` what is there now. Raises BadInput.
    """
    left = undoing(done, fresh)
    return plan(fresh, left.wanted), still_to_change(left, fresh)[1]


def only_named(entries: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the entries of these applications. Raises BadInput for a name that is not among them."""
    there = sorted({str(entry.get("name")) for entry in entries})
    missing = [name for name in names if name not in there]
    if missing:
        raise BadInput(
            f"names (chat_channel_restore_only): the backup does not contain {', '.join(missing)}; it contains "
            f"{', '.join(there)}."
        )
    return [entry for entry in entries if entry.get("name") in names]


def as_recorded(done: Sequence[Saved], unread: Collection[str]) -> Estate:
    """Return applications of these DBIDs, which cannot be read, as a run left them: what others must not do without.

    Which Chat Servers a cluster reaches is not saved: those that the run has changed. A Chat Server that has lost no
    endpoint is left out, as nothing that was there before the run is missing on it.
    """
    servers = [{"appserverdbid": item.dbid} for item in done if item.type == CHAT_SERVER]
    found = {}
    for item in done:
        changed = Plan(Application({}), Wanted({}, item.family), item.changes)
        is_server = item.type == CHAT_SERVER
        if item.dbid in unread and item.family == "options" and (not is_server or lost_endpoints(changed)):
            left = [change for change in item.changes if change.after is not None]
            options = [{"section": change.section, "key": change.key, "value": change.after} for change in left]
            raw = {"name": item.name, "dbid": item.dbid, "subtype": item.type, "options": {"property": options}}
            found[item.dbid] = Application({**raw, "appservers": {"conninfo": [] if is_server else servers}})
    return found
