# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Plan changes of options: pure functions over raw objects. Nothing here reads or writes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import BadInput, Conflict
from .._secrets import MASK, is_altered, is_as_shown, is_secret, shown
from .._text import counted, visible
from .form import check_form, check_kept
from .names import check_name
from .objects import CONNECTIONS, CONTAINERS, FAMILIES, Application, Raw, inner, text

# What else a connection holds when GAX makes one (docs/evidence.md#reading).
NEW_CONNECTION = {
    "mode": "CFGTMNoTraceMode",
    "appparams": "",
    "transportparams": "",
    "longfield1": "0",
    "longfield2": "0",
    "longfield3": "0",
    "longfield4": "0",
}

AGREE = "Agree on the value."
LONGEST = 80  # characters of a value in a message


@dataclass(frozen=True)
class Change:
    """One option that differs. ``before`` or ``after`` is None when the option is not there."""

    section: str
    key: str
    before: str | None
    after: str | None

    @property
    def action(self) -> str:
        if self.before is None:
            return "add"
        return "remove" if self.after is None else "update"

    @property
    def taken_back(self) -> Change:
        return Change(self.section, self.key, before=self.after, after=self.before)

    def shown(self) -> dict[str, Any]:
        """Return the change for results; a secret is masked, yet seen to change."""
        return {
            "section": self.section,
            "key": self.key,
            "before": self._masked(self.before, "before"),
            "after": self._masked(self.after, "after"),
            "action": self.action,
        }

    def _masked(self, value: str | None, when: str) -> str | None:
        seen = value if value is None else shown(self.key, value, self.section)
        return seen if seen == value else f"{seen} ({when})"


@dataclass(frozen=True)
class Wanted:
    """The options that one application should have.

    ``options`` maps section -> key -> value; None means that the option must not be there. From the sections named in
    ``exclusive``, everything else goes. ``from_gax`` says that the values are as this run read them.
    """

    options: Mapping[str, Mapping[str, str | None]]
    family: str = "options"
    exclusive: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    from_gax: bool = False

    def title(self, section: str) -> str:
        """Return the section as people know it: connections have a DBID in its place."""
        return self.titles.get(section, section)


@dataclass(frozen=True)
class Plan:
    """What is to change in one application, and the application it was planned on.

    ``exact`` is the whole object to write instead, if nothing else has changed: a roll-back restores even duplicates.
    """

    application: Application
    wanted: Wanted
    changes: Sequence[Change] = field(default_factory=tuple)
    exact: Raw | None = field(default=None, repr=False)

    def shown(self) -> dict[str, Any]:
        """Return the plan for results, with secrets masked."""
        return shown_changes(self.application.name, self.application.dbid, self.wanted.family, self.changes)


