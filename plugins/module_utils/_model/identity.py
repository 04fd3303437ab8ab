# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Which application of which GAX something is about. Its name is for people: it may change, and another may have it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def addresses(urls: Iterable[str]) -> tuple[str, ...]:
    """Return addresses of a GAX in the form in which they are compared, sorted: what does not count is gone."""
    return tuple(sorted({_address(url) for url in urls}))


@lru_cache(maxsize=100)  # each write of an object asks for that of its lock
def _address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:  # no address: it equals only itself
        return url
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}:{port}{parts.path.rstrip('/')}"


def safe_name(name: str, most: int = 40) -> str:
    """Return untrusted text as a part of a file's name: letters and digits of any script, ``_`` and ``-``."""
    safe = re.sub(r"[^\w-]+", "_", name)[:most].lstrip("-")
    # What a folder takes is counted in bytes, and a letter may have four.
    return safe.encode()[: 2 * most].decode(errors="ignore") or "_"


@dataclass(frozen=True)
class Identity:
    """A GAX, by all its addresses, and the DBID of a cluster; an empty DBID is the GAX as a whole."""

    gax: tuple[str, ...]
    dbid: str
    name: str = field(default="", compare=False)

    @classmethod
    def of(cls, urls: Iterable[str], dbid: str, name: str = "") -> Identity:
        return cls(addresses(urls), dbid, name)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that tell identities apart."""
        return hashlib.sha256("\n".join([*self.gax, self.dbid]).encode("utf-8", "surrogatepass")).hexdigest()[:8]

    @property
    def label(self) -> str:
        """Name of a file or folder: readable, and different for each identity."""
        return f"{safe_name(self.name)}-{self.digest}"

    def is_same(self, other: Identity) -> bool:
        """Say whether both are one object: of a pair of GAX one address in common is enough."""
        return self.dbid == other.dbid and bool({*self.gax} & {*other.gax})
