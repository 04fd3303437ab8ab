# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs of Ansible, most of them as forks of a server that has imported Ansible: see ``ansible_server.py``.

What Ansible reads while it is imported must be equal in all runs of a server: the environment, settings, and folders.
So a server shows each run its home by one name, a link. Runs with settings of their own, and all others whose
environment differs in more than `FREE`, are new processes; with ENGAGE_NEW_PROCESSES=1 all are.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

Done = subprocess.CompletedProcess[str]

# What is read later, by the collection, by requests or by the tests.
FREE = ("GAX_", "ENGAGE_", "XDG_STATE_HOME", "REQUESTS_CA_BUNDLE", "PYTEST_")
# Where the homes of runs are, and what is the same for all; everything else must be as in this process.
HOMES = {"HOME", *(f"ANSIBLE_{name}" for name in ("CONFIG", "HOME", "LOCAL_TEMP", "REMOTE_TEMP"))}
SAME = {f"ANSIBLE_{name}" for name in ("NOCOLOR", "COLLECTIONS_PATH", "CALLBACK_PLUGINS", "CALLBACKS_ENABLED")}
MOST_IDLE = 3  # servers: for runs at the same time, and for a few environments


def run(program: str, arguments: Sequence[str], env: Mapping[str, str], home: Path, limit: float) -> Done:
    """Run ``ansible-PROGRAM`` in a folder, without a terminal. ANSIBLE_CONFIG must be there. Raise TimeoutExpired."""
    server = _server(env, home)
    if server:
        done = server.run([program, *arguments], env, home, limit)
        _idle.append(server)  # one whose run was killed is not used again
        del _idle[:-MOST_IDLE]
        return done
    return subprocess.run(
        [sys.executable, "-m", "ansible", program, *arguments],
        env=dict(env),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
        check=False,
    )


def _server(env: Mapping[str, str], home: Path) -> _Server | None:
    """Return a server for this run, and for no other until it has ended; or None."""
    own = {name for name, value in env.items() if value != os.environ.get(name) and not name.startswith(FREE)}
    settings = Path(env["ANSIBLE_CONFIG"]).read_text(encoding="utf-8")
    if settings or not own <= HOMES | SAME or os.environ.get("ENGAGE_NEW_PROCESSES"):
        return None
    with _lock:
        found = next((server for server in _idle if server.serves(env, home)), None)
        if found:
            _idle.remove(found)
    return found or _Server(env, home)


class _Server:
    """A process that forks for one run at a time. It removes its folder and ends when nobody needs it."""

    def __init__(self, env: Mapping[str, str], home: Path) -> None:
        self._link = Path(tempfile.mkdtemp(prefix="ansible-server-"), "home")
        self._env = self._shown(env, home)
        self._link.symlink_to(home)
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("ansible_server.py")
        subprocess.Popen(
            [sys.executable, str(script), str(theirs.fileno()), str(self._link.parent)],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()

    def _shown(self, env: Mapping[str, str], home: Path) -> dict[str, str]:
        """Return what must be equal in all runs, with the link in place of their home."""
        fixed = {name: value for name, value in env.items() if not name.startswith(FREE)}
        return {name: value.replace(str(home), str(self._link)) for name, value in fixed.items()}

    def serves(self, env: Mapping[str, str], home: Path) -> bool:
        return self._shown(env, home) == self._env

    def run(self, arguments: Sequence[str], env: Mapping[str, str], home: Path, limit: float) -> Done:
        new = self._link.with_name("new")
        new.symlink_to(home)
        new.replace(self._link)
        request = json.dumps([arguments, {**env, **self._env}, str(home)]).encode()
        pipes = [os.pipe(), os.pipe()]
        socket.send_fds(self._channel, [request], [end for _unused, end in pipes])
        for _unused, end in pipes:
            os.close(end)
        with ThreadPoolExecutor(len(pipes)) as readers:
            shown = [readers.submit(_read, start) for start, _unused in pipes]
            try:
                code = self._wait(limit)
            except TimeoutError as error:
                raise subprocess.TimeoutExpired(arguments, limit) from error
        return Done(arguments, code, *(text.result() for text in shown))

    def _wait(self, limit: float) -> int:
        """Return the exit code of the run; kill it at the limit."""
        pid = int(self._channel.recv(100))
        self._channel.settimeout(limit)
        try:
            return int(self._channel.recv(100))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            self._channel.settimeout(None)


def _read(pipe: int) -> str:
    with open(pipe, encoding="utf-8") as file:
        return file.read()


_lock = threading.Lock()
_idle: list[_Server] = []
