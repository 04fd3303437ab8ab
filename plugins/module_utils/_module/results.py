# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Results that people and later tasks read: messages, diffs, applications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._chat.plan import restart_required
from .._gax.client import Gax
from .._gax.lookup import readable_application
from .._model.changes import Plan
from .._model.objects import Application, Tenant, shown_options, text
from .._text import counted, listed, visible


def change_result(plans: Sequence[Plan], noun: str, check_mode: bool) -> dict[str, Any]:
    """Return the result of a module that changes options. ``noun`` names what the plans are about."""
    return {
        "changed": any(plan.changes for plan in plans),
        "msg": _message(plans, noun, check_mode),
        "applications": [plan.shown() for plan in plans],
        "restart_required": restart_required(plans),
        "diff": [_diff(plan) for plan in plans if plan.changes],
    }


def _message(plans: Sequence[Plan], noun: str, check_mode: bool) -> str:
    names = [plan.application.name for plan in plans if plan.changes]
    nouns = noun if len(plans) == 1 else f"{noun}s"
    if not plans:
        return f"There is no {noun} to change."
    if not names:
        return (
            f"{plans[0].application.name} is as requested."
            if len(plans) == 1
            else f"All {len(plans)} {nouns} are as requested."
        )
    verb = "would change" if check_mode else "changed"
    return f"{len(names)} of {len(plans)} {nouns} {verb}: {listed(names)}"


def _diff(plan: Plan) -> dict[str, str]:
    header = f"{plan.application.name} ({plan.wanted.family})"
    return {
        "before_header": header,
        "after_header": header,
        "before": _lines(plan, "before"),
        "after": _lines(plan, "after"),
    }


def _lines(plan: Plan, side: str) -> str:
    entries = [change.shown() for change in plan.changes]
    return "".join(
        visible(f"[{plan.wanted.title(entry['section'])}] {entry['key']} = {entry[side]}") + "\n"
        for entry in entries
        if entry[side] is not None
    )


def queue_words(name: str, tenant: Tenant, was_there: bool, present: bool, check_mode: bool) -> dict[str, Any]:
    """Return the message and the diff of a module that creates or deletes a queue."""
    where = f"Interaction Queue '{name}' in tenant '{tenant.name}'"
    if was_there == present:
        return {"msg": f"{where} is {'there' if present else 'not there'}, as requested.", "diff": []}
    verb = "would be " if check_mode else "was "
    msg = f"{where} {verb}{'created' if present else 'deleted'}."
    return {"msg": msg, "diff": queue_diff(name, tenant, present)}


def queue_diff(name: str, tenant: Tenant, present: bool = True) -> list[dict[str, str]]:
    """Return the diff of a queue that is created or deleted."""
    where = f"Interaction Queue '{name}' in tenant '{tenant.name}'"
    before, after = ("", f"{name}\n") if present else (f"{name}\n", "")
    return [{"before_header": where, "after_header": where, "before": before, "after": after}]


def found_words(applications: Sequence[Application]) -> str:
    """Return the message of ``application_info``."""
    names = [application.name for application in applications]
    return f"{counted(len(names), 'application')} found" + (f": {listed(names)}" if names else ".")


def described(gax: Gax, applications: Sequence[Application], tenants: Sequence[Tenant]) -> list[dict[str, Any]]:
    """Return applications as ``application_info`` shows them, with the names behind their DBIDs."""
    tenant_names = {tenant.dbid: tenant.name for tenant in tenants}
    names = {application.dbid: application.name for application in applications}
    targets = {dbid for item in applications for dbid in [*item.connected_to, item.backup or ""]} - {*names, ""}
    found = filter(None, gax.each(lambda dbid: readable_application(gax, dbid), sorted(targets)))
    names.update({item.dbid: item.name for item in map(Application, found)})
    return [
        {
            "name": item.name,
            "dbid": item.dbid,
            "type": item.subtype,
            "version": text(item.raw.get("version")),
            "state": text(item.raw.get("state")),
            "tenants": [{"dbid": dbid, "name": tenant_names.get(dbid, "")} for dbid in item.tenants],
            "backup": names.get(item.backup or ""),
            "connections": [
                {
                    "name": names.get(text(raw.get("appserverdbid"))),
                    "dbid": text(raw.get("appserverdbid")),
                    "port_id": text(raw.get("id")),
                    "protocol": text(raw.get("connprotocol")),
                }
                for raw in item.connections
            ],
            "options": shown_options(item, "options"),
            "annex": shown_options(item, "annex"),
        }
        for item in applications
    ]
