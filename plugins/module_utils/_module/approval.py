# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Plan, approve, apply, for one call: hold what it is about to change against what was approved, or save it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .._chat.channel import Channel
from .._chat.checks.finding import Finding
from .._chat.options import CHANNEL, RUN
from .._chat.plan import restart_required
from .._gax.client import Gax
from .._model.identity import Identity
from .._write.plan_file import check_plan, save_plan
from .context import Context


def plan_file(context: Context, gax: Gax, channel: Channel, findings: Sequence[Finding]) -> Path | None:
    """Save the plan in check mode, if that is asked for; return its file.

    Raises BadInput where the run is bound to a plan, and would change anything else.
    """
    params = context.params
    identity = Identity.of(gax.settings.urls, channel.cluster.dbid, channel.cluster.name)
    new_queue = channel.queue_name if channel.new_scripts else None
    if params["approved_plan_dir"]:
        check_plan(params["approved_plan_dir"], identity, channel.plans, new_queue, params["plan_max_age"])
    if not params["plan_dir"] or not context.check_mode:
        return None
    return save_plan(
        params["plan_dir"],
        context.run_name(),
        identity,
        channel.plans,
        {option.name: params[option.name] for option in (*CHANNEL, *RUN) if option.name != "cluster"},
        [finding.shown() for finding in findings],
        restart_required(channel.plans),
        new_queue,
    )
