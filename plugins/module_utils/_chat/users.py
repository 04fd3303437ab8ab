# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Who uses an endpoint or an Interaction Queue: any option of any application with such a value.

How these products name an endpoint, and that not all options are documented: docs/evidence.md#who-else-uses-an-endpoint
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from .._model.objects import CHAT_SERVER, CONTAINERS, Application, Tenant, inner
from .._model.topology import Clients, Estate, discover, leading_to
from .options import CHAT, QueueKey, is_switched_off, section_of

# Mobile Services use it where no option names another, so that it is always in use.
ALWAYS_IN_USE = "default"
ENDPOINT, QUEUE = "endpoint", "queue"


@dataclass(frozen=True)
class Use:
    """One option, or one of the annex, with which an application uses an endpoint or a queue, as ``uses`` says."""

    application: Application
    family: str
    section: str
    key: str
    value: str
    uses: str

    @property
    def option(self) -> str:
        return f"{'annex ' if self.family == 'annex' else ''}{self.section}/{self.key}"

    @property
    def who(self) -> str:
        """Return who uses it, and with what, as messages say it."""
        return f"application '{self.application.name}', option {self.option}"

    def shown(self) -> dict[str, str]:
        return {"application": self.application.name, "option": self.option, "value": self.value, "uses": self.uses}


def endpoint_uses(applications: Iterable[Application], tenant: Tenant, endpoint: str) -> Iterator[Use]:
    """Yield every option that names the endpoint, with the tenant's DBID or its name before it."""
    values = tuple(str(QueueKey(name, endpoint)) for name in (tenant.dbid, tenant.name))
    for application in applications:
        for family, section, key, value in _with_value(application, values):
            if not _switched_off(application, section):
                yield Use(application, family, section, key, value, ENDPOINT)


def queue_uses(applications: Iterable[Application], tenant_dbid: str, queue: str) -> Iterator[Use]:
    """Yield every option that names the queue. In endpoints of another tenant the name means another queue."""
    own = section_of(tenant_dbid)
    for application in applications:
        for family, section, key, value in _with_value(application, (queue,)):
            elsewhere = section.startswith(section_of("")) and section != own
            served = not application.tenants or tenant_dbid in application.tenants
            if served and not elsewhere and not _switched_off(application, section):
                yield Use(application, family, section, key, value, QUEUE)


def _with_value(application: Application, values: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    """Return the options, and those of the annex, with one of these values, blanks at its edges or not.

    Thousands of applications are looked at, and few have any.
    """
    found = []
    for family in ("options", "annex"):
        raw = (triple.get("value") for triple in inner(application.raw, CONTAINERS[family], "property"))
        if any(isinstance(value, str) and value.strip() in values for value in raw):
            found += [(family, *triple) for triple in application.triples(family) if triple[2].strip() in values]
    return found


def _switched_off(application: Application, section: str) -> bool:
    return section == CHAT and is_switched_off(application)


def elsewhere(servers: Collection[str], estate: Estate, clients: Clients) -> set[str]:
    """Return the DBIDs of all applications for which ``may_reach`` is false, at once."""
    others = {item.dbid for item in estate.values() if item.subtype == CHAT_SERVER}.difference(servers)
    near = leading_to(servers, estate, clients).union(servers)
    return others | (leading_to(others, estate, clients) - near)


def may_reach(application: Application, estate: Estate, clients: Clients, servers: Collection[str]) -> bool:
    """Say whether chats of an application may go to one of these Chat Servers (DBIDs).

    One that reaches other Chat Servers has endpoints of its own. One that reaches none may be told of them elsewhere.
    """
    if application.subtype == CHAT_SERVER:
        return application.dbid in servers
    reached = {item.application.dbid for item in discover(application, estate, clients).chat_servers}
    return not reached or not reached.isdisjoint(servers)
