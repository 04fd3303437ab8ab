# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What counts as a secret, and how it is kept out of every text."""

from __future__ import annotations

import json
import re
import threading
from urllib.parse import quote

MASK = "********"

_NAME = r"passw|pwd|secret|token|credential"
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)
_STRING = r'"(?:[^"\\]|\\.)*(?:"|$)'
_NAMED = rf'"[^"]*(?:{_NAME})[^"]*"'
_IN_TEXT = (
    # {"key": "password", "value": "..."}: an option or annex triple
    (re.compile(rf'("key"\s*:\s*{_NAMED}\s*,\s*"value"\s*:\s*){_STRING}', re.IGNORECASE), rf'\1"{MASK}"'),
    (re.compile(rf'("value"\s*:\s*){_STRING}(\s*,\s*"key"\s*:\s*{_NAMED})', re.IGNORECASE), rf'\1"{MASK}"\2'),
    # "password": "...": an attribute
    (re.compile(rf"({_NAMED}\s*:\s*){_STRING}", re.IGNORECASE), rf'\1"{MASK}"'),
    # https://user:password@host
    (re.compile(r"(//[^/\s:@]*:)[^/\s@]*@"), rf"\1{MASK}@"),
)


def is_secret(key: str) -> bool:
    """Say whether the value of an option of this name must not be shown."""
    return bool(_SECRET_NAME.search(key))


def shown(key: str, value: str) -> str:
    """Return an option's value as it may be shown: ``MASK`` in place of a secret."""
    return MASK if is_secret(key) else value


class Redactor:
    """Cuts secrets out of texts: those it was told of, and those that look like one."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, *secrets: str | None) -> None:
        """Remember texts that must never be shown, in each form in which they travel."""
        with self._lock:
            for secret in secrets:
                if secret:
                    self._known |= {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}

    def clean(self, text: str) -> str:
        """Return the text without any secret."""
        with self._lock:
            known = sorted(self._known, key=len, reverse=True)
        for secret in known:
            text = text.replace(secret, MASK)
        for pattern, replacement in _IN_TEXT:
            text = pattern.sub(replacement, text)
        return text
