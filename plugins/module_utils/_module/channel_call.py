# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What one call for a chat channel knows, so that a failure at any place can say how things are."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from .._chat.channel import Channel
from .._chat.checks.all import Judgement
from .._errors import Superseded
from .._gax.client import Gax
from .._model.identity import Identity
from .._run import shared
from .._write import runs
from .._write.backup import Saved
from .._write.run_names import check_run
from .._write.turn import Turn
from .context import Context


class Call:
    """The options of a call, and what it has read and done until now."""

    def __init__(self, context: Context, gax: Gax) -> None:
        self.context, self.params, self.gax = context, context.params, gax
        self._parent = os.getppid()
        self.run_name = check_run(context.run_name())
        self.turn = Turn(gax.settings.urls, self.run_name, self.params["cluster"])
        if self.params["after_failure"]:
            self.turn.take()  # before anything is read: what an earlier call began until now, its record says
        self.folder = self.params["backup_dir"] or runs.state_folder()
        self.record: runs.Record | None = None
        later = self.params["one_step"] or self.params["after_failure"]  # than a call that has changed something
        if self.folder and later:
            self.record = runs.find(self.folder, self.run_name, gax.settings.urls, self.params["cluster"])
        self.reads = None if later else context.reads(gax)
        self.channel: Channel | None = None
        self.last: Channel | None = None  # as it was read after the last write
        self.judgement = Judgement((), ())
        self.plan_file: Path | None = None  # saved in check mode
        self.wrote = False  # in this call
        self.created = False  # the queue, in this call and by this host, or perhaps
        self.step = 0  # of the record, that this call has saved
        self.complete = False  # everything that this call was to write is written, and was read back
        self.saved: list[Saved] = []  # what this run has changed until now
        self.continues = False  # what an earlier call of this run has begun
        self.due: list[dict[str, str]] = []  # restarts for what other runs had written when they were killed

    @property
    def needed(self) -> str:
        """Return what tells the queue of this channel from those of other hosts."""
        return f"queue {Identity.of(self.gax.settings.urls, '').digest} {self.params['queue'] or ''}"

    def left_open(self) -> runs.Record | None:
        """Return the record of an earlier run of this name that was killed, unless others have run since."""
        if not self.folder or self.run_name == shared.run_name():  # which no earlier run has had
            return None
        found = runs.find(self.folder, self.run_name, self.gax.settings.urls, self.params["cluster"])
        return found if found and found.outcome == runs.RUNNING else None

    def close(self, outcome: str) -> None:
        """Keep the record if it was asked for, or is still needed. Leave it to a call that rolls back meanwhile.

        Without the process of Ansible nobody reads what this call says: then the next run has to find out.
        """
        with suppress(Superseded):
            if self.record and (outcome == runs.ROLLED_BACK or os.getppid() == self._parent):
                self.turn.check()
                self.record.finish(outcome)
                if not self.params["backup_dir"] and outcome in (runs.SUCCEEDED, runs.ROLLED_BACK):
                    self.record.discard()

    @property
    def named(self) -> dict[str, Any]:
        return {"cluster": self.params["cluster"], "run": self.run_name}
