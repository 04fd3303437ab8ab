# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From names to objects that were read, with errors that say what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from .._errors import BadInput
from .objects import Application, Tenant


def variable(parameter: str) -> str:
    """Return how messages name an option: that of the modules, and the role's variable."""
    return f"{parameter} (chat_channel_{parameter})"


def probably(wanted: str, names: Iterable[str]) -> str:
    """Return a sentence naming the nearest of the names, or an empty text. Another case is nearest."""
    names = list(dict.fromkeys(names))
    near = [name for name in names if name.casefold() == wanted.casefold()]
    near = near or difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(repr(name) for name in near)}?" if near else ""


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
