# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-inventory as a user does, on a folder of files, and returns what it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.genesys_ops.engage.tests.integration.playbook import command, connection, environment
from ansible_collections.genesys_ops.engage.tests.simulator import Simulator

PLUGIN = "genesys_ops.engage.gax"
# Of the demo estate.
CLUSTERS = ["GWE_Cluster_DR", "GWE_Cluster_Direct", "GWE_Cluster_Main"]
DR_SERVERS = ["ChatServer_DR_A", "ChatServer_DR_A_Backup", "ChatServer_DR_B", "ChatServer_DR_B_Backup"]
MAIN_SERVERS = ["ChatServer_1", "ChatServer_2", "ChatServer_3"]
SERVERS = sorted(["ChatServer_Direct", *DR_SERVERS, *MAIN_SERVERS])


@dataclass(frozen=True)
class Shown:
    """What ansible-inventory showed."""

    rc: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    @property
    def sentences(self) -> str:
        """All that was shown, without line breaks: Ansible breaks lines of warnings anywhere between words."""
        return " ".join(self.output.split())

    @property
    def graph(self) -> list[str]:
        return self.stdout.splitlines()

    @property
    def variables(self) -> dict[str, dict[str, Any]]:
        """Host -> variables, of ``--list``. Most versions of Ansible mark each text there that is no template."""
        found: dict[str, dict[str, Any]] = json.loads(self.stdout, object_hook=_unmarked)["_meta"]["hostvars"]
        return found

    @property
    def groups(self) -> dict[str, list[str]]:
        """Group -> hosts, of ``--list``; groups without hosts of their own are left out."""
        groups = json.loads(self.stdout).items()
        return {name: sorted(group["hosts"]) for name, group in groups if name != "_meta" and group.get("hosts")}

    def assert_clean(self) -> None:
        assert self.rc == 0, self.output
        assert self.stderr == ""


def _unmarked(value: dict[str, Any]) -> Any:
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


def source(sim: Simulator, **options: Any) -> dict[str, Any]:
    """Return the content of an inventory file for the plugin."""
    return {"plugin": PLUGIN, **connection(sim), **options}


def write(home: Path, files: Mapping[str, Any]) -> Path:
    """Write an inventory: name of a file -> text, or data that YAML can read too."""
    folder = home / "inventory"
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def show(
    home: Path,
    files: Mapping[str, Any],
    arguments: Sequence[str] = ("--list",),
    env: Mapping[str, str] | None = None,
) -> Shown:
    """Run ansible-inventory on a folder with these files; on the file itself where there is but one."""
    folder = write(home, files)
    place = folder / next(iter(files)) if len(files) == 1 else folder
    return Shown(*command("inventory", ["-i", str(place), *arguments], environment(home, env), home))
