# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The certificates with which an address presents itself, and how long they are valid."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from .http_client import CONNECT_TIMEOUT, HttpSettings

DAY = 86_400  # seconds
Certificate = dict[str, Any]


def chain_of(url: str, settings: HttpSettings) -> list[Certificate]:
    """Return ``subject``, ``issuer`` and ``days_left`` of each certificate, that of the server first.

    Nothing for plain http, through a proxy, or where the address does not answer: then there is another error.
    Before Python 3.10 there is no way to more than the certificate of the server.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or settings.proxy:
        return []
    context = ssl.create_default_context(cafile=settings.ca_path)
    if not settings.validate_certs:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = parts.hostname or ""
    try:
        if settings.client_cert:
            context.load_cert_chain(settings.client_cert, settings.client_key)
        with (
            socket.create_connection((host, parts.port or 443), min(CONNECT_TIMEOUT, settings.timeout)) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return [_described(found) for found in _chain(secure)]
    except (OSError, ValueError):
        return []


def _chain(secure: Any) -> list[dict[str, Any]]:
    """No public function of Python before 3.13 returns more than one certificate."""
    inner: Any = getattr(secure, "_sslobj", object())
    if hasattr(inner, "get_unverified_chain"):
        return [certificate.get_info() for certificate in inner.get_unverified_chain() or ()]
    found = secure.getpeercert()
    return [found] if found else []


def _described(found: dict[str, Any]) -> Certificate:
    left = ssl.cert_time_to_seconds(found["notAfter"]) - time.time()
    return {"subject": _name(found["subject"]), "issuer": _name(found["issuer"]), "days_left": int(left // DAY)}


def _name(parts: Any) -> str:
    """Return the common name, or whatever there is."""
    pairs = [pair for group in parts for pair in group]
    common = [value for key, value in pairs if key == "commonName"]
    return str(common[0] if common else ", ".join(value for _key, value in pairs))
