# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Errors that a user may see: each message is one sentence that says what to do."""

from __future__ import annotations

from typing import Any


class EngageError(Exception):
    """Base of all: ``str(error)`` is what the user reads.

    ``details`` are keys that go beside ``msg`` in a module's failure result.
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class BadInput(EngageError):
    """What the user asked for can be known to be wrong."""


class GaxError(EngageError):
    """GAX gave no answer, or one that is no use."""


class Unreachable(GaxError):
    """No complete answer. ``sent`` is false when the request certainly did not arrive."""

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class LoginFailed(GaxError):
    """GAX does not accept the account, or is not what ``gax_url`` says.

    ``refused`` is true when it may count as a failed log-in of the account, which could be locked by the next one,
    ``unconfirmed`` when the log-in was accepted and the session was not there a moment later.
    """

    def __init__(self, message: str, refused: bool = False, unconfirmed: bool = False) -> None:
        super().__init__(message)
        self.refused = refused
        self.unconfirmed = unconfirmed


LOG_IN_REFUSED = "log_in_refused"  # key of a shipped module's result, for the action plugin only


def is_refused_log_in(problem: BaseException | None) -> bool:
    """Say whether a refused log-in is the cause of an error, however many lie in between."""
    seen: set[int] = set()
    while problem and id(problem) not in seen:
        if isinstance(problem, LoginFailed) and problem.refused:
            return True
        seen.add(id(problem))  # causes may go in a circle: an error may be raised from itself
        problem = problem.__cause__
    return False


class PermissionDenied(GaxError):
    """The session is alive, but the account may not do this."""


class WriteFailed(GaxError):
    """A write was not answered with success. It may have been applied all the same: look before anything else.

    ``transient`` is true when the same write may succeed a moment later, ``may_land`` when it may still be applied,
    ``renewed`` when nothing but the end of the session was in its way, and there is a new one.
    """

    def __init__(self, message: str, transient: bool = False, may_land: bool = False, renewed: bool = False) -> None:
        super().__init__(message)
        self.transient = transient
        self.may_land = may_land
        self.renewed = renewed


class Superseded(EngageError):
    """Another call has taken over this run: Ansible ended the call that raises this, but not the process it is in."""


class Conflict(EngageError):
    """An application must not be written: somebody changed the same option since, or it is not fully understood.

    ``what`` is the message without advice. ``remains`` is false where nothing is left of what would be written over:
    somebody has changed all of it.
    """

    def __init__(self, message: str, what: str = "", remains: bool = True) -> None:
        super().__init__(message)
        self.what = what or message
        self.remains = remains
