# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""One call brings a chat channel to what is asked: read, judge, plan, change, read back, or roll back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from .._chat.channel import Channel
from .._chat.checks.all import judge
from .._chat.checks.finding import Finding
from .._chat.order import steps_of
from .._chat.plan import check_channel, only_servers
from .._chat.safety import stranded
from .._chat.summary import restart_line
from .._errors import BadInput, EngageError, Superseded
from .._gax.reader import Reader
from .._model.changes import Plan, edited, estate_after
from .._model.identity import Identity
from .._model.objects import Application
from .._model.topology import Estate
from .._run import shared
from .._run.claims import claim, need
from .._text import visible
from .._write import runs
from .._write.backup import Saved, saved, undoing, written_in
from .._write.failure import CHANGED, UNKNOWN, ChangeFailed, Fate, nothing_changed, state_now
from .._write.queues import create_queue, folder_of_queues, new_queue
from .._write.unfinished import unfinished
from .._write.writer import apply, undoing_of
from .approval import plan_file
from .beside_others import lost_meanwhile, run_beside_others
from .channel_call import Call
from .channel_failure import failed
from .channel_reader import NotFresh, read_channel
from .channel_result import restarts_left, result_of
from .context import Context, Result

MOST_FINDINGS = 6  # lines of a refusal; the rest is in the result


def chat_channel(context: Context) -> Result:
    """Bring a chat channel to what is asked, or take the next step of that; what fails is rolled back.

    Raises ChangeFailed: its first line says how the estate is, its last what to do next.
    """
    try:
        gax = context.gax()
        call = _Run(context, gax)
    except EngageError as problem:  # how to connect, or the name of the run, is wrong
        named = {"cluster": context.params["cluster"], "run": context.run_name()}
        raise nothing_changed(problem, context.params, **named) from problem
    with gax.later():
        return call.run()


def refuse(found: Sequence[Finding]) -> None:
    """Raise BadInput for findings that stop a run."""
    if found:
        lines = [f"{item.id} {item.application}: {item.message} {item.hint}" for item in found[:MOST_FINDINGS]]
        more = len(found) - MOST_FINDINGS
        lines += [f"{more} more findings; genesys_ops.engage.audit shows all."] if more > 0 else []
        raise BadInput("\n".join(lines), blocking=[item.shown() for item in found])


