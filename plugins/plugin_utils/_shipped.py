# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What modules have in common that are shipped: after a refused log-in no other host of the run tries it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..module_utils._errors import LOG_IN_REFUSED, BadInput, LoginFailed
from ..module_utils._gax.session import Account
from ..module_utils._gax.urls import split_urls
from ..module_utils._run.logins import shared_logins

Result = dict[str, Any]


class _NotKnown(Exception):
    """The module failed, and whether its log-in was accepted is not known."""


def shipped(params: Mapping[str, Any], ship: Callable[[], Result]) -> Result:
    """Return what ``ship`` returns, or a failure without shipping where the account was refused earlier in this run.

    ``params`` are connection options as far as they are known here. The first module with a password goes alone, and
    the others wait for what becomes of it: each of them would log in.
    """
    share = shared_logins(lambda text: None)
    known = [str(params.get(name) or "") for name in ("gax_username", "gax_password", "gax_password_transport")]
    try:
        urls = split_urls(str(params.get("gax_url") or ""))
    except BadInput:  # the module says so
        urls = ()
    if share is None or not urls or not all(known[:2]):
        return ship()
    result: Result = {}

    def attempt() -> None:
        result.update(ship())
        if result.pop(LOG_IN_REFUSED, False):
            raise LoginFailed("refused", refused=True)
        if result.get("failed"):
            raise _NotKnown

    try:
        share(urls, Account(*known)).log_in(urls[0], attempt)
    except LoginFailed as problem:
        return result or {"failed": True, "changed": False, "msg": str(problem)}
    except _NotKnown:
        pass
    return result
