# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job against the embedded simulator, told in eight steps: ``python -m tests.demo``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..simulator import Simulator, load

HERE = Path(__file__).resolve().parent
INVENTORY = HERE / "inventory.yml"
PLAYBOOK = "genesys_ops.engage."
# What is shown of Ansible's output: the lines of a diff, of a message, and of the recap.
SHOWN = re.compile(r'(?P<diff>[+-]\[.*)|\s+"(?P<msg>(?!msg).*?)",?$|(?P<recap>\S+\s+: ok=\d+.*)')
WIDTH = 150
MOST_LINES = 6  # of a step, unless it says otherwise


class Demo:
    """Runs playbooks as a user would, and shows what matters of their output."""

    def __init__(self, simulator: Simulator, home: Path) -> None:
        self._simulator = simulator
        self._home = home
        self._env = {
            **os.environ,
            "GAX_URL": simulator.url,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def step(self, title: str, playbook: str, *arguments: str, fails: bool = False, most: int = MOST_LINES) -> int:
        """Run a playbook, show the step, and return how many writes there were. Ends the demo at a surprise."""
        command = [f"{PLAYBOOK}{playbook}", *arguments]
        print(f"\n== {title}\n   $ ansible-playbook {' '.join(command)} -i inventory.yml")
        before = len(self._simulator.journal)
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-i", str(INVENTORY), *command],
            env=self._env,
            cwd=self._home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        lines = list(shown(done.stdout))
        for line in lines[:most]:
            print(f"   {line}")
        if len(lines) > most:
            print(f"   ... {len(lines) - most} more")
        if (done.returncode != 0) is not fails:
            sys.exit(f"{done.stdout}\nThis step {'had to fail' if fails else 'failed'}: the demo ends here.")
        return sum(bool(write["applied"]) for write in self._simulator.journal[before:])


def shown(output: str) -> Iterator[str]:
    """Yield the lines of Ansible's output that matter, cut to the width of a screen."""
    for line in output.splitlines():
        match = SHOWN.match(line)
        if match:
            text = match["diff"] or match["recap"] or match["msg"].replace(r"\"", '"')
            text = re.sub(r"\s+", " ", text) if match["recap"] else text
            yield text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="genesys_ops-demo-"))
    backup = ("-e", "chat_channel_backup_dir=backup")
    with Simulator(load("demo"), user="automation", password="Demo-4711") as simulator:
        print(f"A simulated GAX answers on {simulator.url}: three Web Engagement Clusters, eight Chat Servers.")
        demo = Demo(simulator, home)
        demo.step("1. What is wrong? An audit never writes", "audit", fails=True)
        predicted = demo.step(
            "2. What would change? Check mode", "configure", "--check", "--diff", "--limit", "main", most=11
        )
        changed = demo.step("3. Change it", "configure", "--limit", "main", *backup)
        again = demo.step("4. Once more: nothing is left to change", "configure", "--limit", "main", *backup)
        wrong = demo.step(
            "5. A value that cannot be right is refused before the first write",
            "configure",
            "--limit",
            "direct",
            "-e",
            "chat_channel_refresh_task_period=3000",
            fails=True,
        )
        simulator.set(deny_write=["GWE_Cluster_Direct"])
        refused = demo.step(
            "6. GAX refuses a write: the run is rolled back", "configure", "--limit", "direct", *backup, fails=True
        )
        simulator.set(deny_write=[])
        restored = demo.step("7. Undo the run of step 3", "restore", "--limit", "main", *backup, most=12)
        demo.step(
            "8. The audit page", "audit", "--limit", "main", "-e", "chat_channel_report_dir=.", fails=True, most=4
        )
    if predicted or again or wrong or not changed:
        sys.exit("The writes are not what they had to be.")
    print(
        f"\n== Summary\n"
        f"   check mode wrote {predicted} times, the run {changed} times, the second run {again} times\n"
        f"   a wrong value was refused with {wrong} writes\n"
        f"   a refused write was rolled back: {refused} writes, and nothing left of them\n"
        f"   the restore took {restored} writes\n"
        f"   the audit page: {home / 'chat-channel-audit.html'}\n"
        f"   next: docs/guide.md, from nothing to the first audited cluster of your own"
    )


if __name__ == "__main__":
    main()
