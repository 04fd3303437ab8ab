# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""One call of an operation: its parameters, and how its plans are carried out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from .._errors import BadInput
from .._files import why
from .._gax.client import Gax
from .._gax.connect import connect
from .._model.changes import Plan
from .._model.evidence import reasons_not_to_write
from .._model.identity import Identity
from .._run import shared
from .._run.logins import shared_logins
from .._run.reads import SharedReads
from .._text import as_json
from .._write import runs
from .._write.failure import ChangeFailed, all_as_before
from .._write.run_names import run_name as new_name
from .._write.writer import ALONE, Run, apply
from .results import change_result

Result = dict[str, Any]
EVIDENCE = "gax_evidence"
# The variable of the environment in which a shipped module finds the `arguments` of its context.
ARGUMENTS = "GENESYS_OPS_ENGAGE_ARGUMENTS"


@dataclass(frozen=True)
class Context:
    """One call of an operation. ``params`` are as documented in the module of the same name.

    ``host`` is the inventory host and ``arguments`` how the command line names it, where that is known. ``task`` is the
    same for all hosts that may share what they read; empty where none may.
    """

    params: Mapping[str, Any]
    check_mode: bool = False
    warn: Callable[[str], None] = lambda text: None
    host: str = ""
    arguments: str = ""
    task: str = ""

    def gax(self) -> Gax:
        """Return the session to log in with; raises BadInput for connection options that cannot work."""
        self._reasons_not_to_write()  # a file that is none is found before anything else
        return connect(self.params, self.warn, shared_logins(self.warn))

    def reads(self, gax: Gax, changes: bool = True) -> SharedReads | None:
        """Return what this host shares with others that read the same; None where nothing is shared."""
        folder = shared.folder()
        return SharedReads(gax, folder, shared.key(), self.task, changes) if folder and self.task else None

    def check_evidence(self) -> None:
        """Raise BadInput where a preflight has found out that writing to this GAX is not safe."""
        reasons = self._reasons_not_to_write()
        if reasons:
            raise BadInput(f"{EVIDENCE}: {' '.join(reasons)} Nothing was written.")

    def _reasons_not_to_write(self) -> list[str]:
        path = self.params.get("gax_evidence")
        if not path:
            return []
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise BadInput(f"{EVIDENCE}: {path} cannot be read: {why(problem, 'it is not JSON')}.") from problem
        return reasons_not_to_write(content, f"{EVIDENCE}: {path}")

    def run_name(self) -> str:
        """Return the name of this run: as it was asked for, or the one that all its hosts share."""
        asked = self.params.get("run")
        return str(asked or shared.run_name() or new_name(os.environ, datetime.now(timezone.utc)))

    def carry_out(self, gax: Gax, plans: list[Plan], noun: str = "application", run: Run = ALONE) -> Result:
        """Save what will change and apply the plans, or only report them in check mode."""
        params = self.params
        if any(plan.changes for plan in plans):
            self.check_evidence()
        if self.check_mode:
            return change_result(plans, noun, self.check_mode)
        record = None
        if params["backup_dir"] and any(plan.changes for plan in plans):
            record = self.record(
                gax, params["backup_dir"], Identity.of(gax.settings.urls, "", "applications"), "change"
            )
            record.save(plans)
        with ending(record):
            done = apply(gax, plans, params["on_failure"], run)
        return change_result(done, noun, self.check_mode)

    def record(self, gax: Gax, folder: str, identity: Identity, kind: str, **more: Any) -> runs.Record:
        """Begin the record of this run. Raises BadInput where it cannot be written."""
        name = f"{self.run_name()}-restore" if kind == runs.RESTORE else self.run_name()
        secrets = self.params["backup_secrets"]
        return runs.Record.begin(folder, name, gax.settings.urls, identity.name, identity.dbid, kind, secrets, **more)


def extra_variable(name: str, value: str) -> str:
    """Return what follows ``-e`` on a command line: Ansible splits the short form at blanks and takes quotes off."""
    plain = re.fullmatch(r"[\w./:@%+~-]+", value)
    return f"{name}={value}" if plain else as_json({name: value})


@contextmanager
def ending(record: runs.Record | None) -> Iterator[None]:
    """Note in a record how what follows ended."""
    try:
        yield
    except ChangeFailed as problem:
        if record:
            record.finish(runs.ROLLED_BACK if all_as_before(problem.fates) else runs.KEPT)
        raise
    if record:
        record.finish(runs.SUCCEEDED)
