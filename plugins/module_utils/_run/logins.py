# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What the log-ins of one account have in common in a run, whatever the number of hosts, forks and addresses.

A refused log-in is not repeated by the next host, because accounts can be locked. And where GAX ends the other sessions
of an account when it logs in again, the hosts take turns. Both are remembered in the private folder of the run, in one
file for each address and user, never with the password.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from .._errors import EngageError, LoginFailed, Unreachable
from .._gax.session import Account, Logins
from .._model.identity import addresses
from .._write.lock import hold
from . import shared

MOST_TRIES = 3  # of a log-in that is accepted and lost at once to that of another host
MOST_PATIENCE = 3600.0  # seconds, for one host that has the only session


def shared_logins(warn: Callable[[str], None]) -> Callable[[tuple[str, ...], Account], Logins] | None:
    """Return what gives the log-ins of an account at these addresses; None where the run shares nothing."""
    folder = shared.folder()
    if folder is None:
        return None
    return lambda urls, account: SharedLogins(folder, shared.key(), urls, account, warn)


class SharedLogins:
    """The log-ins of one account at one GAX, as one session of a run sees them. ``key`` is the run's own."""

    def __init__(
        self, folder: Path, key: bytes, urls: tuple[str, ...], account: Account, warn: Callable[[str], None]
    ) -> None:
        self._user = account.username
        self._warn = warn
        self._files = {address: folder / f"login-{self._digest(address)}" for address in addresses(urls)}
        secret = f"{account.transport}\n{account.password}".encode("utf-8", "surrogatepass")
        self._proof = hmac.new(key, secret, hashlib.sha256).hexdigest()  # tells passwords apart, gives none away
        self._count = 0  # of the account's log-ins when this session began; 0 before that
        self._turn = ExitStack()  # holds the lock of the only session
        self.has_turn = False
        self._needs_turn = False

    def log_in(self, url: str, attempt: Callable[[], None]) -> None:
        """Log in, unless the account was refused before in this run. Raises LoginFailed and Unreachable.

        The first log-in with a password goes alone, and so does one that renews a session: others wait for the outcome.
        """
        (address,) = addresses([url])
        for left in reversed(range(MOST_TRIES)):
            problem, others = self._tried(address, attempt)
            if problem is None:
                return
            lost = isinstance(problem, LoginFailed) and problem.unconfirmed
            self._needs_turn = lost and others  # somebody of this run logged in right afterwards
            if left and self._needs_turn:
                continue
            if lost:
                with self._states() as states:
                    states[address]["refused"] = True
            raise problem

    def _tried(self, address: str, attempt: Callable[[], None]) -> tuple[EngageError | None, bool]:
        """Try to log in. Return the problem, remembered, and whether others of this run have logged in as well."""
        renews = self._count > 0
        asked = time.time()
        if self._has_waited_for_turn(address):
            asked = time.time()
        with self._states() as states:
            self._check(states, asked)
            state = states[address]
            state["count"] = self._count = state.get("count", 0) + 1
            alone = renews or self._proof not in state.get("accepted", [])
            if alone:
                problem = _problem_of(attempt)
                self._remember(state, problem)
        if not alone:
            problem = _problem_of(attempt)
            with self._states() as states:
                self._remember(states[address], problem)
        return problem, self._count > 1

    def log_out(self) -> None:
        """Let the next one have the only session."""
        self._turn.close()
        self.has_turn = False

    def _has_waited_for_turn(self, address: str) -> bool:
        """Take the turn where an account has one session only, and say whether that was so.

        It is known when a session ended and somebody else of this run had logged in since it began.
        """
        with self._states() as states:
            state = states[address]
            if self._needs_turn or (self._count and state.get("count", 0) != self._count and not self.has_turn):
                state["one_session"] = True
            if self.has_turn or not state.get("one_session"):
                return False
        file = self._files[address].with_suffix(".turn")
        what = f"the only session of user '{self._user}' at {address}"
        with suppress(OSError):  # the folder has gone
            self._turn.enter_context(hold(file, what, MOST_PATIENCE, self._warn))
        self.has_turn = True
        return True

    def _remember(self, state: dict[str, Any], problem: EngageError | None) -> None:
        if problem is None:
            state["accepted"] = sorted({*state.get("accepted", []), self._proof})
        elif not isinstance(problem, LoginFailed) or not (problem.refused or problem.unconfirmed):
            state["failed"], state["failed_at"] = str(problem), time.time()
        elif problem.refused or state.get("count") == 1:  # else it may have been lost to a log-in of another host
            state["refused"] = True

    def _check(self, states: dict[str, dict[str, Any]], asked: float) -> None:
        """Raise what is known of this account. Who waited for a log-in that got no answer does not try it again."""
        for address, state in states.items():
            if state.get("refused"):
                raise LoginFailed(
                    f"No log-in was tried: GAX refused user '{self._user}' at {address} earlier in this "
                    "run, and another attempt could lock the account; see the first failure of the run.",
                    refused=True,
                )
            if state.get("failed_at", 0) > asked:
                raise Unreachable(state["failed"], sent=False)

    @contextmanager
    def _states(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Read and write what is remembered, by address, while nobody else does. Without a folder nothing is."""
        with ExitStack() as stack:
            handles: dict[str, int] = {}
            with suppress(OSError):
                for address, file in self._files.items():  # sorted, so that two do not wait for each other
                    handles[address] = os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
                    stack.callback(os.close, handles[address])
                    fcntl.flock(handles[address], fcntl.LOCK_EX)
            states = {address: _read(handles.get(address)) for address in self._files}
            try:
                yield states
            finally:
                for address, handle in handles.items():
                    _write(handle, states[address])

    def _digest(self, address: str) -> str:
        text = f"{address}\n{self._user.casefold()}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _problem_of(attempt: Callable[[], None]) -> EngageError | None:
    try:
        attempt()
    except EngageError as problem:
        return problem
    return None


def _read(handle: int | None) -> dict[str, Any]:
    try:
        state = json.loads(os.pread(handle, os.fstat(handle).st_size, 0)) if handle is not None else {}
    except (OSError, ValueError):  # new, or cut short by the end of a process
        state = {}
    return state if isinstance(state, dict) else {}


def _write(handle: int, state: dict[str, Any]) -> None:
    with suppress(OSError):
        os.truncate(handle, os.pwrite(handle, json.dumps(state).encode(), 0))
