# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The write test of a preflight: what a write does to an application, which is left as it was."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._errors import EngageError, WriteFailed
from .._gax.answer import Answer
from .._gax.client import Gax
from .._model.changes import edited, plan, wanted_from
from .._model.form import check_form
from .._model.objects import APPLICATION, Application, Raw
from .._text import counted
from .one_application import patience_of
from .writer import apply

SECTION, KEY = "genesys_ops.engage", "preflight"
VALUE = "Left by the write test of an interrupted preflight; remove it"
STEP = 0.5  # seconds between two looks for a write
_ADD = wanted_from({SECTION: {KEY: VALUE}}, KEY, "options", present=True, exclusive=False)
_REMOVE = wanted_from({SECTION: {KEY: None}}, KEY, "options", present=False, exclusive=False)


@dataclass
class Found:
    """Behaviours, or None where they were not found out. ``lost`` is what a write did not keep, duplicates apart."""

    write_answer: str | None = None
    write_shows_after_ms: int | None = None
    write_keeps_the_rest: bool | None = None
    write_removes: bool | None = None
    lost: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def behaviours(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name.startswith("write_")}


def write_test(gax: Gax, application: Application) -> Found:
    """Write an application back unchanged, add an option, remove it; compare everything each time.

    What goes wrong is in ``problems`` of the result, and the option is taken away again. Changes that others make
    meanwhile are left, and end the test.
    """
    test = _Test(gax, application)
    try:
        test.run()
    except EngageError as problem:
        test.found.problems.append(f"Write test: {problem}")
        test.found = Found(lost=[], problems=test.found.problems)
    finally:
        test.clean_up()
    return test.found


