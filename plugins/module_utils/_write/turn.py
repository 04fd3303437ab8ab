# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Whose turn it is in a run: a call that rolls the run back stops the one before it, whose process may still be there.

Ansible ends a task at its time-out, but not the process of a module that it has shipped. Nothing of the run is needed
to tell it: neither a session nor a folder for records. Other runs, and other clusters, are not stopped.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import suppress

from .._errors import Superseded
from .._files import write
from .._model.identity import addresses
from .lock import own_folder


class Turn:
    """The turn of one call. It ends when a later call of the same run takes it for the same cluster."""

    def __init__(self, gax_urls: Iterable[str], run: str, cluster: str) -> None:
        self._run = run
        key = "\n".join([*addresses(gax_urls), run, cluster])
        self._name = f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.turn"
        self._seen = self._read()
        self._over = False

    def take(self) -> None:
        """Stop the calls before this one. Without a usable folder nobody is stopped: then there are no locks, too."""
        token = secrets.token_hex(8)
        with suppress(OSError):
            write(own_folder() / self._name, token, durable=False)
            self._seen = token

    def end(self) -> None:
        """Stop the threads of this call: Ansible has ended it, within its own process."""
        self._over = True

    def check(self) -> None:
        """Raise Superseded when a later call has taken the turn: this one must neither change anything nor end the run.

        A file that is gone, or cannot be read, stops nobody.
        """
        found = self._read()
        if self._over or (found and found != self._seen):
            raise Superseded(f"Run {self._run}: a later call rolls it back.")

    def _read(self) -> str:
        with suppress(OSError, ValueError):
            return (own_folder() / self._name).read_text(encoding="ascii")
        return ""
