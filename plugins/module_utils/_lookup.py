# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From names to objects: applications and tenants, with errors that say what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from ._errors import BadInput, PermissionDenied
from ._gax import APPLICATION, Gax, Raw
from ._objects import Application, Tenant


def probably(wanted: str, names: Iterable[str]) -> str:
    """Return a sentence naming the nearest of the names, or an empty text. Another case is nearest."""
    names = list(dict.fromkeys(names))
    near = [name for name in names if name.casefold() == wanted.casefold()]
    near = near or difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


LIST_FROM = 4  # applications: then one list, of one type where it is known, is cheaper than single reads


def find_applications(gax: Gax, names: Sequence[str], option: str, subtype: str | None = None) -> list[Application]:
    """Return the applications of these names, in order. ``option`` is where the user wrote them.

    ``subtype`` is what they should be: it narrows the list that is read, nothing more.
    Raises BadInput that names every one that does not exist.
    """
    known: dict[str, Application] = {}
    if len(names) >= LIST_FROM and subtype:
        known = _by_name(gax.objects(APPLICATION, filters=f"subtype={subtype}"))
    rest = [name for name in names if name not in known]
    for raws in gax.each(lambda name: gax.named(APPLICATION, name), rest):
        known.update(_by_name(raws))
    if any(name not in known for name in names):
        # Is it there after all? name= may not match what it should; and if not, what was meant?
        known = _by_name(gax.objects(APPLICATION))
        unknown = [f"'{name}'.{probably(name, known)}" for name in names if name not in known]
        if unknown:
            raise BadInput(f"{option}: there is no application {' '.join(unknown)} Names are case-sensitive.")
    return [known[name] for name in names]


def readable_application(gax: Gax, dbid: str) -> Raw | None:
    """Return an application, or None where it does not exist or may not be read."""
    try:
        return gax.object(APPLICATION, dbid)
    except PermissionDenied:
        return None


def _by_name(raws: Iterable[Raw]) -> dict[str, Application]:
    return {application.name: application for application in map(Application, raws)}


def all_tenants(gax: Gax) -> list[Tenant]:
    """Return every tenant that the account can see, Environment among them."""
    return [Tenant(raw) for raw in gax.tenants()]


def named_tenant(tenants: Sequence[Tenant], wanted: str, option: str) -> Tenant:
    """Return the tenant of this DBID or name. Raises BadInput."""
    by_dbid = [tenant for tenant in tenants if tenant.dbid == wanted]
    by_name = [tenant for tenant in tenants if tenant.name == wanted]
    if by_dbid or by_name:
        return (by_dbid or by_name)[0]
    known = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in tenants)
    hint = probably(wanted, (tenant.name for tenant in tenants))
    raise BadInput(f"{option}: there is no tenant '{wanted}'.{hint} GAX shows: {known}.")


def choose_tenant(tenants: Sequence[Tenant], wanted: str | None, application: Application, option: str) -> Tenant:
    """Return the tenant of this name or DBID, or the only one that the application serves. Raises BadInput."""
    served = [tenant for tenant in tenants if tenant.dbid in application.tenants]
    if not wanted:
        if len(served) == 1:
            return served[0]
        names = ", ".join(f"{tenant.name} ({tenant.dbid})" for tenant in served)
        serves = f"serves several tenants: {names}" if served else "serves no tenant that this account can see"
        raise BadInput(f"{option}: application '{application.name}' {serves}. Choose one by name or DBID.")
    chosen = named_tenant(tenants, wanted, option)
    if application.tenants and chosen not in served:
        raise BadInput(
            f"{option}: application '{application.name}' does not serve tenant '{chosen.name}' "
            f"({chosen.dbid}); it serves {', '.join(tenant.name for tenant in served) or 'none'}."
        )
    return chosen
