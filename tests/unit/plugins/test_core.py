# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core is loaded once, whoever imports it, and Python keeps it compiled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTIONS

PLUGINS = Path(__file__).parents[3] / "plugins"
ACTIONS = sorted(path.stem for path in (PLUGINS / "action").glob("*.py"))
# What a process knows of the core: file -> every module made of it, as its place in memory, and who loaded it.
SCRIPT = """
import json, sys
from pathlib import Path
from ansible.plugins.loader import action_loader, init_plugin_loader, inventory_loader
init_plugin_loader([sys.argv[1]])
for name in sys.argv[3:]:
    loader = inventory_loader if name == "gax" else action_loader
    assert loader.get("genesys_ops.engage." + name, class_only=True), name
found = {}
for name, module in list(sys.modules.items()):
    file = Path(getattr(module, "__file__", None) or "/").resolve()
    if Path(sys.argv[2]) in file.parents and file.suffix == ".py":
        loaded = found.setdefault(str(file.relative_to(sys.argv[2])), {"by": type(module.__loader__).__name__})
        loaded.setdefault("ids", []).append(id(module))
print(json.dumps(found))
"""


@pytest.mark.parametrize(
    "plugins", [[name] for name in (*ACTIONS, "gax")] + [["gax", *ACTIONS], [*reversed(ACTIONS), "gax"]], ids="-".join
)
def test_each_file_of_the_core_is_loaded_once_and_compiled_once(plugins: list[str]) -> None:
    core = PLUGINS.resolve() / "module_utils"
    command = [sys.executable, "-c", SCRIPT, str(COLLECTIONS), str(core), *plugins]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert {"_errors.py", "_run/shared.py"} <= found.keys()
    assert {name for name, loaded in found.items() if len({*loaded["ids"]}) > 1} == set()
    if plugins != ["chat_channel_report"]:  # that comes after other tasks of an audit
        assert {name for name, loaded in found.items() if loaded["by"] != "SourceFileLoader"} == set()


# A plugin of a user, which is loaded after those of the collection or before them.
USERS = """
import ansible_collections.genesys_ops.engage.plugins.module_utils._errors as errors
import ansible_collections.genesys_ops.engage.plugins.module_utils._gax.lookup
from ansible_collections.genesys_ops.engage.plugins.module_utils import _secrets
core = ansible_collections.genesys_ops.engage.plugins.module_utils
assert (core._errors, core._secrets) == (errors, _secrets)
assert core._gax.lookup.BadInput is errors.BadInput
"""
OURS = """
action_loader.get("genesys_ops.engage.chat_channel", class_only=True)
import ansible_collections.genesys_ops.engage.plugins.plugin_utils._in_process as ours
"""
BEGIN = """
import sys
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader([sys.argv[1]])
"""
END = "assert ours.EngageError is errors.EngageError"


@pytest.mark.parametrize("parts", [(OURS, USERS), (USERS, OURS)], ids=["ours first", "users first"])
def test_whoever_imports_the_core_in_whatever_way_gets_the_same(parts: tuple[str, str]) -> None:
    script = "".join([BEGIN, *parts, END])
    command = [sys.executable, "-c", script, str(COLLECTIONS)]
    subprocess.run(command, check=True)
