# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Interaction Queues: make one where it belongs, or take it away, and be sure of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType

from .._chat.users import queue_uses
from .._errors import BadInput, EngageError, WriteFailed
from .._gax.client import Gax
from .._gax.lookup import read_whole_estate
from .._model.names import look_alike
from .._model.objects import FOLDER, INTERACTION_QUEUE, SCRIPT, Application, Raw, Script, Tenant, text
from .._text import visible
from .failure import is_said
from .lock import Holder, only_one
from .one_application import look_until, patience_of


def queue_alike(name: str, scripts: Sequence[Script], tenant: Tenant) -> str:
    """Return a sentence about a queue of the tenant that looks the same, or differs in case only; or an empty text."""
    queues = [script for script in scripts if script.subtype == INTERACTION_QUEUE and script.tenant == tenant.dbid]
    return look_alike(name, [queue.name for queue in queues])


def check_no_queue_alike(name: str, scripts: Sequence[Script], tenant: Tenant) -> None:
    """Raise BadInput where a new queue would stand beside one that looks the same: nobody would take its chats."""
    hint = queue_alike(name, scripts, tenant)
    if hint:
        raise BadInput(f"Interaction Queue '{visible(name)}' is not created beside one that looks the same.{hint}")


def new_queue(name: str, tenant: Tenant, folder: str) -> Raw:
    """Return the object to create (docs/evidence.md#writing)."""
    return {
        "type": SCRIPT,
        "subtype": INTERACTION_QUEUE,
        "name": name,
        "tenantdbid": tenant.dbid,
        "folderid": folder,
        "index": "0",
        "state": "CFGEnabled",
        "resources": {"resource": []},
        "userproperties": {"property": []},
    }


def folder_of_queues(gax: Gax, scripts: Sequence[Script], tenant: Tenant) -> str:
    """Return the DBID of the folder where the tenant keeps its queues, or of its folder of scripts.

    Raises BadInput when there is none.
    """
    queues = [script for script in scripts if script.subtype == INTERACTION_QUEUE and script.tenant == tenant.dbid]
    used = Counter(text(script.raw["folderid"]) for script in queues if script.raw.get("folderid"))
    if used:
        return used.most_common(1)[0][0]
    for raw in gax.objects(FOLDER, subtype="CFGScript"):
        if text(raw.get("subtype")) == "CFGScript" and text(raw.get("ownerdbid")) == tenant.dbid:
            return text(raw["dbid"])
    raise BadInput(f"tenant: no script folder of tenant '{tenant.name}' can be read; create the queue manually.")


def create_queue(gax: Gax, raw: Raw, about_to: Callable[[], None] = lambda: None) -> bool:
    """Create the queue and look it up. A creation that failed is repeated only when the queue is not there.

    What another host or run has created meanwhile will do: return False then. Call ``about_to`` before each try: from
    then on the queue may be ours.
    """

    def create() -> None:
        about_to()
        _create(gax, raw)

    with _only_one(gax, raw):
        if _is_there(gax, raw):
            return False
        _until(gax, create, raw, present=True)
        return True


def _create(gax: Gax, raw: Raw) -> None:
    dbid = gax.create(raw)
    made = gax.object(SCRIPT, dbid) if dbid else None
    if made and any(made.get(key) != raw[key] for key in ("name", "tenantdbid", "subtype")):
        raise EngageError(f"GAX created an object (DBID {dbid}) other than Interaction Queue '{raw['name']}'.")


def delete_queue(gax: Gax, queue: Script) -> None:
    """Delete the queue, and be sure that it is gone."""
    with _only_one(gax, queue.raw):
        _until(gax, lambda: gax.delete(SCRIPT, queue.dbid), queue.raw, present=False)


def _only_one(gax: Gax, raw: Raw) -> AbstractContextManager[Holder]:
    key = f"{SCRIPT} {text(raw['tenantdbid'])} {raw['name']}"
    return only_one(gax, key, f"Interaction Queue '{raw['name']}'")


def created_queue(
    gax: Gax | None,
    name: str,
    tenant: Tenant | None,
    delete: bool,
    hosts: Sequence[str] = (),
    patience: float = 0.0,
    causes: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, list[str]]:
    """Return how a queue is that this run has created, in words that end a first line, and lines that say why.

    What is among the ``causes`` of the failure is not said again.

    The words are empty where it is gone. ``delete`` it unless somebody uses it meanwhile: an application, or one of the
    other inventory ``hosts`` of the run. Without ``gax`` or ``tenant`` nobody knows. It may still appear for
    ``patience`` seconds.
    """
    what = f"Interaction Queue '{name}'"
    unknown = f"{what} may be there"
    if gax is None or tenant is None:
        return unknown, []

    def look() -> tuple[bool, list[Script]]:
        there = map(Script, gax.find_by_name(SCRIPT, name))
        own = [queue for queue in there if (queue.tenant, queue.subtype) == (tenant.dbid, INTERACTION_QUEUE)]
        return bool(own), own

    try:
        with _only_one(gax, new_queue(name, tenant, "")):  # an earlier call may be about to create it
            found = look_until(look, patience)
        users = [f"inventory host {host}" for host in hosts] if delete else []
        if delete and found and not users:
            users = users_of(found[0], read_whole_estate(gax).values())
        if found and (users or not delete):
            why = f"{what}, which this run created, stays: it is in use by {', '.join(users[:3])}."
            return f"{what} is there now", [why] if users else []
        for queue in found:
            delete_queue(gax, queue)
    except EngageError as problem:
        why = str(problem)
        return unknown, [] if is_said(why, causes) else [f"{what}, which this run created, may still exist: {why}"]
    return "", [f"{what}, which this run had created, was deleted."] if found else []


def _until(gax: Gax, write: Callable[[], None], raw: Raw, present: bool) -> None:
    """Write until the queue is there, or gone. Raises EngageError."""
    problem: EngageError | None = None
    for _attempt in range(gax.settings.retries + 1):
        refused = None
        try:
            write()
        except WriteFailed as error:
            refused = problem = error
        patience = patience_of(gax) if refused is None or refused.may_land else 0.0
        if look_until(lambda: (_is_there(gax, raw) is present,) * 2, patience):
            return
        if refused and not refused.transient:
            break
    done, found = ("created", "it cannot be found") if present else ("deleted", "it is still there")
    raise problem or EngageError(
        f"GAX said that it {done} Interaction Queue '{raw['name']}', but {found}; check it in Genesys Administrator."
    )


def _is_there(gax: Gax, raw: Raw) -> bool:
    keys = ("tenantdbid", "subtype")
    return any(
        all(text(found.get(key)) == text(raw[key]) for key in keys) for found in gax.find_by_name(SCRIPT, raw["name"])
    )


def users_of(queue: Script, applications: Iterable[Application]) -> list[str]:
    """Return where a queue is named: in any option of an application of its tenant."""
    uses = queue_uses(applications, queue.tenant, queue.name)
    return [f"{use.application.name} [{use.section}] {use.key}" for use in uses]
