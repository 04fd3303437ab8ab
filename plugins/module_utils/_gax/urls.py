# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Addresses of GAX, as users give them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from .._errors import BadInput


def split_urls(text: str) -> tuple[str, ...]:
    """Return the addresses in a comma-separated list, each ending in ``/gax``.

    Raises BadInput for an address that is not ``http(s)://host[:port]`` or that carries credentials.
    """
    urls = []
    for url in filter(None, (part.strip().rstrip("/") for part in text.split(","))):
        if "@" in url:
            raise BadInput("gax_url contains a user name or password; use gax_username and gax_password instead.")
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a broken IPv6 address, a port that is no number
            valid = False
        if not valid or parts.query or parts.fragment or any(map(str.isspace, url)):
            raise BadInput(f"gax_url: '{url}' is not an address such as https://gax.example.com:8443.")
        urls.append(url if parts.path else f"{url}/gax")
    if not urls:
        raise BadInput("gax_url is empty; give an address such as https://gax.example.com:8443.")
    return tuple(urls)


def in_clear(urls: tuple[str, ...]) -> list[str]:
    """Return the addresses that send passwords over the network unencrypted."""
    return [url for url in urls if urlsplit(url).scheme == "http" and not _is_local(urlsplit(url).hostname or "")]


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