class _Run(Call):
    """Carries out a call."""

    def run(self) -> Result:
        try:
            return self._run()
        except Superseded:
            raise
        except EngageError as problem:
            raise failed(self, problem, reachable=self.gax.is_open) from problem
        except BaseException:
            self.turn.end()  # its threads would repeat their writes, and are waited for
            raise

    def _run(self) -> Result:
        params = self.params
        check_channel(params)
        check = self.context.check_mode or params["predict"]
        if not check and params["state"] == "present":
            need(shared.folder(), self.context.host, self.needed)
        channel = self.channel = self._first_look()
        plans = self._plans(channel)
        nothing = not plans and not channel.new_scripts
        if (check or nothing) and not self.record:
            self.gax.done()  # Ansible waits for the log-out before it begins the next task
        self._say_unfinished(channel)
        if params["after_failure"]:
            raise EngageError(visible(" ".join(params["after_failure"].split())))
        self._claim(channel)
        self.judgement = judge(channel)
        refuse(self.judgement.blocking(params["fail_on"]))
        self.plan_file = plan_file(self.context, self.gax, channel, self.judgement.blocking("warning"))
        steps = steps_of(plans, params["batch_size"])
        now = steps
        if params["one_step"] and not check:
            now, plans = steps[:1], [plan for step in steps[:1] for plan in step.plans]
        if not nothing:
            self.context.check_evidence()
            self._check_folder(check)
        done = plans if check or nothing else self._change(channel, plans)
        if not self.context.check_mode:
            self._look_back(estate_after(done if self.wrote else [], channel.estate))
        # Steps end with a call that finds nothing to do: until then tasks of the user may fail.
        if not check and not (self.wrote and params["one_step"]):
            self.close(runs.SUCCEEDED)
        return result_of(self, channel, done, now, steps if check else steps[len(now) :])

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
        others = self.channel.topology.others if self.channel else ()
        return read_channel(source, params, leaving=absent or restarted, others=others)

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
                due = restarts_left(written_in(earlier.entries, channel.estate))
                self.due += due
                self.context.warn(" ".join([earlier.message(), *([restart_line(due)] if due else [])]))
                if not self.context.check_mode:
                    earlier.close(channel.estate)

    # --- changing ----------------------------------------------------------------------------------------------------

    def _change(self, channel: Channel, plans: Sequence[Plan]) -> Sequence[Plan]:
        self.turn.check()
        record = self.record = self._begin(channel)
        earlier = saved(record.entries(written=True)) if record else []
        if record:
            self.step = record.save(plans)
        self.wrote = True
        if self.reads:
            self.reads.stop()
        if channel.new_scripts:
            folder = folder_of_queues(self.gax, channel.scripts, channel.tenant)
            create_queue(self.gax, new_queue(channel.queue_name, channel.tenant, folder), self._note_queue)
        keep = "keep" if self.params["on_failure"] == "keep" else "rollback"
        part = self.params["one_step"] or self.params["chat_servers"] is not None
        run = replace(run_beside_others(channel, self.params["remove_in_use"]), check=self.turn.check)
        run = run if part else replace(run, at_end=self._look_at_end)
        done = apply(self.gax, [_since(plan, earlier) for plan in plans], keep, run)
        self.complete = True
        if record and self.params["one_step"]:  # else the record ends with this call
            record.written(self.step)
        if not part:
            self._verify(channel)
        return done

    def _look_back(self, estate: Estate) -> None:
        """Find out what this run has changed until now, with what a killed run of this name had written."""
        self.record = self.record or self.left_open()
        if self.record:
            entries = self.record.entries()
            self.continues = any(entry["step"] != self.step for entry in entries)
            self.saved = written_in(entries, estate)

    def _look_at_end(self) -> Collection[Application]:
        self.last = self._read(self.gax)
        return self.last.estate.values()

    def _note_queue(self) -> None:
        """Note that this host is about to create the queue: one that another has created is not its own."""
        self.turn.check()
        self.created = True
        if self.record and self.channel:
            self.record.note(queue=self.channel.queue_name, queue_tenant=self.channel.tenant.dbid)

    def _check_folder(self, check: bool) -> None:
        """Raise BadInput where there is no place for the record that is asked for, or that steps need."""
        if check and self.params["backup_dir"]:
            runs.check_folder(self.params["backup_dir"])
        if not self.folder and (self.params["predict"] or self.params["one_step"]):
            raise BadInput(
                "backup_dir (chat_channel_backup_dir) is not set, and there is no folder for the records of runs below "
                "XDG_STATE_HOME or HOME. Steps, such as batches, require one: set backup_dir."
            )

    def _begin(self, channel: Channel) -> runs.Record | None:
        params = self.params
        if not self.folder:
            return None
        return runs.Record.begin(
            self.folder,
            self.run_name,
            self.gax.settings.urls,
            channel.cluster.name,
            channel.cluster.dbid,
            "retire" if channel.absent else "configure",
            params["backup_secrets"],
            stranded=stranded(channel.estate, channel.around),
            durable=bool(params["backup_dir"]),
        )

    def _verify(self, before: Channel) -> None:
        """Find what was lost to a write of another in the same instant, and Chat Servers that came meanwhile.

        Everything is written then. Who came in between is named, and the next run finds what is still to do.
        """
        changed = [plan for plan in before.plans if plan.changes]
        now, in_use = self.last, self.params["remove_in_use"]
        causes = lost_meanwhile(before, now, in_use) if now else None
        if now is None or causes:  # what was read at the end may be older than a write that was not seen in it
            try:
                now = self._read(self.gax)
            except EngageError as problem:
                why = f"Everything was written and read back, but the final check failed: {problem}"
                raise ChangeFailed([Fate(plan.application.name, CHANGED) for plan in changed], {"": why}) from problem
            causes = lost_meanwhile(before, now, in_use)
        if causes:
            raise ChangeFailed([_left_of(plan, now) for plan in changed], causes)


def _since(todo: Plan, earlier: Sequence[Saved]) -> Plan:
    """Return a plan on what earlier steps of this run have left: what somebody else changed since is a conflict."""
    place = (todo.application.dbid, todo.wanted.family)
    mine = [undoing(item, todo.application) for item in earlier if (item.dbid, item.family) == place]
    return replace(todo, application=mine[0].application) if mine else todo


def _left_of(done: Plan, now: Channel) -> Fate:
    """Return what is left of a plan that was carried out."""
    name, found = done.application.name, now.estate.get(done.application.dbid)
    if not found:
        return Fate(name, UNKNOWN)
    sent = edited(done.application.raw, done.wanted.family, done.changes)
    return Fate(name, state_now(undoing_of(done, sent), found))
