# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Interaction Queues: make one where it belongs, or take it away, and be sure of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ._chat_channel import CHAT, CHAT_QUEUE, section_of
from ._errors import BadInput, EngageError, WriteFailed
from ._gax import FOLDER, SCRIPT, Gax, Raw
from ._objects import INTERACTION_QUEUE, Application, Script, Tenant, text


def new_queue(name: str, tenant: Tenant, folder: str) -> Raw:
    """Return the object to create (gax_api.md, section 4.6)."""
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
    raise BadInput(f"tenant: no folder for scripts of tenant '{tenant.name}' can be read; create the queue by hand.")


def create_queue(gax: Gax, raw: Raw) -> None:
    """Create the queue and look it up. A creation that failed is repeated only when the queue is not there."""
    problem: EngageError | None = None
    for _attempt in range(gax.settings.retries + 1):
        try:
            dbid = gax.create(raw)
        except WriteFailed as refused:
            problem, dbid = refused, ""
        made = [gax.object(SCRIPT, dbid)] if dbid else gax.named(SCRIPT, raw["name"])
        if any(item and all(item.get(key) == raw[key] for key in ("name", "tenantdbid", "subtype")) for item in made):
            return
        if not isinstance(problem, WriteFailed) or not problem.transient:
            break
    raise problem or EngageError(
        f"GAX said that it created Interaction Queue '{raw['name']}', but it cannot be found; look for it in Genesys "
        "Administrator."
    )


def delete_queue(gax: Gax, queue: Script) -> None:
    """Delete the queue, and be sure that it is gone."""
    problem = None
    try:
        gax.delete(SCRIPT, queue.dbid)
    except WriteFailed as refused:
        problem = refused
    if gax.object(SCRIPT, queue.dbid) is not None:
        raise problem or EngageError(
            f"GAX said that it deleted Interaction Queue '{queue.name}', but it is still there."
        )


def users_of(queue: Script, applications: Iterable[Application]) -> list[str]:
    """Return where a queue is named: endpoints of its tenant, and ``webengagementChatQueue``."""
    return [
        f"{application.name} [{section}] {key}"
        for application in applications
        for section, keys in application.options().items()
        for key, value in keys.items()
        if value == queue.name
        and (not application.tenants or queue.tenant in application.tenants)
        and (section == section_of(queue.tenant) or (section, key) == (CHAT, CHAT_QUEUE))
    ]
