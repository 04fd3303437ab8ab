# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about what a run would change: from a channel to findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..._model.objects import CONNECTIONS as CONNECTION
from ..channel import Channel
from ..options import CHAT, CHAT_QUEUE, QUEUE_KEY, section_of
from ..overview import option_rows
from ..plan import restart_required
from .finding import CONTACTS, NOTHING_NOW, Finding
from .registry import rule


@rule(
    "GWE015",
    "Restart",
    "A planned change takes effect only after the Web Engagement nodes restart.",
    (
        "info",
        NOTHING_NOW,
        "an option that needs a restart changes: `documented`, or `assumed` if the vendor's page does not say",
    ),
    sources=("evidence.md#restarts",),
    about_run=True,
    retiring=True,
)
def gwe015_restart(channel: Channel) -> Iterator[Finding]:
    for entry in restart_required(channel.plans):
        yield Finding(
            severity="info",
            impact=NOTHING_NOW,
            application=entry["application"],
            message=f"The change of {entry['option']} takes effect after a restart ({entry['evidence']}).",
            hint="Restart the Web Engagement nodes after the run.",
        )


@rule(
    "GWE017",
    "Differences from the inventory",
    "No option or connection differs from what the inventory says.",
    ("warning", NOTHING_NOW, "an option of `[chat]` differs, or an endpoint to remove still exists"),
    ("warning", CONTACTS, "a connection to Universal Contact Server differs"),
    sources=(),
)
def gwe017_inventory(channel: Channel) -> Iterator[Finding]:
    """`queueKey`, `webengagementChatQueue` and the endpoint have their own rules, GWE003 to GWE005."""
    elsewhere = {(CHAT, QUEUE_KEY), (CHAT, CHAT_QUEUE), (section_of(channel.tenant.dbid), channel.endpoint)}
    for row in option_rows(channel):
        if not row["differs"] or (row["section"], row["key"]) in elsewhere:
            continue
        what, connection = f"[{row['section']}] {row['key']}", row["section"] == CONNECTION
        if connection:
            message = f"The Chat Server is not connected to '{row['key']}', as the inventory says."
        elif row["wanted"] is None:
            message = f"{what} exists, but the inventory says to remove it."
        else:
            message = f"{what} differs from what the inventory says."
        yield Finding(
            severity="warning",
            impact=CONTACTS if connection else NOTHING_NOW,
            application=row["application"],
            message=message,
            expected=row["wanted"] or "not there",
            actual=row["found"] or "",
            hint="Run the playbook configure, or correct the inventory.",
        )
