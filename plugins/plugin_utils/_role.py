# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What tasks of the role chat_channel give a module: the host's variables, so that no task lists them.

A task that lists thirty templates takes Ansible 25 ms on each host to compile them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from os.path import expanduser, expandvars, isfile
from pathlib import Path
from typing import Any

from ansible.playbook.task import Task

from ..module_utils._errors import BadInput
from ..module_utils._module.specs import MODULES
from ..module_utils._text import visible
from ._variables import ROLE, known_variables

TASKS = Path(__file__).resolve().parents[2] / "roles" / "chat_channel" / "tasks"
RESTART_TASKS = f"{ROLE}restart_tasks"  # whether there are any is the option ``restarts``
# With one of these the role calls the module for each step, after a first call that only says which steps there are.
BATCH_SIZE = f"{ROLE}batch_size"
TASK_FILES = (f"{ROLE}after_batch_tasks", RESTART_TASKS)
STEPWISE = (BATCH_SIZE, *TASK_FILES)
OF_A_STEP = ("one_step", "after_failure")
# What an empty text leaves out; of other variables it is a value, and refused where it cannot be one.
MAY_BE_EMPTY = ("previous_endpoint", "backup_dir", "run", "plan_dir", "approved_plan_dir", "plan_max_age")
MODULES_OF_ROLE = ("chat_channel", "chat_channel_info")


def options_of(module: str) -> list[str]:
    """Return the options of a module that the role has as variables of their names."""
    taken = MODULES[module].arguments if module in MODULES_OF_ROLE else ()
    return [option for option in taken if f"{ROLE}{option}" in known_variables()]


def is_of_role(task: Task) -> bool:
    """Say whether a task stands in a file of the role, and not in one of the user's that the role includes."""
    return Path(str(task.get_path()).rpartition(":")[0]).resolve().parent == TASKS


def given_by_role(
    module: str,
    arguments: Collection[str],
    variables: Mapping[str, Any],
    value: Callable[[str, Any], Any],
    omitted: Any,
) -> dict[str, Any]:
    """Return the options that the host's variables give; ``value`` returns what a variable holds.

    ``arguments`` are the options that the task itself gives. Raises BadInput for a task file that is missing, before
    anything begins, in check mode, too.
    """
    names = {option: f"{ROLE}{option}" for option in options_of(module)}
    given = {option: value(name, variables[name]) for option, name in names.items() if name in variables}
    left_out = (None, omitted)
    found = {
        option: held
        for option, held in given.items()
        if held not in left_out and not (held == "" and option in MAY_BE_EMPTY)
    }
    if module == "chat_channel":
        held = {name: value(name, variables[name]) for name in STEPWISE if name in variables}
        # As a number, the text "0" is none; a file may have that name.
        used = {name for name, what in held.items() if what and what != omitted and (name, what) != (BATCH_SIZE, "0")}
        if RESTART_TASKS in held:
            found["restarts"] = RESTART_TASKS in used
        if held and not set(OF_A_STEP).intersection(arguments):
            _check_files({name: held[name] for name in TASK_FILES if name in used})
            found["predict"] = bool(used)
    # Without a queue a module compares nothing. One without a name is refused, as a cluster is.
    return {**{name: "" for name in ("cluster", "queue") if name in given}, **found}


def _check_files(files: Mapping[str, Any]) -> None:
    for name, path in files.items():
        if not isinstance(path, str):
            raise BadInput(f"{name} must be the path of one file of tasks, as text.")
        if not isfile(expanduser(expandvars(path))):
            raise BadInput(f"{name}: there is no file '{visible(path)}'. A relative path starts in {Path.cwd()}.")
