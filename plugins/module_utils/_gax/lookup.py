# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From names to objects: applications and tenants, with errors that say what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._errors import BadInput, PermissionDenied
from .._model.app_types import words as type_in_words
from .._model.names import probably
from .._model.objects import (
    APPLICATION,
    APPLICATION_CLUSTER,
    CHAT_SERVER,
    CONTACT_SERVER,
    ENHANCED_ROUTING,
    GENERIC_SERVER,
    INTERACTION_QUEUE,
    INTERACTION_SERVER,
    QUEUE_VIEW,
    SCRIPT,
    SUBMITTER,
    THIRD_PARTY_SERVER,
    Application,
    Raw,
    Script,
    Tenant,
)
from .._model.routing import queue_problem
from .._model.topology import Estate, Known, Topology, discover
from .._text import listed, visible
from .reader import Reader

LIST_FROM = 4  # applications: then one list, of one type where it is known, is cheaper than single reads
MOST_LISTED = 25  # applications in the list for each one that is needed: then single reads are cheaper


def find_applications(gax: Reader, names: Sequence[str], option: str, subtype: str | None = None) -> list[Application]:
    """Return the applications of these names, in order. ``option`` is where the user wrote them.

    ``subtype`` is what they should be: it narrows the list that is read, and an error names those that are there.
    Raises BadInput that names every one that does not exist.
    """
    known: dict[str, Application] = {}
    if len(names) >= LIST_FROM and subtype:
        known = _by_name(gax.objects(APPLICATION, filters=f"subtype={subtype}"))

    def look_up(*some: str) -> None:
        for raws in gax.each(lambda name: gax.objects(APPLICATION, name=name), some):
            known.update(_by_name(raws))

    rest = [name for name in names if name not in known]
    # Whether name= has an effect is not known. Where it has none, the first answer is the list of all.
    look_up(*rest[:1])
    look_up(*[name for name in rest if name not in known])
    if any(name not in known for name in names):
        # Is it there after all? name= may not match what it should; and if not, what was meant?
        known = _by_name(gax.objects(APPLICATION))
        unknown = {name: probably(name, known) for name in names if name not in known}
        if unknown:
            words = " ".join(f"'{name}'.{hint}" for name, hint in unknown.items())
            there = "" if all(unknown.values()) or not subtype else _of_type(subtype, known.values())
            raise BadInput(f"{option}: there is no application {words} Names are case-sensitive.{there}")
    return [known[name] for name in names]


def _of_type(subtype: str, known: Iterable[Application]) -> str:
    names = sorted(visible(application.name) for application in known if application.subtype == subtype)
    return f" GAX shows {type_in_words(subtype)}: {listed(names) or 'none'}."


def readable_application(gax: Reader, dbid: str) -> Raw | None:
    """Return an application, or None where it does not exist or may not be read."""
    try:
        return gax.object(APPLICATION, dbid)
    except PermissionDenied:
        return None


def _by_name(raws: Iterable[Raw]) -> dict[str, Application]:
    return {application.name: application for application in map(Application, raws)}


def all_tenants(gax: Reader) -> list[Tenant]:
    """Return every tenant that the account can see, Environment among them."""
    return [Tenant(raw) for raw in gax.tenants()]


# What a chat channel depends on: read in one list, whatever the number of Chat Servers.
NEEDED = (CHAT_SERVER, APPLICATION_CLUSTER, CONTACT_SERVER, INTERACTION_SERVER)
# Nodes of Web Engagement, Mobile Services and Co-browse are of these types, among many that have nothing to do with
# chats. Which type it is, is not documented.
NODES = (GENERIC_SERVER, THIRD_PARTY_SERVER)
RELEVANT = (*NEEDED, *NODES)


def read_estate(gax: Reader, types: Sequence[str] = RELEVANT) -> dict[str, Application]:
    """Read every application of these types, DBID -> application, in one request. GAX may ignore the filter."""
    query = " OR ".join(f"subtype={name}" for name in types)
    return {application.dbid: application for application in gax.applications(filters=query)}


def read_whole_estate(gax: Reader) -> dict[str, Application]:
    """Read every application, whatever its type: anybody may use an endpoint or a queue that goes."""
    return {raw.dbid: raw for raw in map(Application, gax.objects(APPLICATION))}


def explore(gax: Reader, cluster: Application, estate: Estate) -> tuple[Topology, Known]:
    """Discover, reading one by one what is missing in the estate, until nothing is. Return what is known then, too."""
    known = estate if isinstance(estate, Known) else Known({**estate, cluster.dbid: cluster})
    asked: set[str] = set()
    while True:
        topology = discover(cluster, known)
        missing = {dbid for _holder, dbid in topology.dangling} - asked
        if not missing:
            return topology, known
        asked |= missing
        known.add(read_applications(gax, sorted(missing)))


def read_applications(gax: Reader, dbids: Sequence[str]) -> list[Application]:
    """Return the applications that exist among these DBIDs and may be read, in order."""
    found = gax.each(lambda dbid: readable_application(gax, dbid), dbids)
    return [Application(raw) for raw in found if raw is not None]


def read_chat_servers(gax: Reader, dbids: Sequence[str], in_all: int) -> list[Application]:
    """Return the Chat Servers that exist among these DBIDs, in any order. GAX has about so many of them ``in_all``.

    One list where that is cheaper (docs/performance.md#one-list-or-single-reads).
    """
    if not is_worth_a_list(len(dbids), in_all):
        return read_applications(gax, dbids)
    listed = read_estate(gax, (CHAT_SERVER,))
    missing = [dbid for dbid in dbids if dbid not in listed]
    return [listed[dbid] for dbid in dbids if dbid in listed] + read_applications(gax, missing)


def is_worth_a_list(number: int, in_all: int) -> bool:
    """Say whether to read so many Chat Servers, of those ``in_all``, as a list is cheaper than one by one."""
    return number >= LIST_FROM and in_all <= MOST_LISTED * number


def read_scripts(gax: Reader) -> list[Script]:
    """Return all queues, views, submitters and Enhanced Routing scripts, in one request. GAX may ignore the filter."""
    kinds = (INTERACTION_QUEUE, ENHANCED_ROUTING, QUEUE_VIEW, SUBMITTER)
    query = " OR ".join(f"subtype={kind}" for kind in kinds)
    return [Script(raw) for raw in gax.objects(SCRIPT, filters=query)]


def require_queue(
    gax: Reader, name: str, tenant: Tenant, tenants: Sequence[Tenant], option: str, known: Sequence[Script] = ()
) -> None:
    """Raise BadInput, that says what is there instead, unless the Interaction Queue exists in the tenant.

    ``known`` is what ``read_scripts`` returned, if that was asked already.
    """
    first = known or _of_name(gax, name)
    if queue_problem(first, name, tenant, tenants):
        # By name it is found whatever its type; among all queues there may be one that was meant.
        more = _of_name(gax, name) if known else read_scripts(gax)
        seen = {script.dbid: script for script in [*first, *more]}
        problem = queue_problem(list(seen.values()), name, tenant, tenants)
        if problem:
            raise BadInput(f"{option}: {problem}")


def _of_name(gax: Reader, name: str) -> list[Script]:
    return [Script(raw) for raw in gax.objects(SCRIPT, name=name)]
