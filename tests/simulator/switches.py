# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All switches of the simulator, their positions and their meaning.

Where public material does not show how a real GAX behaves, a switch has one position for each possibility
(docs/evidence.md#what-is-not-known). The command line and the changes at run time are derived from this one list.
"""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .trouble import Fault, LateWrites, Rival, Rule, build

Parser = Callable[[Any], Any]


def _switch(default: Any, parse: Parser, shape: str, doc: str) -> Any:
    # Each switch becomes a field of the dataclass below.  pylint: disable-next=invalid-field-call
    return field(default=default, metadata={"parse": parse, "shape": shape, "doc": doc})


def _choice(*positions: str, doc: str) -> Any:
    """Make a switch with these positions; `STATUS` among them stands for any HTTP status that is an error."""

    def parse(value: Any) -> str:
        status = "STATUS" in positions and str(value).isdecimal() and 400 <= int(value) <= 599
        if not status and (str(value) not in positions or value == "STATUS"):
            raise ValueError(f"{value!r} is none of {', '.join(positions)}.")
        return str(value)

    return _switch(positions[0], parse, "|".join(positions), doc)


def _onoff(doc: str) -> Any:
    words = {"on": True, "true": True, "off": False, "false": False}

    def parse(value: Any) -> bool:
        if str(value).lower() not in words:
            raise ValueError(f"{value!r} is neither on nor off.")
        return words[str(value).lower()]

    return _switch(False, parse, "on|off", doc)


def _number(kind: type[int] | type[float], doc: str) -> Any:
    def parse(value: Any) -> int | float:
        try:
            number = kind(str(value))  # so that neither True nor 1.5 passes for an integer
        except ValueError:
            raise ValueError(f"{value!r} is no {'integer' if kind is int else 'number'}.") from None
        if not 0 <= number < math.inf:
            raise ValueError(f"{value!r} is out of range: 0 or more.")
        return number

    return _switch(kind(0), parse, "N" if kind is int else "SECONDS", doc)


def _split(value: Any) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{value!r} is no list of names.")
    return tuple(name for name in names if name)


def _words(default: str, doc: str) -> Any:
    def parse(value: Any) -> tuple[str, ...]:
        words = _split(value)
        if not words or not all(word.isidentifier() for word in words):
            raise ValueError(f"{value!r} is no plain word.")
        return words

    return _switch((default,), parse, "WORD,WORD...", doc)


def _names(doc: str) -> Any:
    return _switch((), _split, "NAME,NAME...", doc)


def _from_json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError as error:
        raise ValueError(f"{value!r} is not JSON: {error}.") from error


def _rules(kind: type[Rule], doc: str) -> Any:
    def parse(value: Any) -> tuple[Rule, ...]:
        rules = _from_json(value)
        if not isinstance(rules, (list, tuple)):
            raise ValueError(f"{value!r} is no list of rules.")
        return tuple(build(kind, rule) for rule in rules)

    return _switch((), parse, "JSON", f"{doc} Keys of a rule: {', '.join(item.name for item in fields(kind))}.")


def _late_writes(doc: str) -> Any:
    def parse(value: Any) -> LateWrites | None:
        rule = _from_json(value)
        return None if rule is None else build(LateWrites, rule)

    return _switch(None, parse, "JSON", doc)


@dataclass
class Switches:
    """The positions now. The first position of a choice is the default."""

    login_failure: str = _choice("401", "403", "200-html", doc="Answer to a wrong user name or password.")
    passwords: str = _choice("both", "obfuscated-only", "plain-only", doc="Password forms that log-in accepts.")
    cookie: tuple[str, ...] = _words("JSESSIONID", doc="Names of the cookies; the first one carries the session.")
    expired: str = _choice("401", "403", "302", "200-html", "STATUS", doc="Answer to a request without a session.")
    expire_after_requests: int = _number(int, doc="A session ends after so many requests (0 = never).")
    expire_after_seconds: float = _number(float, doc="A session ends so long after its log-in (0 = never).")
    session_limit: int = _number(int, doc="Sessions at a time; a log-in beyond is refused with 403 (0 = no limit).")
    one_session: bool = _onoff(doc="A log-in ends the other sessions of its account.")
    lock_after: int = _number(int, doc="So many refused log-ins in sequence lock an account (0 = never).")
    logout: str = _choice(
        "204", "404", "without-effect", doc="Answer of session/logout: 404 = no such path, without-effect = 204, alive."
    )
    denied: str = _choice("403-json", "403-text", "500-text", doc="Answer where a permission is missing.")
    deny_read: tuple[str, ...] = _names(doc="Objects that nobody may read: left out of lists, denied one by one.")
    hidden: tuple[str, ...] = _names(doc="Objects that nobody sees: left out of lists, and missing one by one.")
    account_tenants: tuple[str, ...] = _names(doc="Tenants that accounts may see, with all that is theirs (all).")
    deny_write: tuple[str, ...] = _names(doc="Objects that nobody may write.")
    put_answer: str = _choice(
        "200-json", "200-empty", "201-empty", "202", "204", "302", doc="Answer to a PUT that worked."
    )
    post_answer: str = _choice("200-json", "201-empty", "201-json", "302", "204", doc="Answer to a POST that worked.")
    put_semantics: str = _choice("replace", "merge", doc="Whether a triple that a PUT leaves out is deleted or stays.")
    name_match: str = _choice("exact", "substring", "ignore-case", "ignored", doc="How the query key `name` compares.")
    filters: str = _choice(
        "honoured", "ignored", "first-only", doc="Effect of the query key `filters`: first-only = OR is not understood."
    )
    list_limit: int = _number(int, doc="A list holds so many objects at most, and does not say so (0 = no limit).")
    parallel_limit: int = _number(int, doc="So many requests at a time; one more is answered 503 (0 = no limit).")
    empty_containers: str = _choice(
        "kept", "absent", "present", doc="Whether answers hold empty lists such as `resources` (kept = as stored)."
    )
    empty_key: bool = _onoff(doc="Each application answer holds an empty section: a triple with an empty key.")
    environment: str = _choice("hidden", "listed", doc="Whether lists of CfgTenant show the tenant Environment.")
    missing_object: str = _choice(
        "404", "200-null", "200-empty", "204", "STATUS", doc="Answer to a GET of an unknown object."
    )
    mode: str = _choice("normal", "read-only", "emergency", doc="Mode of Configuration Server; others refuse writes.")
    state: str = _choice("ready", "setup", "starting", doc="State of GAX: setup = unconfigured, starting = not yet.")
    dedupe: bool = _onoff(doc="Exact duplicates of triples are dropped on write.")
    latency: float = _number(float, doc="Every request takes at least so long.")
    jitter: float = _number(float, doc="Every request takes up to so much longer, by chance.")
    faults: tuple[Fault, ...] = _rules(Fault, doc="Requests that go wrong.")
    rivals: tuple[Rival, ...] = _rules(Rival, doc="Administrators who edit between our read and our write.")
    late_writes: LateWrites | None = _late_writes(  # noqa: RUF009 - it returns a field
        doc='Writes answered badly and applied later: {"seconds": 1, "answer": "hang|drop|503"}.'
    )
    write_delay: float = _number(float, doc="A write is answered as success and applied so much later.")
    stale_reads: float = _number(float, doc="Reads do not show a write for so long.")
    lost_writes: int = _number(int, doc="So many following writes are answered as success but not applied.")
    forbid_writes: bool = _onoff(doc="Every write is refused with 403 and recorded as a violation.")

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set switches; raise ValueError with a clear sentence, and change nothing, when one cannot be set."""
        known = {item.name: item.metadata["parse"] for item in fields(self)}
        parsed = {}
        for name, value in wanted.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                raise ValueError(f"There is no switch {name!r}." + (f" Is {near[0]!r} meant?" if near else ""))
            try:
                parsed[name] = known[name](value)
            except ValueError as error:
                raise ValueError(f"Switch {name}: {error}") from error
        for name, value in parsed.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return all positions, ready for JSON."""
        return asdict(self)
