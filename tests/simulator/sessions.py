# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, passwords and sessions."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

from .switches import Switches


def reveal(obfuscated: str) -> str:
    """Return the password behind the obfuscation of the log-in page; raise ValueError when it is none.

    Each character c is sent as the pair chr(ord(c)+r), chr(r) with a random r (docs/evidence.md#the-session).
    """
    if len(obfuscated) % 2:
        raise ValueError("an obfuscated password has an even number of characters")
    pairs = zip(obfuscated[::2], obfuscated[1::2], strict=True)
    return "".join(chr(ord(shifted) - ord(shift)) for shifted, shift in pairs)


@dataclass
class Session:
    """One log-in of one user."""

    user: str
    started: float = field(default_factory=time.monotonic)
    requests: int = 0

    def is_over(self, switches: Switches) -> bool:
        """Tell whether the session ended by itself."""
        requests, seconds = switches.expire_after_requests, switches.expire_after_seconds
        return bool(
            (requests and self.requests >= requests) or (seconds and time.monotonic() - self.started >= seconds)
        )


class Sessions:
    """All sessions. `failed` counts failed log-ins, `refused` those of each user since the last one that worked."""

    def __init__(self, accounts: dict[str, str], switches: Switches) -> None:
        """Know the accounts (user -> password); nobody is logged in."""
        self.accounts = accounts
        self._switches = switches
        self._live: dict[str, Session] = {}
        self.reset()

    def reset(self) -> None:
        """Forget the failures, so that no account is locked. Sessions stay."""
        self.failed = 0
        self.refused: Counter[str] = Counter()

    def check(self, user: str, password: str, obfuscated: bool) -> bool:
        """Tell whether the account is open and the password right, in a form that is accepted; count a failure."""
        form = "obfuscated-only" if obfuscated else "plain-only"
        try:
            plain = reveal(password) if obfuscated else password
        except ValueError:
            plain = None
        good = self._switches.passwords in ("both", form) and plain is not None and self.accounts.get(user) == plain
        good = good and not self.is_locked(user)
        self.failed += not good
        self.refused[user] = 0 if good else self.refused[user] + 1
        return good

    def is_locked(self, user: str) -> bool:
        """Tell whether an account was locked by refused log-ins."""
        return 0 < self._switches.lock_after <= self.refused[user]

    def open(self, user: str, replaces: str | None = None) -> str | None:
        """Start a session and return its cookie, or None when there are too many already."""
        self.close(replaces)
        self._live = {cookie: item for cookie, item in self._live.items() if not item.is_over(self._switches)}
        if self._switches.session_limit and len(self._live) >= self._switches.session_limit:
            return None
        if self._switches.one_session:
            self._live = {cookie: item for cookie, item in self._live.items() if item.user != user}
        cookie = secrets.token_hex(16)
        self._live[cookie] = Session(user)
        return cookie

    def use(self, cookie: str | None) -> str | None:
        """Count a request of a session and return its user; None when the session is not valid."""
        session = self._live.get(cookie or "")
        if session is None or session.is_over(self._switches):
            self.close(cookie)
            return None
        session.requests += 1
        return session.user

    def close(self, cookie: str | None) -> None:
        """End a session, if it is one."""
        self._live.pop(cookie or "", None)