def shown_changes(name: str, dbid: str, family: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the changes of one application for results, with secrets masked."""
    return {
        "name": name,
        "dbid": dbid,
        "family": family,
        "changed": bool(changes),
        "changes": [change.shown() for change in changes],
    }


def wanted_from(options: Mapping[str, Any], what: str, family: str, present: bool, exclusive: bool) -> Wanted:
    """Return user input as Wanted. ``what`` names the input in errors.

    With ``present`` false the options named go, or the whole section where none is named.
    Raises BadInput for a value that is no scalar, an empty name, or a value that is missing.
    """
    result: dict[str, dict[str, str | None]] = {}
    for section, keys in options.items():
        if not str(section).strip():
            raise BadInput(f"{what} has a section without a name.")
        if keys is None and not present:
            keys = {}
        if not present and any(map(is_altered, map(str, (section, *keys)))):
            raise BadInput(
                f"{what}: a name in section [{section}] was masked or escaped on its way here: give the name."
            )
        if not isinstance(keys, Mapping):
            raise BadInput(
                f"{what}: section [{section}] must hold options and their values, not {type(keys).__name__}."
            )
        result.setdefault(str(section), {})
        for key, value in keys.items():
            where = f"{what}: option '{key}' in section [{section}]"
            if not str(key).strip():
                raise BadInput(f"{what}: section [{section}] has an option without a name.")
            if value is None and present:
                raise BadInput(f"{where} has no value; give one, or remove the option with state=absent.")
            if isinstance(value, (Mapping, list, tuple, set)):
                raise BadInput(f"{where} must be text, a number or a boolean, not {type(value).__name__}.")
            result[str(section)][str(key)] = text(value) if present else None
    whole = {section for section, keys in result.items() if exclusive or not (present or keys)}
    return Wanted(result, family, frozenset(whole))


def plan(application: Application, wanted: Wanted) -> Plan:
    """Return what has to change so that the application is as requested; one Change per real difference.

    Raises BadInput for a text that was masked on its way to us, Conflict for an application that cannot be written.
    """
    changes = _changes(application, wanted)
    if changes:
        check_form(application)
    return Plan(application, wanted, tuple(changes))


def _changes(application: Application, wanted: Wanted) -> list[Change]:
    values = application.values(wanted.family)
    changes = []
    for section, keys in wanted.options.items():
        there = {key: found for (where, key), found in values.items() if where == section}
        rest = {key: None for key in there if key not in keys} if section in wanted.exclusive else {}
        for key, value in {**keys, **rest}.items():
            found = there.get(key, [])
            differs = set(found) != ({value} - {None})
            if differs and not _is_as_shown(application, wanted, Change(section, key, _first(found), value)):
                changes.append(Change(section, key, _first([text for text in found if text != value]), value))
    return changes


def _is_as_shown(application: Application, wanted: Wanted, change: Change) -> bool:
    """Say whether a user gives what ``application_info`` shows of the value: it comes back, and changes nothing.

    Raises BadInput for any other text that holds a mask, as what it stood for is lost, and for a new name that cannot
    be meant.
    """
    section, key, before, after = change.section, change.key, change.before, change.after
    if after is None or wanted.from_gax:
        return False
    if not is_altered(f"{section}\n{key}\n{after}"):
        for name in (section, key) if before is None else ():
            check_name(name, f"Application '{application.name}': the name of an option or section")
        return False
    if before is not None and (is_as_shown(after, key, before, section) or (after == MASK and is_secret(key, section))):
        return True
    raise BadInput(
        f"Application '{application.name}': option '{key}' in section [{wanted.title(section)}] cannot be set, because "
        f"the given text contains a mask or an escape, such as {MASK}, instead of the real value. Give the value "
        "itself."
    )


def _first(values: Sequence[str] | None) -> str | None:
    return values[0] if values else None


def undo(done: Plan) -> Wanted:
    """Return what takes back what a plan changed."""
    options: dict[str, dict[str, str | None]] = {}
    for change in done.changes:
        options.setdefault(change.section, {})[change.key] = change.before
    return Wanted(options, done.wanted.family, titles=done.wanted.titles, from_gax=True)


def replan(old: Plan, fresh: Application) -> Plan:
    """Plan anew on the object as it is now.

    Raises Conflict when somebody else changed an option that this plan is about, to something else than wanted, or
    when the application cannot be written unharmed.
    """
    changes, others = still_to_change(old, fresh)
    if changes or others:
        check_form(fresh)
        check_kept(old.application, fresh)
    if others:
        what = f"Application '{fresh.name}': {changed_by_others(others, old.wanted)}"
        raise Conflict(f"{what} {AGREE}", what, remains=bool(changes))
    return Plan(fresh, old.wanted, tuple(changes))


def still_to_change(old: Plan, fresh: Application) -> tuple[list[Change], list[Change]]:
    """Return what a plan would still change, and what somebody else has changed, to something else than wanted.

    Of the latter ``before`` is what the plan was made on, and ``after`` what is there now.
    """
    then, now = old.application.values(old.wanted.family), fresh.values(old.wanted.family)
    back = Application(old.exact).values(old.wanted.family) if old.exact is not None else {}
    changes, others = [], []
    for change in _changes(fresh, old.wanted):
        place = (change.section, change.key)
        if place in back and now.get(place) == back[place]:
            continue  # with its duplicates, which no plan asks for
        if then.get(place) == now.get(place):
            changes.append(change)
        else:
            others.append(Change(*place, _first(then.get(place)), change.before))
    return changes, others


def changed_by_others(changes: Sequence[Change], wanted: Wanted) -> str:
    """Say what others have changed; of several options the first one."""
    change, more = changes[0], len(changes) - 1
    option = f"option '{change.key}' in section [{wanted.title(change.section)}]"
    before, after = quoted(change, change.before), quoted(change, change.after)
    done = {
        "add": f"added {option} with value {after}",
        "update": f"changed {option} from {before} to {after}",
        "remove": f"removed {option}, which was {before}",
    }[change.action]
    also = f", and changed {counted(more, 'more option')}," if more else "," if change.after is None else ""
    return f"another administrator {done}{also} during this run."


def quoted(change: Change, value: str | None) -> str:
    """Return a value of an option as messages show it; only the beginning of a long one."""
    if value is None:
        return "nothing"
    seen = visible(shown(change.key, value, change.section))
    return f"'{seen}'" if len(seen) <= LONGEST else f"'{seen[:LONGEST]}...'"


def edited(raw: Raw, family: str, changes: Sequence[Change]) -> Raw:
    """Return a new raw object with the changes made; everything else stays as it came, order included."""
    container, key, edit = (
        ("appservers", "conninfo", _edited_connections)
        if family == CONNECTIONS
        else (CONTAINERS[family], "property", _edited_triples)
    )
    outer = raw.get(container)
    kept = edit(inner(raw, container, key), changes)
    return {**raw, container: {**(outer if isinstance(outer, dict) else {}), key: kept}}


def estate_after(plans: Sequence[Plan], estate: Mapping[str, Application]) -> dict[str, Application]:
    """Return the estate (DBID -> application) as it is when the plans are carried out, one after the other."""
    new = dict(estate)
    for todo in plans:
        if todo.changes:
            before = new[todo.application.dbid].raw
            new[todo.application.dbid] = Application(edited(before, todo.wanted.family, todo.changes))
    return new


def _edited_triples(triples: Sequence[Raw], changes: Sequence[Change]) -> list[Raw]:
    after = {(change.section, change.key): change.after for change in changes}
    kept, seen = [], set()
    for triple in triples:
        place = (text(triple.get("section")), text(triple.get("key")))
        seen.add(place)
        if place not in after:
            kept.append(triple)
        elif after[place] is not None:
            kept.append({**triple, "value": after[place]})
    for (section, key), value in after.items():
        if value is not None and (section, key) not in seen:
            kept.insert(_end_of_section(kept, section), {"section": section, "key": key, "value": value})
    return kept


def _edited_connections(connections: Sequence[Raw], changes: Sequence[Change]) -> list[Raw]:
    """A connection whose port is removed goes as a whole; one to a server that is not there yet is added."""
    after: dict[str, dict[str, str | None]] = {}
    for change in changes:
        after.setdefault(change.section, {})[change.key] = change.after
    there = [text(connection.get("appserverdbid")) for connection in connections]
    new = [{"appserverdbid": dbid, **NEW_CONNECTION} for dbid in after if dbid not in there]
    result = [{**item, **after.get(text(item.get("appserverdbid")), {})} for item in [*connections, *new]]
    removed = {dbid for dbid, attributes in after.items() if attributes.get("id", "") is None}
    return [connection for connection in result if text(connection.get("appserverdbid")) not in removed]


def _end_of_section(triples: Sequence[Raw], section: str) -> int:
    places = [index for index, triple in enumerate(triples, 1) if text(triple.get("section")) == section]
    return places[-1] if places else len(triples)


def differences(sent: Raw, found: Raw, changes: Sequence[Change], family: str) -> list[Change]:
    """Return what was sent but is not found, in both families: ``before`` is what was sent, ``after`` what is found.

    What is found beyond that is somebody else's addition, unless it is an option that ``changes`` remove.
    """
    result = []
    then, now = Application(sent), Application(found)
    for each in FAMILIES:
        there = now.values(each)
        for (section, key), values in then.values(each).items():
            if set(there.get((section, key), ())) != set(values):
                result.append(Change(section, key, values[0], _first(there.get((section, key)))))
    there = now.values(family)
    for change in changes:
        if change.after is None and (change.section, change.key) in there:
            result.append(Change(change.section, change.key, None, there[change.section, change.key][0]))
    return result
