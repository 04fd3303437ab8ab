# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A watch over secrets: what was in play, and every text that a user could read."""

from __future__ import annotations

import html
import json
import traceback
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import EngageError
from ansible_collections.genesys_ops.engage.tests.client.between import Between
from ansible_collections.genesys_ops.engage.tests.client.calling import LOG_IN, Operation, call

USER, PASSWORD = "ops", 'l0g-1n &<"Ω'
OF_PROXY, OF_DATABASE, OLD, NEW = "pr0xy-S3cret", "Tr0ub4dor&3", "0ld-S3cret", "n3w-S3cret"
OF_PROXY_IN_ADDRESS = f"http://robot:{OF_PROXY}@"


def forms(secret: str) -> set[str]:
    """Return the forms in which a secret may stand in a text."""
    plain = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")}
    return plain | {html.escape(text) for text in plain} | {quote(text) for text in plain}


@dataclass
class Watch:
    """Calls operations through a server that sees what is sent, and keeps every text that a user could read."""

    server: Between
    texts: list[str] = field(default_factory=list)

    def run(self, operation: Operation, check_mode: bool = False, **parameters: Any) -> bool:
        """Run an operation; say whether it succeeded."""
        warnings: list[str] = []
        given = {"gax_username": USER, "gax_password": PASSWORD, "gax_timeout": 0.5, "gax_retries": 1, **parameters}
        try:
            result = call(self.server.url, operation, check_mode, warnings=warnings, **given)
        except EngageError as problem:
            self.texts += [str(problem), repr(problem), json.dumps(problem.details)]
            self.texts += traceback.format_exception(problem)
            return False
        else:
            self.texts += [json.dumps(result), repr(result)]
            return True
        finally:
            self.texts += warnings

    @property
    def secrets(self) -> list[str]:
        """Return every secret that was in play: those that are known, and those that were seen on their way."""
        sent = [json.loads(seen.body)["password"] for seen in self.server.seen if seen.path == LOG_IN]
        cookies = [seen.headers["Cookie"].split("=", 1)[1] for seen in self.server.seen if "Cookie" in seen.headers]
        return [PASSWORD, OF_PROXY, OF_DATABASE, OLD, NEW, *dict.fromkeys([*sent, *cookies])]

    def leaked(self) -> list[tuple[str, str]]:
        """Return each secret that can be read, with the text around it."""
        found = []
        for secret in self.secrets:
            for form in forms(secret):
                found += [(secret, text) for text in self.texts if form in text]
        return found
