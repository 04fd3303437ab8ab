# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What can be read of GAX, by whomever: from GAX itself, or from what another host of the run has just read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from .._model.objects import Application, Raw

In = TypeVar("In")
Out = TypeVar("Out")


class Reader(Protocol):
    """Reads objects; ``Gax`` is one."""

    @property
    def may_change(self) -> bool:
        """Whether changes may be planned on what is read."""

    def objects(self, kind: str, **query: str) -> list[Raw]:
        """Return the objects of a class that match the query. There may be more than asked for."""

    def applications(self, **query: str) -> list[Application]:
        """Return the applications that match the query. There may be more than asked for."""

    def object(self, kind: str, dbid: str) -> Raw | None:
        """Return one object, or None when there is none with this DBID."""

    def tenants(self) -> list[Raw]:
        """Return all tenants."""

    def origin(self) -> tuple[str, str]:
        """Return the address that answered, and the version of GAX."""

    def each(self, work: Callable[[In], Out], items: Iterable[In]) -> list[Out]:
        """Do the work for every item, several at a time; return the results in order."""
