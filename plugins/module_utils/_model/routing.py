# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Interaction Queues and the strategies behind them: what can be known from their objects.

Source: docs/evidence.md#interaction-queues-and-strategies
Keys of views and submitters are not documented: they are searched by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .names import probably
from .objects import ENHANCED_ROUTING, INTERACTION_QUEUE, QUEUE_VIEW, SUBMITTER, Script, Tenant


def queue_problem(scripts: Sequence[Script], name: str, tenant: Tenant, tenants: Sequence[Tenant]) -> str:
    """Say why there is no usable Interaction Queue of this name in the tenant, or return an empty text."""
    where = f"tenant '{tenant.name}' ({tenant.dbid})"
    same_name = [script for script in scripts if script.name == name]
    here = [script for script in same_name if script.tenant == tenant.dbid]
    if any(script.subtype == INTERACTION_QUEUE for script in here):
        return ""
    if here:
        return f"script '{name}' in {where} is a {here[0].subtype}, not an Interaction Queue."
    queues = [script for script in scripts if script.subtype == INTERACTION_QUEUE]
    names = {other.dbid: other.name for other in tenants}
    elsewhere = [names.get(script.tenant, script.tenant) for script in same_name if script in queues]
    hint = probably(name, (script.name for script in queues if script.tenant == tenant.dbid))
    if elsewhere:
        hint = f" One of that name exists in {', '.join(elsewhere)}; a queue must be in the tenant of the chat.{hint}"
    return f"there is no Interaction Queue '{name}' in {where}.{hint} Names are case-sensitive."


@dataclass(frozen=True)
class Association:
    """One way from a queue to a strategy. ``problem`` says why it leads nowhere."""

    what: str
    problem: str = ""


def associations(scripts: Sequence[Script], queue: Script) -> list[Association]:
    """Return the ways from a queue to strategies that its objects show. URS bindings are not among them."""
    mine = [script for script in scripts if script.tenant == queue.tenant]
    return [*_direct(mine, queue), *_submitters(mine, queue)]


def _direct(scripts: Sequence[Script], queue: Script) -> Iterator[Association]:
    for section, key, value in queue.triples("annex"):
        if section.casefold() != "orchestration" or not (key == "application" or key.startswith("application@")):
            continue
        if value.startswith("script:"):
            yield Association(value, _script_problem(scripts, value[len("script:") :].strip()))
        elif value:
            yield Association(value)


def _script_problem(scripts: Sequence[Script], name: str) -> str:
    found = [script for script in scripts if script.name == name and script.subtype == ENHANCED_ROUTING]
    if not found:
        return f"Enhanced Routing script '{name}' does not exist in the tenant"
    if not found[0].enabled:
        return f"Enhanced Routing script '{name}' is disabled"
    sections = {section.casefold(): keys for section, keys in found[0].options("annex").items()}
    return "" if sections.get("application", {}).get("url") else f"Enhanced Routing script '{name}' has no url"


def _submitters(scripts: Sequence[Script], queue: Script) -> Iterator[Association]:
    """From the queue over its views to enabled submitters."""
    views = [script.name for script in scripts if script.subtype == QUEUE_VIEW and _mentions(script, [queue.name])]
    for script in scripts:
        if script.subtype == SUBMITTER and script.enabled and _mentions(script, [queue.name, *views]):
            yield Association(f"submitter '{script.name}'")


def _mentions(script: Script, names: Sequence[str]) -> bool:
    return any(value in names for _section, _key, value in script.triples("annex"))
