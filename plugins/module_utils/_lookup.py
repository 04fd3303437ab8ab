# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From names to objects: applications, tenants, Interaction Queues, with errors that say what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from ._errors import BadInput
from ._gax import APPLICATION, SCRIPT, Gax
from ._objects import INTERACTION_QUEUE, Application, Script, Tenant


def probably(wanted: str, names: Iterable[str]) -> str:
    """Return a sentence naming the nearest of the names, or an empty text. Another case is nearest."""
    names = list(dict.fromkeys(names))
    near = [name for name in names if name.casefold() == wanted.casefold()]
    near = near or difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


def find_applications(gax: Gax, names: Sequence[str], option: str) -> list[Application]:
    """Return the applications of these names, in order. ``option`` is where the user wrote them.

    Raises BadInput that names every one that does not exist.
    """
    found = gax.each(lambda name: gax.named(APPLICATION, name), names)
    missing = [name for name, raws in zip(names, found) if not raws]
    if missing:
        # Is it there after all? name= may not match what it should; and if not, what was meant?
        everything = {raw.get("name"): raw for raw in gax.objects(APPLICATION)}
        unknown = [name for name in missing if name not in everything]
        if unknown:
            hints = [f"'{name}'.{probably(name, map(str, everything))}" for name in unknown]
            raise BadInput(f"{option}: there is no application {' '.join(hints)} Names are case-sensitive.")
        found = [raws or [everything[name]] for name, raws in zip(names, found)]
    return [Application(raws[0]) for raws in found]


def all_tenants(gax: Gax) -> list[Tenant]:
    """Return every tenant that the account can see, Environment among them."""
    return [Tenant(raw) for raw in gax.tenants()]


def choose_tenant(tenants: Sequence[Tenant], wanted: str | None, application: Application, option: str) -> Tenant:
    """Return the tenant of this name or DBID, or the only one that the application serves. Raises BadInput."""
    served = [tenant for tenant in tenants if tenant.dbid in application.tenants]
    if not wanted:
        if len(served) == 1:
            return served[0]
        names = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in served)
        serves = f"serves several tenants: {names}" if served else "serves no tenant that this account can see"
        raise BadInput(f"{option}: application '{application.name}' {serves}. Choose one by name or DBID.")
    chosen = [tenant for tenant in tenants if wanted == tenant.dbid] or [
        tenant for tenant in tenants if wanted == tenant.name
    ]
    if not chosen:
        known = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in tenants)
        hint = probably(wanted, (tenant.name for tenant in tenants))
        raise BadInput(f"{option}: there is no tenant '{wanted}'.{hint} GAX shows: {known}.")
    if application.tenants and chosen[0] not in served:
        raise BadInput(
            f"{option}: application '{application.name}' does not serve tenant '{chosen[0].name}' "
            f"({chosen[0].dbid}); it serves {', '.join(tenant.name for tenant in served) or 'none'}."
        )
    return chosen[0]


def find_queue(gax: Gax, name: str, tenant: Tenant, option: str) -> Script:
    """Return the Interaction Queue of this name in the tenant. Raises BadInput that says what is there instead."""
    same_name = [Script(raw) for raw in gax.named(SCRIPT, name)]
    for script in same_name:
        if script.tenant == tenant.dbid and script.subtype == INTERACTION_QUEUE:
            return script
    queues = [Script(raw) for raw in gax.objects(SCRIPT, subtype=INTERACTION_QUEUE)]
    queues = [script for script in queues if script.subtype == INTERACTION_QUEUE]
    for script in queues:
        if script.name == name and script.tenant == tenant.dbid:
            return script
    where = f"tenant '{tenant.name}' ({tenant.dbid})"
    for script in same_name:
        if script.tenant == tenant.dbid:
            raise BadInput(f"{option}: script '{name}' in {where} is a {script.subtype}, not an Interaction Queue.")
    names = {other.dbid: other.name for other in all_tenants(gax)}
    elsewhere = [names.get(script.tenant, script.tenant) for script in queues if script.name == name]
    hint = probably(name, (script.name for script in queues if script.tenant == tenant.dbid))
    if elsewhere:
        hint = f" One of that name exists in {', '.join(elsewhere)}; a queue must be in the tenant of the chat.{hint}"
    raise BadInput(f"{option}: there is no Interaction Queue '{name}' in {where}.{hint} Names are case-sensitive.")
