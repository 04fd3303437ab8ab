# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about the Interaction Queue and the strategy behind it: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..._model.names import variable
from ..._model.objects import Script
from ..._model.routing import Association, associations, is_enabled, queue_problem, views_of
from ..channel import Channel
from ..options import CHAT_QUEUE
from .finding import NO_CHAT, NOTHING_NOW, SOME_CHATS, Finding
from .registry import rule


@rule(
    "GWE006",
    "The queue",
    "The Interaction Queue exists in the tenant of the chat, and is enabled.",
    (
        "error",
        NO_CHAT,
        "the Interaction Queue does not exist in the tenant, is another type of script, exists in another tenant only, "
        "differs in upper and lower case, or is disabled",
    ),
    sources=("evidence.md#interaction-queues-and-strategies",),
)
def gwe006_queue(channel: Channel) -> Iterator[Finding]:
    name = channel.queue_name
    what = variable("queue") if channel.queue else CHAT_QUEUE
    problem = queue_problem(channel.scripts, name, channel.tenant, channel.tenants) if name else ""
    if problem:
        yield Finding(
            severity="error",
            impact=NO_CHAT,
            application=channel.cluster.name,
            message=f"{what}: {problem}",
            expected=name,
            hint=f"Choose an existing queue, or create it with {variable('create_queue')}: true.",
        )
    for script in channel.queue_scripts:
        if not script.enabled:
            yield Finding(
                severity="error",
                impact=NO_CHAT,
                application=channel.cluster.name,
                message=f"{what}: Interaction Queue '{name}' is disabled.",
                expected="CFGEnabled",
                actual="CFGDisabled",
                hint="Enable the queue.",
            )


@rule(
    "GWE007",
    "The strategy of the queue",
    "One routing strategy takes chats from the queue, and it can run.",
    (
        "error",
        SOME_CHATS,
        "`Orchestration/application` names an Enhanced Routing script that does not exist, is disabled or has no URL",
    ),
    ("warning", SOME_CHATS, "several strategies are associated with the queue itself"),
    ("warning", NO_CHAT, "every view of the queue is disabled"),
    ("info", NOTHING_NOW, "several views have their own strategies, which is normal"),
    ("info", NOTHING_NOW, "no strategy is visible; GAX does not show queues that URS binds"),
    sources=("evidence.md#the-procedure", "evidence.md#interaction-queues-and-strategies"),
)
def gwe007_strategy(channel: Channel) -> Iterator[Finding]:
    """The keys of views and submitters are not documented, so they are searched for the queue's name."""
    for script in channel.queue_scripts:
        yield from _routing(channel.cluster.name, script.name, associations(channel.scripts, script))
        yield from _views(channel.cluster.name, script.name, views_of(channel.scripts, script))


def _routing(where: str, name: str, found: Sequence[Association]) -> Iterator[Finding]:
    for item in found:
        if item.problem:
            yield Finding(
                severity="error",
                impact=SOME_CHATS,
                application=where,
                message=f"Interaction Queue '{name}' has no usable strategy: {item.problem}.",
                actual=item.what,
                hint="Publish the strategy again, or correct Orchestration/application in the annex of the queue.",
            )
    if len(found) > 1:
        views = all(item.through_view for item in found)
        yield Finding(
            severity="info" if views else "warning",
            impact=NOTHING_NOW if views else SOME_CHATS,
            application=where,
            message=f"{'Views of ' if views else ''}Interaction Queue '{name}' "
            f"{'have' if views else 'is associated with'} several strategies.",
            expected="one for each view" if views else "one",
            actual=", ".join(item.what for item in found),
            hint="Check that the conditions of the views are right."
            if views
            else "A queue belongs to one routing strategy; remove the others.",
        )
    if not found:
        yield Finding(
            severity="info",
            impact=NOTHING_NOW,
            application=where,
            message=f"The strategy of Interaction Queue '{name}' cannot be verified; no object of the queue names one.",
            hint="If URS routes it, check the binding in Interaction Routing Designer.",
        )


def _views(where: str, name: str, views: Sequence[Script]) -> Iterator[Finding]:
    if views and not any(map(is_enabled, views)):
        yield Finding(
            severity="warning",
            impact=NO_CHAT,
            application=where,
            message=f"Every view of Interaction Queue '{name}' is disabled; no strategy gets its chats.",
            expected="CFGEnabled",
            actual=", ".join(view.name for view in views),
            hint="Enable the view, or publish it again.",
        )
