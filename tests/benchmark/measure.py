# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure programs: their time, the memory they and their children held, and the machine they ran on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import requests
from ansible_collections.genesys_ops.engage.tests.paths import COLLECTION, COLLECTIONS

HERE = Path(__file__).resolve().parent
USER, PASSWORD = "default", "password"
SAMPLE = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Measured:
    """What one program took: seconds, and the most megabytes its own process and any one child held.

    ``server`` is the processor time of the simulator meanwhile, in seconds.
    """

    seconds: float
    own: float = 0.0
    child: float = 0.0
    server: float = 0.0


def run(command: Sequence[str], env: Mapping[str, str] | None = None, memory: bool = False) -> Measured:
    """Run a program; raise RuntimeError with its output when it fails. Looking at the memory costs some time."""
    with tempfile.TemporaryFile("w+") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            list(command), env=_environment(env or {}), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        own = child = 0.0
        while memory and process.poll() is None:
            own = max(own, peak(process.pid))
            child = max([child, *map(peak, _below(process.pid))])
            time.sleep(SAMPLE)
        code = process.wait()
        seconds = time.perf_counter() - begun
        if code:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{output.read()[-3000:]}")
    return Measured(seconds, own, child)


def playbook(name: str, inventory: Path, *arguments: str, memory: bool = False) -> Measured:
    """Run ansible-playbook, with an empty configuration beside the inventory."""
    program, settings = Path(sys.executable).with_name("ansible-playbook"), inventory.with_name("ansible.cfg")
    settings.touch()
    command = [str(program), "-i", str(inventory), name, *arguments]
    return run(command, {"ANSIBLE_CONFIG": str(settings)}, memory)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a user who has set nothing; as with pip, Python's files are compiled."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "GAX_", "PYTHONDONTWRITE")) and not name.lower().endswith("_proxy")
    }
    paths = {"ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", COLLECTIONS)}
    return {**kept, **paths, **more}


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process has taken until now."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> float:
    """Return the most megabytes a process has held until now; 0 when it has ended. Shared pages count in each fork."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _below(pid: int) -> Iterator[int]:
    try:
        threads = [Path(task, "children").read_text(encoding="ascii") for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return
    for child in map(int, " ".join(threads).split()):
        yield child
        yield from _below(child)


@dataclass(frozen=True)
class Gax:
    """A simulator in a process of its own."""

    url: str
    pid: int

    def reset(self) -> None:
        requests.post(f"{self.url}/_sim/reset", timeout=60).raise_for_status()

    def writes(self) -> int:
        """Return the number of writes since the last reset."""
        return len(requests.get(f"{self.url}/_sim/journal", timeout=60).json())


@contextmanager
def simulator(**options: Any) -> Iterator[Gax]:
    """Start a simulator with options of its command line, such as ``chat_servers=50``; end it afterwards."""
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "tests.simulator", *words]
    with subprocess.Popen(command, cwd=COLLECTION, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("The simulator did not start.")
            # What it prints later must not fill the pipe.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield Gax(url, process.pid)
        finally:
            process.terminate()


def machine() -> str:
    """Name the machine: figures mean little without it."""
    cpu = platform.processor() or platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        found = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({found[0] if found else cpu}), Python {platform.python_version()}, "
        f"ansible-core {version('ansible-core')}, requests {version('requests')}"
    )


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


Work = Callable[[], Measured]
