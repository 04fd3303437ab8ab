# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""From connection options, as users give them, to a session with GAX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .._errors import BadInput
from .client import Account, Gax
from .http import HttpSettings, split_urls


def connect(params: Mapping[str, Any], warn: Callable[[str], None]) -> Gax:
    """Return the session to log in with; ``params`` holds the options of the doc fragment ``gax``.

    Raises BadInput for options that cannot work.
    """
    if not 1 <= params["gax_concurrency"] <= 32:
        raise BadInput(f"gax_concurrency must be 1 to 32, not {params['gax_concurrency']}.")
    if params["gax_timeout"] <= 0 or params["gax_retries"] < 0:
        raise BadInput("gax_timeout must be more than 0 seconds, and gax_retries 0 or more.")
    if params["gax_client_key"] and not params["gax_client_cert"]:
        raise BadInput("gax_client_key goes with gax_client_cert: give the certificate, too.")
    try:
        urlsplit(params["gax_proxy"] or "")
    except ValueError as problem:
        raise BadInput("gax_proxy is not an address such as http://proxy.example.com:3128.") from problem
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
    return Gax(settings, account, warn)
