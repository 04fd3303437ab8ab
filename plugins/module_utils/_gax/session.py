# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""A session with GAX: choose the address, log in, stay logged in, log out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from .._errors import GaxError, LoginFailed, Unreachable
from .answer import Answer
from .http_client import Http
from .no_session import not_logged_in, not_usable

CHECK_SESSIONS = (
    "Check session_timeout of GAX, and whether GAX allows one session per account and another program uses this one."
)
MOST_RENEWALS = 3  # of the session, for one request: sessions that end faster than that are of no use
LOG_OUT = 5.0  # seconds at most
_log_outs: dict[threading.Thread, tuple[str, str]] = {}  # under way in this process, with address and user


@dataclass(frozen=True)
class Account:
    """Who logs in. ``transport`` is ``obfuscated`` or ``plain``."""

    username: str
    password: str
    transport: str = "obfuscated"


class Logins(Protocol):
    """What the sessions of one account share: a refused log-in is not repeated by the next one."""

    @property
    def has_turn(self) -> bool:
        """Whether this is the only session of the account in this run, and the others wait for its end."""

    def log_in(self, url: str, attempt: Callable[[], None]) -> None:
        """Log in at this address, or raise LoginFailed when that is known to fail."""

    def log_out(self) -> None:
        """The session has ended."""


class NothingShared:
    """Each session is for itself."""

    has_turn = False

    def log_in(self, url: str, attempt: Callable[[], None]) -> None:
        attempt()

    def log_out(self) -> None:
        pass


def wait_for_log_outs() -> None:
    """Wait until this process has no log-out under way: before it forks, for example."""
    for thread in list(_log_outs):
        thread.join()
        _log_outs.pop(thread, None)


def obfuscate(password: str, rng: random.Random | None = None) -> str:
    """Return the password as GAX's own log-in page sends it (docs/evidence.md#the-session). It protects nothing."""
    rng = rng or random.Random()
    return "".join(_shifted(character, rng.randint(68, 122)) for character in password)


def _shifted(character: str, shift: int) -> str:
    while 0xD800 <= ord(character) + shift <= 0xDFFF:  # half of a surrogate pair is no text
        shift += 1
    return chr(ord(character) + shift) + chr(shift)


class Session:
    """One session with GAX. Safe to use from several threads."""

    def __init__(self, http: Http, account: Account, logins: Logins) -> None:
        self.http = http
        self._account = account
        self._logins = logins
        self._turn = threading.RLock()
        self._alone: int | None = None  # the thread that asks while the others wait
        self._free = threading.Event()
        self._free.set()
        self._number = 0  # of log-ins
        self._gone: LoginFailed | None = None
        self._greeting: Answer

    def open(self) -> None:
        """Choose an address and log in. Raises LoginFailed and Unreachable."""
        self._choose_address()
        self._log_in()

    def close(self) -> None:
        """Log out. Nobody waits for that: a thread does it, and the process does not end before it is done."""
        if not self.http.cookies:
            self._log_out()
            return
        thread = threading.Thread(target=self._log_out, name="gax-log-out")
        thread.start()
        _log_outs[thread] = (self.http.url, self._account.username)

    def _log_out(self) -> None:
        """No public source shows a log-out: this is a courtesy, whatever comes of it."""
        try:
            if self.http.cookies:
                self.http.send("POST", "session/logout", timeout=min(LOG_OUT, self.http.settings.timeout))
        except GaxError:
            pass
        finally:
            self.http.close()
            self._logins.log_out()

    # --- requests ----------------------------------------------------------------------------------------------------

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """GET, in a new session if the old one has ended. Raises GaxError when sessions end too soon."""
        self._wait()
        number = self._number
        answer = self.http.read(path, params)
        if not looks_logged_out(answer):
            return answer
        # The others wait: they could use up a session that ends after a few requests before this thread's turn comes.
        with self.alone():
            for _attempt in range(MOST_RENEWALS):
                if self._number == number and not self._renew():
                    return answer  # the session is alive: the answer means something else
                number = self._number
                answer = self.http.read(path, params)
                if not looks_logged_out(answer):
                    return answer
            if self._is_me():
                return answer
        raise GaxError(
            f"{self.http.said(answer)}: sessions end too soon; {MOST_RENEWALS} of them did not last for one request. "
            f"{CHECK_SESSIONS}"
        )

    def write(self, method: str, path: str, body: object) -> tuple[Answer, bool]:
        """Send once. The second value is true when nothing but the end of the session was in the way of the write.

        Then there is a new session. Who repeats the write in ``alone()`` has it for himself.
        """
        self._wait()
        number = self._number
        answer = self.http.send(method, path, body)
        if not looks_logged_out(answer):
            return answer, False
        with self.alone():
            return answer, self._number != number or self._renew()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let the other threads wait with what they have not sent yet."""
        with self._turn:
            before, self._alone = self._alone, threading.get_ident()
            self._free.clear()
            try:
                yield
            finally:
                self._alone = before
                if before is None:
                    self._free.set()

    def _wait(self) -> None:
        if self._alone != threading.get_ident():
            self._free.wait()

    # --- address, log-in ---------------------------------------------------------------------------------------------

    def _choose_address(self) -> None:
        """Take the first address where a GAX answers. Asks what GAX answers without a session."""
        problems = []
        for url in self.http.settings.urls:
            self.http.url = url
            try:
                self._greeting = self.http.read("cfg/schema")
            except Unreachable as problem:
                problems.append(str(problem))
                continue
            trouble = not_usable(self.http, self._greeting)
            if not trouble:
                return
            problems.append(trouble)
        raise Unreachable(f"No GAX can be reached. {' '.join(problems)}", sent=False)

    def _log_in(self) -> None:
        for other, whose in list(_log_outs.items()):
            if whose == (self.http.url, self._account.username):  # GAX may allow one session only
                other.join(LOG_OUT)
                _log_outs.pop(other, None)
        self._logins.log_in(self.http.url, self._attempt)
        self._number += 1

    def _attempt(self) -> None:
        account, http = self._account, self.http
        encrypted = account.transport == "obfuscated"
        password = obfuscate(account.password) if encrypted else account.password
        http.redactor.learn(password)
        http.forget_cookies()
        body = {"username": account.username, "password": password, "isPasswordEncrypted": encrypted}
        # Repeated once when nothing was answered, never after a refusal: that could lock the account.
        answer = http.send("POST", "session/login", body, repeat=min(1, http.settings.retries))
        http.redactor.learn(*http.cookies)
        if answer.status >= 300 or not self._is_me():
            raise not_logged_in(http, account.username, account.transport, self._greeting, answer)

    def _is_me(self) -> bool:
        """Ask GAX who is logged in; once more where the answer says nothing of it (docs/evidence.md#the-session)."""
        for _attempt in range(2):
            answer = self.http.read("user/info")
            name = answer.data.get("username") if answer.status == 200 and isinstance(answer.data, dict) else None
            if name or answer.status in (401, 403) or answer.location:
                break
        return str(name).casefold() == self._account.username.casefold()

    def _renew(self) -> bool:
        """Log in again if the session has ended. Return false when it is alive: then the answer means something else.

        Only for who is alone: several threads may find out at once.
        """
        if self._gone:
            raise self._gone  # a further log-in could lock the account
        if self._is_me():
            return False
        try:
            self._log_in()
        except LoginFailed as refused:
            self._gone = refused
            raise
        return True


def looks_logged_out(answer: Answer) -> bool:
    """No public source shows how GAX answers without a session: each plausible form counts."""
    return answer.status in (401, 403) or 300 <= answer.status < 400 or (answer.status == 200 and answer.is_html)
