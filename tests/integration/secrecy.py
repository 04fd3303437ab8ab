# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts must not be shown: passwords, also in the form in which they were sent, and session cookies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

from ansible_collections.genesys_ops.engage.tests.simulator import Simulator


@dataclass
class Heard:
    """What a simulator received and gave out that must not be shown: passwords as sent, and session cookies."""

    passwords: list[str]
    cookies: list[str]


def listen(sim: Simulator) -> Heard:
    """Note passwords and cookies; the simulator's own logs leave them out."""
    heard = Heard([], [])
    sessions = sim._world.sessions
    check, start = sessions.check, sessions.open

    def noting_check(user: str, password: str, obfuscated: bool) -> bool:
        heard.passwords.append(password)
        return check(user, password, obfuscated)

    def noting_open(user: str, replaces: str | None = None) -> str | None:
        cookie = start(user, replaces)
        heard.cookies.append(cookie or "")
        return cookie

    sessions.check, sessions.open = noting_check, noting_open
    return heard


def leaks(text: str, *secrets: str) -> list[str]:
    """Return the secrets that are in a text, in any spelling. Spaces do not count: messages are set on one line."""
    dense = "".join(text.split())
    return [secret for secret in secrets if any("".join(form.split()) in dense for form in _spellings(secret))]


def _spellings(secret: str) -> set[str]:
    return {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote(secret), repr(secret)[1:-1]}
