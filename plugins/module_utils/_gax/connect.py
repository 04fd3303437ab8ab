# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From connection options, as users give them, to a session with GAX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .._errors import BadInput
from .._text import named
from .client import Gax
from .http_client import HttpSettings
from .session import Account, Logins
from .urls import split_urls

REQUIRED = ("gax_url", "gax_username", "gax_password")
LONGEST = 86_400.0  # seconds of gax_timeout


def connect(
    params: Mapping[str, Any],
    warn: Callable[[str], None],
    share: Callable[[tuple[str, ...], Account], Logins] | None = None,
) -> Gax:
    """Return the session to log in with; ``params`` holds the options of the doc fragment ``gax``.

    ``share`` returns what the sessions of an account at these addresses have in common. Raises BadInput for options
    that cannot work.
    """
    _check(params)
    for name in ("gax_username", "gax_password"):
        _warn_of_edges(name, params[name], warn)
    settings = HttpSettings(
        urls=split_urls(params["gax_url"]),
        validate_certs=params["gax_validate_certs"],
        ca_path=params["gax_ca_path"],
        client_cert=params["gax_client_cert"],
        client_key=params["gax_client_key"],
        proxy=params["gax_proxy"],
        timeout=params["gax_timeout"],
        retries=params["gax_retries"],
        concurrency=params["gax_concurrency"],
    )
    account = Account(params["gax_username"], params["gax_password"], params["gax_password_transport"])
    return Gax(settings, account, warn, share(settings.urls, account) if share else None)


def _check(params: Mapping[str, Any]) -> None:
    missing = [name for name in REQUIRED if not (params.get(name) or "").strip()]
    if missing:
        names = " and ".join(f"{name} (or the environment variable {name.upper()})" for name in missing)
        raise BadInput(f"{names} {'is' if len(missing) == 1 else 'are'} missing or empty.")
    if not 1 <= params["gax_concurrency"] <= 32:
        raise BadInput(f"gax_concurrency must be 1 to 32, not {params['gax_concurrency']}.")
    timeout = params["gax_timeout"]
    if not (math.isfinite(timeout) and 0 < timeout <= LONGEST):
        raise BadInput(f"gax_timeout must be more than 0 and at most {LONGEST:g} seconds, not {timeout:g}.")
    if params["gax_retries"] < 0:
        raise BadInput(f"gax_retries must be 0 or more, not {params['gax_retries']}.")
    if params["gax_client_key"] and not params["gax_client_cert"]:
        raise BadInput("gax_client_key requires gax_client_cert.")
    try:
        urlsplit(params["gax_proxy"] or "")
    except ValueError as problem:
        raise BadInput("gax_proxy is not an address such as http://proxy.example.com:3128.") from problem


def _warn_of_edges(name: str, value: str, warn: Callable[[str], None]) -> None:
    """Warn of what is not seen at the edge of a password: files and shells add a line end that nobody meant.

    It may be meant, so it is not refused, and never cut off: that would be another password.
    """
    for where, character in (("begins", value[0]), ("ends", value[-1])):
        if character.isspace() or not character.isprintable():
            what = f"{name} {where} with {named(character)}."
            warn(f"{what} If that is not intended, remove it; GAX may refuse the log-in.")
