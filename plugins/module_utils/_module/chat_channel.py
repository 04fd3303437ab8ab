# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""One call brings a chat channel to what is asked: read, judge, plan, change, read back, or roll back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._chat.channel import Channel
from .._chat.checks.all import Judgement, judge
from .._chat.checks.finding import Finding
from .._chat.order import CHAT_SERVERS, REMOVAL, Step, steps_of
from .._chat.plan import check_channel, only_servers, restarts_of
from .._chat.safety import stranded
from .._chat.summary import channel_summary, restart_line, state_in_words, waiting_endpoint
from .._errors import BadInput, EngageError
from .._gax.client import Gax
from .._gax.reader import Reader
from .._model.changes import Plan
from .._model.identity import Identity
from .._run import shared
from .._run.claims import claim, need, no_longer_needed
from .._write import runs
from .._write.backup import Saved, saved
from .._write.failure import CHANGED, NO_GAX, RUN_AGAIN, UNKNOWN, UNTOUCHED, ChangeFailed, Fate, nothing_changed
from .._write.queues import create_queue, created_queue, folder_of_queues, new_queue
from .._write.take_back import take_back
from .._write.trusted import Entry
from .._write.unfinished import unfinished
from .._write.writer import Run, apply
from .approval import plan_file
from .beside_others import lost_meanwhile, run_beside_others
from .channel_reader import NotFresh, read_channel
from .context import Context, Result, extra_variable
from .results import change_result, queue_diff

FACT = ("changed", "cluster", "queue_key", "chat_servers", "findings", "restart_required")  # of chat_channel_result
BATCHES = (CHAT_SERVERS, REMOVAL)
QUEUE, LAST_LOOK = "queue", "last_look"  # kinds of a step that only creates the queue, and of one without a change
MOST_FINDINGS = 6  # lines of a refusal; the rest is in the result


def chat_channel(context: Context) -> Result:
    """Bring a chat channel to what is asked, or take the next step of that; what fails is rolled back.

    Raises ChangeFailed: its first line says how the estate is, its last what to do next.
    """
    try:
        check_channel(context.params)
        gax = context.gax()
        call = _Call(context, gax)
    except EngageError as problem:  # what is asked, or how to connect, is wrong
        raise nothing_changed(problem, cluster=context.params["cluster"], run=context.run_name()) from problem
    with gax.later():
        return call.run()


def refuse(found: Sequence[Finding]) -> None:
    """Raise BadInput for findings that stop a run."""
    if found:
        lines = [f"{item.id} {item.application}: {item.message} {item.hint}" for item in found[:MOST_FINDINGS]]
        more = len(found) - MOST_FINDINGS
        lines += [f"{more} more findings; genesys_ops.engage.audit shows all."] if more > 0 else []
        raise BadInput("\n".join(lines), blocking=[item.shown() for item in found])


