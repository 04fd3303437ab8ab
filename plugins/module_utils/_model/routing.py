# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Interaction Queues and the strategies behind them: what can be known from their objects.

Source: docs/evidence.md#interaction-queues-and-strategies
Keys of views and submitters are not documented: they are searched by name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
        hint = f" One with that name exists in {', '.join(elsewhere)}; a queue must be in the tenant of the chat.{hint}"
    return f"there is no Interaction Queue '{name}' in {where}.{hint} Names are case-sensitive."


UNNAMED = "submitter "  # begins the name of a strategy that is not known


@dataclass(frozen=True)
class Association:
    """One strategy of a queue. ``problem`` says why it leads nowhere, ``through_view`` whether a view leads to it."""

    what: str
    problem: str = ""
    through_view: bool = False


def associations(scripts: Sequence[Script], queue: Script) -> list[Association]:
    """Return the strategies of a queue that its objects show, each once. URS bindings are not among them.

    Since Composer 8.1.4 a view and the annex of the queue may name the same strategy. A submitter that does not say
    which one it starts counts only where nothing else is known: it may be the same.
    """
    mine = [script for script in scripts if script.tenant == queue.tenant]
    # A strategy that the annex of the queue and a view name is one of a view: the last of equal keys counts.
    found = {item.what: item for item in (*_direct(mine, queue), *_through_views(mine, queue))}
    named = [item for item in found.values() if not item.what.startswith(UNNAMED)]
    return named or list(found.values())


def views_of(scripts: Sequence[Script], queue: Script) -> list[Script]:
    """Return the views of a queue, disabled ones too."""
    return [
        script
        for script in scripts
        if script.subtype == QUEUE_VIEW and script.tenant == queue.tenant and _mentions(script, [queue.name])
    ]


def is_enabled(view: Script) -> bool:
    """Say whether a view is enabled: by its state, and by a field of that name in its annex, whatever its section."""
    switches = [value for _section, key, value in view.triples("annex") if key.casefold() == "enabled"]
    return view.enabled and not any(value.strip().casefold() in ("false", "no", "0") for value in switches)


def _direct(scripts: Sequence[Script], queue: Script) -> Iterator[Association]:
    for section, key, value in queue.triples("annex"):
        if section.casefold() != "orchestration" or not (key == "application" or key.startswith("application@")):
            continue
        if value.startswith("script:"):
            name = value[len("script:") :].strip()
            yield Association(f"script:{name}", _script_problem(scripts, name))
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


def _through_views(scripts: Sequence[Script], queue: Script) -> Iterator[Association]:
    """From enabled views, and from enabled submitters of the queue or its views, to the strategies that they name."""
    routes = {script.name for script in scripts if script.subtype == ENHANCED_ROUTING}
    views = [view for view in views_of(scripts, queue) if is_enabled(view)]
    for view in views:
        yield from _strategies(scripts, view, routes)
    names = [queue.name, *(view.name for view in views)]
    for script in scripts:
        if script.subtype == SUBMITTER and script.enabled and _mentions(script, names):
            named = list(_strategies(scripts, script, routes))
            yield from named or [Association(f"{UNNAMED}'{script.name}'", through_view=True)]


def _strategies(scripts: Sequence[Script], holder: Script, routes: Collection[str]) -> Iterator[Association]:
    for _section, _key, value in holder.triples("annex"):
        name = value[len("script:") :].strip() if value.startswith("script:") else value
        if name in routes:
            yield Association(f"script:{name}", _script_problem(scripts, name), through_view=True)


def _mentions(script: Script, names: Sequence[str]) -> bool:
    return any(value in names for _section, _key, value in script.triples("annex"))
