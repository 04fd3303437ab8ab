# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest client: one session, no judgement. For tests that look at the simulator itself."""

from __future__ import annotations

from typing import Any

import requests

from .objects import Obj
from .runner import Simulator


class Client:
    """HTTP calls below /gax/api with the cookies of one session; redirects are not followed."""

    def __init__(self, simulator: Simulator, log_in: bool = True) -> None:
        """Log in as default, unless told not to."""
        self._base = simulator.url + "/gax/api/"
        self.http = requests.Session()
        if log_in:
            self.log_in().raise_for_status()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request and return the answer, whatever it is."""
        return self.http.request(method, self._base + path, allow_redirects=False, **{"timeout": 5, **more})

    def get(self, path: str, **query: str) -> requests.Response:
        """Send a GET with query parameters."""
        return self.call("GET", path, params=query)

    def log_in(self, user: str = "default", password: str = "password", encrypted: bool = False) -> requests.Response:
        """Send a log-in as JSON."""
        return self.call(
            "POST",
            "session/login",
            json={"username": user, "password": password, "isPasswordEncrypted": encrypted},
        )

    def find(self, kind: str = "CfgApplication", **query: str) -> list[Obj]:
        """Return the objects that a list request answers."""
        found: list[Obj] = self.get("cfg/objects", type=kind, **query).json()
        return found

    def put(self, obj: Obj, **more: Any) -> requests.Response:
        """Send a full object back."""
        return self.call("PUT", f"cfg/objects/{obj['type']}/{obj['dbid']}", json=obj, **more)

    def post(self, obj: Obj) -> requests.Response:
        """Create an object."""
        return self.call("POST", "cfg/objects", json=obj)

    def delete(self, kind: str, dbid: str) -> requests.Response:
        """Delete an object."""
        return self.call("DELETE", f"cfg/objects/{kind}/{dbid}")