class _Test:
    def __init__(self, gax: Gax, application: Application) -> None:
        self._gax, self._name, self._dbid = gax, application.name, application.dbid
        self._clean: Raw = {}  # the application as it must be in the end
        self._may_land = False  # a write of ours that was not answered
        self._patience = patience_of(gax)
        self.found = Found()

    def run(self) -> None:
        before = self._read()
        check_form(before)
        clean = self._clean = _without(before)  # of what an interrupted test left
        self.found.write_answer, _late, now = self._write(before.raw, clean, lambda raw: not _is_marked(raw))
        if now != clean:  # it may not show yet
            time.sleep(STEP)
            now = self._read().raw
        base = self._compared(clean, now)
        marked = edited(base, "options", plan(Application(base), _ADD).changes)
        answer, late, now = self._write(base, marked, _is_marked)
        self.found.write_answer = self.found.write_answer or answer
        self.found.write_shows_after_ms = late
        if late is None:
            raise EngageError(
                f"GAX answered the write of application '{self._name}' with success, but the change was not visible "
                f"within {counted(self._patience, 'second')}."
            )
        self._compared(base, _without(Application(now)))
        _answer, gone, now = self._write(now, clean, lambda raw: not _is_marked(raw))
        self.found.write_removes = gone is not None
        if gone is not None and _parts(now) != _parts(clean):  # what the first write lost may be there again
            self._compared(base, now)
        if self.found.write_keeps_the_rest is None:
            self.found.write_keeps_the_rest = True

    def _read(self) -> Application:
        raw = self._gax.object(APPLICATION, self._dbid)
        if raw is None:
            raise EngageError(f"Application '{self._name}' can no longer be read.")
        return Application(raw)

    def _write(self, base: Raw, whole: Raw, shows: Callable[[Raw], bool]) -> tuple[str | None, int | None, Raw]:
        """Return the form of the answer, milliseconds until the write showed, and what was read last.

        ``base`` is what was read before it: a write without an answer is repeated only while that is still there.
        """
        refused: WriteFailed | None = None
        for _attempt in range(self._gax.settings.retries + 1):
            try:
                answer = self._gax.put(whole)
            except WriteFailed as problem:
                refused = problem
            else:
                return _form_of(answer), *self._look(shows, patient=True)
            self._may_land |= refused.may_land
            if not refused.transient:
                break
            late, now = self._look(shows, patient=refused.may_land)
            if late is not None and not shows(base):
                return None, late, now  # it was done
            self._check_nobody_else(base, _without(Application(now)))
        raise EngageError(f"application '{self._name}' could not be written. {refused}")

    def _look(self, shows: Callable[[Raw], bool], patient: bool) -> tuple[int | None, Raw]:
        began, step = time.monotonic(), 0
        while True:
            now = self._read().raw
            if shows(now):
                return round(step * STEP * 1000), now
            step += 1
            if not patient or step * STEP > self._patience:
                return None, now
            time.sleep(max(0.0, began + step * STEP - time.monotonic()))

    def _compared(self, expected: Raw, found: Raw) -> Raw:
        """Note what a write has lost; return what is there. Raises EngageError when somebody else has edited."""
        self._check_nobody_else(expected, found)
        new = _parts(found)
        lost = _parts(expected) - new
        if lost:
            self.found.write_keeps_the_rest = False
            self.found.lost += _names(Counter(part for part in lost if part not in new))
        return found

    def _check_nobody_else(self, expected: Raw, found: Raw) -> None:
        """Raise EngageError when something is there that was not: that is no loss, somebody has edited."""
        added = _parts(found) - _parts(expected)
        if added:
            raise EngageError(
                f"another administrator changed {', '.join(_names(added))} of application '{self._name}' during "
                "the test; choose an application that nobody is working on, and run again."
            )

    def clean_up(self) -> None:
        """Take our option away, whatever happened; say so where that is not possible."""
        try:
            if self._may_land:  # a write may be applied after all
                self._look(_is_marked, patient=True)
            now = self._read()
            if _is_marked(now.raw):
                if self.found.write_removes is False:
                    raise EngageError("GAX keeps options that a write omits.")
                apply(self._gax, [plan(now, _REMOVE)])
                now = self._read()
            there = _parts(now.raw)
            lacking = _names(Counter(part for part in _parts(self._clean) if part not in there))
            if lacking:
                self.found.problems.append(
                    f"Application '{self._name}' lost what it had before the write test: {', '.join(lacking)}. "
                    "Enter it again in Genesys Administrator."
                )
        except EngageError as problem:
            self.found.problems.append(
                f"Option {KEY} in section [{SECTION}] may still be in application '{self._name}'; run the preflight "
                f"with it again, or remove the option in Genesys Administrator. {problem}"
            )


def _form_of(answer: Answer) -> str:
    """Return how a write that worked was answered, as a behaviour."""
    if answer.location:
        return "redirect"
    if answer.status != 200:
        return str(answer.status)
    return "object" if isinstance(answer.data, dict) else "empty"


def _is_marked(raw: Raw) -> bool:
    return any((section, key) == (SECTION, KEY) for section, key, _value in Application(raw).triples("options"))


def _without(application: Application) -> Raw:
    """Return an application without our option, everything else as it is."""
    if not _is_marked(application.raw):
        return application.raw
    return edited(application.raw, "options", plan(application, _REMOVE).changes)


def _parts(raw: Raw) -> Counter[tuple[str, str]]:
    """Return everything in an object as parts that can be counted; an empty list counts as none."""
    parts: Counter[tuple[str, str]] = Counter()
    for key, value in raw.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for name, item in inner:
            items = item if isinstance(item, list) else [item]
            for one in items:
                parts[f"{key}.{name}".rstrip("."), json.dumps(one, sort_keys=True)] += 1
    return parts


def _names(parts: Counter[tuple[str, str]]) -> list[str]:
    """Name parts: an option by section and key, anything else by its attribute. No values: they may be secret."""
    names = []
    for place, content in parts:
        item = json.loads(content)
        is_option = isinstance(item, dict) and {"section", "key"} <= item.keys()
        names.append(f"[{item['section']}] {item['key']}" if is_option else place.partition(".")[0])
    return list(dict.fromkeys(names))
