# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator that goes on in the background: a file tells where it listens, and is gone when it has ended.

The file holds extra variables for ansible-playbook. They replace whatever an inventory says of a real GAX.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from .files import words

PATIENCE = 10  # seconds for a simulator to end
PROBLEM = "simulator_problem"  # key in the file of a simulator that could not save
SAVES = "simulator_saves"  # key in the file: where the estate is saved at the end, if anywhere


def detach(file: Path) -> None:
    """Go on as a process of its own; the calling process says what that one says until `let_go`, and ends.

    Raise ValueError when the file is there already: it would be lost how to stop the simulator that wrote it. One of a
    simulator that was killed, or ended with the machine, is no longer needed.
    """
    if file.exists() and _runs(file):
        raise ValueError(
            f"{file} is there already: stop the simulator that wrote it (--stop {file}; simulator_state=stopped of the "
            "playbook), or take another file."
        )
    file.unlink(missing_ok=True)
    told, tell = os.pipe()
    if os.fork():
        os.close(tell)
        with os.fdopen(told) as pipe:
            said = pipe.read()
        listens = said.startswith("http")
        print(said, end="", file=sys.stdout if listens else sys.stderr)
        sys.exit(0 if listens else 2)
    os.setsid()  # so that neither Ctrl-C nor the end of the terminal ends it
    _speak_to(tell)


def let_go() -> None:
    """Let the process that called `detach` end; from now on there is nobody to speak to."""
    sys.stdout.flush()
    sys.stderr.flush()
    _speak_to(os.open(os.devnull, os.O_RDWR))


def _speak_to(target: int) -> None:
    for stream in (1, 2):
        os.dup2(target, stream)
    os.close(target)


def variables(url: str, user: str, password: str, save_to: Path | None = None) -> str:
    """Return the file's content. Proxies and client certificates are those of a real GAX: they are taken away."""
    connection = {"gax_url": url, "gax_username": user, "gax_password": password}
    nothing = dict.fromkeys(("gax_proxy", "gax_ca_path", "gax_client_cert", "gax_client_key"), "")
    head = "# Extra variables for ansible-playbook: the simulated GAX of a rehearsal, instead of a real one.\n"
    saves = {SAVES: str(save_to.absolute())} if save_to else {}
    return head + yaml.safe_dump({**connection, **nothing, "simulator_pid": os.getpid(), **saves}, sort_keys=False)


def ended(file: Path, problem: OSError | None) -> None:
    """Take the file away; or leave in it, for `stop`, why the estate could not be saved."""
    if problem:
        file.write_text(yaml.safe_dump({PROBLEM: words(problem)}), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _runs(file: Path) -> bool:
    """Return whether the simulator that wrote this file may still run, or somebody else wrote it."""
    try:
        found = _read(file)
        return not isinstance(found.get("simulator_pid"), int) or _listens(found["gax_url"])
    except (OSError, ValueError, KeyError, yaml.YAMLError):
        return True


def _listens(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), PATIENCE).close()
    except OSError:
        return False
    return True


def stop(file: Path) -> str:
    """End the simulator that wrote the file, wait until it has saved what it had to, and say so; raise ValueError."""
    if not file.exists():
        raise ValueError(f"{file} is not there: its simulator has ended already, or was started with another file.")
    found = _read(file)
    pid, url = found.get("simulator_pid"), found.get("gax_url")
    if not isinstance(pid, int) or not isinstance(url, str):
        raise ValueError(f"{file} was not written by --background.")
    try:
        if not _listens(url):  # before the signal: the number of an ended process may be another's now
            raise ProcessLookupError
        os.kill(pid, signal.SIGTERM)
    except OSError:
        file.unlink(missing_ok=True)
        return f"The simulator of {file} is no longer running; the file was removed."
    end = time.monotonic() + PATIENCE
    while file.exists():
        problem = _read(file).get(PROBLEM)
        if problem:
            file.unlink(missing_ok=True)
            raise ValueError(f"The simulator has ended, but could not save the estate: {problem}")
        if time.monotonic() > end:
            raise ValueError(f"The simulator of {file}, process {pid}, did not end within {PATIENCE} seconds.")
        time.sleep(0.05)
    return "The simulator has ended." + (f" The estate is saved in {found[SAVES]}." if SAVES in found else "")
