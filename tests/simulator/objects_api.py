# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths below cfg/objects: find, get, create, replace, delete (docs/evidence.md#reading)."""

from __future__ import annotations

import json

from . import answers, query, writing
from .answers import Answer
from .call import Call
from .journal import Write
from .objects import Change, Obj, changes, checked, other_changes
from .world import World
from .writing import Refused

LOCATION = "/gax/api/cfg/objects/{type}/{dbid}"


def find(world: World, call: Call) -> Answer:
    """Answer with a JSON array of the objects that the query means, in full or brief form."""
    kind, switches = call.query.get("type"), world.switches
    if not kind:
        return answers.error(400, "BadRequest", "The query has no type.")
    try:
        objects = query.select(world.sight.listed(world.estate, kind), call.query, switches)
    except ValueError as error:
        return answers.error(400, "BadRequest", str(error))
    if switches.list_limit:
        objects = objects[: switches.list_limit]
    if call.query.get("brief") == "true":
        return answers.json_answer([query.brief(obj) for obj in objects])
    answer = Answer(200, world.rendering.list_of(objects), answers.JSON)
    world.was_read(objects)
    return answer


def get(world: World, call: Call, kind: str, dbid: str) -> Answer:
    """Answer with one object."""
    obj = world.sight.get(world.estate, kind, dbid)
    _note(call, kind, dbid, obj)
    if obj is None:
        return answers.missing(world.switches, f"{kind} {dbid}")
    if not world.sight.is_permitted(world.estate, obj):
        return answers.form(world.switches.denied, f"There is no permission to read {kind} {dbid}.")
    answer = Answer(200, world.rendering.of(obj), answers.JSON)
    world.was_read([obj])
    return answer


def create(world: World, call: Call) -> Answer:
    """Make a new object; the server gives the number."""
    try:
        body = _object(call)
        _note(call, body.get("type"), None, body)
        obj = writing.created(world.estate, body, world.switches)
        _permit(world, body)
    except Refused as refusal:
        return _refuse(world, call, refusal)
    obj = {"type": obj["type"], "dbid": world.estate.new_dbid(obj["type"]), **obj}
    call.entry["dbid"] = obj["dbid"]
    answer = answers.written(world.switches.post_answer, world.rendering.of(obj), LOCATION.format_map(obj))
    return _commit(world, call, {}, obj, answer)


def replace(world: World, call: Call, kind: str, dbid: str) -> Answer:
    """Put a full object in the place of the one that is there."""
    current = world.estate.get(kind, dbid)
    _note(call, kind, dbid, current)
    try:
        if current is None:
            raise Refused("CFGObjectNotFound", f"{kind} {dbid} does not exist.", 404)
        world.put_arrives(current)
        current = world.estate.get(kind, dbid) or current
        _permit(world, current)
        body = _object(call)
        obj = writing.replaced(world.estate, current, body, world.switches)
    except Refused as refusal:
        return _refuse(world, call, refusal)
    answer = answers.written(world.switches.put_answer, world.rendering.of(obj), LOCATION.format_map(obj))
    return _commit(world, call, current, obj, answer, writing.lost_section(body, current, world.switches))


def delete(world: World, call: Call, kind: str, dbid: str) -> Answer:
    """Delete an object that no application is connected to."""
    current = world.estate.get(kind, dbid)
    _note(call, kind, dbid, current)
    try:
        if current is None:
            raise Refused("CFGObjectNotFound", f"{kind} {dbid} does not exist.", 404)
        _permit(world, current)
        users = writing.users_of(world.estate, current)
        if users:
            raise Refused("CFGObjectInUse", f"{kind} {dbid} is used by {', '.join(users)}.", 409)
    except Refused as refusal:
        return _refuse(world, call, refusal)
    return _commit(world, call, current, {}, Answer(204))


def refused(world: World, call: Call, answer: Answer) -> Answer:
    """Write down a write that is refused before anybody looks at it, and return the refusal."""
    _journal(world, call, answer.status, False, [], [])
    return answer


def _note(call: Call, kind: str | None, dbid: str | None, obj: Obj | None) -> None:
    call.entry["type"], call.entry["dbid"], call.entry["name"] = kind, dbid, (obj or {}).get("name")


def _object(call: Call) -> Obj:
    """Return the body as an object of strings."""
    try:
        body = json.loads(call.body)
        if not isinstance(body, dict):
            raise ValueError("The body is no object.")
        return checked(body)
    except ValueError as error:
        raise Refused("BadRequest", f"The body is not understood: {error}") from error


def _permit(world: World, obj: Obj) -> None:
    if obj.get("name") in world.switches.deny_write or not world.sight.is_permitted(world.estate, obj):
        raise Denied("CFGNoPermission", f"There is no permission to change {obj['type']} {obj['name']}.")


class Denied(Refused):
    """A write without permission; a switch gives the form of the answer."""


def _refuse(world: World, call: Call, refusal: Refused) -> Answer:
    if isinstance(refusal, Denied):
        return refused(world, call, answers.form(world.switches.denied, str(refusal)))
    return refused(world, call, answers.error(refusal.status, refusal.code, str(refusal)))


def _commit(
    world: World, call: Call, before: Obj, after: Obj, answer: Answer, lost: list[Change] | None = None
) -> Answer:
    """Apply a write that is in order, at once or later, write it down, and tell the hooks; or lose it."""
    applied = not world.switches.lost_writes
    if not applied:
        world.switches.lost_writes -= 1

    def apply() -> None:
        obj = after or before
        if applied:
            world.sight.written((obj["type"], obj["dbid"]), before)
            if after:
                world.estate.put(after)
            else:
                writing.forget(world.estate, before)
        what, rest = changes(before, after) + (lost or []), other_changes(before, after)
        entry = _journal(world, call, answer.status, applied, what, rest)
        for hook in world.write_hooks if applied else ():
            hook(world.estate, entry)

    world.after(world.switches.write_delay, apply)
    return answer


def _journal(world: World, call: Call, status: int, applied: bool, changed: list[Change], other: list[str]) -> Write:
    return world.journal.write(
        Write(
            seq=0,
            method=call.method,
            type=call.entry["type"] or "",
            dbid=call.entry["dbid"],
            name=call.entry["name"],
            status=status,
            applied=applied,
            changes=changed,
            other=other,
        )
    )
