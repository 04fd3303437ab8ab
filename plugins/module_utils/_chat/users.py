# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Who uses an endpoint or an Interaction Queue: any option of any application with such a value.

How these products name an endpoint, and that not all options are documented: docs/evidence.md#who-else-uses-an-endpoint
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .._model.objects import CHAT_SERVER, Application, Tenant, inner
from .._model.topology import Clients, Estate, discover
from .options import CHAT, QueueKey, section_of

# Mobile Services use it where no option names another, so that it is always in use.
ALWAYS_IN_USE = "default"
ENDPOINT, QUEUE = "endpoint", "queue"


@dataclass(frozen=True)
class Use:
    """One option with which an application uses an endpoint or a queue, as ``uses`` says."""

    application: Application
    section: str
    key: str
    value: str
    uses: str

    def shown(self) -> dict[str, str]:
        place = f"{self.section}/{self.key}"
        return {"application": self.application.name, "option": place, "value": self.value, "uses": self.uses}


def endpoint_uses(applications: Iterable[Application], tenant: Tenant, endpoint: str) -> Iterator[Use]:
    """Yield every option that names the endpoint, with the tenant's DBID or its name before it."""
    values = tuple(str(QueueKey(name, endpoint)) for name in (tenant.dbid, tenant.name))
    for application in applications:
        for section, key, value in _with_value(application, values):
            if not _switched_off(application, section):
                yield Use(application, section, key, value, ENDPOINT)


def queue_uses(applications: Iterable[Application], tenant_dbid: str, queue: str) -> Iterator[Use]:
    """Yield every option that names the queue. In endpoints of another tenant the name means another queue."""
    own = section_of(tenant_dbid)
    for application in applications:
        for section, key, value in _with_value(application, (queue,)):
            elsewhere = section.startswith(section_of("")) and section != own
            served = not application.tenants or tenant_dbid in application.tenants
            if served and not elsewhere and not _switched_off(application, section):
                yield Use(application, section, key, value, QUEUE)


def _with_value(application: Application, values: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return the options with one of these values. Thousands of applications are looked at, and few have any."""
    # In a tuple, because a value that is no text need not be hashable.
    if not any(triple.get("value") in values for triple in inner(application.raw, "options", "property")):
        return []
    return [triple for triple in application.triples("options") if triple[2] in values]


def _switched_off(application: Application, section: str) -> bool:
    """Co-browse has the options of chat and a switch for them."""
    return section == CHAT and application.options()[CHAT].get("useChat", "true").strip().lower() in (
        "false",
        "no",
        "0",
    )


def reaches_others_only(application: Application, estate: Estate, clients: Clients, servers: set[str]) -> bool:
    """Say whether an application reaches Chat Servers, and none of these (DBIDs): it has endpoints of its own."""
    if application.subtype == CHAT_SERVER:
        return application.dbid not in servers
    reached = {item.application.dbid for item in discover(application, estate, clients).chat_servers}
    return bool(reached) and not reached & servers
