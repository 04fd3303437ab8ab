# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A call for a chat channel that succeeded: what it did, or would do, for people and for the role."""

from __future__ import annotations

from collections.abc import Sequence

from .._chat.channel import Channel
from .._chat.options import QUEUE_KEY
from .._chat.order import CHAT_SERVERS, REMOVAL, Step
from .._chat.plan import restarts_of
from .._chat.summary import channel_summary, state_in_words, still_named, waiting_endpoint
from .._model.changes import Plan
from .._write.backup import Saved
from .channel_call import Call
from .context import Result
from .results import change_result, queue_diff

FACT = ("changed", "cluster", "queue_key", "chat_servers", "findings", "restart_required")  # of chat_channel_result
BATCHES = (CHAT_SERVERS, REMOVAL)
QUEUE, LAST_LOOK = "queue", "last_look"  # kinds of a step that only creates the queue, and of one without a change


def result_of(call: Call, channel: Channel, done: Sequence[Plan], now: Sequence[Step], left: Sequence[Step]) -> Result:
    params = call.params
    predict = params["predict"] and not call.context.check_mode
    result = change_result(done, "application", call.context.check_mode or predict)
    kept = call.record.folder if call.record and params["backup_dir"] else None
    here = now[0].kind if call.wrote and now else ""
    # What a killed run has written may wait for its restart.
    due = [*restarts_left(call.saved), *call.due]
    restarts = due if predict else call.wrote and result["restart_required"]
    kinds = [step.kind for step in left] or [QUEUE] * (not call.wrote and len(channel.new_scripts))
    waiting = predict and (call.continues or (due and params["restarts"]))
    kinds += [LAST_LOOK] * bool(kinds or call.wrote or waiting)
    queue_created = call.created if call.wrote else bool(channel.new_scripts)
    result |= {
        **call.named,
        "tenant": {"name": channel.tenant.name, "dbid": channel.tenant.dbid},
        # With only some Chat Servers the cluster is left alone.
        "queue_key": channel.queue_key_after if params["chat_servers"] is None else channel.chat.get(QUEUE_KEY, ""),
        "chat_servers": [server.application.name for server in channel.topology.chat_servers],
        "findings": [finding.shown() for finding in call.judgement.now],
        "not_looked_at": channel.not_looked_at,
        "diff": [*(queue_diff(channel.queue_name, channel.tenant) if queue_created else []), *result["diff"]],
        "backup": str(kept) if kept else None,
        "plan": str(call.plan_file) if call.plan_file else None,
        "queue_created": queue_created,
        "endpoint_stays": waiting_endpoint(channel, params),
        "batch": list(dict.fromkeys(plan.application.name for plan in done)) if here in BATCHES else [],
        "steps_left": kinds,
        "in_steps": predict and bool(kinds),
        "restart_now": params["restarts"] and _restart_comes(here, kinds, restarts),
        "check_mode": call.context.check_mode,
    }
    result["changed"] = (result["changed"] or result["queue_created"]) and not predict
    if predict:
        result |= {"diff": [], "restart_required": [] if kinds else call.due}
    elif (params["one_step"] or call.continues) and not call.context.check_mode:
        result |= _whole_run(call)
    if not predict and not call.context.check_mode:
        result["restart_required"] += [entry for entry in call.due if entry not in result["restart_required"]]
    result["state"] = state_in_words(result)
    # The last one of several calls speaks for all of them.
    changed = result["changed"] or bool(call.saved) or result["queue_created"]
    whole = {**result, "changed": changed and not predict, "still_named": _still_named(call, channel, result)}
    lines = channel_summary(channel, whole, call.judgement.blocking("warning"), params["chat_servers"])
    lines += [f"Plan saved: {call.plan_file}."] if call.plan_file else []
    fact = {name: whole[name] for name in FACT}
    fact |= {"tenant": channel.tenant.name, "changes": result["applications"]}
    return {**result, "msg": lines[0], "summary": lines, "fact": fact}


def _still_named(call: Call, channel: Channel, result: Result) -> str:
    """Return who names an endpoint that went. The last of several calls does not read them again: it is noted."""
    found = still_named(channel, result)
    if not call.record or not call.params["one_step"]:
        return found
    if call.wrote and found:
        call.record.note(still_named=found)
    return call.record.noted("still_named") or ""


def _whole_run(call: Call) -> Result:
    """Return what all steps of this run have changed until now, for the result of the last one."""
    return {
        "queue_created": bool(call.record and call.record.noted("queue")),
        "applications": [item.shown() for item in call.saved],
        "restart_required": [] if call.params["restarts"] else restarts_left(call.saved),
    }


def restarts_left(items: Sequence[Saved]) -> list[dict[str, str]]:
    """Return which of the options that were changed need a restart."""
    return [entry for item in items for entry in restarts_of(item.name, item.family, item.changes)]


def _restart_comes(here: str, left: Sequence[str], required: object) -> bool:
    """Say whether the nodes must restart now: something changed that needs it, or old endpoints go next."""
    return bool(required) or (left[:1] == [REMOVAL] and here != REMOVAL)
