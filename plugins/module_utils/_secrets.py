# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""What counts as a secret, and how it is kept out of every text."""

from __future__ import annotations

import json
import re
import threading
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"

NAME = r"passw|pwd|secret|token|credential"  # a part of the names of secrets, in any case
_SECRET_NAME = re.compile(NAME, re.IGNORECASE)
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
_NAMED = rf'"[^"]*(?:{NAME})[^"]*"'
# An option or annex triple: an object without objects inside, that may be cut off at the end of the text.
_OBJECT = re.compile(rf"\{{(?:{_STRING}|[^{{}}\"])*(?:\}}|$)")
_SECRET_KEY = re.compile(rf'"key"\s*:\s*{_NAMED}', re.IGNORECASE)
_VALUE = re.compile(rf'("value"\s*:\s*){_STRING}', re.IGNORECASE)
_ATTRIBUTE = re.compile(rf"({_NAMED}\s*:\s*){_STRING}", re.IGNORECASE)
_IN_URL = re.compile(r"((?://|(?<![^\s'\"(]))[^/\s:@]*:)[^/\s]*@")


def is_secret(key: str) -> bool:
    """Say whether the value of an option of this name must not be shown."""
    return bool(_SECRET_NAME.search(key))


def shown(key: str, value: str) -> str:
    """Return an option's value as it may be shown: ``MASK`` in place of a secret."""
    return MASK if is_secret(key) else value


def secrets_in(value: Any) -> list[str]:
    """Return the values of secret options, and of secret attributes, anywhere in an object.

    Those of fewer than four characters, and booleans, are left out: they would cut holes into every text.
    """
    if isinstance(value, dict):
        named = {str(value["key"]): value.get("value")} if "key" in value else value
        own = [str(text) for key, text in named.items() if is_secret(key) and isinstance(text, str) and _is_long(text)]
        return own + [secret for inner in value.values() for secret in secrets_in(inner)]
    return [secret for inner in value for secret in secrets_in(inner)] if isinstance(value, list) else []


def _is_long(text: str) -> bool:
    return len(text) > 3 and text.lower() not in ("true", "false")


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
                    plain = json.dumps(secret, ensure_ascii=False)[1:-1]
                    forms = {secret, json.dumps(secret)[1:-1], plain, plain.replace("/", "\\/")}
                    forms |= {escape(form) for form in forms}
                    forms |= {quote(form, safe, errors="replace") for form in forms for safe in ("", "/")}
                    self._known |= {*forms, quote_plus(secret, errors="replace")}

    def clean(self, text: str) -> str:
        """Return the text without any secret."""
        # Names first: a password that is the word "password" would hide them.
        text = _OBJECT.sub(_clean_object, text)
        text = _ATTRIBUTE.sub(rf'\1"{MASK}"', text)
        text = _IN_URL.sub(rf"\1{MASK}@", text)
        with self._lock:
            known = sorted(self._known, key=len, reverse=True)
        for secret in known:
            text = text.replace(secret, MASK)
        return text


def _clean_object(match: re.Match[str]) -> str:
    """Mask the value of a triple whose key is secret, or is not known because the text breaks off."""
    found = match[0]
    hide = _SECRET_KEY.search(found) or not found.endswith("}")
    return _VALUE.sub(rf'\1"{MASK}"', found) if hide else found