class _Call:
    """What one call knows, so that a failure at any place can say how things are."""

    def __init__(self, context: Context, gax: Gax) -> None:
        self.context, self.params, self.gax = context, context.params, gax
        self.run_name = context.run_name()
        self.folder = self.params["backup_dir"] or runs.state_folder()
        self.record: runs.Record | None = None
        later = self.params["one_step"] or self.params["after_failure"]  # than a call that has changed something
        if self.folder and later:
            self.record = runs.find(self.folder, self.run_name, gax.settings.urls, self.params["cluster"])
        self.reads = None if later else context.reads(gax)
        self.channel: Channel | None = None
        self.judgement = Judgement((), ())
        self.plan_file: Path | None = None  # saved in check mode
        self.wrote = False  # in this call
        self.created = False  # the queue, in this call and by this host, or perhaps
        self.step = 0  # of the record, that this call has saved
        self.complete = False  # everything that this call was to write is written, and was read back
        self.saved: list[Saved] = []  # what this run has changed until now

    def run(self) -> Result:
        try:
            return self._run()
        except EngageError as problem:
            raise self.failed(problem, reachable=self.gax.is_open) from problem

    def _run(self) -> Result:
        params = self.params
        check = self.context.check_mode or params["predict"]
        if not check and params["state"] == "present":
            need(shared.folder(), self.context.host, self._needed())
        channel = self.channel = self._first_look()
        self._say_unfinished(channel)
        if params["after_failure"]:
            raise EngageError(params["after_failure"])
        self._claim(channel)
        self.judgement = judge(channel)
        refuse(self.judgement.blocking(params["fail_on"]))
        self.plan_file = plan_file(self.context, self.gax, channel, self.judgement.blocking("warning"))
        plans = self._plans(channel)
        steps = steps_of(plans, params["batch_size"])
        now = steps
        if params["one_step"] and not check:
            now, plans = steps[:1], [plan for step in steps[:1] for plan in step.plans]
        if plans or channel.new_scripts:
            self.context.check_evidence()
        done: Sequence[Plan] = plans
        if not check:
            if plans or channel.new_scripts:
                done = self._change(channel, plans)
            self.saved = saved(self.record.entries()) if self.record else []
            # Steps end with a call that finds nothing to do: until then tasks of the user may fail.
            if not self.wrote or not params["one_step"]:
                self._close(runs.SUCCEEDED)
        return self._result(channel, done, now, steps if check else steps[len(now) :])

    def _first_look(self) -> Channel:
        """Return the channel as another host of this task has just read it, if nothing is to change, or read it."""
        if self.reads:
            with suppress(NotFresh), self.reads:
                return self._read(self.reads)
        self.gax.open()
        return self._read(self.gax)

    def _read(self, source: Reader) -> Channel:
        params = self.params
        absent, restarted = params["state"] == "absent", params["nodes_restarted"] or params["restarts"]
        return read_channel(source, params, leaving=absent or restarted)

    def _plans(self, channel: Channel) -> list[Plan]:
        names = self.params["chat_servers"]
        if names is not None:
            return only_servers(channel.plans, channel.topology, names)
        return [plan for plan in channel.plans if plan.changes]

    def _claim(self, channel: Channel) -> None:
        """Refuse what another inventory host of this run wants otherwise. Raises BadInput."""
        urls, tenant, host = self.gax.settings.urls, channel.tenant.dbid, self.context.host
        mine = {f"cluster {Identity.of(urls, channel.cluster.dbid).digest}": host}
        places = {}
        for server in () if channel.absent else channel.topology.chat_servers:
            place = f"{Identity.of(urls, server.application.dbid).digest} {tenant}:{channel.endpoint}"
            places[place] = server.application.name
            mine[place] = channel.queue_name
        others = claim(shared.folder(), host, channel.cluster.name, mine)
        for place, other in others.items():
            if place not in places:
                raise BadInput(
                    f"Inventory hosts {other.host} and {host} both name the cluster {channel.cluster.name}; "
                    "keep one of them."
                )
            raise BadInput(
                f"On Chat Server {places[place]}, endpoint '{channel.endpoint}' can have only one queue: "
                f"{other.cluster} (inventory host {other.host}) requests {other.value}, {channel.cluster.name} "
                f"requests {channel.queue_name}. Give one of them another chat_channel_endpoint."
            )

    def _say_unfinished(self, channel: Channel) -> None:
        if self.folder:
            urls, dbid = self.gax.settings.urls, channel.cluster.dbid
            for earlier in unfinished(self.folder, urls, dbid, besides=self.run_name):
                self.context.warn(earlier.message())
                if not self.context.check_mode:
                    earlier.close()

    # --- changing ----------------------------------------------------------------------------------------------------

    def _change(self, channel: Channel, plans: Sequence[Plan]) -> Sequence[Plan]:
        record = self.record = self._begin(channel)
        if record:
            self.step = record.save(plans)
        self.wrote = True
        if self.reads:
            self.reads.stop()
        if channel.new_scripts:
            folder = folder_of_queues(self.gax, channel.scripts, channel.tenant)
            create_queue(self.gax, new_queue(channel.queue_name, channel.tenant, folder), self._note_queue)
        keep = "keep" if self.params["on_failure"] == "keep" else "rollback"
        done = apply(self.gax, plans, keep, run_beside_others(channel, self.params["remove_in_use"]))
        self.complete = True
        if not self.params["one_step"] and self.params["chat_servers"] is None:
            self._verify(channel)
        return done

    def _needed(self) -> str:
        """Return what tells the queue of this channel from those of other hosts."""
        return f"queue {Identity.of(self.gax.settings.urls, '').digest} {self.params['queue'] or ''}"

    def _note_queue(self) -> None:
        """Note that this host is about to create the queue: one that another has created is not its own."""
        self.created = True
        if self.record and self.channel:
            self.record.note(queue=self.channel.queue_name, queue_tenant=self.channel.tenant.dbid)

    def _begin(self, channel: Channel) -> runs.Record | None:
        params = self.params
        if not self.folder:
            if params["one_step"]:
                raise BadInput("backup_dir (chat_channel_backup_dir): batches require a folder for their record.")
            return None
        return runs.Record.begin(
            self.folder,
            self.run_name,
            self.gax.settings.urls,
            channel.cluster.name,
            channel.cluster.dbid,
            "retire" if channel.absent else "configure",
            params["backup_secrets"],
            stranded=stranded(channel.estate),
            durable=bool(params["backup_dir"]),
        )

    def _close(self, outcome: str) -> None:
        """Keep the record if it was asked for, or is still needed."""
        if self.record:
            self.record.finish(outcome)
            if not self.params["backup_dir"] and outcome in (runs.SUCCEEDED, runs.ROLLED_BACK):
                self.record.discard()

    def _verify(self, before: Channel) -> None:
        """Find what was lost to a write of another in the same instant, and Chat Servers that came meanwhile.

        Everything is written then. Who came in between is named, and the next run finds what is still to do.
        """
        changed = [plan for plan in before.plans if plan.changes]
        try:
            now = self._read(self.gax)
        except EngageError as problem:
            why = f"Everything was written and read back, but the final check failed: {problem}"
            raise ChangeFailed([Fate(plan.application.name, CHANGED) for plan in changed], {"": why}) from problem
        causes = lost_meanwhile(before, now, self.params["remove_in_use"])
        if causes:
            undone = {(plan.application.dbid, plan.wanted.family): plan.changes for plan in now.plans}
            lost = [undone.get((plan.application.dbid, plan.wanted.family)) == plan.changes for plan in changed]
            states = [UNTOUCHED if gone else CHANGED for gone in lost]
            raise ChangeFailed([Fate(plan.application.name, state) for plan, state in zip(changed, states)], causes)

    # --- failing -----------------------------------------------------------------------------------------------------

    def failed(self, problem: EngageError, reachable: bool = True) -> ChangeFailed:
        """Roll back what this run did before, as far as it is to be, and return the error that tells everything."""
        fates = list(problem.fates) if isinstance(problem, ChangeFailed) else []
        causes = problem.causes if isinstance(problem, ChangeFailed) else {"": str(problem)}
        mode, record = "keep" if self.complete else self.params["on_failure"], self.record
        notes: list[str] = []
        known = True
        try:
            entries = record.entries() if record else []
        except BadInput as damaged:
            entries, mode, known = [], "keep", False
            notes.append(f"What this run changed earlier is unknown: {damaged}")
        earlier = [entry for entry in entries if entry["step"] != self.step]  # the rest is among the fates
        undone = earlier if mode == "rollback" else []
        if mode == "batch" and not self.wrote and self.params["after_failure"]:
            undone = [entry for entry in earlier if entry["step"] == earlier[-1]["step"]]
        fates += [Fate(entry["name"], CHANGED) for entry in earlier if entry not in undone]
        if undone:
            fates += self._taken_back(undone, reachable, causes.get("") or NO_GAX)
        queue, name = "", record.noted("queue") if record else None
        with no_longer_needed(shared.folder(), self.context.host, self._needed()) as hosts:
            if name:
                gax, tenant = (self.gax, self.channel.tenant) if reachable and self.channel else (None, None)
                queue, why = created_queue(gax, name, tenant, mode == "rollback", hosts)
                notes += why
        if self.params["restarts"] and any(entry["name"] == self.params["cluster"] for entry in undone):
            notes.append("Restart the Web Engagement nodes again; they may still use what was rolled back.")
        due = self._restart_due(entries, fates)
        notes += [restart_line(due)] if due else []
        clean = known and not any(fate.state in (CHANGED, UNKNOWN) for fate in fates)
        self._close(runs.ROLLED_BACK if clean else runs.KEPT)
        details = {key: value for key, value in problem.details.items() if key == "blocking"}
        details |= {**self._named(), "restart_required": due}
        return ChangeFailed(fates, causes, [*notes, *self._advice(clean, bool(entries))], queue, **details)

    def _taken_back(self, entries: Sequence[Entry], reachable: bool, why: str) -> list[Fate]:
        """Roll back what earlier steps have changed, as far as that is possible."""
        before = self.record.stranded if self.record else frozenset()
        if reachable:
            rules = run_beside_others(self.channel, before=before) if self.channel else Run(broken=before, apart=True)
            try:
                return take_back(self.gax, entries, rules)
            except BadInput as problem:  # the record is damaged, or holds masked secrets
                why = str(problem)
        return [Fate(entry["name"], CHANGED, why) for entry in entries]

    def _restart_due(self, entries: Sequence[Entry], fates: Sequence[Fate]) -> list[dict[str, str]]:
        """Return which options that stay changed need a restart: the next run finds nothing to do, and is silent."""
        stays = {fate.name for fate in fates if fate.state == CHANGED}
        if self.params["restarts"]:  # the tasks of the user have done it before the step that came next
            entries = [entry for entry in entries if entry["step"] == entries[-1]["step"]]
        return _restarts([item for item in saved(entries) if item.name in stays])

    def _named(self) -> dict[str, Any]:
        return {"cluster": self.params["cluster"], "run": self.run_name}

    def _advice(self, clean: bool, wrote: bool) -> list[str]:
        """Say where the backup is, and which command comes next."""
        asked = self.params["backup_dir"]
        lines = []
        if self.record and wrote and (asked or not clean):
            lines.append(f"{'Backup' if asked else 'Record'} of run {self.run_name}: {self.record.folder}")
        if clean or not self.record:
            return [*lines, RUN_AGAIN]
        if self.complete:
            return [*lines, "Next: run the same command again; it makes the remaining changes."]
        given = {"chat_channel_backup_dir": asked or self.folder, "chat_channel_restore_run": self.run_name}
        words = shlex.join(word for name, value in given.items() for word in ("-e", extra_variable(name, str(value))))
        command = " ".join(filter(None, ["ansible-playbook genesys_ops.engage.restore", self.context.arguments, words]))
        return [*lines, f"Next: fix the cause, then run the same command again, or undo this run: {command}"]

    # --- succeeding --------------------------------------------------------------------------------------------------

    def _result(self, channel: Channel, done: Sequence[Plan], now: Sequence[Step], left: Sequence[Step]) -> Result:
        params = self.params
        predict = params["predict"] and not self.context.check_mode
        result = change_result(done, "application", self.context.check_mode or predict)
        kept = self.record.folder if self.record and params["backup_dir"] else None
        here = now[0].kind if self.wrote and now else ""
        restarts = self.wrote and result["restart_required"]
        kinds = [step.kind for step in left] or [QUEUE] * (not self.wrote and len(channel.new_scripts))
        kinds += [LAST_LOOK] * bool(kinds or self.wrote)
        queue_created = self.created if self.wrote else bool(channel.new_scripts)
        result |= {
            **self._named(),
            "tenant": {"name": channel.tenant.name, "dbid": channel.tenant.dbid},
            "queue_key": channel.queue_key_after,
            "chat_servers": [server.application.name for server in channel.topology.chat_servers],
            "findings": [finding.shown() for finding in self.judgement.now],
            "not_looked_at": channel.not_looked_at,
            "diff": [*(queue_diff(channel.queue_name, channel.tenant) if queue_created else []), *result["diff"]],
            "backup": str(kept) if kept else None,
            "plan": str(self.plan_file) if self.plan_file else None,
            "queue_created": queue_created,
            "endpoint_stays": waiting_endpoint(channel, params),
            "batch": list(dict.fromkeys(plan.application.name for plan in done)) if here in BATCHES else [],
            "steps_left": kinds,
            "restart_now": params["restarts"] and _restart_comes(here, kinds, restarts),
            "check_mode": self.context.check_mode,
        }
        result["changed"] = (result["changed"] or result["queue_created"]) and not predict
        if predict:
            result |= {"diff": [], "restart_required": []}
        elif params["one_step"] and not self.context.check_mode:
            result |= self._whole_run()
        result["state"] = state_in_words(result)
        # The last one of several calls speaks for all of them.
        changed = result["changed"] or bool(self.saved) or result["queue_created"]
        whole = {**result, "changed": changed and not predict}
        lines = channel_summary(channel, whole, self.judgement.blocking("warning"))
        lines += [f"Plan saved: {self.plan_file}."] if self.plan_file else []
        fact = {name: whole[name] for name in FACT}
        fact |= {"tenant": channel.tenant.name, "changes": result["applications"]}
        return {**result, "msg": lines[0], "summary": lines, "fact": fact}

    def _whole_run(self) -> Result:
        """Return what all steps of this run have changed until now, for the result of the last one."""
        return {
            "queue_created": bool(self.record and self.record.noted("queue")),
            "applications": [item.shown() for item in self.saved],
            "restart_required": [] if self.params["restarts"] else _restarts(self.saved),
        }


def _restarts(items: Sequence[Saved]) -> list[dict[str, str]]:
    """Return which of the options that were changed need a restart."""
    return [entry for item in items for entry in restarts_of(item.name, item.family, item.changes)]


def _restart_comes(here: str, left: Sequence[str], required: object) -> bool:
    """Say whether the nodes must restart now: something changed that needs it, or old endpoints go next."""
    return bool(required) or (left[:1] == [REMOVAL] and here != REMOVAL)
